"""Time in tests: it passes only when nobody has anything left to do, and then at once."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from hubwire.emulator import Clock
from hubwire.testing.accounts import LocalAccount
from hubwire.testing.pace import Pace


def test_a_pause_is_over_exactly_when_it_says() -> None:
    clock = Clock.at(1_000.0)
    Pace(clock).sleep(86_400)
    assert clock.now() == 87_400.0


def test_pauses_side_by_side_end_in_their_order_and_not_one_after_the_other() -> None:
    clock, ended = Clock.at(0.0), []
    pace = Pace(clock)

    async def one(seconds: float) -> None:
        await pace.asleep(seconds)
        ended.append((seconds, clock.now()))

    async def all_of_them() -> None:
        await asyncio.gather(*(one(seconds) for seconds in (30, 10, 20, 10)))

    asyncio.run(all_of_them())
    assert ended == [(10, 10), (10, 10), (20, 20), (30, 30)]


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine may hold a thread up."""
    monkeypatch.setattr("hubwire.testing.pace.IDLE_SECONDS", 0.15)


@pytest.mark.usefixtures("patient")
def test_pauses_of_threads_end_in_their_order_too() -> None:
    clock, ended = Clock.at(0.0), []
    pace, ready = Pace(clock), threading.Barrier(4)

    def one(seconds: float) -> None:
        ready.wait(timeout=60)
        pace.sleep(seconds)
        ended.append((seconds, clock.now()))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(one, (30, 10, 20, 10)))
    assert [seconds for seconds, _ in ended] == [10, 10, 20, 30]
    assert clock.now() == 30


def test_a_cancelled_pause_holds_nobody_up() -> None:
    clock = Clock.at(0.0)
    pace = Pace(clock)

    async def story() -> None:
        first = asyncio.create_task(pace.asleep(1))
        await asyncio.sleep(0)
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        await pace.asleep(5)

    asyncio.run(story())
    assert clock.now() == 5


@pytest.mark.hubspot(tier="free")
def test_calls_side_by_side_keep_the_quota(hubspot: LocalAccount) -> None:
    async def many() -> None:
        async with hubspot.async_hub() as hub:
            await asyncio.gather(*(hub.owners.list() for _ in range(350)))

    asyncio.run(many())
    assert {one.status for one in hubspot.requests} == {200}
    assert hubspot.clock.now() < hubspot.emulator.requests[0].at + 60


@pytest.mark.usefixtures("patient")
@pytest.mark.hubspot(tier="free")
def test_threads_side_by_side_keep_the_quota(hubspot: LocalAccount) -> None:
    with hubspot.hub() as hub, ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: hub.owners.list(), range(250)))
    assert {one.status for one in hubspot.requests} == {200}
