# Generated from bulk.py by tools/unasync.py: change that file, not this one.
# ruff: noqa: C416

"""Batch calls."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from hubwire.client import batches, jobs
from hubwire.client.calls.objects import Fields
from hubwire.client.driver_sync import Driver
from hubwire.client.outcomes import Outcome, Outcomes
from hubwire.client.values import Names, listed

if TYPE_CHECKING:
    from hubwire.client.calls.batches import Verb
    from hubwire.client.plan import Plan


class Batch:
    """Batch calls of any size: one outcome per input, in input order. What fails for one stops no other."""

    def __init__(self, driver: Driver, kind: str) -> None:
        self.each = Each(driver, kind)
        self._driver, self._kind = (driver, kind)

    def create(self, rows: Iterable[Any]) -> Outcomes:
        """New records from mappings of properties, or from `NewRecord`s."""
        return Outcomes([outcome for outcome in self.each.create(list(rows))])

    def read(
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
        return Outcomes([outcome for outcome in found])

    def update(self, rows: Iterable[Any], *, by: str | None = None) -> Outcomes:
        """New values, from `Change(id, properties)` or pairs of both."""
        return Outcomes([outcome for outcome in self.each.update(list(rows), by=by)])

    def upsert(self, rows: Iterable[Mapping[str, Any]], *, by: str) -> Outcomes:
        """Updates the records that have the value of the unique property `by`, and creates the others."""
        return Outcomes([outcome for outcome in self.each.upsert(list(rows), by=by)])

    def reconcile(self, outcomes: Iterable[Outcome]) -> Outcomes:
        """The same outcomes, with those that are `maybe` found out: a record, or surely not written.

        What stays `maybe` has an error that names the candidates. Nothing is written.
        """
        from hubwire.client import reconcile

        flow = reconcile.outcomes(self._driver.session, self._kind, [*outcomes])
        return Outcomes(self._driver.run(flow))

    def archive(self, ids: Iterable[str | int]) -> Outcomes:
        """Deletes records."""
        return Outcomes([outcome for outcome in self.each.archive(list(ids))])

    def plan(self, verb: Verb, rows: int) -> Plan:
        """What a batch call of so many rows will take; a hub that has made no call yet makes one."""
        from hubwire.client.plan import planning

        return self._driver.run(planning(self._driver.session, {f"objects.batch.{verb}": rows}))


class Each:
    """The same batch calls as streams: inputs are read as they are needed, and nothing is kept.

    What is not iterated to the end is not sent to the end.
    """

    def __init__(self, driver: Driver, kind: str) -> None:
        self._driver, self._session, self._kind = (driver, driver.session, kind)

    def create(self, rows: Iterable[Any]) -> Iterator[Outcome]:
        """New records from mappings of properties, or from `NewRecord`s."""
        return self._outcomes(jobs.Create(self._session, self._kind), rows)

    def read(
        self,
        ids: Iterable[str | int],
        *,
        by: str | None = None,
        properties: Names = None,
        history: Names = None,
        archived: bool = False,
    ) -> Iterator[Outcome]:
        """Records by id, or by the value of the unique property `by`; a missing one has a `NotFound`."""
        fields = Fields(listed(properties), listed(history), (), archived)
        return self._outcomes(jobs.Read(self._session, self._kind, by, fields), ids)

    def update(self, rows: Iterable[Any], *, by: str | None = None) -> Iterator[Outcome]:
        """New values, from `Change(id, properties)` or pairs of both."""
        return self._outcomes(jobs.Update(self._session, self._kind, by), rows)

    def upsert(self, rows: Iterable[Mapping[str, Any]], *, by: str) -> Iterator[Outcome]:
        """Updates the records that have the value of the unique property `by`, and creates the others."""
        return self._outcomes(jobs.Upsert(self._session, self._kind, by), rows)

    def archive(self, ids: Iterable[str | int]) -> Iterator[Outcome]:
        """Deletes records."""
        return self._outcomes(jobs.Archive(self._session, self._kind), ids)

    def _outcomes(self, job: batches.Job, inputs: Iterable[Any]) -> Iterator[Outcome]:
        return self._driver.each(batches.outcomes(self._session, job, inputs))
