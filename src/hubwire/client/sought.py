"""Looks for records that may have been created."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation

import msgspec

from hubwire.catalogue import load
from hubwire.client.calls import batches, definitions
from hubwire.client.calls.objects import Fields
from hubwire.client.execute import execute
from hubwire.client.kinds import unique_properties
from hubwire.client.queries import Query, term
from hubwire.client.records import Record, moment
from hubwire.client.session import Session
from hubwire.client.walk import Walk, number
from hubwire.errors import Forbidden
from hubwire.wire.flow import Flow, pause

LAG = 60.0
"""Seconds after which HubSpot's index knows of a write: half of that is observed."""
SKEW = 120.0
"""Seconds that HubSpot's clock may be off ours."""
STEP = 5.0


class Sought(msgspec.Struct, frozen=True):
    """A record that may have been created."""

    key: int
    properties: Mapping[str, str]
    since: float
    """When it was sent."""


class Found(msgspec.Struct, frozen=True):
    """What is known of it."""

    record: Record | None = None
    candidates: tuple[str, ...] = ()


def find(session: Session, kind: str, sought: Sequence[Sought]) -> Flow[dict[int, Found]]:
    """By key. Asks again until all are found, or until HubSpot must know of them if they exist."""
    unique = yield from _unique(session, kind, sought)
    found: dict[int, Found] = {}
    until = max(one.since for one in sought) + LAG
    while True:
        left = [one for one in sought if one.key not in found or found[one.key].record is None]
        for name in unique:
            holders = [one for one in left if one.properties.get(name)]
            found |= yield from _by_value(session, kind, name, holders)
            left = [one for one in left if one not in holders]
        if left:
            found |= yield from _by_time(session, kind, left)
        missing = [one for one in sought if one.key not in found or found[one.key].record is None]
        wait = min(STEP, until - session.now())
        if not missing or wait <= 0:
            return found
        yield from pause(wait)


def _unique(session: Session, kind: str, sought: Sequence[Sought]) -> Flow[tuple[str, ...]]:
    """Properties that no two records share: HubSpot's own, else the account's."""
    built_in = unique_properties(kind)
    if all(any(one.properties.get(name) for name in built_in) for one in sought):
        return built_in
    try:
        known = (yield from execute(definitions.properties(session.version, kind), session)).results
    except Forbidden:
        return built_in
    return (*built_in, *(one.name for one in known if one.has_unique_value and one.name not in built_in))


def _by_value(session: Session, kind: str, name: str, sought: Sequence[Sought]) -> Flow[dict[int, Found]]:
    """Records that have the unique value and are new enough: an older one was in the way of the create."""
    size = load.limits().BATCH_INPUTS
    found: dict[int, Found] = {}
    for start in range(0, len(sought), size):
        part = {one.properties[name].strip().lower(): one for one in sought[start : start + size]}
        fields = Fields(properties=(name,))
        answer = yield from execute(batches.read(session.version, kind, list(part), fields, by=name), session)
        for record in answer.results:
            one = part.get((record.get(name) or "").strip().lower())
            if one is not None and _new_enough(record, one):
                found[one.key] = Found(record)
    return found


def _by_time(session: Session, kind: str, sought: Sequence[Sought]) -> Flow[dict[int, Found]]:
    """Among the records created since, those that show what was sent."""
    known = load.object_type(kind)
    created = known.created if known else "hs_createdate"
    since = min(one.since for one in sought) - SKEW
    names = tuple(dict.fromkeys(name for one in sought for name in one.properties))
    query = Query((((term(created, "GTE", str(int(since * 1000)))),),), fields=Fields(properties=names))
    walk = Walk(session, kind, query)
    every: list[Record] = []
    while not walk.ended:
        every += yield from walk.page(None)
    found: dict[int, Found] = {}
    taken: set[str] = set()
    for one in sought:
        alike = [record for record in every if record.id not in taken and _shows(record, one.properties)]
        # Rows that were sent with the same values are interchangeable.
        twins = sum(other.properties == one.properties for other in sought)
        if alike and len(alike) <= twins:
            chosen = min(alike, key=number)
            taken.add(chosen.id)
            found[one.key] = Found(chosen)
        elif near := alike or [record for record in every if _resembles(record, one.properties)]:
            found[one.key] = Found(candidates=tuple(record.id for record in near))
    return found


def _new_enough(record: Record, one: Sought) -> bool:
    return record.created_at is None or record.created_at.timestamp() >= one.since - SKEW


def _shows(record: Record, sent: Mapping[str, str]) -> bool:
    return all(_alike(record.get(name), value) for name, value in sent.items())


def _resembles(record: Record, sent: Mapping[str, str]) -> bool:
    """At least half of the values: HubSpot may have put others into its own form."""
    same = sum(_alike(record.get(name), value) for name, value in sent.items())
    return bool(sent) and 2 * same >= len(sent)


def _alike(stored: str | None, sent: str) -> bool:
    """The same value, whatever form HubSpot gives it: case, spaces, digits, the order of options, time."""
    have, want = (stored or "").strip().casefold(), sent.strip().casefold()
    return have == want or any(one is not None and one == other for one, other in _forms(have, want))


def _forms(have: str, want: str) -> Iterable[tuple[object, object]]:
    yield _digits(have), _digits(want)
    yield moment(have.upper()), moment(want.upper())
    if ";" in want:
        yield set(have.split(";")), set(want.strip(";").split(";"))


def _digits(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None
