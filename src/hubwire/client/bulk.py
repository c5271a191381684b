"""Batch calls, for asyncio. `bulk_sync.py` is generated from this file by `tools/unasync.py`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from hubwire.client import batches, jobs
from hubwire.client.calls.objects import Fields
from hubwire.client.driver import AsyncDriver
from hubwire.client.outcomes import Outcome, Outcomes
from hubwire.client.validation import Deed
from hubwire.client.values import Names, listed

if TYPE_CHECKING:
    from hubwire.client.calls.batches import Verb
    from hubwire.client.plan import Plan


class AsyncBatch:
    """Batch calls of any size: one outcome per input, in input order. What fails for one stops no other."""

    def __init__(self, driver: AsyncDriver, kind: str) -> None:
        self.each = AsyncEach(driver, kind)
        self._driver, self._kind = driver, kind

    async def create(self, rows: Iterable[Any], *, validate: bool | None = None) -> Outcomes:
        """New records from mappings of properties, or from `NewRecord`s.

        With `validate`, rows that the account's schema rules out have a `Preflight` error and are not sent.
        """
        return Outcomes([outcome async for outcome in self.each.create(list(rows), validate=validate)])

    async def read(
        self,
        ids: Iterable[str | int],
        *,
        by: str | None = None,
        properties: Names = None,
        history: Names = None,
        archived: bool = False,
    ) -> Outcomes:
        """Records by id, or by the value of the unique property `by`; a missing one has a `NotFound`."""
        found = self.each.read(list(ids), by=by, properties=properties, history=history, archived=archived)
        return Outcomes([outcome async for outcome in found])

    async def update(
        self, rows: Iterable[Any], *, by: str | None = None, validate: bool | None = None
    ) -> Outcomes:
        """New values, from `Change(id, properties)` or pairs of both."""
        done = self.each.update(list(rows), by=by, validate=validate)
        return Outcomes([outcome async for outcome in done])

    async def upsert(
        self, rows: Iterable[Mapping[str, Any]], *, by: str, validate: bool | None = None
    ) -> Outcomes:
        """Updates the records that have the value of the unique property `by`, and creates the others."""
        done = self.each.upsert(list(rows), by=by, validate=validate)
        return Outcomes([outcome async for outcome in done])

    async def check(self, verb: Deed, rows: Iterable[Any], *, by: str | None = None) -> Outcomes:
        """What the account's schema rules out of rows for `create`, `update` or `upsert`; nothing is sent."""
        return Outcomes([outcome async for outcome in self.each.check(verb, rows, by=by)])

    async def reconcile(self, outcomes: Iterable[Outcome]) -> Outcomes:
        """The same outcomes, with those that are `maybe` found out: a record, or surely not written.

        What stays `maybe` has an error that names the candidates. Nothing is written.
        """
        from hubwire.client import reconcile

        flow = reconcile.outcomes(self._driver.session, self._kind, [*outcomes])
        return Outcomes(await self._driver.run(flow))

    async def archive(self, ids: Iterable[str | int]) -> Outcomes:
        """Deletes records."""
        return Outcomes([outcome async for outcome in self.each.archive(list(ids))])

    async def plan(self, verb: Verb, rows: int) -> Plan:
        """What a batch call of so many rows will take; a hub that has made no call yet makes one."""
        from hubwire.client.plan import planning

        return await self._driver.run(planning(self._driver.session, {f"objects.batch.{verb}": rows}))


class AsyncEach:
    """The same batch calls as streams: inputs are read as they are needed, and nothing is kept.

    What is not iterated to the end is not sent to the end.
    """

    def __init__(self, driver: AsyncDriver, kind: str) -> None:
        self._driver, self._session, self._kind = driver, driver.session, kind

    def create(self, rows: Iterable[Any], *, validate: bool | None = None) -> AsyncIterator[Outcome]:
        """New records from mappings of properties, or from `NewRecord`s."""
        return self._writes(jobs.Create(self._session, self._kind), rows, validate)

    def read(
        self,
        ids: Iterable[str | int],
        *,
        by: str | None = None,
        properties: Names = None,
        history: Names = None,
        archived: bool = False,
    ) -> AsyncIterator[Outcome]:
        """Records by id, or by the value of the unique property `by`; a missing one has a `NotFound`."""
        fields = Fields(listed(properties), listed(history), (), archived)
        return self._outcomes(jobs.Read(self._session, self._kind, by, fields), ids)

    def update(
        self, rows: Iterable[Any], *, by: str | None = None, validate: bool | None = None
    ) -> AsyncIterator[Outcome]:
        """New values, from `Change(id, properties)` or pairs of both."""
        return self._writes(jobs.Update(self._session, self._kind, by), rows, validate)

    def upsert(
        self, rows: Iterable[Mapping[str, Any]], *, by: str, validate: bool | None = None
    ) -> AsyncIterator[Outcome]:
        """Updates the records that have the value of the unique property `by`, and creates the others."""
        return self._writes(jobs.Upsert(self._session, self._kind, by), rows, validate)

    def check(self, verb: Deed, rows: Iterable[Any], *, by: str | None = None) -> AsyncIterator[Outcome]:
        """What the account's schema rules out of rows for `create`, `update` or `upsert`; nothing is sent."""
        from hubwire.client.preflight import rows as checked

        job = checked.job(self._session, self._kind, verb, by)
        return self._driver.each(checked.verdicts(self._session, job, rows))

    def archive(self, ids: Iterable[str | int]) -> AsyncIterator[Outcome]:
        """Deletes records."""
        return self._outcomes(jobs.Archive(self._session, self._kind), ids)

    def _writes(
        self, job: jobs.Create | jobs.Update | jobs.Upsert, rows: Iterable[Any], validate: bool | None
    ) -> AsyncIterator[Outcome]:
        if not (self._session.validation if validate is None else validate):
            return self._outcomes(job, rows)
        from hubwire.client.preflight import rows as checked

        return self._driver.each(checked.outcomes(self._session, job, rows))

    def _outcomes(self, job: batches.Job, inputs: Iterable[Any]) -> AsyncIterator[Outcome]:
        return self._driver.each(batches.outcomes(self._session, job, inputs))
