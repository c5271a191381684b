"""Logs in an SQLite file, for the processes of one machine."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from hubwire.client.quota import StoreLost
from hubwire.errors import ConfigError

T = TypeVar("T")
SECONDS = 5.0

TABLE = "CREATE TABLE IF NOT EXISTS quota (key TEXT PRIMARY KEY, version INTEGER NOT NULL, log BLOB NOT NULL)"
FIRST = "INSERT INTO quota (key, version, log) VALUES (?, 1, ?) ON CONFLICT DO NOTHING"
SWAP = "UPDATE quota SET version = version + 1, log = ? WHERE key = ? AND version = ?"


class SqliteStore:
    """One row per log, stamped by the clock that the machine's processes share. Not for network drives."""

    def __init__(self, path: str) -> None:
        if not path:
            raise ConfigError("a quota store in a file needs the file's path: sqlite:///path/to/quota.db")
        self.name = self._path = str(Path(path).expanduser())
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._pid = 0

    def load(self, key: str) -> tuple[float, str, bytes | None]:
        """The time, the version and the log."""

        def ask(connection: sqlite3.Connection) -> tuple[float, str, bytes | None]:
            found = connection.execute("SELECT version, log FROM quota WHERE key = ?", (key,)).fetchone()
            moment = time.time()
            return (moment, "", None) if found is None else (moment, str(found[0]), found[1])

        return self._do(ask)

    def swap(self, key: str, version: str, log: bytes) -> bool:
        """Whether it was of that version."""

        def write(connection: sqlite3.Connection) -> bool:
            if not version:
                return bool(connection.execute(FIRST, (key, log)).rowcount)
            return bool(connection.execute(SWAP, (log, key, int(version))).rowcount)

        return self._do(write)

    def close(self) -> None:
        """Closes the file."""
        with self._lock:
            if self._connection is not None and self._pid == os.getpid():
                self._connection.close()
            self._connection = None

    def _do(self, work: Callable[[sqlite3.Connection], T]) -> T:
        with self._lock:
            try:
                return work(self._opened())
            except (sqlite3.Error, OSError) as fault:
                raise StoreLost(str(fault)) from fault

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None or self._pid != os.getpid():
            Path(self._path).parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(
                self._path, timeout=SECONDS, isolation_level=None, check_same_thread=False
            )
            connection.execute("PRAGMA journal_mode = WAL")
            # The counts need not survive the machine: after a restart everybody has been silent long enough.
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute(TABLE)
            self._connection, self._pid = connection, os.getpid()
        return self._connection
