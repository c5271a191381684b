"""What the push will take that a dry run has looked at: what the dry run read, and what it did not write."""

from __future__ import annotations

from collections.abc import Mapping

from hubwire.mirror.push.layout import Side
from hubwire.mirror.push.report import Report, Tally


def work(report: Report, sides: tuple[Side, ...], spent: Mapping[str, int]) -> dict[str, int]:
    """Calls by lane and inputs by operation, for `Hub.plan`. `spent`: calls of the dry run, by lane."""
    wanted = dict(spent)
    for side in sides:
        main = side.object == report.object
        tally: Tally = report.tally if main else report.associated[side.object].records
        if side.mode == "lookup":
            _add(wanted, "objects.batch.create", tally.created)
            _add(wanted, "objects.batch.update", tally.updated)
        else:
            verb = "upsert" if side.mode == "unique" else "update"
            _add(wanted, f"objects.batch.{verb}", tally.created + tally.updated)
        _add(wanted, "objects.batch.read", tally.created + tally.updated)
        if not main:
            links = report.associated[side.object].links_made
            _add(wanted, "associations.batch.create", links)
            _add(wanted, "associations.batch.read", links)
    return {name: count for name, count in wanted.items() if count}


def _add(wanted: dict[str, int], op: str, inputs: int) -> None:
    wanted[op] = wanted.get(op, 0) + inputs
