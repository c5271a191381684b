"""Selected records, for asyncio. `selection_sync.py` is generated from this file by `tools/unasync.py`."""

from __future__ import annotations

from collections.abc import AsyncIterator

from hubwire.client import plans
from hubwire.client.driver import AsyncDriver
from hubwire.client.plans import Plan
from hubwire.client.queries import Query
from hubwire.client.records import Record


class AsyncSelection:
    """Records that match an expression: nothing is asked before it is iterated over."""

    def __init__(self, driver: AsyncDriver, kind: str, query: Query, limit: int | None) -> None:
        self._driver, self._session, self._kind = driver, driver.session, kind
        self._query, self._limit = query, limit

    def __aiter__(self) -> AsyncIterator[Record]:
        return self._driver.each(plans.results(self._session, self._kind, self._query, self._limit))

    async def first(self) -> Record | None:
        """The first of them, if there is one."""
        flow = plans.results(self._session, self._kind, self._query, 1)
        found = [record async for record in self._driver.each(flow)]
        return found[0] if found else None

    async def count(self) -> int:
        """How many match, whatever the limit."""
        return await self._driver.run(plans.count(self._session, self._kind, self._query))

    async def explain(self, matches: int | None = None) -> Plan:
        """How it will be read and what that costs. One search counts, unless `matches` says how many."""
        flow = plans.explain(self._session, self._kind, self._query, self._limit, matches)
        return await self._driver.run(flow)

    def __repr__(self) -> str:
        return f"AsyncSelection({self._kind!r}, {len(self._query.groups)} groups of filters)"
