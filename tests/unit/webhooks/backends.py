"""The stores that the one suite runs against. Another one is added here, and nowhere else."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections.abc import Awaitable, Collection
from pathlib import Path
from typing import Any, Protocol, TypeVar

import pytest

from hubwire.errors import ConfigError
from hubwire.webhooks import fresh, lending, settling, statements
from hubwire.webhooks.inbox import Arrival, Batch, Inbox
from hubwire.webhooks.inbox_sqlite import SqliteInbox
from hubwire.webhooks.postgres import PostgresInbox
from tests.services import POSTGRES

T = TypeVar("T")


class Backend(Protocol):
    """A new store, used from one event loop."""

    inbox: Inbox
    crash_ends_loans: bool

    def run(self, work: Awaitable[T]) -> T: ...

    def crash(self) -> None:
        """Whoever had lent events is gone, without a word; the store is opened anew."""
        ...

    def close(self) -> None: ...


class InSqlite:
    """A file of its own."""

    name = "sqlite"
    examples = 60
    crash_ends_loans = True

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="hubwire-inbox-"))
        self.loop = asyncio.new_event_loop()
        self.rung: set[str] = set()
        self._open()

    def _open(self) -> None:
        self.inbox: Inbox = SqliteInbox(self.folder / "inbox.db", self.rung.update)
        self.run(self.inbox.open())

    def run(self, work: Awaitable[T]) -> T:
        return self.loop.run_until_complete(work)

    def crash(self) -> None:
        self.run(self.inbox.close())
        self._open()

    def close(self) -> None:
        self.run(self.inbox.close())
        self.run(self.loop.shutdown_default_executor())
        self.loop.close()
        shutil.rmtree(self.folder)


class InTightSqlite(InSqlite):
    """The same, where every limit of what is kept in memory is reached at once."""

    name = "tight"
    LIMITS = (
        (settling, "OFTEN", 1), (settling, "AHEAD", 0), (settling, "STRAGGLERS", 1),
        (lending, "MOST_KNOWN", 2), (lending, "MOST_BUSY", 2), (lending, "PATIENCE", 2),
        (fresh, "MOST_LANES", 1), (fresh, "MOST_BYTES", 2000),
        (statements, "UNSORTED", 2), (statements, "LONG", 0),
    )  # fmt: skip

    def __init__(self) -> None:
        self._before = [(module, name, getattr(module, name)) for module, name, _ in self.LIMITS]
        for module, name, value in self.LIMITS:
            setattr(module, name, value)
        super().__init__()

    def close(self) -> None:
        super().close()
        for module, name, value in self._before:
            setattr(module, name, value)


class InPostgres:
    """A schema of its own. Skips where there is no PostgreSQL."""

    name = "postgres"
    examples = 8
    """A new schema for each takes its time."""
    crash_ends_loans = False
    """Whoever had them may be alive on another machine: they end when somebody else begins."""

    def __init__(self) -> None:
        self.schema = f"hubwire_{os.urandom(6).hex()}"
        self.loop = asyncio.new_event_loop()
        self.rung: set[str] = set()
        self._open()

    def _open(self) -> None:
        self.inbox: Inbox = PostgresInbox(POSTGRES, self._ring, schema=self.schema, connections=2)
        try:
            self.run(self.inbox.open())
        except ConfigError as missing:
            self.loop.close()
            pytest.skip(str(missing))

    async def _ring(self, tx: Any, lanes: Collection[str]) -> None:
        self.rung.update(lanes)

    def run(self, work: Awaitable[T]) -> T:
        return self.loop.run_until_complete(work)

    def crash(self) -> None:
        self.run(self.inbox.close())
        self._open()

    def close(self) -> None:
        self.run(self._drop())
        self.run(self.inbox.close())
        self.run(self.loop.shutdown_default_executor())
        self.loop.close()

    async def _drop(self) -> None:
        async with self.inbox.transaction() as db:
            await db.execute("SET client_min_messages = warning")
            await db.execute(f"DROP SCHEMA {self.schema} CASCADE")


BACKENDS: list[Any] = [
    pytest.param(InSqlite, id="sqlite"),
    pytest.param(InTightSqlite, id="tight"),
    pytest.param(InPostgres, id="postgres", marks=pytest.mark.postgres),
]


def arrival(number: int, lane: str = "a", *, occurred: int | None = None, **more: Any) -> Arrival:
    """An event told apart by its number."""
    fields = {
        "key": b"%016d" % number,
        "lane": lane,
        "kind": "contact.propertyChange",
        "property": "email",
        "occurred": number if occurred is None else occurred,
        "raw": b'{"number": %d}' % number,
        **more,
    }
    return Arrival(**fields)


def batch(*arrivals: Arrival, at: int = 1000, digest: bytes = b"") -> Batch:
    """They came in one request."""
    return Batch(at, digest or b"d%r" % sorted(one.key for one in arrivals), 100, arrivals)
