# Generated from objects.py by tools/unasync.py: change that file, not this one.
# ruff: noqa: A002

"""Records of one type."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from hubwire.client.driver_sync import Driver

if TYPE_CHECKING:
    from hubwire.client.bulk_sync import Batch
    from hubwire.client.expressions import Expression
    from hubwire.client.queries import Filters
    from hubwire.client.records import Record
    from hubwire.client.selection_sync import Selection
    from hubwire.client.values import Names


class Records:
    """Records of one type."""

    def __init__(self, driver: Driver, kind: str) -> None:
        self._driver, self._session, self.kind = (driver, driver.session, kind)

    def get(
        self,
        id: str | int,
        *,
        by: str | None = None,
        properties: Names = None,
        history: Names = None,
        associations: Names = None,
        archived: bool = False,
    ) -> Record:
        """One record, by id or by the value of the unique property `by`. `NotFound` when there is none.

        Without `properties`, HubSpot returns a few default ones. Any number of them may be named.
        """
        import hubwire.client.reading as reading

        asked = reading.fields(properties, history, associations, archived=archived)
        return self._driver.run(reading.get(self._session, self.kind, reading.identity(id), asked, by))

    def list(
        self,
        *,
        properties: Names = None,
        history: Names = None,
        associations: Names = None,
        archived: bool = False,
        limit: int | None = None,
    ) -> Iterator[Record]:
        """All records, page by page as needed, by ascending id. With `archived` only deleted ones."""
        from hubwire.client import reading
        from hubwire.client.calls.objects import fields

        asked = fields(properties, history, associations, archived=archived)
        return self._driver.each(reading.every(self._session, self.kind, asked, limit))

    def search(
        self,
        filters: Filters | None = None,
        *,
        query: str | None = None,
        sort: str | Mapping[str, str] | None = None,
        properties: Names = None,
        limit: int | None = None,
    ) -> Iterator[Record]:
        """All matching records, however many: by ascending id, unless `sort` says other (`"-createdate"`).

        `filters` is an expression (`p.amount >= 10_000`), a list of conditions that all have to hold, or a
        list of such lists of which one has to. A sorted search does not end at HubSpot's 10,000 either:
        what changes its place while it is read may come last, and nothing comes twice. HubSpot finds new
        records some seconds after they were written.
        """
        from hubwire.client import queries, search
        from hubwire.client.calls.objects import fields

        wanted = queries.build(filters, query, sort, fields(properties))
        return self._driver.each(search.results(self._session, self.kind, wanted, limit))

    def where(
        self,
        expression: Expression | None = None,
        *,
        query: str | None = None,
        sort: str | Mapping[str, str] | None = None,
        properties: Names = None,
        limit: int | None = None,
    ) -> Selection:
        """Records that match: `where((p.amount >= 10_000) & p.dealstage.is_in("closedwon"))`.

        Read in the way that costs least: list, search, or batch read of ids. `explain()` tells which.
        """
        from hubwire.client import queries
        from hubwire.client.calls.objects import fields
        from hubwire.client.selection_sync import Selection

        wanted = queries.fitting(queries.build(expression, query, sort, fields(properties)), self.kind)
        return Selection(self._driver, self.kind, wanted, limit)

    def count(self, filters: Filters | None = None, *, query: str | None = None) -> int:
        """How many records match."""
        from hubwire.client import queries, search
        from hubwire.client.calls.objects import fields

        wanted = queries.build(filters, query, None, fields())
        return self._driver.run(search.count(self._session, self.kind, wanted))

    def create(
        self, properties: Mapping[str, Any], *, associations: Iterable[Any] = (), validate: bool | None = None
    ) -> Record:
        """A new record. `MaybeWritten` when no answer came: it is never sent twice.

        Associations are `(type, id)`, or `(type, id, association types)`. With `validate`, values that the
        account's schema rules out raise `Preflight` before anything is sent.
        """
        from hubwire.client import writing

        flow = writing.create(self._session, self.kind, properties, associations, validate)
        return self._driver.run(flow)

    def update(
        self,
        id: str | int,
        properties: Mapping[str, Any],
        *,
        by: str | None = None,
        validate: bool | None = None,
    ) -> Record:
        """New values for some properties; None or `CLEAR` empties one, `UNSET` leaves it alone."""
        from hubwire.client import writing

        flow = writing.update(self._session, self.kind, str(id), properties, by, validate)
        return self._driver.run(flow)

    def archive(self, id: str | int) -> None:
        """Deletes a record; also succeeds where there is none."""
        from hubwire.client import writing

        self._driver.run(writing.archive(self._session, self.kind, str(id)))

    def merge(self, primary: str | int, other: str | int) -> Record:
        """Makes one record of two; where they differ, `primary` wins. What comes back may have a new id.

        `MaybeWritten` when no answer came: it is never sent twice.
        """
        from hubwire.client import writing

        return self._driver.run(writing.merge(self._session, self.kind, primary, other))

    def gdpr_delete(self, id: str | int, *, by: str | None = None) -> None:
        """Deletes a contact for good, its history too; with `by="email"` an address, known or not.

        `MaybeWritten` when no answer came: it is never sent twice.
        """
        from hubwire.client import writing

        self._driver.run(writing.gdpr_delete(self._session, self.kind, id, by))

    @property
    def batch(self) -> Batch:
        """Many records at once."""
        from hubwire.client.bulk_sync import Batch

        return Batch(self._driver, self.kind)

    def __repr__(self) -> str:
        return f"Records({self.kind!r})"
