"""A CSV file as rows with the line each one starts on. Read as often as needed, never held in memory
whole.
"""

from __future__ import annotations

import csv
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hubwire.mirror.push.faults import BadInput

# The csv module's own limit (128 KiB a field) turns a forgotten closing quote into a puzzling message, and
# HubSpot's longest value is 65,536 characters of up to four bytes each.
FIELD_LIMIT = 1 << 20

DELIMITERS = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|"}
NAMES = {"\t": "tab", ";": "';'", "|": "'|'", ",": "','"}

# https://www.unicode.org/faq/utf_bom.html#bom4
FOREIGN_MARKS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}


@dataclass(frozen=True, slots=True)
class Row:
    """One record of the file."""

    line: int
    """Line of the file on which it starts, the header being line 1: quoted line breaks are counted."""
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A file that was read through once and found to be a CSV with a header and rows."""

    path: Path
    delimiter: str
    columns: tuple[str, ...]
    """Header names as written, outer blanks removed; an unnamed column is ``""``."""
    count: int
    """Rows, blank lines not counted."""
    used: tuple[bool, ...]
    """For each column whether any row has something in it."""

    def __iter__(self) -> Iterator[Row]:
        rows = records(self.path, self.delimiter)
        next(rows)
        return rows

    def ragged(self, row: Row) -> str | None:
        """Why a row cannot be read against the header, or None."""
        have, due = len(row.cells), len(self.columns)
        if have == due:
            return None
        extra = f"; beyond the last column: {', '.join(map(repr, row.cells[due:]))}" if have > due else ""
        return f"the row has {have} cells, the header {due}{extra}"


def open_table(path: str | os.PathLike[str], delimiter: str = ",") -> Table:
    """Read the whole file once and say what it holds; a file that is no usable CSV raises `BadInput`."""
    delimiter = spelled(delimiter)
    path = Path(path)
    rows = records(path, delimiter)
    header = next(rows, None)
    if header is None:
        raise BadInput(f"{path} is empty: the first line must name the columns.")
    columns = tuple(name.strip() for name in header.cells)
    check_header(path, columns, delimiter)
    count, used = 0, [False] * len(columns)
    for row in rows:
        count += 1
        for index, cell in enumerate(row.cells[: len(columns)]):
            used[index] = used[index] or bool(cell.strip())
    if not count:
        raise BadInput(f"{path} has a header and no rows: there is nothing to push.")
    return Table(path, delimiter, columns, count, tuple(used))


def spelled(delimiter: str) -> str:
    """The delimiter itself from the ways of writing it: ``;``, ``tab``, ``\\t``."""
    found = DELIMITERS.get(delimiter.lower(), delimiter)
    if len(found) != 1 or found in '"\r\n':
        raise BadInput(f"{delimiter!r} is no delimiter: give one character, or 'tab'.")
    return found


def check_header(path: Path, columns: tuple[str, ...], delimiter: str) -> None:
    """Refuse a header that cannot name columns, and say so when another delimiter would."""
    if not any(columns):
        raise BadInput(f"{path}: line 1 names no column: the first line must name the columns.")
    if len(columns) == 1 and (other := likely_delimiter(columns[0], delimiter)):
        raise BadInput(wrong_delimiter(path, delimiter, other))
    named = [name for name in columns if name]
    if twice := sorted({name for name in named if named.count(name) > 1}):
        what = ", ".join(map(repr, twice))
        raise BadInput(
            f"{path}: line 1 has more than one column called {what}. Rename all but one and run it again."
        )


def likely_delimiter(header: str, delimiter: str) -> str | None:
    """The delimiter that a header which came out as one column was probably written with."""
    counts = {other: header.count(other) for other in ";\t|," if other != delimiter and other in header}
    return max(counts, key=lambda other: counts[other]) if counts else None


def wrong_delimiter(path: Path, delimiter: str, other: str) -> str:
    option = "tab" if other == "\t" else f"'{other}'"
    return (
        f"{path}: read with {NAMES.get(delimiter, repr(delimiter))} between the columns, line 1 is a single "
        f"column; "
        f"it looks like {NAMES.get(other, repr(other))}. Say so with --delimiter {option}"
    )


def records(path: Path, delimiter: str) -> Iterator[Row]:
    """Every record that is not a blank line, the header first. Anything unreadable raises `BadInput`."""
    csv.field_size_limit(FIELD_LIMIT)
    start = 1
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise BadInput(f"{path} is not a file. Name a CSV file.")
        with path.open(encoding="utf-8-sig", errors="strict", newline="") as file:
            reader = csv.reader(file, delimiter=delimiter, strict=True)
            for cells in reader:
                if any("\0" in cell for cell in cells):
                    raise BadInput(
                        f"{path}: line {start} holds a NUL byte: this is no text file, or a damaged one."
                    )
                if cells:
                    yield Row(start, tuple(cells))
                start = reader.line_num + 1
    except UnicodeDecodeError:
        raise BadInput(not_utf8(path)) from None
    except csv.Error as problem:
        raise BadInput(
            f"{path}: the record that starts on line {start} is not CSV: {explain(problem)}"
        ) from None
    except OSError as problem:
        raise BadInput(f"{path} cannot be read: {problem.strerror or problem}") from None


def explain(problem: csv.Error) -> str:
    text = str(problem)
    if "unexpected end of data" in text or "field larger" in text:
        return "a quotation mark opened there is never closed."
    if "expected after" in text:
        return f'a quotation mark inside a quoted cell must be doubled ("") ({text}).'
    return f"{text}."


def not_utf8(path: Path) -> str:
    """Where the first bytes stand that are not UTF-8, and what to type about it."""
    line, at, byte = bad_byte(path)
    with path.open("rb") as file:
        mark = file.read(2)
    foreign = FOREIGN_MARKS.get(mark)
    return (
        f"{path} is not UTF-8{f' (it is {foreign})' if foreign else ''}: line {line}, byte {at} of the file "
        f"is 0x{byte:02x}. Save it as 'CSV UTF-8', or convert it: "
        f"iconv -f {foreign or 'WINDOWS-1252'} -t UTF-8 '{path}' > utf8.csv"
    )


def bad_byte(path: Path) -> tuple[int, int, int]:
    """Line, position in the file (both from 1) and value of the first byte that is not UTF-8."""
    offset = 0
    with path.open("rb") as file:
        for number, raw in enumerate(file, start=1):
            try:
                raw.decode("utf-8")
            except UnicodeDecodeError as problem:
                return number, offset + problem.start + 1, raw[problem.start]
            offset += len(raw)
    # The reader that sent us here uses the same codec, so the file is no longer the one it read.
    raise BadInput(
        f"{path} changed while it was being read. Nothing was written; run the same command again."
    )
