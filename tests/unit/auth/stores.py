"""The token stores, each with a place of its own, and the services that two of them need."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hubwire.auth.keys import Keys
from hubwire.auth.stores.memory import MemoryStore
from hubwire.auth.stores.postgres import PostgresStore
from hubwire.auth.stores.redis import RedisStore
from hubwire.auth.stores.sealed import SealedStore
from hubwire.auth.stores.sqlite import SqliteStore
from hubwire.auth.stores.store import TokenStore
from tests.services import REDIS
from tests.services import address as service_address

KEY, OLD_KEY = "A" * 42 + "E", "B" * 42 + "E"
"""Good in form, and obviously no secrets."""

Opener = Callable[[Keys], TokenStore]


@contextmanager
def redis_prefix() -> Iterator[str]:
    """A prefix of keys that nobody else has."""
    redis = pytest.importorskip("redis")
    prefix = f"hubwire-test-{uuid.uuid4().hex}"
    with redis.Redis.from_url(REDIS, socket_connect_timeout=2) as client:
        try:
            client.ping()
        except redis.RedisError as missing:
            pytest.skip(f"Redis does not answer at {REDIS}: {missing}")
        try:
            yield prefix
        finally:
            for key in client.scan_iter(f"{prefix}:*"):
                client.delete(key)


SEALED = [
    "sqlite",
    pytest.param("postgres", marks=pytest.mark.postgres),
    pytest.param("redis", marks=pytest.mark.redis),
]
ALL = ["memory", *SEALED]


@contextmanager
def opener(kind: str, folder: Path) -> Iterator[Opener]:
    """Opens stores onto one place, as several programs would."""
    if kind == "memory":
        only = MemoryStore()
        yield lambda keys: only
    elif kind == "sqlite":
        yield lambda keys: SqliteStore(folder / "tokens.sqlite", keys)
    elif kind == "postgres":
        with service_address(kind, folder) as url, _closed() as opened:
            yield lambda keys: opened(PostgresStore(url, keys))
    else:
        with redis_prefix() as prefix, _closed() as opened:
            yield lambda keys: opened(RedisStore(REDIS, keys, prefix=prefix))


@contextmanager
def _closed() -> Iterator[Callable[[SealedStore], SealedStore]]:
    every: list[SealedStore] = []

    def opened(store: SealedStore) -> SealedStore:
        every.append(store)
        return store

    try:
        yield opened
    finally:
        for store in every:
            store.close()
