"""Which of many typed records are new and which were changed, and what became of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from hubwire.client.outcomes import Change, Outcome, Outcomes
from hubwire.client.typed.record import TypedRecord
from hubwire.errors import ConfigError


class Plan:
    """Rows for the batch calls, and whose they are."""

    def __init__(self, records: Sequence[TypedRecord]) -> None:
        self.records = records
        self.new: list[int] = []
        self.changed: list[int] = []
        self.rows_new: list[dict[str, str]] = []
        self.rows_changed: list[Change] = []

    def outcomes(self, made: Outcomes, updated: Outcomes) -> Outcomes:
        """In the order of the records, which know of it afterwards."""
        found = [
            Outcome(index=index, input=record, record=record.record)
            for index, record in enumerate(self.records)
        ]
        for places, answers in ((self.new, made), (self.changed, updated)):
            for index, outcome in zip(places, answers, strict=True):
                record = self.records[index]
                if outcome.ok and outcome.record is not None:
                    new = not isinstance(outcome.input, Change)
                    sent = outcome.input if new else outcome.input.properties
                    record._saved(outcome.record, sent, whole=outcome.created if new else None)
                found[index] = msgspec.structs.replace(outcome, index=index, input=record)
        return Outcomes(found)


def plan(records: Iterable[TypedRecord]) -> Plan:
    """New records are created, changed ones updated, and of others nothing is sent."""
    work = Plan(list(records))
    for index, record in enumerate(_once(work.records)):
        sent = record.changes()
        if not record.id:
            work.new.append(index)
            work.rows_new.append(sent)
        elif sent:
            work.changed.append(index)
            work.rows_changed.append(Change(record.id, sent))
    return work


def plan_upsert(records: Iterable[TypedRecord], by: str) -> Plan:
    """Every record with its changes and the value that it is found by."""
    work = Plan(list(records))
    for index, record in enumerate(_once(work.records)):
        value: Any = record._text(by)
        if not value:
            raise ConfigError(f"{record!r}, number {index}, has no {by}, by which it is to be found")
        work.new.append(index)
        work.rows_new.append({**record.changes(), by: value})
    return work


def _once(records: Sequence[TypedRecord]) -> Sequence[TypedRecord]:
    if len({id(record) for record in records}) != len(records):
        raise ConfigError("one and the same record is to be saved twice at once")
    return records
