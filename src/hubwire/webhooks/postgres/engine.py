"""PgQueuer decides which worker, on which machine, runs which lane; takes over from dead ones; keeps timers.

One job per lane that has something to do, with the lane as the key that no second job can have. What a job
does, and in which order, is the inbox's business.

A ring is lost when it comes while the lane's old job is just ending; and a process can die between a replay
and its ring. `_sweep` finds lanes with something to do and no job, and rings them.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Callable, Collection, Sequence
from datetime import timedelta
from functools import cache
from typing import Any

from hubwire.errors import ConfigError
from hubwire.webhooks.engine import Work
from hubwire.webhooks.inbox import StoreError
from hubwire.webhooks.postgres.inbox import PATIENCE, PostgresInbox, library, troubles

log = logging.getLogger("hubwire.webhooks")

ENTRY = "hubwire_lane"
SWEEP = 0.5
"""Seconds between looks for lanes that nobody was told of."""
PIECE = 1000
RING = f"""
CREATE OR REPLACE FUNCTION enqueue(integer[], text[], bytea[], interval[], text[], jsonb[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    hubwire_place bigint;
    hubwire_job bigint;
BEGIN
    {{enqueue}} INTO hubwire_place, hubwire_job;
END $$;

CREATE OR REPLACE FUNCTION ring(lanes text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    size integer[] := ARRAY[cardinality(lanes)];
BEGIN
    PERFORM enqueue(array_fill(0, size), array_fill('{ENTRY}'::text, size),
        ARRAY(SELECT convert_to(lane, 'UTF8') FROM unnest(lanes) WITH ORDINALITY AS one(lane, n) ORDER BY n),
        array_fill(interval '0', size), lanes, array_fill(NULL::jsonb, size));
END $$;
"""
"""The same as `ring` does, inside PostgreSQL: the statement is PgQueuer's."""
LOGGED = "SELECT relpersistence = 'p' FROM pg_class WHERE oid = 'pgqueuer'::regclass"
"""Whether PgQueuer's tables are of the slower kind that outlives a crash."""
LOOK = 1.0
"""Seconds until a worker that heard of no job looks for one: what is told before it listens is missed."""
TIDY = 3600.0
"""Seconds after which PgQueuer's log of what its jobs did is forgotten; it would grow for ever."""
TIDIED = "DELETE FROM pgqueuer_log WHERE created < now() - $1::interval"
TURN = 0.25
"""Seconds until a record whose turn it is not yet asks again."""
SHORTEST, LONGEST = 0.5, 30.0
"""Seconds until an engine that ended, as it does when PostgreSQL goes away, is started again."""


class PgQueuerEngine:
    """An `Engine` over the database of a `PostgresInbox`, whose rings it takes.

    `width` lanes run at a time in this process. A worker that says nothing for `heartbeat` seconds is taken
    for dead, and its lanes are given to others; should it come back, its results do not count.
    """

    def __init__(
        self,
        inbox: PostgresInbox,
        *,
        width: int = 20,
        heartbeat: float = 30.0,
        clock: Callable[[], float] = time.time,
        sweep: float = SWEEP,
    ) -> None:
        self._inbox, self._width, self._heartbeat = inbox, max(2, width), heartbeat
        self._clock, self._sweep_every = clock, sweep
        self._manager: Any = None
        self._closing = asyncio.Event()
        self._after = ""
        self._tidied = 0.0
        inbox.on_ring, inbox.on_open, inbox.bell = self.ring, self.prepare, True

    async def ring(self, tx: Any, lanes: Collection[str], not_before: int = 0) -> None:
        """One job each, but for lanes that have one; part of the transaction that `tx` is in."""
        if tx is None:
            async with self._inbox.transaction() as own:
                await self.ring(own, lanes, not_before)
            return
        names = sorted(lanes)
        wait = (
            timedelta(milliseconds=max(0, not_before - self._clock() * 1000)) if not_before else timedelta()
        )
        await self._at(tx).enqueue(
            [ENTRY] * len(names),
            [name.encode() for name in names],
            [0] * len(names),
            [wait] * len(names),
            names,
            on_conflict="skip",
        )

    async def prepare(self, db: Any) -> None:
        """Makes PgQueuer's tables beside the inbox's, in the transaction that makes those."""
        available()
        queries = self._at(db)
        if not await queries.schema_is_installed():
            await queries.install()
        elif await db.fetchval(LOGGED):
            await queries.alter_durability()
        await db.execute(RING.replace("{enqueue}", queries.qbq.build_enqueue_query("skip")))

    async def run(self, work: Work) -> None:
        """Runs lanes until `close`; when PostgreSQL goes away, again as soon as it is back."""
        wait = SHORTEST
        while not self._closing.is_set():
            try:
                await self._serve(work)
                wait = SHORTEST
            except _troubles() as problem:
                log.error("webhooks: PostgreSQL does not answer, trying again in %.1f s: %s", wait, problem)
                await self._pause(wait * random.uniform(0.8, 1.2))
                wait = min(LONGEST, wait * 2)

    async def live_lanes(self) -> set[str]:
        async with self._inbox.transaction() as db:
            rows = await db.fetch("SELECT dedupe_key FROM pgqueuer WHERE entrypoint = $1", ENTRY)
        return {row["dedupe_key"] for row in rows}

    async def close(self) -> None:
        self._closing.set()
        if self._manager is not None:
            self._manager.shutdown.set()

    async def _serve(self, work: Work) -> None:
        from pgqueuer.qm import QueueManager

        connection = await library().connect(
            self._inbox.dsn,
            timeout=PATIENCE,
            server_settings={
                "search_path": self._inbox.schema,
                "application_name": self._inbox.name,
            },
        )
        try:
            manager = QueueManager(self._at(connection))
            manager.entrypoint(ENTRY, accepts_context=False)(_job(Gatherer(work), self._clock))
            self._manager = manager
            if self._closing.is_set():
                return
            sweeping = asyncio.create_task(self._sweep())
            try:
                await manager.run(
                    dequeue_timeout=timedelta(seconds=LOOK),
                    batch_size=max(1, min(50, self._width // 2)),
                    max_concurrent_tasks=self._width,
                    shutdown_on_listener_failure=True,
                    heartbeat_timeout=timedelta(seconds=self._heartbeat),
                )
            finally:
                self._manager = None
                sweeping.cancel()
                await asyncio.gather(sweeping, return_exceptions=True)
        finally:
            await connection.close(timeout=PATIENCE)

    async def _sweep(self) -> None:
        """Until `close`: a cancellation that comes while a wait ends is lost (https://bugs.python.org/issue37658)."""
        while not await self._pause(self._sweep_every * random.uniform(0.8, 1.2)):
            try:
                await self.sweep()
            except StoreError as problem:
                log.error("webhooks: the inbox cannot be swept, trying again: %s", problem)

    async def sweep(self) -> int:
        """Rings a piece of the lanes that have something to do and no job; how many those were."""
        if self._clock() - self._tidied > TIDY:
            self._tidied = self._clock()
            await self._tidy()
        lanes, self._after = await self._inbox.unrung(int(self._clock() * 1000), self._after, PIECE)
        if lanes:
            await self.ring(None, lanes)
        return len(lanes)

    async def _tidy(self) -> None:
        async with self._inbox.transaction() as db:
            await db.execute(TIDIED, timedelta(seconds=TIDY))

    async def _pause(self, seconds: float) -> bool:
        """Whether it was closed meanwhile."""
        try:
            return await asyncio.wait_for(self._closing.wait(), seconds)
        except TimeoutError:
            return False

    def _at(self, connection: Any) -> Any:
        from pgqueuer.db import AsyncpgDriver
        from pgqueuer.queries import Queries

        return Queries(AsyncpgDriver(connection), *_builders())


class Gatherer:
    """Begins lanes together that PgQueuer hands out one by one: a transaction for each costs more than all
    the rest.
    """

    def __init__(self, work: Work) -> None:
        self._work = work
        self._waiting: dict[str, asyncio.Future[int | None]] = {}
        self._running: dict[str, asyncio.Future[int | None]] = {}
        self._task: asyncio.Task[None] | None = None

    async def run(self, lane: str) -> int | None:
        """When the lane wants to be run again, as `Work` says it."""
        through: asyncio.Future[int | None] = asyncio.get_running_loop().create_future()
        self._waiting[lane] = through
        if self._task is None or self._task.done():
            self._task = asyncio.ensure_future(self._begin())
        return await through

    async def _begin(self) -> None:
        # Once around the loop: who is ready now comes along.
        await asyncio.sleep(0)
        while self._waiting:
            together, self._waiting = self._waiting, {}
            self._running.update(together)
            try:
                await self._work.many(list(together), self._finished)
            except StoreError as problem:
                for lane in together:
                    if lane in self._running:
                        self._running.pop(lane).set_exception(problem)

    def _finished(self, lane: str, due: int | None) -> None:
        through = self._running.pop(lane)
        if not through.done():
            through.set_result(due)


def _job(gatherer: Gatherer, clock: Callable[[], float]) -> Any:
    from pgqueuer.errors import RetryRequested

    async def lane_run(job: Any) -> None:
        lane = bytes(job.payload or b"").decode()
        try:
            due = await gatherer.run(lane)
            while due == 0:
                due = await gatherer.run(lane)
        except StoreError as problem:
            log.error("webhooks: the inbox does not answer, trying again: %s", problem)
            raise RetryRequested(delay=timedelta(seconds=1), reason="the inbox does not answer") from None
        if due is not None:
            # The job keeps its key meanwhile, and with it the lane its order.
            wait = due / 1000 - clock()
            raise RetryRequested(delay=timedelta(seconds=wait if wait > 0 else TURN))

    return lane_run


@cache
def _builders() -> tuple[Any, Any, Any]:
    """What makes PgQueuer's statements. Its tables need not outlive a crash of PostgreSQL: nothing is in them
    that the sweep does not find in the inbox.
    """
    from pgqueuer.adapters.persistence.qb import (
        QueryBuilderEnvironment,
        QueryQueueBuilder,
        QuerySchedulerBuilder,
    )
    from pgqueuer.domain.settings import DBSettings, Durability

    settings = DBSettings(durability=Durability.volatile)
    return QueryBuilderEnvironment(settings), QueryQueueBuilder(settings), QuerySchedulerBuilder(settings)


def _troubles() -> tuple[type[Exception], ...]:
    from pgqueuer.errors import PgqException

    return (StoreError, PgqException, *troubles())


def available() -> None:
    """ConfigError with the line to type when PgQueuer is missing."""
    try:
        import pgqueuer  # noqa: F401
    except ModuleNotFoundError:
        raise ConfigError(
            "workers over PostgreSQL need PgQueuer: pip install 'hubwire[webhooks-postgres]'"
        ) from None


__all__: Sequence[str] = ("PgQueuerEngine", "available")
