"""The only connection that writes to an SQLite file: a thread that commits whatever has gathered as one.

One writing connection is a part of the promise, not a matter of speed: SQLite 3.7.0 to 3.51.2 can lose
committed transactions when two connections write and checkpoint at the same instant (https://sqlite.org/wal.html).
"""

from __future__ import annotations

import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")
Operation = Callable[[sqlite3.Connection], T]

MOST = 64
"""Operations of one commit."""

DURABLE = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA foreign_keys = OFF;
PRAGMA temp_store = MEMORY;
PRAGMA cache_size = -32000;
PRAGMA journal_size_limit = 67108864;
PRAGMA wal_autocheckpoint = 4000;
"""


class Writer:
    """Use `submit`; what it is given must not keep anything of the connection."""

    def __init__(
        self,
        path: Path,
        connect: Callable[[str], sqlite3.Connection] | None = None,
        stored: Callable[[], None] = lambda: None,
        undone: Callable[[], None] = lambda: None,
    ) -> None:
        """`stored` and `undone` are called on the thread: a transaction is on disk, or was rolled back."""
        self._path, self._stored, self._undone = path, stored, undone
        self._connect = connect or _connect
        self._queue: queue.SimpleQueue[tuple[Operation[Any], Future[Any]] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="hubwire-inbox", daemon=True)
        self._open: Future[None] = Future()
        self.commits = 0

    def start(self, prepare: Callable[[sqlite3.Connection], None]) -> None:
        """Opens the file and prepares it; whatever is wrong with either is raised here."""
        self._prepare = prepare
        self._thread.start()
        self._open.result()

    def submit(self, operation: Operation[T]) -> Future[T]:
        """Runs it inside a transaction; the future is done when that is on disk, or was rolled back.

        It may run twice: when something else of the same commit failed.
        """
        future: Future[T] = Future()
        self._queue.put((operation, future))
        return future

    def stop(self) -> None:
        """After what was submitted before."""
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join()

    def _run(self) -> None:
        try:
            connection = self._connect(str(self._path))
            connection.executescript(DURABLE)
            self._prepare(connection)
        except BaseException as problem:  # noqa: BLE001  # whoever opens is told
            self._open.set_exception(problem)
            return
        self._open.set_result(None)
        try:
            while (batch := self._gather()) is not None:
                self._commit(connection, batch)
        finally:
            connection.close()

    def _gather(self) -> list[tuple[Operation[Any], Future[Any]]] | None:
        first = self._queue.get()
        if first is None:
            return None
        batch = [first]
        while len(batch) < MOST:
            try:
                following = self._queue.get_nowait()
            except queue.Empty:
                break
            if following is None:
                self._queue.put(None)
                break
            batch.append(following)
        return [each for each in batch if each[1].set_running_or_notify_cancel()]

    def _commit(
        self, connection: sqlite3.Connection, batch: list[tuple[Operation[Any], Future[Any]]]
    ) -> None:
        if not batch:
            return
        try:
            connection.execute("BEGIN IMMEDIATE")
            results = [operation(connection) for operation, _ in batch]
            connection.execute("COMMIT")
        except Exception as problem:  # noqa: BLE001  # it belongs to whoever waits for the future
            _roll_back(connection)
            self._undone()
            if len(batch) == 1:
                batch[0][1].set_exception(problem)
                return
            for each in batch:
                self._commit(connection, [each])
            return
        self.commits += 1
        self._stored()
        for (_, future), result in zip(batch, results, strict=True):
            future.set_result(result)


def _connect(path: str) -> sqlite3.Connection:
    # Transactions are begun and ended here by hand; the thread that made it is the only one to use it.
    return sqlite3.connect(path, isolation_level=None, timeout=5.0, cached_statements=512)


def _roll_back(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:
        try:
            connection.execute("ROLLBACK")
        except sqlite3.Error:
            # SQLite rolled back by itself, as it does when the disk is full.
            return
