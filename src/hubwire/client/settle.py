"""Assigns what a batch call answered to the inputs it was asked for, whatever the order of the answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from hubwire.client.outcomes import Row
from hubwire.client.records import Batch, Record


class Settled(msgspec.Struct):
    """Who got what, and what is left over on either side."""

    found: dict[int, Record] = {}
    refused: dict[int, dict[str, Any]] = {}
    rows: list[Row] = []
    """Neither found nor refused."""
    results: list[Record] = []
    """Of nobody known."""
    errors: list[dict[str, Any]] = []
    """About nobody known."""
    linked: dict[int, Any] = {}
    """For reads of associations, what each row got."""


def settle(rows: list[Row], batch: Batch, by: str | None) -> Settled:
    """By trace id, else by id or unique value, else by what was written, else because nobody else is left."""
    done = Settled(errors=[])
    _by_trace(rows, batch, done)
    _by_name(rows, by, done)
    _by_properties(rows, done)
    _errors(rows, batch.errors, done)
    done.rows = [row for row in rows if row.index not in done.found and row.index not in done.refused]
    if len(done.rows) == 1:
        _last(done.rows[0], done)
    return done


def _open(rows: Iterable[Row], done: Settled) -> list[Row]:
    return [row for row in rows if row.index not in done.found]


def _by_trace(rows: list[Row], batch: Batch, done: Settled) -> None:
    traced = {row.trace: row for row in rows if row.trace is not None}
    for record in batch.results:
        row = traced.get(record._trace_id)
        if row is not None and row.index not in done.found:
            done.found[row.index] = record
        else:
            done.results.append(record)


def _by_name(rows: list[Row], by: str | None, done: Settled) -> None:
    """`by` None: the names are ids."""
    if not done.results:
        return
    named = {name: row for row in _open(rows, done) for name in row.names}
    rest = []
    for record in done.results:
        name = record.id if by is None else record.get(by, "")
        row = named.get((name or "").strip().lower())
        if row is not None and row.index not in done.found:
            done.found[row.index] = record
        else:
            rest.append(record)
    done.results = rest


def _by_properties(rows: list[Row], done: Settled) -> None:
    """A record that shows what a row wrote is that row's; rows that wrote the same are interchangeable."""
    rest = []
    for record in done.results:
        row = next((row for row in _open(rows, done) if row.values and _shows(record, row.values)), None)
        if row is None:
            rest.append(record)
        else:
            done.found[row.index] = record
    done.results = rest


def _shows(record: Record, values: Mapping[str, str]) -> bool:
    stored = record.properties
    return all((stored.get(name) or "").lower() == value.lower() for name, value in values.items())


def _errors(rows: list[Row], errors: list[dict[str, Any]], done: Settled) -> None:
    open_rows = _open(rows, done)
    for entry in errors:
        told = _told(entry)
        about = [row for row in open_rows if row.trace in told or row.names & told]
        for row in about:
            done.refused.setdefault(row.index, entry)
        if not about:
            done.errors.append(entry)


def _told(entry: Mapping[str, Any]) -> set[str]:
    """Every value in the entry's context: trace ids, ids, addresses."""
    context = entry.get("context")
    if not isinstance(context, dict):
        return set()
    lists = [
        value if isinstance(value, list) else [value] for key, value in context.items() if key not in OTHER
    ]
    return {str(value).strip().lower() for values in lists for value in values}


OTHER = {"existingId", "existingObjectId", "propertyName", "objectType", "fromObjectType", "toObjectType"}
"""What a context tells besides the input it is about."""


def _last(row: Row, done: Settled) -> None:
    """What is left over can only be about the one row that is."""
    if len(done.results) == 1 and not done.errors:
        done.found[row.index] = done.results.pop()
    elif done.errors and not done.results:
        done.refused[row.index] = done.errors[0]
        done.errors = []
    else:
        return
    done.rows = []
