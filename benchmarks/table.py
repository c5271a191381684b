"""What a measurement reports, and how it is printed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    measure: str
    ours: float
    unit: str
    theirs: float | None = None
    """The same work by `hubspot-api-client` 12.0.0 in the same run; None where it has no counterpart."""
    newer: float | None = None
    """The same by the `hubspot-sdk` pre-release, where that is installed."""
    target: str = ""
    met: bool = True
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """How many times more the other takes."""
        return None if self.theirs is None or self.ours == 0 else self.theirs / self.ours

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "ratio": self.ratio}


HEADINGS = ("measurement", "hubwire", "hubspot-api-client", "ratio", "hubspot-sdk", "target", "")


def printed(rows: Iterable[Row]) -> str:
    lines = [HEADINGS, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
    return "\n" + "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def _cells(row: Row) -> tuple[str, ...]:
    return (
        row.measure,
        f"{row.ours:,.4g} {row.unit}",
        "" if row.theirs is None else f"{row.theirs:,.4g} {row.unit}",
        "" if row.ratio is None else f"{row.ratio:.1f}×",
        "" if row.newer is None else f"{row.newer:,.4g} {row.unit}",
        row.target,
        ("met" if row.met else "MISSED") + (f" ({row.note})" if row.note else ""),
    )
