"""Who is on which list: any number of records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import zip_longest
from typing import Any

import msgspec

from hubwire.catalogue import load
from hubwire.client.calls import lists
from hubwire.client.execute import execute
from hubwire.client.identity import identity
from hubwire.client.session import Session
from hubwire.client.shapes import MembershipChange, MembershipOf
from hubwire.wire.flow import Emit, Flow

MOST_CHANGED = 10_000
"""Ids of one call: HubSpot takes more (100,000 are said), and what fails is less then."""


def search(session: Session, body: Mapping[str, Any]) -> Flow[None]:
    """Emits all lists found."""
    size, offset = load.endpoint("lists.search").limit or 100, 0
    while True:
        call = lists.search(session.version, {**body, "count": size, "offset": offset})
        page = yield from execute(call, session)
        yield Emit(page.lists)
        if not page.has_more or not page.lists:
            return
        offset = page.offset


def change(
    session: Session, list_id: str, plus: Iterable[str | int], minus: Iterable[str | int]
) -> Flow[MembershipChange]:
    """Repeating any part of it changes nothing, so all of it may be repeated after an error."""
    added, removed, missing = list[str](), list[str](), list[str]()
    for on, off in zip_longest(_parts(plus), _parts(minus), fillvalue=()):
        answer = yield from execute(lists.change(session.version, list_id, on, off), session)
        added += [*answer.added, *answer.also_added]
        removed += answer.removed
        missing += answer.missing
    return MembershipChange(tuple(added), tuple(removed), tuple(missing))


def _parts(ids: Iterable[str | int]) -> list[tuple[str, ...]]:
    every = list(dict.fromkeys(map(identity, ids)))
    return [tuple(every[start : start + MOST_CHANGED]) for start in range(0, len(every), MOST_CHANGED)]


def of_records(
    session: Session, type_id: str, ids: Iterable[str | int]
) -> Flow[dict[str, list[MembershipOf]]]:
    """By record id."""
    size, every = load.endpoint("lists.records.batch_read").limit or 100, list(map(identity, ids))
    found: dict[str, list[MembershipOf]] = {record_id: [] for record_id in every}
    for start in range(0, len(every), size):
        call = lists.of_records(session.version, type_id, every[start : start + size])
        for entry in (yield from execute(call, session)).get("results", []):
            on = msgspec.convert(entry.get("recordListMemberships") or [], list[MembershipOf])
            found[str(entry.get("recordId"))] = on
    return found


def new_ids(session: Session, legacy: Iterable[str | int]) -> Flow[dict[str, str]]:
    """By the old id."""
    answer = yield from execute(lists.new_ids(session.version, [*map(identity, legacy)]), session)
    pairs = answer.get("legacyListIdsToIdsMapping", [])
    return {str(pair.get("legacyListId")): str(pair.get("listId")) for pair in pairs}
