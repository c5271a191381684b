"""What every engine has to do: one suite for all of them, the one that only tests know included."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from hubwire.webhooks import App, Backoff, Retry, Service
from hubwire.webhooks.engine import Finished
from hubwire.webhooks.service import Trust
from hubwire.webhooks.signature import Secrets
from hubwire.webhooks.stores import PostgresStore, SqliteStore
from hubwire.webhooks.worker import Working
from tests.services import POSTGRES
from tests.unit.webhooks.senders import SECRET, URL, body, event, signed
from tests.unit.webhooks.test_postgres import drop, reachable, until

BOUND = 30.0
EMBEDDED, PGQUEUER, PROCRASTINATE = "embedded", "pgqueuer", "procrastinate"
SHARED = [
    pytest.param(PGQUEUER, marks=pytest.mark.postgres),
    pytest.param(
        PROCRASTINATE,
        marks=[
            pytest.mark.postgres,
            pytest.mark.skipif(
                importlib.util.find_spec("procrastinate") is None, reason="procrastinate is not installed"
            ),
        ],
    ),
]
Use = Callable[[Any, Any], Awaitable[None]]


def store(kind: str, folder: Path, schema: str) -> Any:
    if kind == EMBEDDED:
        return SqliteStore(folder / "inbox.db")
    if kind == PGQUEUER:
        return PostgresStore(POSTGRES, schema, heartbeat=2.0)
    from tests.unit.webhooks.engine_procrastinate import ProcrastinateStore

    return ProcrastinateStore(POSTGRES, schema)


def within(kind: str, folder: Path, use: Callable[[Any], Awaitable[None]]) -> None:
    """In a place of its own, which is gone afterwards."""
    schema = f"hw_{os.getpid()}_{os.urandom(4).hex()}"

    async def main() -> None:
        if kind != EMBEDDED and not await reachable():
            pytest.skip(f"PostgreSQL does not answer at {POSTGRES}")
        try:
            async with asyncio.timeout(BOUND * 2):
                await use(store(kind, folder, schema))
        finally:
            if kind != EMBEDDED:
                await drop(schema)

    asyncio.run(main())


class Noting:
    """A `Work` that notes what it is asked for."""

    def __init__(self) -> None:
        self.began: list[str] = []
        self.active: set[str] = set()
        self.twice: set[str] = set()
        self.changed = asyncio.Condition()
        self.gate = asyncio.Event()
        self.answers: dict[str, list[int | None]] = {}
        self.tasks: set[asyncio.Task[None]] = set()

    async def __call__(self, lane: str) -> int | None:
        if lane in self.active:
            self.twice.add(lane)
        self.active.add(lane)
        self.began.append(lane)
        async with self.changed:
            self.changed.notify_all()
        await self.gate.wait()
        self.active.discard(lane)
        answers = self.answers.get(lane)
        return answers.pop(0) if answers else None

    async def many(self, lanes: Sequence[str], finished: Finished) -> None:
        async def one(lane: str) -> None:
            finished(lane, await self(lane))

        for lane in lanes:
            self.tasks.add(asyncio.ensure_future(one(lane)))

    async def until(self, good: Callable[[], bool]) -> None:
        async with asyncio.timeout(BOUND), self.changed:
            await self.changed.wait_for(good)


async def run(place: Any, use: Use) -> None:
    inbox = place.inbox()
    await inbox.open()
    engine = place.engine(inbox, width=8, clock=time.time, steady=time.monotonic)
    work = Noting()
    running = asyncio.ensure_future(engine.run(work))
    try:
        await use(engine, work)
    finally:
        work.gate.set()
        await engine.close()
        await asyncio.wait_for(running, BOUND)
        await inbox.close()
    assert work.twice == set()


@pytest.mark.parametrize("kind", [EMBEDDED, *SHARED])
def test_a_lane_that_is_rung_is_run_and_one_that_runs_is_not_run_beside_itself(
    kind: str, tmp_path: Path
) -> None:
    async def use(engine: Any, work: Noting) -> None:
        await engine.ring(None, ["a", "b"])
        await work.until(lambda: sorted(work.began) == ["a", "b"])
        await engine.ring(None, ["a"])
        await engine.ring(None, ["c"])
        await work.until(lambda: "c" in work.began)
        assert work.began.count("a") == 1
        assert {"a", "b", "c"} <= await engine.live_lanes()
        work.gate.set()

    within(kind, tmp_path, lambda place: run(place, use))


@pytest.mark.parametrize("kind", SHARED)
def test_a_lane_comes_again_when_it_asks_to(kind: str, tmp_path: Path) -> None:
    async def use(engine: Any, work: Noting) -> None:
        work.gate.set()
        work.answers["a"] = [0, int(time.time() * 1000) + 100]
        await engine.ring(None, ["a"])
        await work.until(lambda: work.began.count("a") == 3)

    within(kind, tmp_path, lambda place: run(place, use))


@pytest.mark.postgres
def test_what_looks_for_lost_lanes_ends_with_its_engine(tmp_path: Path) -> None:
    """Even where nobody cancels it: Python 3.11 loses a cancellation that comes while a wait ends."""

    async def use(place: Any) -> None:
        inbox = place.inbox()
        await inbox.open()
        engine = place.engine(inbox, width=8, clock=time.time, steady=time.monotonic)
        await engine.close()
        async with asyncio.timeout(BOUND):
            await engine._sweep()
        await inbox.close()

    within(PGQUEUER, tmp_path, use)


async def undone(inbox: Any, engine: Any) -> None:
    async with inbox.transaction() as tx:
        await engine.ring(tx, ["a"])
        raise KeyError


@pytest.mark.parametrize("kind", SHARED)
def test_a_ring_is_part_of_the_transaction(kind: str, tmp_path: Path) -> None:
    async def use(place: Any) -> None:
        inbox = place.inbox()
        await inbox.open()
        engine = place.engine(inbox, width=8, clock=time.time, steady=time.monotonic)
        with pytest.raises(KeyError):
            await undone(inbox, engine)
        assert await engine.live_lanes() == set()
        async with inbox.transaction() as tx:
            await engine.ring(tx, ["a", "b"])
            await engine.ring(tx, ["b"])
        assert await engine.live_lanes() == {"a", "b"}
        await inbox.close()

    within(kind, tmp_path, use)


@pytest.mark.parametrize("kind", [EMBEDDED, *SHARED])
def test_events_are_handled_once_and_in_order_and_again_when_they_fail(kind: str, tmp_path: Path) -> None:
    app, seen = App(backoff=Backoff(first=0.01, most=0.01)), list[tuple[str, str, int]]()

    @app.on("*")
    async def handler(told: Any, context: Any) -> None:
        seen.append((told.object_id, told.value, context.attempt))
        if told.value == "v3" and context.attempt == 1:
            raise Retry(after=0.01)

    async def use(place: Any) -> None:
        service = Service(
            app, inbox=place, trust=Trust(Secrets(SECRET), URL), working=Working(retention=None, grace=1.0)
        )
        async with service:
            for start in range(0, 30, 10):
                content = body(*[event(start + each, objectId=each % 2) for each in range(10)])
                assert (await service.receiver.receive(signed(content, at=time.time()))).status == 204
            await until(service.inbox, done=30, pending=0, retrying=0)

    within(kind, tmp_path, use)
    assert len(seen) == 31
    for record in ("0", "1"):
        numbers = [int(value[1:]) for name, value, _ in seen if name == record]
        assert numbers == sorted(numbers)
    assert ("1", "v3", 2) in seen
