# Generated from imports.py by tools/unasync.py: change that file, not this one.
# ruff: noqa: A002

"""Imports."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from hubwire.client import files, listing
from hubwire.client.calls import jobs, shaped
from hubwire.client.family_sync import Family
from hubwire.client.identity import identity
from hubwire.client.multipart import Part
from hubwire.client.shapes import Import, ImportProblem
from hubwire.client.sources import Given


class Imports(Family):
    """Files of records that HubSpot reads in by itself: up to 1,048,576 rows or 512 MB each.

    A file is a path, an open file, or a name with its content: bytes, an open file, or an iterable of bytes.
    It is read while it is sent; what can be read once only is put into a temporary file before.
    """

    def start(self, request: Mapping[str, Any], files_: Iterable[Given]) -> Import:
        """Hands files over, with HubSpot's own `importRequest` (names in snake case will do)."""
        told = shaped.body(request)
        return self._driver.run(files.start_import(self._session, files_, lambda parts: told))

    def csv(
        self,
        file: Given,
        kind: str,
        columns: Mapping[str, str | None],
        *,
        name: str | None = None,
        operation: str = "UPSERT",
        **fields: Any,
    ) -> Import:
        """Hands one CSV file over: `columns` says which property each column is; others are left out.

        `CREATE`, `UPDATE` or `UPSERT`; dates as `2026-03-31` unless `date_format` says otherwise.
        """
        more = shaped.body(None, fields)

        def described(parts: builtins.list[Part]) -> Mapping[str, Any]:
            title = name or str(parts[0].file_name)
            return files.import_request(title, parts[0], kind, columns, operation, **more)

        return self._driver.run(files.start_import(self._session, [file], described))

    def list(self) -> Iterator[Import]:
        """All imports of this app."""
        return self._every(lambda after: jobs.imports(self._version, after))

    def get(self, id: str | int) -> Import:
        """One of them."""
        return self._do(jobs.read_import(self._version, identity(id)))

    def wait(
        self,
        id: str | int,
        *,
        every: float = 5.0,
        timeout: float | None = None,
        progress: Callable[[Import], Any] | None = None,
    ) -> Import:
        """Waits until it has ended, well or not: see its `state`. It goes on when nobody waits any more."""
        flow = listing.until(
            self._session,
            jobs.read_import(self._version, identity(id)),
            lambda found: found.ended,
            every=every,
            timeout=timeout,
            progress=progress,
        )
        return self._driver.run(flow)

    def errors(self, id: str | int) -> Iterator[ImportProblem]:
        """Everything that was wrong with rows, with the rows."""
        known = identity(id)
        return self._every(lambda after: jobs.problems(self._version, known, after))

    def cancel(self, id: str | int) -> None:
        """Stops it; what was written stays written."""
        self._do(jobs.cancel_import(self._version, identity(id)))
