"""Searches in an order of the caller's, of any number of results.

HubSpot takes one sort and pages through 10,000 results of it, counted from the start, so that a record
written meanwhile pushes others over the edge of a page. Here a page starts at the last value of the last one:

    page ───── a a b b c c c │ next: S ≥ c ───── c c c c d d e │ next: S ≥ e …

The records of a page's last value wait for the next page, which has all of them; where one value fills a
page, its records are walked through by id, and the next page starts beyond it. Records without a value are a
walk of their own. What moved behind the reader's back is found by id, and comes last.
"""

from __future__ import annotations

from itertools import groupby
from typing import Any

import msgspec

from hubwire.catalogue import load
from hubwire.client.calls import objects
from hubwire.client.calls.objects import Fields
from hubwire.client.execute import execute
from hubwire.client.queries import ID, Query, checked, term, thinned
from hubwire.client.reading import filled
from hubwire.client.records import Page, Record
from hubwire.client.session import Session
from hubwire.client.walk import Walk, number
from hubwire.errors import ConfigError, Invalid
from hubwire.wire.flow import Emit, Flow

ALWAYS = ("createdate", "lastmodifieddate", "hs_createdate", "hs_lastmodifieddate", "hs_object_id")


def results(session: Session, kind: str, query: Query, limit: int | None) -> Flow[None]:
    """Emits all matching records in the order asked for, or the first `limit`: each once, those that change
    their place meanwhile last or not at all twice.
    """
    yield from _Slices(session, kind, query, limit).run()


class _Slices:
    """One sorted search under way."""

    def __init__(self, session: Session, kind: str, query: Query, limit: int | None) -> None:
        self._session, self._kind, self._wanted = session, kind, query
        self._name = str((query.sort or {}).get("propertyName"))
        self._query = _with_sort_property(query, kind, self._name)
        if thinned(self._query) is not self._query:
            self._query = msgspec.structs.replace(self._query, fields=Fields(properties=(ID, self._name)))
        self._left = limit
        self._seen: set[int | str] = set()

    def run(self) -> Flow[None]:
        """The whole of it: slice by slice, then the records without a value, then what moved."""
        if self._left == 0:
            return
        size = min(self._left or load.limits().SEARCH_PAGE, load.limits().SEARCH_PAGE)
        first = yield from self._page(self._query, size)
        total = first.total
        if first.after is None or not first.results or self._left == len(first.results):
            yield from self._give(first.results)
            return
        # HubSpot does not say whether records without a value come first or last; the first page shows it.
        unset_first = self._value(first.results[0]) is None
        if unset_first:
            yield from self._walk(term(self._name, "NOT_HAS_PROPERTY"))
            first = yield from self._page(self._query.narrowed(term(self._name, "HAS_PROPERTY")))
        try:
            yield from self._sliced(first)
        except Invalid:
            # HubSpot sorts by it and does not compare it: what it pages through is there all the same.
            if total is None or total > load.limits().SEARCH_MAX:
                raise
            yield from self._counted()
            return
        if not unset_first:
            yield from self._walk(term(self._name, "NOT_HAS_PROPERTY"))
        yield from self._rest(total)

    def _counted(self) -> Flow[None]:
        """All of it by pages counted from the start, as far as HubSpot goes."""
        walk = Walk(self._session, self._kind, self._query)
        while not walk.ended and self._left != 0:
            records = yield from walk.page(None)
            yield from self._give(records)

    def _sliced(self, page: Page) -> Flow[None]:
        """All records with a value, from their first page on."""
        onward, beyond = ("LTE", "LT") if self._query.descending else ("GTE", "GT")
        while page.results and self._left != 0:
            known = [record for record in page.results if self._value(record) is not None]
            if page.after is None or len(known) < len(page.results):
                yield from self._give(_in_order(known, self._value))
                return
            last = str(self._value(page.results[-1]))
            ready = [record for record in known if self._value(record) != last and not self._known(record)]
            if ready:
                yield from self._give(_in_order(ready, self._value))
                following = term(self._name, onward, last)
            else:
                yield from self._tied(last, known)
                following = term(self._name, beyond, last)
            if self._left != 0:
                page = yield from self._page(self._query.narrowed(following))

    def _tied(self, value: str, page: list[Record]) -> Flow[None]:
        """All records of one value that fills a page."""
        before = len(self._seen)
        found = yield from self._walk(term(self._name, "EQ", value))
        if self._left == 0:
            return
        here = [record for record in page if self._value(record) == value]
        if not found.intersection(map(_key, here)) and len(self._seen) == before:
            raise ConfigError(
                f"HubSpot sorts by {self._name!r} and yet finds no record by its value {value!r}, so further "
                "results cannot be asked for. Sort by another property, or not at all"
            )
        yield from self._give(_in_order(page, self._value))

    def _walk(self, only: dict[str, Any]) -> Flow[set[int | str]]:
        """Gives all records with one more filter, by id; says which these are."""
        query = msgspec.structs.replace(self._query.narrowed(only), sort=None)
        walk, found = Walk(self._session, self._kind, query), set[int | str]()
        while not walk.ended and self._left != 0:
            records = yield from walk.page(None)
            found.update(map(_key, records))
            yield from self._give(records)
        return found

    def _rest(self, total: int | None) -> Flow[None]:
        """What changed its place behind the reader's back: fewer were seen than match."""
        if self._left is not None or total is None or len(self._seen) >= total:
            return
        bare = msgspec.structs.replace(self._query, sort=None)
        if len(self._seen) >= ((yield from self._page(bare, 1)).total or 0):
            return
        walk = Walk(self._session, self._kind, bare)
        while not walk.ended:
            records = yield from walk.page(None)
            yield from self._give(records)

    def _give(self, records: list[Record]) -> Flow[None]:
        """Emits the records not given before."""
        keyed = {_key(record): record for record in records}
        new = [key for key in keyed if key not in self._seen][: self._left]
        self._seen.update(new)
        fresh = [keyed[key] for key in new]
        if self._left is not None:
            self._left -= len(fresh)
        if fresh and self._thin:
            fresh = yield from filled(self._session, self._kind, fresh, self._wanted.fields)
        yield Emit(fresh)

    @property
    def _thin(self) -> bool:
        """Whether the searches had no room for the properties wanted."""
        return bool(set(self._wanted.fields.properties) - set(self._query.fields.properties))

    def _page(self, query: Query, size: int | None = None) -> Flow[Page]:
        most = load.limits().SEARCH_PAGE
        body = checked(query.body(size or most))
        return (yield from execute(objects.search(self._session.version, self._kind, body), self._session))

    def _known(self, record: Record) -> bool:
        return _key(record) in self._seen

    def _value(self, record: Record) -> str | None:
        return record.get(self._name) or None


def _with_sort_property(query: Query, kind: str, name: str) -> Query:
    """Results have to show what they are sorted by."""
    wanted = query.fields.properties
    if name in wanted or (not wanted and name in ALWAYS):
        return query
    known = load.object_type(kind)
    wanted = wanted or (known.defaults if known else ())
    return msgspec.structs.replace(query, fields=Fields(properties=tuple(dict.fromkeys((*wanted, name)))))


def _in_order(records: list[Record], value: Any) -> list[Record]:
    """Records of one value by id; values stay as HubSpot sorted them."""
    return [record for _, tied in groupby(records, key=value) for record in sorted(tied, key=number)]


def _key(record: Record) -> int | str:
    """What tells records apart, in few bytes."""
    known = number(record)
    return known if known >= 0 else record.id
