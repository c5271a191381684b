"""The token stores, each with a place of its own, and the services that two of them need."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest

from hubwire.auth.keys import Keys
from hubwire.auth.stores.memory import MemoryStore
from hubwire.auth.stores.postgres import PostgresStore
from hubwire.auth.stores.redis import RedisStore
from hubwire.auth.stores.sealed import SealedStore
from hubwire.auth.stores.sqlite import SqliteStore
from hubwire.auth.stores.store import TokenStore

POSTGRES = os.environ.get("HUBWIRE_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/test")
REDIS = os.environ.get("HUBWIRE_TEST_REDIS", "redis://127.0.0.1:6379/0")
KEY, OLD_KEY = "A" * 42 + "E", "B" * 42 + "E"
"""Good in form, and obviously no secrets."""

Opener = Callable[[Keys], TokenStore]


@contextmanager
def postgres_url() -> Iterator[str]:
    """An address whose tables are in a schema of their own."""
    psycopg = pytest.importorskip("psycopg")
    schema = f"hubwire_test_{uuid.uuid4().hex}"
    try:
        server = psycopg.connect(POSTGRES, autocommit=True, connect_timeout=3)
    except psycopg.Error as problem:
        pytest.skip(f"no PostgreSQL at {POSTGRES}: {problem}")
    with server:
        server.execute(f"CREATE SCHEMA {schema}")
        try:
            yield f"{POSTGRES}?options={quote(f'-csearch_path={schema}')}"
        finally:
            server.execute(f"DROP SCHEMA {schema} CASCADE")


@contextmanager
def redis_prefix() -> Iterator[str]:
    """A prefix of keys that nobody else has."""
    redis = pytest.importorskip("redis")
    client = redis.Redis.from_url(REDIS, socket_connect_timeout=3)
    prefix = f"hubwire-test-{uuid.uuid4().hex}"
    try:
        client.ping()
    except redis.RedisError as problem:
        pytest.skip(f"no Redis at {REDIS}: {problem}")
    with client:
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
        with postgres_url() as url, _closed() as opened:
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
