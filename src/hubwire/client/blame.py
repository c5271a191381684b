"""Which rows of a refused chunk are to blame.

A chunk is refused whole for one bad row, and HubSpot lists every bad value it saw. A row is blamed without
being sent again only where the refusal leaves no doubt; a mere suspect is sent by itself, and where nobody is
suspected the chunk is halved.
"""

from __future__ import annotations

from typing import NamedTuple

from hubwire.client.outcomes import Row
from hubwire.errors import HubSpotError, Invalid, InvalidProperty, Problem

PROBED = 8
"""Suspects that are sent one by one; more of them are cheaper to find by halving."""

EVERYBODY = (
    "Unable to infer object type from",
    "Invalid object or event type id",
    "Unable to perform update/upsert",
)
"""Refusals of the call itself: https://developers.hubspot.com/docs/api-reference/error-handling"""


class Division(NamedTuple):
    """What to do with a refused chunk."""

    blamed: list[tuple[Row, HubSpotError]]
    parts: list[list[Row]]
    """To be sent again, each by itself."""


def divide(rows: list[Row], error: HubSpotError) -> Division:
    """Ends: every part is smaller than the chunk."""
    if len(rows) == 1 or error.problem.message.startswith(EVERYBODY):
        return Division([(row, error) for row in rows], [])
    blamed, suspects = _traced(rows, error) if isinstance(error, Invalid) else ({}, set())
    suspects |= _named(rows, error.problem)
    suspects -= blamed.keys()
    rest = [row for row in rows if row.index not in blamed and row.index not in suspects]
    doubtful = [row for row in rows if row.index in suspects]
    if not blamed and (not rest or not doubtful):
        return Division([], _halves(rows))
    parts = [[row] for row in doubtful] if len(doubtful) <= PROBED else _halves(doubtful)
    verdicts = [(row, _own(error, blamed[row.index])) for row in rows if row.index in blamed]
    return Division(verdicts, [*parts, *([rest] if rest else [])])


def _halves(rows: list[Row]) -> list[list[Row]]:
    middle = len(rows) // 2
    return [half for half in (rows[:middle], rows[middle:]) if half]


def _traced(rows: list[Row], error: Invalid) -> tuple[dict[int, list[InvalidProperty]], set[int]]:
    """Rows that hold a refused value: those that are surely meant, and those that may be."""
    blamed: dict[int, list[InvalidProperty]] = {}
    suspects: set[int] = set()
    for refused in error.properties:
        holders = [row for row in rows if refused.name in row.values]
        if refused.code == "PROPERTY_DOESNT_EXIST":
            guilty = holders
        else:
            holders = [row for row in holders if _value(row, refused).lower() in refused.message.lower()]
            guilty = [row for row in holders if _said(refused, _value(row, refused))]
            # A value may be wrong in one row and right in another (a stage belongs to a pipeline).
            if refused.code != "INVALID_EMAIL" and len(holders) > 1:
                guilty = []
        for row in guilty:
            blamed.setdefault(row.index, []).append(refused)
        suspects.update(row.index for row in holders)
    return blamed, suspects


def _value(row: Row, refused: InvalidProperty) -> str:
    return row.values[refused.name].strip()


def _said(refused: InvalidProperty, value: str) -> bool:
    """Whether the refusal quotes this value where HubSpot's texts have it."""
    if not value:
        return False
    message, value = refused.message.lower(), value.lower()
    return message.startswith((f"{value} was not", f"email address {value} is invalid"))


def _named(rows: list[Row], problem: Problem) -> set[int]:
    """Rows whose id or unique value the refusal names."""
    told = {value.strip().lower() for values in problem.context.values() for value in values}
    return {row.index for row in rows if row.names & told}


def _own(error: HubSpotError, properties: list[InvalidProperty]) -> HubSpotError:
    """The refusal as it would have been for the one row."""
    message = "; ".join(refused.message for refused in properties)
    return Invalid(error.problem, message=message, properties=properties)
