"""Reads a file of `data/`; refuses a row that does not say where it comes from and how well it is known."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from hubwire.catalogue.facts import Grade

Row = dict[str, Any]
DATA = Path(__file__).parent / "data"


class BadTable(ValueError):
    """A data file breaks the catalogue's rules: a mistake in the package, not in its use."""


def read(name: str) -> Row:
    """The parsed file `data/{name}.toml`."""
    return tomllib.loads((DATA / f"{name}.toml").read_text("utf-8"))


def graded(row: Mapping[str, Any], header: Mapping[str, Any] | None = None) -> Row:
    """`row` with its source and its grade, inherited from `header` where the row has none of its own."""
    heading = header or {}
    source = row.get("source", heading.get("source"))
    grade = row.get("grade", heading.get("grade"))
    if not isinstance(source, str) or not source.strip():
        raise BadTable(f"row without a source: {_shown(row)}")
    if grade is None:
        raise BadTable(f"row without a grade: {_shown(row)}")
    try:
        known = Grade(grade)
    except ValueError:
        raise BadTable(f"unknown grade {grade!r}: {_shown(row)}") from None
    return {**row, "source": source, "grade": known}


def table_rows(document: Mapping[str, Any]) -> Iterator[Row]:
    """The rows of every `[[table]]`.

    Long tables are text with `|` between the columns: a line a fact, and read faster than TOML tables.
    """
    for table in document.get("table", ()):
        heading = graded({key: table[key] for key in ("source", "grade") if key in table}, document)
        columns = table["columns"].split()
        for line in table["rows"].splitlines():
            if not line.strip():
                continue
            cells = [cell.strip() for cell in line.split("|")]
            if len(cells) != len(columns):
                raise BadTable(f"{len(cells)} cells for {len(columns)} columns: {line}")
            yield {**heading, **dict(zip(columns, cells, strict=True))}


def _shown(row: Mapping[str, Any]) -> str:
    return repr(dict(row))[:200]
