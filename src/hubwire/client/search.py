"""Searches of any number of results.

HubSpot pages through 10,000 results of a query and no further. Results are therefore asked for by id, and
every page starts after the last id seen: that has no end, and a record that stops matching meanwhile moves no
other out of sight, as it does when pages are counted from the start. Another order is `slices`' business.
"""

from __future__ import annotations

import heapq
from typing import Any

import msgspec

from hubwire.client import slices
from hubwire.client.calls import objects
from hubwire.client.calls.objects import Fields
from hubwire.client.execute import execute
from hubwire.client.filters import settled
from hubwire.client.queries import Query, checked, thinned
from hubwire.client.reading import filled
from hubwire.client.records import Record
from hubwire.client.session import Session
from hubwire.client.walk import Walk, refuse_beyond
from hubwire.wire.flow import Emit, Flow


def results(session: Session, kind: str, query: Query, limit: int | None) -> Flow[None]:
    """Emits all matching records, or the first `limit`."""
    query = yield from settled(session, kind, query)
    if not query.by_id and query.room() > 0:
        yield from slices.results(session, kind, query, limit)
        return
    parts = query.parts() if query.by_id else (query,)
    if len(parts) > 1:
        yield from _merged(session, kind, parts, limit)
        return
    walk = Walk(session, kind, thinned(query))
    seen = 0
    while not walk.ended and (limit is None or seen < limit):
        records = yield from walk.page(None if limit is None else limit - seen)
        if seen == 0 and not walk.endless:
            refuse_beyond(walk, limit)
        seen += len(records)
        yield Emit((yield from full(session, kind, query, walk.query, records)))


def count(session: Session, kind: str, query: Query) -> Flow[int]:
    """How many records match."""
    query = yield from settled(session, kind, query)
    thin = msgspec.structs.replace(query, fields=Fields())
    page = yield from execute(objects.search(session.version, kind, checked(thin.body(1))), session)
    return len(page.results) if page.total is None else page.total


def full(
    session: Session, kind: str, query: Query, asked: Query, records: list[Record]
) -> Flow[list[Record]]:
    """The records with all the properties wanted, where the search itself had no room to ask for them."""
    if asked.fields == query.fields or not records:
        return records
    return (yield from filled(session, kind, records, query.fields))


def _merged(session: Session, kind: str, parts: tuple[Query, ...], limit: int | None) -> Flow[None]:
    """Several searches as one, by id: each record once, though more than one of them finds it."""
    walks = [Walk(session, kind, thinned(part)) for part in parts]
    sign = -1 if parts[0].descending else 1
    line: list[tuple[int, int, Record]] = []
    last: int | None = None
    left = limit
    for place in range(len(walks)):
        line += yield from _more(walks[place], place, sign)
    heapq.heapify(line)
    waiting = [sum(1 for entry in line if entry[1] == place) for place in range(len(walks))]
    batch: list[Record] = []
    while line and left != 0:
        number, place, record = heapq.heappop(line)
        if number != last:
            last, left = number, None if left is None else left - 1
            batch.append(record)
        waiting[place] -= 1
        if waiting[place] == 0:
            more = yield from _more(walks[place], place, sign)
            waiting[place] = len(more)
            for entry in more:
                heapq.heappush(line, entry)
            yield Emit((yield from full(session, kind, parts[0], walks[0].query, batch)))
            batch = []
    yield Emit((yield from full(session, kind, parts[0], walks[0].query, batch)))


def _more(walk: Walk, place: int, sign: int) -> Flow[list[tuple[int, int, Any]]]:
    if walk.ended:
        return []
    records = yield from walk.page(None)
    return [(sign * int(record.id), place, record) for record in records]
