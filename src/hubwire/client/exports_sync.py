# Generated from exports.py by tools/unasync.py: change that file, not this one.
# ruff: noqa: A002

"""Exports."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, overload

from hubwire.client import files, listing
from hubwire.client.calls import jobs, shaped
from hubwire.client.exporting import export_request
from hubwire.client.family_sync import Family
from hubwire.client.identity import identity
from hubwire.client.queries import Filters
from hubwire.client.shapes import Export
from hubwire.client.values import Names


class Exports(Family):
    """Files that HubSpot writes: 30 in 24 hours, one at a time."""

    def start(
        self,
        kind: str,
        properties: Names,
        *,
        filters: Filters | None = None,
        list_id: str | int | None = None,
        associated: Iterable[str] = (),
        **fields: Any,
    ) -> str:
        """Asks for a CSV file of all records, of those that match, or of a list. Returns the task's id.

        Further fields are HubSpot's (`format="XLSX"`, `export_name=…`, `language="EN"`).
        """
        told = export_request(kind, properties, filters, list_id, associated, shaped.body(None, fields))
        return identity(self._do(jobs.start_export(self._version, told)).get("id"))

    def get(self, id: str | int) -> Export:
        """How far it is."""
        return self._do(jobs.export(self._version, identity(id)))

    def wait(
        self,
        id: str | int,
        *,
        every: float = 5.0,
        timeout: float | None = None,
        progress: Callable[[Export], Any] | None = None,
    ) -> Export:
        """Waits until it has ended, well or not: see its `status`. It goes on when nobody waits any more."""
        flow = listing.until(
            self._session,
            jobs.export(self._version, identity(id)),
            lambda found: found.ended,
            every=every,
            timeout=timeout,
            progress=progress,
        )
        return self._driver.run(flow)

    @overload
    def download(self, id: str | int, *, to: None = None) -> bytes: ...

    @overload
    def download(self, id: str | int, *, to: files.Target) -> None: ...

    def download(self, id: str | int, *, to: files.Target | None = None) -> bytes | None:
        """The file, as it is: HubSpot zips large ones. `NotFound` while it is not done.

        With `to`, a path or an open file, it is written there as it comes, and never whole in memory; at a
        path nothing is there before all of it is.
        """
        if to is None:
            return self._driver.run(files.content(self._session, identity(id)))
        return self._driver.run(files.saved(self._session, identity(id), to))

    def save(self, id: str | int, path: str | Path) -> Path:
        """Writes the file to a path, as `download(to=path)` does."""
        self.download(id, to=path)
        return Path(path)

    def pieces(self, id: str | int) -> Iterator[bytes]:
        """The bytes of the file, a part at a time: from a temporary file, which is whole."""
        return files.pieces(self._driver.run(files.kept(self._session, identity(id))))

    def rows(self, id: str | int) -> Iterator[dict[str, str]]:
        """Rows of a CSV file by column, unzipped if need be: from a temporary file."""
        return files.rows(self._driver.run(files.kept(self._session, identity(id))))

    def details(self, id: str | int) -> Mapping[str, Any]:
        """What was exported, and how many records: HubSpot's answer as it is."""
        return self._do(jobs.read_export(self._version, identity(id)))
