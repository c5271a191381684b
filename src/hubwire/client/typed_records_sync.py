# Generated from typed_records.py by tools/unasync.py: change that file, not this one.
# ruff: noqa: A002

"""Typed records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Generic, TypeVar

from hubwire.client.driver_sync import Driver
from hubwire.client.kinds import path_name
from hubwire.client.objects_sync import Records
from hubwire.client.outcomes import Outcomes
from hubwire.client.queries import Filters
from hubwire.client.typed import saving
from hubwire.client.typed.record import AnyField, TypedRecord, names
from hubwire.errors import ConfigError

R = TypeVar("R", bound=TypedRecord)
Wanted = Iterable[AnyField | str] | AnyField | str | None
"Properties: fields (`Deal.amount`) or HubSpot's names; None for all that the class has."


class TypedRecords(Generic[R]):
    """Records of one type, as objects of a class that `hubwire types` wrote."""

    def __init__(self, driver: Driver, type_: type[R]) -> None:
        if not type_.KIND:
            raise ConfigError(f"{type_.__name__} does not say which object type it is")
        self._type, self._records = (type_, Records(driver, path_name(type_.KIND)))

    def get(
        self,
        id: str | int,
        *,
        by: AnyField | str | None = None,
        properties: Wanted = None,
        archived: bool = False,
    ) -> R:
        """One record, by id or by the value of a unique property. `NotFound` when there is none."""
        unique = by if by is None or isinstance(by, str) else by.name
        asked = names(properties, self._type)
        return self._type.of(self._records.get(id, by=unique, properties=asked, archived=archived))

    def list(
        self, *, properties: Wanted = None, archived: bool = False, limit: int | None = None
    ) -> Iterator[R]:
        """All records, by ascending id. Naming fewer properties makes it faster."""
        asked = names(properties, self._type)
        found = self._records.list(properties=asked, archived=archived, limit=limit)
        return (self._type.of(record) for record in found)

    def search(
        self,
        filters: Filters | None = None,
        *,
        query: str | None = None,
        sort: str | None = None,
        properties: Wanted = None,
        limit: int | None = None,
    ) -> Iterator[R]:
        """All matching records, however many: `search(Deal.amount >= 10_000, sort=Deal.amount.desc())`."""
        asked = names(properties, self._type)
        found = self._records.search(filters, query=query, sort=sort, properties=asked, limit=limit)
        return (self._type.of(record) for record in found)

    def save(self, record: R, *, associations: Iterable[Any] = (), validate: bool | None = None) -> R:
        """Creates a new record, or sends what was changed of one that was read: nothing if nothing was.

        The same object is returned, with what HubSpot made of it. Associations are for a new one only.
        """
        sent = record.changes()
        if not record.id:
            made = self._records.create(sent, associations=associations, validate=validate)
            record._saved(made, sent, whole=True)
        elif sent:
            record._saved(self._records.update(record.id, sent, validate=validate), sent)
        return record

    def save_all(self, records: Iterable[R], *, validate: bool | None = None) -> Outcomes:
        """The same for many, in batches: one outcome per record, in their order."""
        plan = saving.plan(records)
        made = self._records.batch.create(plan.rows_new, validate=validate)
        changed = self._records.batch.update(plan.rows_changed, validate=validate)
        return plan.outcomes(made, changed)

    def upsert(self, records: Iterable[R], *, by: AnyField | str, validate: bool | None = None) -> Outcomes:
        """Updates those records that have the value of the unique property `by`, and creates the others."""
        unique = by if isinstance(by, str) else by.name
        plan = saving.plan_upsert(records, unique)
        made = self._records.batch.upsert(plan.rows_new, by=unique, validate=validate)
        return plan.outcomes(made, Outcomes())

    def archive(self, record: R) -> None:
        """Deletes a record."""
        if not record.id:
            raise ConfigError(f"{record!r} was never saved, so there is nothing to delete")
        self._records.archive(record.id)

    def __repr__(self) -> str:
        return f"TypedRecords({self._type.__name__})"
