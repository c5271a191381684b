"""The inbox in an SQLite file: one process, nothing to install."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import NoReturn, TypeVar

from hubwire.errors import ConfigError
from hubwire.webhooks import choosing, formats, lending
from hubwire.webhooks import statements as sql
from hubwire.webhooks.inbox import (
    Batch,
    Entry,
    LaneRun,
    Put,
    Selection,
    Settled,
    Stats,
    StoreError,
    Summary,
)
from hubwire.webhooks.lock import FileLock
from hubwire.webhooks.memory import Memory
from hubwire.webhooks.settling import settle
from hubwire.webhooks.writer import Writer

log = logging.getLogger("hubwire.webhooks")

T = TypeVar("T")
Ring = Callable[[Collection[str]], None]


class SqliteInbox:
    """An `Inbox`. `on_ring` hears of lanes that have something to do, after it is on disk."""

    def __init__(self, path: Path | str, on_ring: Ring | None = None) -> None:
        self.path = Path(path)
        self.on_ring = on_ring
        self._lock = FileLock(self.path)
        # Only used by what the writer runs.
        self._memory = Memory()
        self._writer = Writer(self.path, stored=self._memory.stored, undone=self._memory.undone)
        self._reading: ThreadPoolExecutor | None = None
        self._reader: sqlite3.Connection | None = None

    async def open(self) -> None:
        """ConfigError when it cannot be; InUse when another process has it."""
        if self._reading is not None:
            return
        try:
            self._lock.take()
            try:
                await asyncio.to_thread(self._writer.start, formats.prepare)
            except BaseException:
                self._lock.release()
                raise
        except sqlite3.Error as problem:
            raise ConfigError(f"{self.path} cannot be used as an inbox: {problem}.") from None
        except OSError as problem:
            raise ConfigError(f"{self.path}: {problem.strerror or problem}.") from None
        self._reading = ThreadPoolExecutor(1, thread_name_prefix="hubwire-inbox-read")

    async def close(self) -> None:
        if self._reading is None:
            return
        try:
            await self._write(lambda db: lending.relist(db, self._memory))
        except StoreError as problem:
            log.error("webhooks: what was given back counts as being handled when it was closed: %s", problem)
        reading, self._reading = self._reading, None
        reading.submit(self._close_reader)
        await asyncio.to_thread(reading.shutdown)
        await asyncio.to_thread(self._writer.stop)
        self._lock.release()

    def tell(self, more: dict[str, object]) -> None:
        """Leaves word for other processes that find the file taken."""
        self._lock.tell(more)

    async def put(self, batch: Batch) -> Put:
        put = await self._write(partial(self._put, batch=batch))
        if put.accepted and self.on_ring:
            self.on_ring(dict.fromkeys([each.lane for each in batch.arrivals]))
        return put

    def _put(self, db: sqlite3.Connection, batch: Batch) -> Put:
        if self.on_ring is None:
            # Where nobody handles events, nobody has to remember them.
            self._memory.fresh.clear()
            return sql.put(db, batch)
        lending.learn(db, self._memory)
        return sql.put(db, batch, self._memory)

    async def refuse(self, reasons: Mapping[str, int]) -> None:
        await self._write(
            lambda db: sql.count(db, {f"refused:{name}": number for name, number in reasons.items()})
        )

    async def begin(self, lanes: Sequence[str], now: int, most: int) -> list[LaneRun]:
        return await self._write(lambda db: lending.begin(db, self._memory, lanes, now, most))

    async def settle(self, results: Sequence[Settled]) -> list[bool]:
        return await self._write(lambda db: settle(db, self._memory, results))

    async def backlog(self, after: str, most: int) -> list[str]:
        return await self._read(lambda db: sql.backlog(db, after, most))

    async def timers(self, now: int, most: int) -> tuple[list[str], int | None]:
        return await self._read(lambda db: sql.timers(db, now, most))

    async def stats(self) -> Stats:
        return await self._read(sql.stats)

    async def list(
        self, selection: Selection, *, before: int | None = None, most: int = 100
    ) -> list[Summary]:
        return await self._read(lambda db: choosing.listed(db, selection, before, most))

    async def show(self, event: int) -> Entry | None:
        return await self._read(lambda db: choosing.show(db, event))

    async def replay(self, selection: Selection, now: int) -> int:
        total = after = 0
        # By ascending id: one that was replayed may be done again before the last one is.
        while rows := await self._write(
            partial(choosing.replay, memory=self._memory, chosen=selection, after=after)
        ):
            total, after = total + len(rows), rows[-1][0]
            if self.on_ring:
                self.on_ring({lane for _, lane in rows})
        return total

    async def discard(self, selection: Selection) -> int:
        return await self._piecewise(lambda db: choosing.discard(db, self._memory, selection))

    async def purge(self, selection: Selection, now: int) -> int:
        purged = await self._piecewise(lambda db: choosing.purge(db, self._memory, selection))
        await self._piecewise(lambda db: choosing.forget(db, now))
        return purged

    async def _piecewise(self, operation: Callable[[sqlite3.Connection], int]) -> int:
        """So that deliveries get their turn in between."""
        total = 0
        while done := await self._write(operation):
            total += done
        return total

    def transaction(self) -> NoReturn:
        raise ConfigError(
            "transaction=True: an inbox in a file has no transaction for handlers. Take one in PostgreSQL, "
            "or make the handler's effect idempotent with context.idempotency_key."
        )

    async def note(self, name: str, text: str) -> None:
        await self._write(lambda db: sql.note(db, name, text))

    async def noted(self, name: str) -> str | None:
        return await self._read(lambda db: sql.noted(db, name))

    async def shift(self, by: int) -> None:
        def shifted(db: sqlite3.Connection) -> None:
            self._memory.fresh.clear()
            sql.shift(db, by)

        await self._write(shifted)

    async def _write(self, operation: Callable[[sqlite3.Connection], T]) -> T:
        if self._reading is None:
            raise StoreError(f"{self.path}: the inbox is closed")
        return await self._told(self._writer.submit(operation))

    async def _read(self, operation: Callable[[sqlite3.Connection], T]) -> T:
        if self._reading is None:
            raise StoreError(f"{self.path}: the inbox is closed")
        return await self._told(self._reading.submit(lambda: operation(self._for_reading())))

    async def _told(self, future: Future[T]) -> T:
        try:
            return await asyncio.wrap_future(future)
        except sqlite3.Error as problem:
            raise StoreError(f"{self.path}: {problem}") from problem

    def _for_reading(self) -> sqlite3.Connection:
        if self._reader is None:
            self._reader = reading(self.path)
        return self._reader

    def _close_reader(self) -> None:
        if self._reader is not None:
            self._reader.close()
            self._reader = None


class SqliteView:
    """The same file for another process: to look at, not to write."""

    def __init__(self, path: Path) -> None:
        self._db = reading(path)

    def stats(self) -> Stats:
        return sql.stats(self._db)

    def list(self, selection: Selection, before: int | None, most: int) -> list[Summary]:
        return choosing.listed(self._db, selection, before, most)

    def show(self, event: int) -> Entry | None:
        return choosing.show(self._db, event)

    def close(self) -> None:
        self._db.close()

    def __enter__(self) -> SqliteView:
        return self

    def __exit__(self, *gone: object) -> None:
        self.close()


def viewing(path: Path) -> SqliteView:
    """For a `with`."""
    return SqliteView(path)


def reading(path: Path) -> sqlite3.Connection:
    """A connection that cannot write, nor checkpoint. ConfigError when there is no inbox."""
    if not path.is_file():
        raise ConfigError(f"{path}: there is no inbox. `hubwire webhooks serve … --inbox {path}` makes one.")
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
        connection.execute("PRAGMA query_only = ON")
        formats.check(connection)
    except sqlite3.Error as problem:
        raise ConfigError(f"{path} cannot be read as an inbox: {problem}.") from None
    return connection
