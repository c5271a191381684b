"""Work that goes on after its request was answered, on the emulator's clock.

Nothing runs in the background: what has come due is done before the next request is answered, as of the
moment it was due. So a clock that is advanced by an hour finds everything done that takes less.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from hubwire.emulator.portal import Portal

COLUMNS = "id, kind, app, request, takes, created, started, finished, state, result"
WIDTH = {"import": 3, "export": 1}
"""How many run at once; the others wait. https://developers.hubspot.com/docs/api-reference/crm-imports-v3/guide"""
DONE, FAILED, CANCELED = "DONE", "FAILED", "CANCELED"


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work; times in epoch milliseconds."""

    id: int
    kind: str
    app: int
    request: str
    takes: int
    created: int
    started: int | None = None
    finished: int | None = None
    state: str | None = None
    """How it ended, once it has."""
    result: str | None = None

    @property
    def asked(self) -> dict[str, Any]:
        """The request as sent."""
        request: dict[str, Any] = msgspec.json.decode(self.request)
        return request

    @property
    def outcome(self) -> dict[str, Any]:
        """What the work told of itself; empty before it is done."""
        return msgspec.json.decode(self.result) if self.result else {}


@dataclass(frozen=True, slots=True)
class Worked:
    """What came of a job: told in answers, a file, and what went wrong."""

    result: dict[str, Any]
    payload: bytes | None = None
    errors: Sequence[dict[str, Any]] = ()
    state: str = DONE


Worker = Callable[[Portal, Job, bytes, int], Worked]


class Jobs:
    """The jobs of one account."""

    def __init__(self, portal: Portal) -> None:
        self.portal, self.store = portal, portal.store
        self.store.script("jobs", p=str(portal.portal_id))
        self.table, self.errors = f"jobs_{portal.portal_id}", f"job_errors_{portal.portal_id}"

    def add(self, kind: str, app: int, request: Any, *, payload: bytes, takes: int, now: int) -> Job:
        """Starts it now, or puts it in line behind those of its kind."""
        with self.store.transaction():
            ((number,),) = self.store.all(f"SELECT coalesce(max(id), 41000000) + 1 FROM {self.table}")
            self.store.run(
                f"INSERT INTO {self.table} (id, kind, app, request, takes, created, payload)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (number, kind, app, msgspec.json.encode(request).decode(), takes, now, payload),
            )
            self._start(kind, now)
        self.portal.next_job = 0
        return self._select("WHERE id = ?", (number,))[0]

    def get(self, kind: str, number: int | None, app: int | None = None) -> Job | None:
        """One job; of an app, if one is named."""
        rows = self._select("WHERE id = ? AND kind = ?", (number, kind))
        return next((job for job in rows if app in (None, job.app)), None)

    def all(self, kind: str, app: int | None = None) -> list[Job]:
        """Oldest first."""
        return [job for job in self._select("WHERE kind = ? ORDER BY id", (kind,)) if app in (None, job.app)]

    def payload(self, job: Job) -> bytes:
        row = self.store.one(f"SELECT payload FROM {self.table} WHERE id = ?", (job.id,))
        return bytes(row[0]) if row and row[0] is not None else b""

    def errors_of(self, job: Job, start: int, limit: int) -> list[tuple[int, dict[str, Any]]]:
        """What went wrong, from a number on."""
        rows = self.store.run(
            f"SELECT number, error FROM {self.errors} WHERE job = ? AND number >= ? ORDER BY number LIMIT ?",
            (job.id, start, limit),
        )
        return [(number, msgspec.json.decode(error)) for number, error in rows]

    def cancel(self, job: Job, now: int) -> None:
        """Ends one that is not done; nothing of it was written yet."""
        with self.store.transaction():
            self._end(job, CANCELED, now, Worked({}))

    # Running

    def next(self) -> int | None:
        """When the next one comes due."""
        row = self.store.one(
            f"SELECT min(started + takes) FROM {self.table} WHERE state IS NULL AND started IS NOT NULL"
        )
        return None if row is None else row[0]

    def run(self, workers: dict[str, Worker], now: float) -> None:
        """Does everything that has come due, in its order."""
        while (due := self.next()) is not None and due <= now:
            (job, *_) = self._select("WHERE state IS NULL AND started + takes = ? ORDER BY id", (due,))
            try:
                with self.store.transaction():
                    worked = workers[job.kind](self.portal, job, self.payload(job), due)
                    self._end(job, worked.state, due, worked)
            except Exception:  # noqa: BLE001 (a job that cannot be done must not keep requests from being answered)
                print(f"hubwire emulator: {job.kind} {job.id} failed", file=sys.stderr)
                traceback.print_exc()
                with self.store.transaction():
                    self._end(job, FAILED, due, Worked({}))

    def _end(self, job: Job, state: str, at: int, worked: Worked) -> None:
        self.store.run(
            f"UPDATE {self.table} SET state = ?, finished = ?, result = ?, payload = ? WHERE id = ?",
            (state, at, msgspec.json.encode(worked.result).decode(), worked.payload, job.id),
        )
        self.store.many(
            f"INSERT INTO {self.errors} VALUES (?, ?, ?)",
            [(job.id, n, msgspec.json.encode(error).decode()) for n, error in enumerate(worked.errors, 1)],
        )
        self._start(job.kind, at)

    def _start(self, kind: str, at: int) -> None:
        """Starts as many of those that wait as may run."""
        ((running,),) = self.store.all(
            f"SELECT count(*) FROM {self.table} WHERE kind = ? AND state IS NULL AND started IS NOT NULL",
            (kind,),
        )
        self.store.run(
            f"UPDATE {self.table} SET started = ? WHERE id IN (SELECT id FROM {self.table} WHERE kind = ?"
            " AND state IS NULL AND started IS NULL ORDER BY id LIMIT ?)",
            (at, kind, max(0, WIDTH[kind] - running)),
        )

    def _select(self, where: str, values: Sequence[object]) -> list[Job]:
        return [Job(*row) for row in self.store.all(f"SELECT {COLUMNS} FROM {self.table} {where}", values)]
