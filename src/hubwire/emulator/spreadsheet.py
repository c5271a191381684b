"""Excel workbooks, for imports and exports: one sheet of rows. They need the extra `spreadsheets`.

No maintained library writes the format of before 2007: `old_workbook` does, and needs none.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from importlib.util import find_spec
from typing import Any

DAYS = {"MONTH_DAY_YEAR": "%m/%d/%Y", "DAY_MONTH_YEAR": "%d/%m/%Y", "YEAR_MONTH_DAY": "%Y-%m-%d"}
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How a workbook of before 2007 begins."""
NEEDED = "spreadsheets need a library that is not installed: pip install 'hubwire[spreadsheets]'"


class Unreadable(ValueError):
    """Not an Excel workbook."""


def can(data: bytes = b"") -> bool:
    """Whether the library is there that reads such a workbook, or writes one of today's format."""
    return find_spec("xlrd" if data.startswith(OLD) else "openpyxl") is not None


def rows_of(data: bytes, order: str) -> Iterator[tuple[int, list[str]]]:
    """The rows of the first sheet as text, each with its number, dates in that order; blank rows are none."""
    rows = _old(data) if data.startswith(OLD) else _new(data)
    width = max((len(row) for row in rows), default=0)
    for number, row in enumerate(rows, 1):
        texts = [_text(cell, order) for cell in row]
        if any(texts):
            yield number, texts + [""] * (width - len(texts))


def _old(data: bytes) -> Sequence[Sequence[Any]]:
    import xlrd

    try:
        with open(os.devnull, "w", encoding="utf-8") as unheard:
            book = xlrd.open_workbook(file_contents=data, logfile=unheard)
            sheet = book.sheet_by_index(0)
            return [[_cell(cell, book.datemode) for cell in row] for row in sheet.get_rows()]
    except Exception as problem:  # noqa: BLE001 (whatever a broken file makes of a foreign parser)
        raise Unreadable(str(problem)) from None


def _cell(cell: Any, epoch: int) -> Any:
    import xlrd

    match cell.ctype:
        case xlrd.XL_CELL_DATE:
            return xlrd.xldate.xldate_as_datetime(cell.value, epoch)
        case xlrd.XL_CELL_BOOLEAN:
            return bool(cell.value)
        case xlrd.XL_CELL_EMPTY | xlrd.XL_CELL_BLANK | xlrd.XL_CELL_ERROR:
            return None
    return cell.value


def _new(data: bytes) -> Sequence[Sequence[Any]]:
    from openpyxl import load_workbook

    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        return list(book.worksheets[0].iter_rows(values_only=True))
    except Exception as problem:  # noqa: BLE001 (whatever a broken archive makes of a foreign parser)
        raise Unreadable(str(problem)) from None


def written(rows: Iterable[Iterable[str]]) -> bytes:
    """A workbook with these rows."""
    from openpyxl import Workbook
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Export")
    for row in rows:
        sheet.append([ILLEGAL_CHARACTERS_RE.sub("", cell) for cell in row])
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def _text(cell: Any, order: str) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case float() if cell.is_integer():
            return str(int(cell))
        case datetime() if cell.hour or cell.minute or cell.second:
            return f"{cell.strftime(DAYS[order])} {cell.strftime('%H:%M:%S')}"
        case date():
            return cell.strftime(DAYS[order])
    return str(cell)
