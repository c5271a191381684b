"""Logs in PostgreSQL, in the table `hubwire_quota`. Needs `pip install 'hubwire[postgres]'`."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from hubwire.client.quota import StoreLost, without_secret
from hubwire.errors import ConfigError

T = TypeVar("T")
SECONDS = 5

# Unlogged: what a crash of the server loses, the next answer of HubSpot teaches again.
TABLE = """
CREATE UNLOGGED TABLE IF NOT EXISTS hubwire_quota (
    key text PRIMARY KEY,
    version bigint NOT NULL,
    log bytea NOT NULL
) WITH (fillfactor = 50)
"""

LOAD = """
SELECT extract(epoch FROM clock_timestamp())::float8, quota.version, quota.log
FROM (SELECT %s::text AS key) AS asked LEFT JOIN hubwire_quota AS quota USING (key)
"""
FIRST = "INSERT INTO hubwire_quota (key, version, log) VALUES (%s, 1, %s) ON CONFLICT DO NOTHING"
SWAP = "UPDATE hubwire_quota SET version = version + 1, log = %s WHERE key = %s AND version = %s"


class PostgresStore:
    """One row per log, and one connection per process; single statements only, so nothing stays locked."""

    def __init__(self, url: str) -> None:
        try:
            import psycopg
        except ImportError:
            raise ConfigError("psycopg is not installed: pip install 'hubwire[postgres]'") from None
        self.name, self._url = without_secret(url), url
        self._psycopg = psycopg
        self._lock = threading.Lock()
        self._connection: Any = None
        self._pid = 0

    def load(self, key: str) -> tuple[float, str, bytes | None]:
        """PostgreSQL's time, the version and the log."""

        def ask(connection: Any) -> tuple[float, str, bytes | None]:
            moment, version, log = connection.execute(LOAD, (key,), binary=True).fetchone()
            return moment, "" if version is None else str(version), log

        return self._do(ask)

    def swap(self, key: str, version: str, log: bytes) -> bool:
        """Whether it was of that version."""

        def write(connection: Any) -> bool:
            if not version:
                return bool(connection.execute(FIRST, (key, log)).rowcount)
            return bool(connection.execute(SWAP, (log, key, int(version))).rowcount)

        return self._do(write)

    def close(self) -> None:
        """Closes the connection."""
        with self._lock:
            if self._connection is not None and self._pid == os.getpid():
                self._connection.close()
            self._connection = None

    def _do(self, work: Callable[[Any], T]) -> T:
        with self._lock:
            try:
                return work(self._connected())
            except self._psycopg.Error as fault:
                connection, self._connection = self._connection, None
                if connection is not None:
                    connection.close()
                raise StoreLost(str(fault).strip().partition("\n")[0]) from fault

    def _connected(self) -> Any:
        if self._connection is None or self._pid != os.getpid():
            # A connection that a fork was born with is its parent's: it is left alone, not closed.
            self._connection = self._psycopg.connect(
                self._url, autocommit=True, connect_timeout=SECONDS, application_name="hubwire quota"
            )
            self._pid = os.getpid()
            self._connection.execute(f"SET statement_timeout = '{SECONDS}s'")
            self._create(self._connection)
        return self._connection

    def _create(self, connection: Any) -> None:
        there = connection.execute("SELECT to_regclass('hubwire_quota')").fetchone()
        if there[0] is not None:
            return
        # Of two processes that make it at once, one is told, in one of three ways, that it is there.
        there_now = self._psycopg.errors
        with suppress(there_now.UniqueViolation, there_now.DuplicateTable, there_now.DuplicateObject):
            connection.execute(TABLE)
