"""The inbox in PostgreSQL: any number of receivers and workers, on any number of machines."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from importlib.resources import files
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from hubwire.errors import ConfigError
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
from hubwire.webhooks.postgres import statements as sql

if TYPE_CHECKING:
    import asyncpg

T = TypeVar("T")
Ring = Callable[[Any, Collection[str]], Awaitable[None]]
"""Called with the connection, inside the transaction."""

SCHEMA = "hubwire_webhooks"
VERSION = 1
PATIENCE = 10.0
"""Seconds for one statement."""
TRIES = 4
"""Of a transaction that PostgreSQL broke off to end a deadlock."""


class PostgresInbox:
    """An `Inbox`. `on_ring` gets the lanes that have something to do, in the transaction that stores it.

    `dsn` is `postgresql://user@host/database`; tables are made in the schema `schema` when it is opened, with
    `synchronous_commit` as the server has it, which has to be `on` for an acknowledged event to survive a
    power cut.
    """

    def __init__(
        self, dsn: str, on_ring: Ring | None = None, *, schema: str = SCHEMA, connections: int = 20
    ) -> None:
        if not schema.isidentifier() or not schema.isascii() or schema != schema.lower():
            raise ConfigError(f"{schema!r} cannot be the name of a schema: lower-case letters, digits and _")
        self.dsn, self.schema, self.on_ring = dsn, schema, on_ring
        self.bell = False
        """Whether the engine has a function `ring(text[])` beside the tables, as `on_ring`."""
        self.on_open: Callable[[Any], Awaitable[None]] | None = None
        """Called with the connection, inside the transaction that makes the tables."""
        self._connections = connections
        self._pool: asyncpg.Pool | None = None
        self._suspects: set[int] = set()
        """Tokens of events that are lent alone because a process ended while they were handled."""

    @property
    def address(self) -> str:
        """Where it is, without the password."""
        parts = urlsplit(self.dsn)
        return f"{parts.hostname or 'localhost'}:{parts.port or 5432}{parts.path} ({self.schema})"

    @property
    def name(self) -> str:
        """What PostgreSQL's list of connections shows."""
        return f"hubwire {self.schema}"[:63]

    async def open(self) -> None:
        """ConfigError when it cannot be used: the message says why, and never the password."""
        if self._pool is not None:
            return
        postgres = library()
        try:
            pool = await postgres.create_pool(
                self.dsn,
                min_size=1,
                max_size=self._connections,
                command_timeout=PATIENCE,
                timeout=PATIENCE,
                server_settings={"search_path": self.schema, "application_name": self.name},
                reset=_as_it_is,
            )
        except troubles() as problem:
            raise ConfigError(
                f"PostgreSQL at {self.address} cannot be used as an inbox: "
                f"{problem or type(problem).__name__}"
            ) from None
        try:
            async with pool.acquire() as db:
                await self._create(db)
        except BaseException as problem:
            await pool.close()
            if isinstance(problem, postgres.PostgresError):
                raise ConfigError(f"{self.address}: {problem}") from None
            raise
        self._pool = pool

    async def _create(self, db: Any) -> None:
        script = files("hubwire.webhooks.postgres").joinpath("schema.sql").read_text()
        async with db.transaction():
            await db.execute("SELECT pg_advisory_xact_lock(hashtext($1))", self.schema)
            exists = await db.fetchval(
                "SELECT EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = $1)", self.schema
            )
            if not exists:
                await db.execute(f"CREATE SCHEMA {self.schema}")
            await db.execute(script)
            if self.on_open:
                await self.on_open(db)
            number = await db.fetchval("SELECT max(number) FROM version")
        if number != VERSION:
            raise ConfigError(f"{self.address} was made by another version of hubwire ({number}).")

    async def close(self) -> None:
        pool, self._pool = self._pool, None
        if pool is not None:
            await pool.close()

    async def put(self, batch: Batch) -> Put:
        ringing = self.bell and self.on_ring is not None

        async def store(db: Any) -> Put:
            done, lanes = await sql.put(db, batch, ringing=ringing)
            if lanes and self.on_ring:
                await self.on_ring(db, lanes)
            return done

        return await self._write(store, self._each if ringing else None)

    async def refuse(self, reasons: Mapping[str, int]) -> None:
        await self._write(
            partial(_later, sql.count, {f"refused:{name}": each for name, each in reasons.items()})
        )

    async def begin(self, lanes: Sequence[str], now: int, most: int) -> list[LaneRun]:
        lend = partial(sql.begin, lanes=lanes, now=now, most=most, suspect=not self._suspects)
        runs = await self._write(lambda db: lend(db), self._each)
        self._suspects.update(run.token for run in runs if run.token and run.events[0].crashes)
        return runs

    async def settle(self, results: Sequence[Settled]) -> list[bool]:
        """Those with an open transaction of a handler's become part of it."""
        self._suspects.difference_update(one.token for one in results if not one.keep)
        outcome: dict[int, bool] = {}
        plain = [(place, one) for place, one in enumerate(results) if one.tx is None]
        for place, one in enumerate(results):
            if one.tx is not None:
                outcome[place] = (await self._told(sql.settle(one.tx, [one])))[0]
        if plain:
            done = await self._write(partial(_later, sql.settle, [one for _, one in plain]), self._each)
            outcome |= dict(zip((place for place, _ in plain), done, strict=True))
        return [outcome[place] for place in range(len(results))]

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Any]:
        """An asyncpg connection in a transaction, for a handler that writes to the same database."""
        try:
            async with self._connection() as db:
                async with db.transaction():
                    yield db
                await db.reset()
        except troubles() as problem:
            raise StoreError(f"{self.address}: {problem or type(problem).__name__}") from problem

    async def backlog(self, after: str, most: int) -> list[str]:
        return await self._read(partial(_later, sql.backlog, after, most))

    async def timers(self, now: int, most: int) -> tuple[list[str], int | None]:
        return await self._read(partial(_later, sql.timers, now, most))

    async def unrung(self, now: int, after: str, most: int) -> tuple[list[str], str]:
        """Lanes with something to do that no engine was told of; and where to go on, `""` for anew."""
        return await self._read(partial(_later, sql.unrung, now, after, most))

    async def stats(self) -> Stats:
        told, rows = await self._read(_stats)
        if rows > sql.TALLIES:
            await self._write(sql.sum_up)
        return told

    async def list(
        self, selection: Selection, *, before: int | None = None, most: int = 100
    ) -> list[Summary]:
        return await self._read(partial(_later, sql.listed, selection, before, most))

    async def show(self, event: int) -> Entry | None:
        return await self._read(partial(_later, sql.show, event))

    async def replay(self, selection: Selection, now: int) -> int:
        total = after = 0

        async def piece(db: Any) -> list[tuple[int, str]]:
            rows = await sql.replay(db, selection, after)
            if rows and self.on_ring:
                await self.on_ring(db, dict.fromkeys(lane for _, lane in rows))
            return rows

        while rows := await self._write(piece):
            total, after = total + len(rows), rows[-1][0]
        return total

    async def discard(self, selection: Selection) -> int:
        return await self._piecewise(partial(_later, sql.discard, selection))

    async def purge(self, selection: Selection, now: int) -> int:
        purged = await self._piecewise(partial(_later, sql.purge, selection))
        await self._piecewise(partial(_later, sql.forget, now))
        await self._write(sql.sum_up)
        return purged

    async def note(self, name: str, text: str) -> None:
        await self._write(partial(_later, sql.note, name, text))

    async def noted(self, name: str) -> str | None:
        return await self._read(partial(_later, sql.noted, name))

    async def shift(self, by: int) -> None:
        await self._write(partial(_later, sql.shift, by))

    async def _piecewise(self, operation: Callable[[Any], Awaitable[int]]) -> int:
        total = 0
        while done := await self._write(operation):
            total += done
        return total

    async def _write(self, operation: Callable[[Any], Awaitable[T]], how: Any = None) -> T:
        deadlock = library().DeadlockDetectedError
        for attempt in range(1, TRIES + 1):
            try:
                return await self._told((how or self._transact)(operation))
            except StoreError as problem:
                if not isinstance(problem.__cause__, deadlock) or attempt == TRIES:
                    raise
        raise AssertionError("unreachable")

    async def _read(self, operation: Callable[[Any], Awaitable[T]]) -> T:
        return await self._told(self._transact(operation, isolation="repeatable_read", readonly=True))

    async def _transact(self, operation: Callable[[Any], Awaitable[T]], **how: Any) -> T:
        async with self._connection() as db, db.transaction(**how):
            return await operation(db)

    async def _each(self, operation: Callable[[Any], Awaitable[T]]) -> T:
        """Every statement is a transaction of its own."""
        async with self._connection() as db:
            return await operation(db)

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Any]:
        async with self._opened().acquire(timeout=PATIENCE) as db:
            try:
                yield db
            except library().InternalClientError:
                # What the pool would give out again cannot be used any more.
                db.terminate()
                raise

    async def _told(self, work: Awaitable[T]) -> T:
        try:
            return await work
        except troubles() as problem:
            raise StoreError(f"{self.address}: {problem or type(problem).__name__}") from problem

    def _opened(self) -> asyncpg.Pool:
        if self._pool is None:
            raise StoreError(f"{self.address}: the inbox is closed")
        return self._pool


async def _as_it_is(db: Any) -> None:
    """What is done here leaves nothing behind; only handlers may, and that is undone where they end."""


async def _later(operation: Callable[..., Awaitable[T]], *arguments: Any) -> T:
    """The connection comes last here and first there."""
    *others, db = arguments
    return await operation(db, *others)


async def _stats(db: Any) -> tuple[Stats, int]:
    rows = await db.fetchval(
        "SELECT count(*) FROM (SELECT 1 FROM tallies LIMIT $1) AS piece", sql.TALLIES + 1
    )
    return await sql.stats(db), rows


def troubles() -> tuple[type[Exception], ...]:
    """What asyncpg raises when PostgreSQL says no, or says nothing."""
    postgres = library()
    return (
        OSError,
        TimeoutError,
        ValueError,  # an address that is none
        postgres.PostgresError,
        postgres.InterfaceError,
        postgres.InternalClientError,
    )


def library() -> Any:
    """asyncpg, or how to get it."""
    try:
        import asyncpg
    except ModuleNotFoundError:
        raise ConfigError(
            "an inbox in PostgreSQL needs asyncpg: pip install 'hubwire[webhooks-postgres]'"
        ) from None
    return asyncpg
