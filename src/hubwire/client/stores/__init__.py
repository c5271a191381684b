"""Where processes keep the windows of their quotas together."""

from __future__ import annotations

from hubwire.client.quota import QuotaStore, without_secret
from hubwire.errors import ConfigError

KEPT = 25 * 3600
"""Seconds after which a log that nobody used is forgotten: it counts the errors of the last 24 hours."""


def open_store(where: str) -> QuotaStore:
    """The store at an address: `redis://…`, `postgresql://…`, `sqlite:///path`, or a path."""
    scheme, mark, rest = where.partition("://")
    match scheme.lower() if mark else "":
        case "redis" | "rediss" | "unix":
            from hubwire.client.stores.redis import RedisStore

            return RedisStore(where)
        case "postgresql" | "postgres":
            from hubwire.client.stores.postgres import PostgresStore

            return PostgresStore(where)
        case "sqlite":
            from hubwire.client.stores.sqlite import SqliteStore

            # As SQLAlchemy has it: three slashes and a relative path, four and an absolute one.
            return SqliteStore(rest.removeprefix("/"))
        case "":
            from hubwire.client.stores.sqlite import SqliteStore

            return SqliteStore(where)
    raise ConfigError(
        f"no quota store is called {without_secret(where)!r}: "
        "it is redis://…, postgresql://…, or the path of a file (sqlite:///…)"
    )
