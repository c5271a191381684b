"""No window ever holds more calls than its limit, and hardly fewer; counted by somebody else."""

from __future__ import annotations

import heapq
from random import Random

import limits.storage.memory
import pytest
from hypothesis import given
from hypothesis import strategies as st
from limits import RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from hubwire.client.lane import MARGIN, SAMPLES, Lane


class Clock:
    """Stands in for the `time` module of the oracle."""

    def __init__(self) -> None:
        self.now = 0.0

    def time(self) -> float:
        return self.now


class Storage(MemoryStorage):
    """Forgets nothing by itself: its timer runs on the wall's time."""

    def _MemoryStorage__schedule_expiry(self) -> None:
        return


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(limits.storage.memory, "time", clock)
    return clock


class World:
    """Callers, a network whose delays differ, and a server that counts calls when they arrive."""

    def __init__(self, lane: Lane, clock: Clock, limit: int, window: int, random: Random) -> None:
        self.lane, self.clock, self.random = lane, clock, random
        self.oracle = MovingWindowRateLimiter(Storage())
        self.item = RateLimitItemPerSecond(limit, window)
        self.arrivals: list[float] = []
        self.events: list[tuple[float, int, str, object]] = []
        self.counter = 0

    def at(self, moment: float, what: str, place: object) -> None:
        self.counter += 1
        heapq.heappush(self.events, (moment, self.counter, what, place))

    def run(self, callers: int, until: float, jitter: float) -> None:
        """Every caller asks for the next call as soon as the last one was answered."""
        for _ in range(callers):
            self.at(0.0, "ask", self.lane.join("upsert"))
        while self.events and self.events[0][0] < until:
            self.clock.now, _, what, place = heapq.heappop(self.events)
            getattr(self, what)(place, jitter if len(self.arrivals) > 2 * SAMPLES else 0.0)

    def ask(self, place: object, jitter: float) -> None:
        wait = self.lane.ask(place, self.clock.now)  # type: ignore[arg-type]
        if wait > 0:
            # Threads wake late, never early.
            self.at(self.clock.now + wait + self.random.random() * 0.005, "ask", place)
        else:
            self.at(self.clock.now + 0.02 + self.random.random() * jitter, "arrive", place)

    def arrive(self, place: object, jitter: float) -> None:
        assert self.oracle.hit(self.item, "account"), f"refused at {self.clock.now}"
        self.arrivals.append(self.clock.now)
        self.at(self.clock.now + 0.03 + self.random.random() * jitter, "answer", place)

    def answer(self, place: object, jitter: float) -> None:
        self.lane.answered(place, self.clock.now, ok=True)  # type: ignore[arg-type]
        self.ask(self.lane.join("upsert"), jitter)


@given(
    seed=st.integers(0, 2**32),
    limit=st.sampled_from([5, 40, 190]),
    callers=st.sampled_from([1, 7, 16, 60]),
    jitter=st.sampled_from([0.0, 0.1, 1.5]),
)
def test_no_window_holds_more_than_its_limit(seed: int, limit: int, callers: int, jitter: float) -> None:
    with pytest.MonkeyPatch.context() as patch:
        clock = Clock()
        patch.setattr(limits.storage.memory, "time", clock)
        world = World(Lane(limit, 10.0), clock, limit, 10, Random(seed))
        world.run(callers, until=35.0, jitter=jitter)
        assert len(world.arrivals) >= min(limit, callers)


@pytest.mark.parametrize("jitter", [0.0, 0.1])
def test_ninety_eight_percent_of_a_minute_is_used(clock: Clock, jitter: float) -> None:
    world = World(Lane(190, 10.0), clock, 190, 10, Random(1))
    world.run(16, until=60.0, jitter=jitter)
    assert len(world.arrivals) >= 0.98 * 190 * 6


def test_the_line_is_served_in_its_order() -> None:
    lane = Lane(1, 10.0)
    first, second, third = (lane.join("get") for _ in range(3))
    assert lane.ask(third, 0.0) > 0
    assert lane.ask(first, 0.0) == 0
    lane.answered(first, 0.0, ok=True)
    assert lane.ask(third, 0.0) > lane.ask(second, 0.0) == pytest.approx(10.0 + MARGIN)
    lane.leave(second)
    assert lane.ask(third, 10.0 + MARGIN) == 0


def test_a_call_without_an_answer_counts_from_when_that_was_known() -> None:
    lane = Lane(1, 10.0)
    place, other = lane.join("get"), lane.join("get")
    assert lane.ask(place, 0.0) == 0
    lane.lost(place, 5.0)
    assert lane.ask(other, 5.0) == pytest.approx(10.0 + MARGIN)


def test_a_refusal_shuts_the_lane_until_a_call_of_ours_leaves_the_window() -> None:
    lane = Lane(100, 10.0)
    mine, refused = lane.join("get"), lane.join("get")
    assert lane.ask(mine, 0.0) == 0
    lane.answered(mine, 0.0, ok=True)
    assert lane.ask(refused, 2.0) == 0
    assert lane.refused(refused, 2.0) == pytest.approx(8.0 + MARGIN)
    lane.again(refused)
    assert lane.ask(lane.join("get"), 3.0) == pytest.approx(7.0 + MARGIN)


def test_a_refusal_with_no_call_of_ours_in_the_window_waits_for_all_of_it() -> None:
    lane = Lane(100, 10.0)
    refused = lane.join("get")
    assert lane.ask(refused, 0.0) == 0
    assert lane.refused(refused, 0.0) == 10.0


def test_a_refusal_may_say_how_long() -> None:
    lane = Lane(100, 10.0)
    refused = lane.join("get")
    assert lane.ask(refused, 0.0) == 0
    assert lane.refused(refused, 0.0, 3.0) == 3.0


def test_what_others_use_is_left_to_them() -> None:
    lane = Lane(100, 10.0)
    place = lane.join("get")
    assert lane.ask(place, 0.0) == 0
    lane.answered(place, 0.1, ok=True)
    lane.heard(place, 0.1, limit=190, remaining=9, window=10.0)
    assert lane.remaining(0.1) == 9
    # Their calls leave the window at the latest when all of it has passed.
    assert lane.remaining(10.3) == 190


def test_nobody_is_suspected_while_only_we_call() -> None:
    lane = Lane(100, 10.0)
    for number in range(50):
        place = lane.join("get")
        assert lane.ask(place, number * 0.1) == 0
        lane.answered(place, number * 0.1 + 0.05, ok=True)
        lane.heard(place, number * 0.1 + 0.05, limit=190, remaining=190 - number - 1, window=10.0)
    assert lane.remaining(5.0) == 140


def test_fewer_calls_may_be_wanted_than_are_permitted() -> None:
    lane = Lane(100, 10.0, cap=3)
    assert [lane.ask(lane.join("get"), 0.0) == 0 for _ in range(4)] == [True, True, True, False]


def test_the_first_call_goes_alone() -> None:
    lane = Lane(100, 10.0, alone=True)
    first, second = lane.join("get"), lane.join("get")
    assert lane.ask(first, 0.0) == 0
    assert lane.ask(second, 0.0) > 0
    lane.answered(first, 0.2, ok=True)
    lane.alone = False
    assert lane.ask(second, 0.2) == 0


def test_the_first_answers_of_a_kind_count_from_when_they_came() -> None:
    """They may have waited for a connection, which says nothing about how long an answer takes."""
    lane = Lane(2 * SAMPLES, 10.0)
    opened = [lane.join("get") for _ in range(2 * SAMPLES)]
    assert all(lane.ask(place, 0.0) == 0 for place in opened)
    for place in opened:
        lane.answered(place, 0.3, ok=True)
    assert lane.remaining(10.3) == SAMPLES
    assert lane.remaining(10.3 + MARGIN) == 2 * SAMPLES
