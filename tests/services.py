"""Redis and PostgreSQL on loopback, where they are: a place of one's own in them, gone afterwards."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

REDIS = os.environ.get("HUBWIRE_TEST_REDIS", "redis://127.0.0.1:6379")
POSTGRES = os.environ.get("HUBWIRE_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/test")

PLACES = [
    "sqlite",
    pytest.param("redis", marks=pytest.mark.redis),
    pytest.param("postgres", marks=pytest.mark.postgres),
]
"""Kinds of stores, for `parametrize`."""


@contextmanager
def address(kind: str, path: Path) -> Iterator[str]:
    """The address of a store that nobody else uses; skips where the service is not there."""
    if kind == "sqlite":
        yield f"sqlite:///{path}/quota.db"
        return
    with {"redis": _redis, "postgres": _postgres}[kind]() as where:
        yield where


@contextmanager
def _redis() -> Iterator[str]:
    import redis

    client = redis.Redis.from_url(REDIS, socket_connect_timeout=2)
    try:
        before = set(client.scan_iter("*hubwire:quota:*"))
    except redis.RedisError as missing:
        pytest.skip(f"Redis does not answer at {REDIS}: {missing}")
    yield REDIS
    new = [key for key in client.scan_iter("*hubwire:quota:*") if key not in before]
    if new:
        client.delete(*new)
    client.close()


@contextmanager
def _postgres() -> Iterator[str]:
    import psycopg

    schema = f"hubwire_{os.urandom(6).hex()}"
    try:
        connection = psycopg.connect(POSTGRES, autocommit=True, connect_timeout=2)
    except psycopg.Error as missing:
        pytest.skip(f"PostgreSQL does not answer at {POSTGRES}: {missing}")
    with connection:
        connection.execute(f"CREATE SCHEMA {schema}")
        mark = "&" if "?" in POSTGRES else "?"
        yield f"{POSTGRES}{mark}options=-csearch_path%3D{schema}"
        connection.execute(f"DROP SCHEMA {schema} CASCADE")
