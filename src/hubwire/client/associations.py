"""Associations, for asyncio. `associations_sync.py` is generated from this file by `tools/unasync.py`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from typing import Any

from hubwire.client import links
from hubwire.client.driver import AsyncDriver
from hubwire.client.identity import identity
from hubwire.client.kinds import path_name
from hubwire.client.labels import AsyncAssociationLimits, AsyncLabels
from hubwire.client.outcomes import Link, Outcomes


class AsyncAssociations:
    """Which records belong together, pair by pair."""

    def __init__(self, driver: AsyncDriver) -> None:
        self._driver, self._session = driver, driver.session

    async def link(
        self,
        from_type: str,
        from_id: str | int,
        to_type: str,
        to_id: str | int,
        *,
        label: str | None = None,
        types: Any = None,
    ) -> None:
        """Associates two records. A label replaces the labels the pair has; the unlabeled association stays.

        `types` instead of a label: HubSpot's own numbers, or `(category, number)`.
        """
        ends = (path_name(from_type), identity(from_id)), (path_name(to_type), identity(to_id))
        await self._driver.run(links.link(self._session, *ends, label, types))

    async def unlink(
        self,
        from_type: str,
        from_id: str | int,
        to_type: str,
        to_id: str | int,
        *,
        label: str | None = None,
        types: Any = None,
    ) -> None:
        """Removes every association of the pair, or only those of a label or of types."""
        ends = (path_name(from_type), identity(from_id)), (path_name(to_type), identity(to_id))
        await self._driver.run(links.unlink(self._session, *ends, label, types))

    def linked(self, from_type: str, from_id: str | int, to_type: str) -> AsyncIterator[Link]:
        """The records of a type that a record is associated with, each with the kinds of association."""
        end = (path_name(from_type), identity(from_id))
        return self._driver.each(links.linked(self._session, end, path_name(to_type)))

    @property
    def labels(self) -> AsyncLabels:
        """The ways in which records may be associated."""
        return AsyncLabels(self._driver)

    @property
    def limits(self) -> AsyncAssociationLimits:
        """How many records one may be associated with."""
        return AsyncAssociationLimits(self._driver)

    @property
    def batch(self) -> AsyncAssociationBatch:
        """Many pairs at once."""
        return AsyncAssociationBatch(self._driver)


class AsyncAssociationBatch:
    """Associations of many records: one outcome per input, in input order."""

    def __init__(self, driver: AsyncDriver) -> None:
        self._driver, self._session = driver, driver.session

    async def link(
        self,
        from_type: str,
        to_type: str,
        pairs: Iterable[tuple[Any, Any]],
        *,
        label: str | None = None,
        types: Any = None,
    ) -> Outcomes:
        """Associates pairs of ids."""
        kinds = path_name(from_type), path_name(to_type)
        flow = links.link_many(self._session, kinds, list(pairs), label, types)
        return Outcomes([outcome async for outcome in self._driver.each(flow)])

    async def unlink(
        self,
        from_type: str,
        to_type: str,
        pairs: Iterable[tuple[Any, Any]],
        *,
        label: str | None = None,
        types: Any = None,
    ) -> Outcomes:
        """Removes every association of the pairs, or only those of a label or of types."""
        kinds = path_name(from_type), path_name(to_type)
        flow = links.unlink_many(self._session, kinds, list(pairs), label, types)
        return Outcomes([outcome async for outcome in self._driver.each(flow)])

    async def linked(self, from_type: str, to_type: str, ids: Iterable[str | int]) -> Outcomes:
        """What records are associated with: in `links` of every outcome, all pages of it."""
        kinds = path_name(from_type), path_name(to_type)
        flow = links.linked_many(self._session, kinds, list(ids))
        return Outcomes([outcome async for outcome in self._driver.each(flow)])
