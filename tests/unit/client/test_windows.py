"""No window ever holds more calls than its limit, and hardly fewer; counted by somebody else.

Whether the log lies in memory or in a store, and whoever comes in between.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hubwire.client.quota import Quota, QuotaStore
from hubwire.client.stores import open_store
from tests.services import PLACES, address
from tests.unit.client.crowd import Clock, DictStore, Stamped, World, oracle_by, process

WHERE = ["dict", *PLACES]


@pytest.fixture
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[QuotaStore]:
    if request.param == "dict":
        yield DictStore()
        return
    with address(request.param, tmp_path) as where:
        opened = open_store(where)
        yield opened
        opened.close()


def crowd(
    patch: pytest.MonkeyPatch,
    stores: list[QuotaStore] | None,
    limit: int,
    *,
    seed: int = 1,
    window: int = 10,
    quotas: list[Quota] | None = None,
    lane: str = "burst",
) -> World:
    """A world with a process for each store, or one that has none."""
    clock = Clock()
    oracle_by(clock, patch)
    prefix = os.urandom(6).hex()
    stamped = [Stamped(store, clock, prefix) for store in stores or []]
    quotas = quotas or [Quota()] * (len(stamped) or 1)
    governors = [process(store, quota, clock) for store, quota in zip(stamped or [None], quotas, strict=True)]
    world = World(governors, clock, limit, window, Random(seed), lane)
    for each in stamped:
        each.before_swap = world.interlope
    return world


@given(
    seed=st.integers(0, 2**32),
    limit=st.sampled_from([5, 40, 190]),
    callers=st.sampled_from([1, 7, 16, 60]),
    jitter=st.sampled_from([0.0, 0.1, 1.5]),
)
def test_no_window_holds_more_than_its_limit(seed: int, limit: int, callers: int, jitter: float) -> None:
    with pytest.MonkeyPatch.context() as patch:
        world = crowd(patch, None, limit, seed=seed)
        world.run(callers, seconds=35.0, jitter=jitter)
        assert world.refused == 0
        assert len(world.arrivals) >= min(limit, callers)


@given(
    seed=st.integers(0, 2**32),
    limit=st.sampled_from([5, 40, 190]),
    processes=st.sampled_from([2, 3, 8]),
    callers=st.sampled_from([1, 4, 16]),
    jitter=st.sampled_from([0.0, 0.1, 1.5]),
)
@settings(max_examples=40)
def test_no_window_that_processes_share_holds_more_than_its_limit(
    seed: int, limit: int, processes: int, callers: int, jitter: float
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        world = crowd(patch, [DictStore()] * processes, limit, seed=seed)
        world.run(callers, seconds=25.0, jitter=jitter)
        assert world.refused == 0
        assert len(world.arrivals) >= min(limit, callers)


@pytest.mark.parametrize("jitter", [0.0, 0.1])
def test_ninety_eight_percent_of_a_minute_is_used(monkeypatch: pytest.MonkeyPatch, jitter: float) -> None:
    world = crowd(monkeypatch, None, 190)
    world.run(16, seconds=60.0, jitter=jitter)
    assert (world.refused, len(world.arrivals) >= 0.98 * 190 * 6) == (0, True)


@pytest.mark.parametrize("store", WHERE, indirect=True)
def test_eight_processes_use_ninety_five_percent_of_a_minute_and_no_call_is_refused(
    monkeypatch: pytest.MonkeyPatch, store: QuotaStore
) -> None:
    world = crowd(monkeypatch, [store] * 8, 190)
    world.run(4, seconds=60.0, jitter=0.1)
    assert world.refused == 0
    assert len(world.arrivals) >= 0.95 * 190 * 6
    assert {who for _, who in world.arrivals} == set(range(8)), "somebody never got through"


@pytest.mark.parametrize("store", WHERE, indirect=True)
def test_eight_processes_share_five_searches_a_second(
    monkeypatch: pytest.MonkeyPatch, store: QuotaStore
) -> None:
    world = crowd(monkeypatch, [store] * 8, 5, window=1, lane="search")
    world.run(2, seconds=20.0, jitter=0.0)
    assert world.refused == 0
    assert len(world.arrivals) >= 0.9 * 5 * 20


def test_without_a_store_eight_processes_keep_to_their_shares(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    oracle_by(clock, monkeypatch)
    governors = [process(None, Quota(share=0.125), clock) for _ in range(8)]
    world = World(governors, clock, 190, 10, Random(1))
    world.run(4, seconds=60.0, jitter=0.1)
    assert world.refused == 0
    assert len(world.arrivals) >= 0.95 * (190 // 8 * 8) * 6


@pytest.mark.parametrize("shared", [False, True])
def test_calls_of_the_background_let_all_others_before_them(
    monkeypatch: pytest.MonkeyPatch, shared: bool
) -> None:
    """While a job saturates the window, an occasional call hardly waits; with a store, from elsewhere too."""
    clock = Clock()
    oracle_by(clock, monkeypatch)
    kept = Stamped(DictStore(), clock) if shared else None
    job = process(kept, Quota(priority="background"), clock)
    page = process(kept, Quota(), clock)
    page.windows = page.windows if shared else job.windows
    world = World([job, page], clock, 190, 10, Random(1))
    for _ in range(16):
        world.at(clock.now, "ask", 0, world.join(0))
    world.go_on(25.0)
    asked = clock.now
    world.at(asked, "ask", 1, world.join(1))
    world.go_on(0.5)
    mine = [at for at, who in world.arrivals if who == 1]
    assert mine
    assert mine[0] - asked < 0.1
    assert world.refused == 0


def test_a_process_that_dies_takes_its_bookings_with_it_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, kept = Clock(), DictStore()
    dead, alive = (process(Stamped(kept, clock), Quota(), clock) for _ in range(2))
    place = dead.join("search", "search")
    assert dead.ask("search", place, clock.now) == 0
    for _ in range(4):
        other = alive.join("search", "search")
        assert alive.ask("search", other, clock.now) == 0
    last = alive.join("search", "search")
    assert alive.ask("search", last, clock.now) > 0


def test_what_is_cut_off_is_told_with_the_next_call() -> None:
    clock, kept = Clock(), DictStore()
    governor = process(Stamped(kept, clock), Quota(), clock)
    place = governor.join("search", "search")
    governor.ask("search", place, clock.now)
    governor.leave("search", place, clock.now)
    log = governor.windows.lanes["search"].log
    assert list(log.flying) == [place.id]
    governor.ask("search", governor.join("search", "search"), clock.now)
    log = governor.windows.lanes["search"].log
    assert place.id not in log.flying
    assert len(log.free_at) == 1


def test_what_one_process_learns_all_know(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, kept = Clock(), DictStore()
    one, other = (process(Stamped(kept, clock), Quota(), clock) for _ in range(2))
    headers = {
        "x-hubspot-ratelimit-max": "190",
        "x-hubspot-ratelimit-remaining": "189",
        "x-hubspot-ratelimit-interval-milliseconds": "10000",
        "x-hubspot-ratelimit-daily": "625000",
        "x-hubspot-ratelimit-daily-remaining": "600000",
    }
    place = one.join("burst", "get")
    assert one.ask("burst", place, clock.now) == 0
    one.answered("burst", place, clock.now, 200, headers)
    assert other.ask("burst", other.join("burst", "get"), clock.now) == 0
    usage = other.usage(clock.now)
    assert (usage.burst_max, usage.burst_remaining) == (190, 188)
    assert (usage.daily_max, usage.daily_remaining) == (625_000, 600_000)
