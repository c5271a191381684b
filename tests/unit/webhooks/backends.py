"""The stores that the one suite runs against. Another one is added here, and nowhere else."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Awaitable
from pathlib import Path
from typing import Any, Protocol, TypeVar

from hubwire.webhooks.inbox import Arrival, Batch, Inbox
from hubwire.webhooks.inbox_sqlite import SqliteInbox

T = TypeVar("T")


class Backend(Protocol):
    """A new store, used from one event loop."""

    inbox: Inbox

    def run(self, work: Awaitable[T]) -> T: ...

    def crash(self) -> None:
        """Whoever had lent events is gone, without a word; the store is opened anew."""
        ...

    def close(self) -> None: ...


class InSqlite:
    """A file of its own."""

    name = "sqlite"

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


BACKENDS: list[Any] = [InSqlite]


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
