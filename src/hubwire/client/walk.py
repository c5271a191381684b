"""Pages of one search by id, each starting after the last id of the one before."""

from __future__ import annotations

from hubwire.catalogue import load
from hubwire.client.calls import objects
from hubwire.client.execute import execute
from hubwire.client.queries import ID, Query, checked, term
from hubwire.client.records import Page, Record
from hubwire.client.session import Session
from hubwire.errors import ConfigError
from hubwire.wire.flow import Flow


class Walk:
    """A search under way.

    Where its filters leave no room for an id, and where ids do not come in order, pages are counted from the
    start, as far as HubSpot goes.
    """

    def __init__(self, session: Session, kind: str, query: Query) -> None:
        self._session, self._kind, self.query = session, kind, query
        self.ended = False
        self.total: int | None = None
        """How many match, as the first page told."""
        self.last: int | None = None
        self._after: str | None = None
        self._operator = "LT" if query.descending else "GT"

    @property
    def endless(self) -> bool:
        """Whether it goes on past the results that HubSpot pages through."""
        return self.query.by_id and self.query.room() > 0 and self._after is None

    def page(self, most: int | None) -> Flow[list[Record]]:
        """The next records, `most` of them at most."""
        limits = load.limits()
        size = self._within(min(limits.SEARCH_PAGE, most or limits.SEARCH_PAGE))
        query = self.query
        if self.last is not None and self._after is None:
            query = query.narrowed(term(ID, self._operator, str(self.last)))
        body = checked(query.body(size, after=self._after))
        page = yield from execute(objects.search(self._session.version, self._kind, body), self._session)
        if self.total is None:
            self.total = page.total
        self.ended = page.after is None or not page.results
        if not self.ended:
            self._onward(page)
        return page.results

    def _onward(self, page: Page) -> None:
        """Where the next page starts: after an id if possible, else at an offset."""
        if self.endless:
            ids = [number(record) for record in page.results]
            falling = self._operator == "LT"
            first = self.last is None or (ids[0] < self.last if falling else ids[0] > self.last)
            if first and ids == sorted(set(ids), reverse=falling) and ids[-1 if not falling else 0] >= 0:
                self.last = ids[-1]
                return
        self._after = page.after

    def _within(self, size: int) -> int:
        """A page size that stays within what HubSpot pages through; refused when nothing is left of it."""
        most = load.limits().SEARCH_MAX
        start = int(self._after) if self._after and self._after.isdigit() else 0
        if start + size <= most:
            return size
        if start < most:
            return most - start
        raise no_room(self.query, most)


def number(record: Record) -> int:
    """The id as a number; -1 for one that is none."""
    told = record.id
    return int(told) if told.isdigit() and told.isascii() else -1


def refuse_beyond(walk: Walk, limit: int | None) -> None:
    """Before a first page is given out: more match than can be paged through, and all of them are wanted."""
    most = load.limits().SEARCH_MAX
    if (walk.total or 0) > most and (limit is None or limit > most):
        raise no_room(walk.query, most)


def no_room(query: Query, most: int) -> ConfigError:
    """Why there is no way to further results."""
    return ConfigError(
        f"more than {most:,} records match, and the filters leave no room for one that reads on from there. "
        f"Use at most 5 filters in each group, or pass limit={most} to be content with the first of them"
    )
