# Generated from exports.py by tools/unasync.py: change that file, not this one.
# ruff: noqa: A002

"""Exports."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

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

    def download(self, id: str | int) -> bytes:
        """The file, as it is: HubSpot zips large ones. `NotFound` while it is not done."""
        return self._driver.run(files.download(self._session, identity(id)))

    def save(self, id: str | int, path: str | Path) -> Path:
        """Writes the file to a path; nothing is there before all of it is."""
        return files.written(self.download(id), Path(path))

    def rows(self, id: str | int) -> Iterator[dict[str, str]]:
        """Rows of a CSV file by column, unzipped if need be."""
        return files.rows(self.download(id))

    def details(self, id: str | int) -> Mapping[str, Any]:
        """What was exported, and how many records: HubSpot's answer as it is."""
        return self._do(jobs.read_export(self._version, identity(id)))
