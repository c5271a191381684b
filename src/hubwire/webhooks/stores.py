"""Which inbox and which engine an address means."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

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


class PostgresStore:
    """A schema of a database: an inbox for every loop of every process."""

    def __init__(self, dsn: str, schema: str | None = None, *, heartbeat: float = 30.0) -> None:
        """A worker that says nothing for `heartbeat` seconds is taken for dead."""
        from hubwire.webhooks.postgres.inbox import SCHEMA

        self._dsn, self._schema, self._heartbeat = dsn, schema or SCHEMA, heartbeat

    def inbox(self) -> Inbox:
        from hubwire.webhooks.postgres import PgQueuerEngine, PostgresInbox

        inbox = PostgresInbox(self._dsn, schema=self._schema)
        # Who only receives rings as well: somebody on another machine listens.
        PgQueuerEngine(inbox)
        return inbox

    def engine(self, inbox: Inbox, *, width: int, clock: Clock, steady: Clock) -> Engine:
        from hubwire.webhooks.postgres import PgQueuerEngine, PostgresInbox

        if not isinstance(inbox, PostgresInbox):
            raise TypeError(f"PgQueuer works on an inbox in PostgreSQL, not on {type(inbox).__name__}")
        return PgQueuerEngine(inbox, width=width, clock=clock, heartbeat=self._heartbeat)


def store(address: str | Path) -> Store:
    """Of a file, or of `postgresql://…`."""
    text = str(address)
    scheme, mark, _ = text.partition("://")
    if not mark:
        return SqliteStore(Path(text))
    if scheme in ("sqlite", "file"):
        return SqliteStore(Path(text.partition("://")[2]))
    if scheme in ("postgresql", "postgres"):
        return _postgres(text)
    raise ConfigError(f"--inbox {scheme}://…: give a file or postgresql://…")


def _postgres(text: str) -> PostgresStore:
    """`?schema=NAME` and `?heartbeat=SECONDS` are ours, the rest of the address PostgreSQL's."""
    parts = urlsplit(text)
    given = parse_qsl(parts.query, keep_blank_values=True)
    ours = {name: value for name, value in given if name in ("schema", "heartbeat")}
    rest = urlencode([(name, value) for name, value in given if name not in ours])
    try:
        heartbeat = float(ours.get("heartbeat", 30.0))
    except ValueError:
        heartbeat = 0.0
    if not 1 <= heartbeat <= 3600:
        raise ConfigError(f"--inbox …?heartbeat={ours['heartbeat']}: give seconds, from 1 to 3600.")
    return PostgresStore(urlunsplit(parts._replace(query=rest)), ours.get("schema"), heartbeat=heartbeat)
