"""A token store by its address."""

from __future__ import annotations

import os

from hubwire.auth.keys import Keys
from hubwire.auth.stores.store import TokenStore
from hubwire.errors import ConfigError

VARIABLE = "HUBWIRE_STORE"


def open_store(address: str | None = None, keys: Keys | None = None) -> TokenStore:
    """The store at `address`, else at `HUBWIRE_STORE`, else the encrypted file of this user.

    `sqlite:PATH` (or just a path), `postgresql://…`, `redis://…`, `rediss://…`, `env:`, `memory:`.
    """
    address = (address or os.environ.get(VARIABLE) or "").strip()
    scheme, colon, rest = address.partition(":")
    match scheme.lower() if colon else "":
        case "env":
            from hubwire.auth.stores.environment import EnvironmentStore

            return EnvironmentStore()
        case "memory":
            from hubwire.auth.stores.memory import MemoryStore

            return MemoryStore()
        case "postgresql" | "postgres":
            from hubwire.auth.stores.postgres import PostgresStore

            return PostgresStore(address, keys)
        case "redis" | "rediss" | "unix":
            from hubwire.auth.stores.redis import RedisStore

            return RedisStore(address, keys)
        case "sqlite":
            path = rest[2:] if rest.startswith("//") else rest
        case _ if "://" in address:
            raise ConfigError(f"no token store is known for {scheme}://; see {VARIABLE} in the documentation")
        case _:
            path = address
    from hubwire.auth.stores.sqlite import SqliteStore

    return SqliteStore(os.path.expanduser(path) if path else None, keys)
