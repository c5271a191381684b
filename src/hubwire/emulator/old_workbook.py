"""Excel workbooks of the format before 2007 (`.xls`), with texts only: BIFF8 records in a compound file.

Formats: Microsoft's open specifications [MS-XLS] and [MS-CFB]. Rows beyond a sheet's 65,536 go on another.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

KIND = "application/vnd.ms-excel"
ROWS, COLUMNS, LONGEST_TEXT = 65_536, 256, 32_767
RECORD, SECTOR, SMALLEST = 8_224, 512, 4_096
"""Most bytes of a record, bytes of a sector, and the length below which a stream would be kept elsewhere."""
FREE, END, FAT_SECTOR, DIFAT_SECTOR = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFC
IN_HEADER, IN_SECTOR = 109, SECTOR // 4
BOF, EOF, SHEET, SST, CONTINUE, LABEL, SIZE = 0x809, 0x0A, 0x85, 0xFC, 0x3C, 0xFD, 0x200
STYLES = 15
"""Formats of styles that stand before the first one of cells."""


def written(rows: Iterable[Sequence[str]], name: str = "Export") -> bytes:
    """A workbook with these rows."""
    texts: dict[str, int] = {}
    sheets: list[bytes] = []
    left, cells = iter(rows), 0
    while True:
        body, count = _sheet(islice(left, ROWS), texts)
        if count == 0 and sheets:
            break
        cells += count
        sheets.append(body)
        if count == 0:
            break
    names = [name if place == 1 else f"{name} {place}" for place in range(1, len(sheets) + 1)]
    before, after = _globals(), b"".join(_shared(list(texts), cells)) + _record(EOF, b"")
    entry = [_record(SHEET, struct.pack("<IHBB", 0, 0, len(one), 0) + one.encode("latin-1")) for one in names]
    start = len(before) + sum(map(len, entry)) + len(after)
    for place, body in enumerate(sheets):
        entry[place] = entry[place][:4] + struct.pack("<I", start) + entry[place][8:]
        start += len(body)
    return _compound(before + b"".join(entry) + after + b"".join(sheets))


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _begin(what: int) -> bytes:
    return _record(BOF, struct.pack("<HHHHII", 0x600, what, 0x0DBB, 0x07CC, 0, 6))


def _globals() -> bytes:
    """What a workbook says before its sheets: code page, window, fonts, formats of cells, a style."""
    font = struct.pack("<HHHHHBBBBB", 200, 0, 0x7FFF, 400, 0, 0, 0, 0, 0, 5) + b"\x00Arial"
    style = struct.pack("<HHHBBBBIIH", 0, 0, 0xFFF5, 0x20, 0, 0, 0xF4, 0, 0, 0x20C0)
    cell = struct.pack("<HHHBBBBIIH", 0, 0, 1, 0x20, 0, 0, 0, 0, 0, 0x20C0)
    return b"".join(
        [
            _begin(5),
            _record(0x42, struct.pack("<H", 1200)),
            _record(0x3D, struct.pack("<9H", 0, 0, 0x4000, 0x2000, 0x38, 0, 0, 1, 0x258)),
            *[_record(0x31, font)] * 4,
            *[_record(0xE0, style)] * STYLES,
            _record(0xE0, cell),
            _record(0x293, struct.pack("<HBB", 0x8000, 0, 0xFF)),
        ]
    )


def _sheet(rows: Iterable[Sequence[str]], texts: dict[str, int]) -> tuple[bytes, int]:
    """One sheet, and how many cells it has; texts are numbered as they come."""
    cells, height, width = [], 0, 0
    for row, values in enumerate(rows):
        height, width = row + 1, max(width, len(values))
        for place, value in enumerate(values):
            number = texts.setdefault(_fitting(value), len(texts))
            cells.append(_record(LABEL, struct.pack("<HHHI", row, place, STYLES, number)))
    size = _record(SIZE, struct.pack("<IIHHH", 0, height, 0, width, 0))
    window = _record(0x23E, struct.pack("<HHHHHHHHH", 0x6B6, 0, 0, 64, 0, 0, 0, 0, 0))
    return b"".join([_begin(0x10), size, *cells, window, _record(EOF, b"")]), len(cells)


def _fitting(text: str) -> str:
    """As much of it as a cell holds."""
    letters = text[:LONGEST_TEXT].encode("utf-16-le", "surrogatepass")[: 2 * LONGEST_TEXT]
    return letters.decode("utf-16-le", "ignore")


def _shared(texts: list[str], uses: int) -> Iterator[bytes]:
    """The table of all texts. One that a record has no room for goes on in the next, its width said anew."""
    kind, data = SST, bytearray(struct.pack("<II", uses, len(texts)))
    for text in texts:
        wide = not text.isascii()
        letters = text.encode("utf-16-le" if wide else "ascii")
        if len(data) + 5 > RECORD:
            yield _record(kind, bytes(data))
            kind, data = CONTINUE, bytearray()
        data += struct.pack("<HB", len(letters) // 2 if wide else len(letters), wide)
        while letters:
            room = (RECORD - len(data)) & ~1
            if room < 4:
                yield _record(kind, bytes(data))
                kind, data = CONTINUE, bytearray([wide])
                continue
            if wide and room < len(letters) and letters[room - 1] & 0xFC == 0xD8:
                # Not between the halves of a letter: readers take the parts one by one.
                room -= 2
            data += letters[:room]
            letters = letters[room:]
    yield _record(kind, bytes(data))


def _compound(stream: bytes) -> bytes:
    """A compound file with one stream, `Workbook`."""
    stream = stream.ljust(max(SMALLEST, -(-len(stream) // SECTOR) * SECTOR), b"\0")
    body = len(stream) // SECTOR
    tables, more = 1, 0
    while tables * IN_SECTOR < body + 1 + tables + more:
        tables += 1
        more = -(-max(0, tables - IN_HEADER) // (IN_SECTOR - 1))
    where = [body + 1 + place for place in range(tables)]
    chain = [*range(1, body), END, END, *[FAT_SECTOR] * tables, *[DIFAT_SECTOR] * more]
    chain += [FREE] * (tables * IN_SECTOR - len(chain))
    beyond = where[IN_HEADER:]
    first = body + 1 + tables
    header = struct.pack(
        "<8s16xHHHHH6xIIIIIIIII",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6, 0, tables, body, 0, SMALLEST, END, 0,
        first if more else END, more,
    )  # fmt: skip
    listed = [*where[:IN_HEADER], *[FREE] * (IN_HEADER - len(where[:IN_HEADER]))]
    further = []
    for place in range(more):
        part = beyond[place * (IN_SECTOR - 1) : (place + 1) * (IN_SECTOR - 1)]
        part += [FREE] * (IN_SECTOR - 1 - len(part))
        further += [*part, first + place + 1 if place + 1 < more else END]
    entries = (
        _entry("Root Entry", 5, 1, END, 0)
        + _entry("Workbook", 2, FREE, 0, len(stream))
        + _entry("", 0, FREE, 0, 0) * 2
    )
    numbers = struct.pack(f"<{len(chain)}I", *chain) + struct.pack(f"<{len(further)}I", *further)
    return header + struct.pack(f"<{IN_HEADER}I", *listed) + stream + entries + numbers


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    """A line of the compound file's directory."""
    letters = name.encode("utf-16-le")
    used = len(letters) + 2 if name else 0
    head = letters.ljust(64, b"\0") + struct.pack("<HBBIII", used, kind, 1, FREE, FREE, child)
    return head + bytes(36) + struct.pack("<II4x", start, size)
