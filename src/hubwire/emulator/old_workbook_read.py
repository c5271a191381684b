"""Reads the first sheet of an Excel workbook of the format before 2007 (`.xls`).

Formats: Microsoft's open specifications [MS-CFB] and [MS-XLS]. Workbooks before Excel 97, and locked ones,
are not read.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
LAST = 0xFFFFFFFA
"""Numbers of sectors from here on mean something else."""
DATES = frozenset([*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)])
"""Built-in number formats of dates and times."""
DATE_LETTERS = re.compile(r"[ymdhs]", re.IGNORECASE)
LITERALS = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.|general', re.IGNORECASE)
BOF, EOF, CONTINUE, SHEET, SST, FORMAT, XF, LOCKED, EPOCH = (
    0x809,
    0x0A,
    0x3C,
    0x85,
    0xFC,
    0x41E,
    0xE0,
    0x2F,
    0x22,
)
LABEL, RICH, SHARED, NUMBER, RK, MANY, TRUTH, FORMULA, RESULT = (
    0x204, 0xD6, 0xFD, 0x203, 0x27E, 0xBD, 0x205, 0x06, 0x207,
)  # fmt: skip

WIDEST = 256
Record = tuple[int, bytes, list[int]]
"""Kind, bytes with those of its continuations, and where each continuation begins."""


class Broken(ValueError):
    """Not such a workbook."""


def rows(data: bytes) -> list[list[Any]]:
    """Cells as text, numbers, booleans or dates, None where there is nothing; rows without cells are none."""
    try:
        return _Workbook(_stream(data)).rows()
    except (struct.error, IndexError, UnicodeDecodeError, OverflowError, KeyError) as problem:
        raise Broken(str(problem)) from None


def _stream(data: bytes) -> bytes:
    """The workbook's stream in the compound file."""
    if not data.startswith(MAGIC):
        raise Broken("not a compound file")
    shift, small = struct.unpack_from("<HH", data, 30)
    directory, _, cutoff, mini, _, more, _ = struct.unpack_from("<7I", data, 48)
    size = 1 << shift
    if not 7 <= shift <= 20 or not 2 <= small < shift:
        raise Broken("sectors of no size")

    def sector(number: int) -> bytes:
        start = (number + 1) * size
        return data[start : start + size]

    listed = list(struct.unpack_from("<109I", data, 76))
    seen: set[int] = set()
    while more < LAST and more not in seen:
        seen.add(more)
        *part, more = struct.unpack(f"<{size // 4}I", sector(more))
        listed += part
    fat = [
        each
        for one in listed
        if one < LAST
        for each in struct.unpack(f"<{size // 4}I", sector(one).ljust(size, b"\xff"))
    ]

    def whole(start: int) -> bytes:
        return b"".join(sector(one) for one in _chain(start, fat))

    entries = whole(directory)
    roots = {}
    for at in range(0, len(entries) - 127, 128):
        length, kind = struct.unpack_from("<HB", entries, at + 64)
        name = entries[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le")
        start, held = struct.unpack_from("<II", entries, at + 116)
        roots[name if kind == 2 else f"/{kind}"] = (start, held)
    if not (found := roots.get("Workbook") or roots.get("Book")):
        raise Broken("no workbook in it")
    start, held = found
    if held >= cutoff:
        return whole(start)[:held]
    little, packed = 1 << small, whole(roots["/5"][0])
    table = whole(mini)
    links = list(struct.unpack(f"<{len(table) // 4}I", table[: len(table) // 4 * 4]))
    return b"".join(packed[one * little : (one + 1) * little] for one in _chain(start, links))[:held]


def _chain(start: int, links: list[int]) -> Iterator[int]:
    seen = 0
    while start < LAST:
        seen += 1
        if seen > len(links):
            raise Broken("a chain of sectors without an end")
        yield start
        start = links[start]


class _Workbook:
    def __init__(self, stream: bytes) -> None:
        self._stream = stream
        self._texts: list[str] = []
        self._formats: dict[int, str] = {}
        self._styles: list[int] = []
        self._sheets: list[int] = []
        self._first_day = datetime(1899, 12, 30)  # noqa: DTZ001 - days of a sheet are in no zone
        for kind, data, breaks in self._records(0):
            if kind == BOF and struct.unpack_from("<H", data)[0] != 0x600:
                raise Broken("a workbook of before 1997")
            if kind == LOCKED:
                raise Broken("a locked workbook")
            if kind == FORMAT:
                self._formats[struct.unpack_from("<H", data)[0]] = _text(data, 2)
            elif kind == XF:
                self._styles.append(struct.unpack_from("<H", data, 2)[0])
            elif kind == EPOCH and data[:1] == b"\x01":
                self._first_day = datetime(1904, 1, 1)  # noqa: DTZ001 - the same
            elif kind == SHEET and data[5] == 0:
                self._sheets.append(struct.unpack_from("<I", data)[0])
            elif kind == SST:
                self._texts = list(_shared(data, breaks))

    def _records(self, at: int) -> Iterator[Record]:
        """Those from a beginning to its end, without what begins in between."""
        depth = 0
        while at + 4 <= len(self._stream):
            kind, size = struct.unpack_from("<HH", self._stream, at)
            data, breaks, at = self._stream[at + 4 : at + 4 + size], [], at + 4 + size
            while self._stream[at : at + 2] == b"\x3c\0":
                size = struct.unpack_from("<H", self._stream, at + 2)[0]
                breaks.append(len(data))
                data += self._stream[at + 4 : at + 4 + size]
                at += 4 + size
            depth += (kind == BOF) - (kind == EOF)
            if depth <= 1:
                yield kind, data, breaks
            if depth <= 0:
                return

    def rows(self) -> list[list[Any]]:
        if not self._sheets:
            raise Broken("no sheet in it")
        cells: dict[tuple[int, int], Any] = {}
        awaited = (0, 0)
        found: dict[int, dict[int, Any]] = {}
        for kind, data, _ in self._records(self._sheets[0]):
            if kind == RESULT:
                cells[awaited] = _text(data, 0)
            elif kind == MANY:
                row, first = struct.unpack_from("<HH", data)
                for place in range((len(data) - 6) // 6):
                    style, number = struct.unpack_from("<HI", data, 4 + 6 * place)
                    cells[row, first + place] = self._dated(_number(number), style)
            elif kind in (LABEL, RICH, SHARED, NUMBER, RK, TRUTH, FORMULA):
                row, column, style = struct.unpack_from("<HHH", data)
                awaited = (row, column)
                cells[awaited] = self._cell(kind, data, style)
        width = max((column for _, column in cells), default=-1) + 1
        if width > WIDEST:
            raise Broken("more columns than there are")
        for (row, column), value in cells.items():
            found.setdefault(row, {})[column] = value
        return [[line.get(column) for column in range(width)] for _, line in sorted(found.items())]

    def _cell(self, kind: int, data: bytes, style: int) -> Any:
        if kind == SHARED:
            return self._texts[struct.unpack_from("<I", data, 6)[0]]
        if kind in (LABEL, RICH):
            return _text(data, 6)
        if kind == RK:
            return self._dated(_number(struct.unpack_from("<I", data, 6)[0]), style)
        if kind == TRUTH:
            return None if data[7] else bool(data[6])
        if kind == FORMULA and data[12:14] == b"\xff\xff":
            # A text comes in a record of its own.
            return bool(data[8]) if data[6] == 1 else None
        return self._dated(struct.unpack_from("<d", data, 6)[0], style)

    def _dated(self, number: float, style: int) -> float | datetime | date:
        form = self._styles[style] if style < len(self._styles) else 0
        own = LITERALS.sub("", self._formats.get(form, ""))
        if form not in DATES and not DATE_LETTERS.search(own):
            return number
        return self._first_day + timedelta(seconds=round(number * 86_400))


def _number(packed: int) -> float:
    """A number of four bytes."""
    value: float
    if packed & 2:
        value = (packed >> 2) - (1 << 30 if packed & 1 << 31 else 0)
    else:
        (value,) = struct.unpack("<d", bytes(4) + struct.pack("<I", packed & ~3))
    return value / 100 if packed & 1 else float(value)


def _text(data: bytes, at: int) -> str:
    count, flags = struct.unpack_from("<HB", data, at)
    at += 3 + (2 if flags & 8 else 0) + (4 if flags & 4 else 0)
    if flags & 1:
        return data[at : at + 2 * count].decode("utf-16-le")
    return data[at : at + count].decode("latin-1")


def _shared(data: bytes, breaks: list[int]) -> Iterator[str]:
    """The table of all texts. Where one goes on in a continuation, a byte says anew how wide letters are."""
    (total,) = struct.unpack_from("<I", data, 4)
    at, ends = 8, [*breaks, len(data)]
    for _ in range(total):
        count, flags = struct.unpack_from("<HB", data, at)
        at += 3
        runs = extra = 0
        if flags & 8:
            (runs,), at = struct.unpack_from("<H", data, at), at + 2
        if flags & 4:
            (extra,), at = struct.unpack_from("<I", data, at), at + 4
        parts = []
        while True:
            wide = flags & 1
            end = next(one for one in ends if one >= at)
            took = min(count, (end - at) >> wide)
            piece = data[at : at + (took << wide)]
            parts.append(piece if wide else piece.decode("latin-1").encode("utf-16-le"))
            at, count = at + (took << wide), count - took
            if count <= 0:
                break
            if at >= len(data):
                raise Broken("a text without an end")
            flags, at = data[end], end + 1
        at += 4 * runs + extra
        yield b"".join(parts).decode("utf-16-le")
