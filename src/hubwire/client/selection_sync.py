# Generated from selection.py by tools/unasync.py: change that file, not this one.
# ruff: noqa: C416

"""Selected records."""

from __future__ import annotations

from collections.abc import Iterator

from hubwire.client import plans
from hubwire.client.driver_sync import Driver
from hubwire.client.plans import Plan
from hubwire.client.queries import Query
from hubwire.client.records import Record


class Selection:
    """Records that match an expression: nothing is asked before it is iterated over."""

    def __init__(self, driver: Driver, kind: str, query: Query, limit: int | None) -> None:
        self._driver, self._session, self._kind = (driver, driver.session, kind)
        self._query, self._limit = (query, limit)

    def __iter__(self) -> Iterator[Record]:
        return self._driver.each(plans.results(self._session, self._kind, self._query, self._limit))

    def first(self) -> Record | None:
        """The first of them, if there is one."""
        flow = plans.results(self._session, self._kind, self._query, 1)
        found = [record for record in self._driver.each(flow)]
        return found[0] if found else None

    def count(self) -> int:
        """How many match, whatever the limit."""
        return self._driver.run(plans.count(self._session, self._kind, self._query))

    def explain(self, matches: int | None = None) -> Plan:
        """How it will be read and what that costs. One search counts, unless `matches` says how many."""
        flow = plans.explain(self._session, self._kind, self._query, self._limit, matches)
        return self._driver.run(flow)

    def __repr__(self) -> str:
        return f"Selection({self._kind!r}, {len(self._query.groups)} groups of filters)"
