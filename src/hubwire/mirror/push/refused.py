"""The file of refused rows: as they came, with the line each stood on and the reason."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from hubwire.mirror.push.columns import REFUSED_COLUMNS, refused_columns
from hubwire.mirror.push.report import Refusal
from hubwire.mirror.push.table import Table


def default_path(input_file: Path) -> Path:
    """`customers.csv` → `customers.refused.csv`, beside it."""
    return input_file.with_name(f"{input_file.stem}.refused.csv")


def lines(table: Table, refusals: Iterable[Refusal]) -> Iterator[Sequence[str]]:
    """Header and rows. One line for each row of the input, whatever number of things was refused about it."""
    kept = [index for index in range(len(table.columns)) if index not in refused_columns(table)]
    yield [*(table.columns[index] for index in kept), *REFUSED_COLUMNS]
    by_line: dict[int, list[Refusal]] = {}
    for refusal in sorted(refusals, key=lambda each: each.line):
        by_line.setdefault(refusal.line, []).append(refusal)
    for line, group in by_line.items():
        cells = group[0].cells
        original = [cells[index] if index < len(cells) else "" for index in kept]
        yield [*original, str(line), "; ".join(refusal.reason for refusal in group)]


def text(table: Table, refusals: Iterable[Refusal]) -> str:
    """The file's text, delimited as the input is."""
    out = io.StringIO()
    csv.writer(out, delimiter=table.delimiter, lineterminator="\n").writerows(lines(table, refusals))
    return out.getvalue()


def write(path: Path, content: str) -> None:
    """Write the file whole or not at all, unless the target is a device. Raises OSError."""
    if path.exists() and not path.is_file():
        with path.open("w", encoding="utf-8", newline="") as device:
            device.write(content)
        return
    partial = path.with_name(f".{path.name}.partial")
    try:
        with partial.open("w", encoding="utf-8", newline="") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError:
        partial.unlink(missing_ok=True)
        raise


def remove_stale(path: Path, table: Table) -> None:
    """Remove what an earlier push of the same file left: it would speak of refusals that are no longer
    true.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            header = next(csv.reader(file, delimiter=table.delimiter), [])
        if header == list(next(lines(table, ()))):
            path.unlink()
    except (OSError, UnicodeDecodeError, csv.Error):
        return
