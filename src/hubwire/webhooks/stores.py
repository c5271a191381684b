"""Which inbox and which engine an address means."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from hubwire.errors import ConfigError
from hubwire.webhooks.engine import Engine
from hubwire.webhooks.inbox import Inbox

Clock = Callable[[], float]

DEFAULT = "hubspot-inbox.db"


class Store(Protocol):
    """An inbox and its engine, before they belong to an event loop."""

    def inbox(self) -> Inbox:
        """For the loop that runs now; not open yet."""
        ...

    def engine(self, inbox: Inbox, *, width: int, clock: Clock, steady: Clock) -> Engine:
        """For the loop of that inbox; runs `width` lanes at a time."""
        ...


class SqliteStore:
    """A file: one inbox for all loops of the process."""

    def __init__(self, path: Path) -> None:
        from hubwire.webhooks.inbox_sqlite import SqliteInbox

        self.path = path
        self._inbox = SqliteInbox(path)

    def inbox(self) -> Inbox:
        return self._inbox

    def engine(self, inbox: Inbox, *, width: int, clock: Clock, steady: Clock) -> Engine:
        from hubwire.webhooks.embedded import EmbeddedEngine

        engine = EmbeddedEngine(inbox, width=width, clock=clock, steady=steady)
        self._inbox.on_ring = engine.wake
        return engine


def store(address: str | Path) -> Store:
    """Of a file, or of `postgresql://…`."""
    text = str(address)
    scheme, mark, _ = text.partition("://")
    if not mark:
        return SqliteStore(Path(text))
    if scheme in ("sqlite", "file"):
        return SqliteStore(Path(text.partition("://")[2]))
    raise ConfigError(f"--inbox {scheme}://…: give a file or postgresql://…")
