"""How a selection of records is best read, and what that costs."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import Literal

import msgspec

from hubwire.catalogue import load
from hubwire.client import reading, search
from hubwire.client.calls import batches
from hubwire.client.execute import execute
from hubwire.client.filters import settled
from hubwire.client.queries import ID, Query, length, thinned
from hubwire.client.session import Session
from hubwire.wire.flow import Emit, Flow

Way = Literal["list", "search", "search slices", "batch read"]


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """How a selection will be read. `print(plan)` tells it in words."""

    way: Way
    """`list` (all records), `search` (pages by id), `search slices` (pages by the value of the sort property,
    or several searches merged), `batch read` (records whose ids are known)."""
    why: str
    matches: int
    """Records, as far as HubSpot's index knows them now."""
    calls: int
    """Requests it takes; with `search slices` about as many, ties and changes under way take more."""
    searches: int
    """How many of these are searches, of which HubSpot permits few a second."""
    seconds: float
    """How long the quota makes it last at least, if nobody else uses it."""
    share_of_day: float | None = None
    """Of the calls left today; None while HubSpot has not told how many these are."""

    def __str__(self) -> str:
        minutes = f"{self.seconds / 60:,.1f} min" if self.seconds >= 60 else f"{self.seconds:,.1f} s"
        share = "" if self.share_of_day is None else f", {self.share_of_day:.1%} of the calls left today"
        return (
            f"{self.way}: {self.why}\n"
            f"{self.matches:,} records, {self.calls:,} calls ({self.searches:,} searches), "
            f"at least {minutes}{share}"
        )


def way_of(query: Query) -> tuple[Way, str]:
    """The way to read it, and why that one."""
    if _ids(query) is not None:
        return "batch read", "only ids are asked for, and by id records are read at once and as they are now"
    if not query.groups and not query.query and query.by_id and not query.descending:
        return "list", "everything is asked for, and lists are read faster than searches and as they are now"
    if not query.by_id and query.room() > 0:
        name = (query.sort or {})["propertyName"]
        return "search slices", f"sorted by {name!r}: every page starts at the last value of the one before"
    if query.by_id and len(query.parts()) > 1:
        return "search slices", "too much for one search: several are merged by id"
    if query.room() > 0:
        return "search", "by id: every page starts after the last id of the one before"
    return "search", "no room for a further filter: HubSpot shows the first 10,000 results and no more"


def results(session: Session, kind: str, query: Query, limit: int | None) -> Flow[None]:
    """Emits what is selected, or the first `limit`."""
    way, _ = way_of(query)
    if way == "list":
        yield from reading.every(session, kind, query.fields, limit)
    elif (ids := _ids(query)) is not None:
        yield from _by_ids(session, kind, query, ids, limit)
    else:
        yield from search.results(session, kind, query, limit)


def count(session: Session, kind: str, query: Query) -> Flow[int]:
    """How many records are selected."""
    return (yield from search.count(session, kind, query))


def explain(session: Session, kind: str, query: Query, limit: int | None, matches: int | None) -> Flow[Plan]:
    """The plan. One search tells how many records match, unless that is given or known."""
    query = yield from settled(session, kind, query)
    way, why = way_of(query)
    ids = _ids(query)
    if ids is not None:
        matches = len(ids)
    elif matches is None:
        # One search counts; lists of values too long for one are counted by parts, which may overlap.
        whole = length(query.body(1)) <= load.limits().SEARCH_BODY
        matches = 0
        for part in (query,) if whole else query.parts():
            matches += yield from search.count(session, kind, part)
    matches = matches if limit is None else min(matches, limit)
    limits = load.limits()
    searches, reads = 0, 0
    if way == "batch read":
        reads = ceil(matches / limits.BATCH_INPUTS)
    elif way == "list":
        reads = max(1, ceil(matches / limits.LIST_PAGE))
    else:
        searches = max(len(query.parts()), ceil(matches / limits.SEARCH_PAGE))
        if thinned(query) is not query:
            reads = ceil(matches / limits.BATCH_INPUTS)
    usage = session.governor.usage(session.now())
    burst = usage.burst_max or load.tier("free").burst
    left = usage.daily_remaining
    seconds = max(searches / limits.SEARCH_PER_SECOND, reads * limits.WINDOW_SECONDS / burst)
    return Plan(
        way=way,
        why=why,
        matches=matches,
        calls=searches + reads,
        searches=searches,
        seconds=seconds,
        share_of_day=(searches + reads) / left if left else None,
    )


def _ids(query: Query) -> Sequence[str] | None:
    """The ids, where nothing but ids is asked for."""
    if (
        query.query
        or not query.by_id
        or query.descending
        or len(query.groups) != 1
        or len(query.groups[0]) != 1
    ):
        return None
    only = query.groups[0][0]
    if only["propertyName"] != ID or only["operator"] not in ("EQ", "IN"):
        return None
    ids = dict.fromkeys(only.get("values") or [only.get("value", "")])
    if not all(text.isascii() and text.isdigit() for text in ids):
        return None
    return sorted(ids, key=int)


def _by_ids(session: Session, kind: str, query: Query, ids: Sequence[str], limit: int | None) -> Flow[None]:
    """Emits the records of these ids that there are. A merged record has a new id, and is not one of them."""
    size = load.limits().BATCH_INPUTS
    left = limit
    for start in range(0, len(ids), size):
        if left == 0:
            return
        part = ids[start : start + size]
        answer = yield from execute(batches.read(session.version, kind, part, query.fields), session)
        by_id = {record.id: record for record in answer.results}
        found = [by_id[record_id] for record_id in part if record_id in by_id][:left]
        left = None if left is None else left - len(found)
        yield Emit(found)
