"""Processes that spend one quota, in virtual time, before a server that somebody else wrote counts for."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from random import Random

import limits.storage.memory
import pytest
from limits import RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from hubwire.client.governor import Governor
from hubwire.client.lane import SAMPLES, Place
from hubwire.client.quota import Quota, QuotaStore
from hubwire.client.shared import SharedWindows


class Clock:
    """Stands in for the `time` module of the oracle too."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def time(self) -> float:
        return self.now


class Storage(MemoryStorage):
    """Forgets nothing by itself: its timer runs on the wall's time."""

    def _MemoryStorage__schedule_expiry(self) -> None:
        return


class DictStore:
    """The simplest store there is."""

    name = "dict"

    def __init__(self) -> None:
        self.kept: dict[str, tuple[int, bytes]] = {}

    def load(self, key: str) -> tuple[float, str, bytes | None]:
        version, log = self.kept.get(key, (0, None))
        return 0.0, str(version or ""), log

    def swap(self, key: str, version: str, log: bytes) -> bool:
        present = self.kept.get(key, (0, b""))[0]
        if str(present or "") != version:
            return False
        self.kept[key] = (present + 1, log)
        return True

    def close(self) -> None:
        return


class Stamped:
    """A real store by a virtual clock, before whose swaps others may come."""

    def __init__(self, store: QuotaStore, clock: Clock, prefix: str = "") -> None:
        self.store, self.clock, self.prefix, self.name = store, clock, prefix, store.name
        self.before_swap: Callable[[], None] = lambda: None
        self.loads = self.swaps = 0

    def load(self, key: str) -> tuple[float, str, bytes | None]:
        self.loads += 1
        _, version, log = self.store.load(self.prefix + key)
        return self.clock.now, version, log

    def swap(self, key: str, version: str, log: bytes) -> bool:
        self.swaps += 1
        self.before_swap()
        return self.store.swap(self.prefix + key, version, log)

    def close(self) -> None:
        self.store.close()


def process(store: QuotaStore | None, quota: Quota, clock: Clock, app: str = "app") -> Governor:
    """A process's governor."""
    if store is None:
        return Governor(quota)
    return Governor(quota, SharedWindows(lambda: store, app, sleep=lambda _: None, clock=lambda: clock.now))


class World:
    """Callers in several processes, a network whose delays differ, and a server that counts what arrives."""

    def __init__(
        self,
        governors: list[Governor],
        clock: Clock,
        limit: int,
        window: int,
        random: Random,
        lane: str = "burst",
    ) -> None:
        self.governors, self.clock, self.random, self.lane = governors, clock, random, lane
        self.oracle = MovingWindowRateLimiter(Storage())
        self.item = RateLimitItemPerSecond(limit, window)
        self.limit, self.window = limit, window
        self.arrivals: list[tuple[float, int]] = []
        self.refused = 0
        self.events: list[tuple[float, int, str, int, Place]] = []
        self.counter = 0
        self.start = clock.now
        self.skew = [random.random() * 1000 - 500 for _ in governors]
        """Machines' clocks differ."""
        self.busy: set[int] = set()
        self.left: dict[Place, int] = {}

    def at(self, moment: float, what: str, who: int, place: Place) -> None:
        self.counter += 1
        heapq.heappush(self.events, (moment, self.counter, what, who, place))

    def join(self, who: int) -> Place:
        return self.governors[who].join(self.lane, "upsert")

    def local(self, who: int) -> float:
        return self.clock.now + (self.skew[who] if self.governors[who].remote else 0.0)

    def run(self, callers: int, seconds: float, jitter: float) -> None:
        """Every caller asks for the next call as soon as the last one was answered."""
        for who in range(len(self.governors)):
            for _ in range(callers):
                self.at(self.clock.now + self.random.random() * 0.01, "ask", who, self.join(who))
        self.go_on(seconds, jitter)

    def go_on(self, seconds: float, jitter: float = 0.0) -> None:
        until = self.clock.now + seconds
        while self.events and self.events[0][0] < until:
            self.step(heapq.heappop(self.events), jitter)

    def step(self, event: tuple[float, int, str, int, Place], jitter: float) -> None:
        moment, _, what, who, place = event
        self.clock.now = max(self.clock.now, moment)
        self.busy.add(who)
        getattr(self, what)(
            who, place, jitter if len(self.arrivals) > 2 * SAMPLES * len(self.governors) else 0.0
        )
        self.busy.discard(who)

    def interlope(self) -> None:
        """Somebody of another process comes in between."""
        due = [
            event for event in self.events if event[0] <= self.clock.now + 0.02 and event[3] not in self.busy
        ]
        if due and self.random.random() < 0.5:
            event = self.random.choice(due)
            self.events.remove(event)
            heapq.heapify(self.events)
            self.step(event, 0.0)

    def ask(self, who: int, place: Place, jitter: float) -> None:
        governor, now = self.governors[who], self.local(who)
        wait = governor.hint(self.lane, place, now) or governor.ask(self.lane, place, now)
        if wait > 0:
            # Threads wake late, never early.
            self.at(self.clock.now + wait + self.random.random() * 0.005, "ask", who, place)
        else:
            self.at(self.clock.now + 0.02 + self.random.random() * jitter, "arrive", who, place)

    def arrive(self, who: int, place: Place, jitter: float) -> None:
        if self.oracle.hit(self.item, "account"):
            self.arrivals.append((self.clock.now, who))
        else:
            self.refused += 1
        left = self.oracle.get_window_stats(self.item, "account").remaining
        self.left[place] = left
        self.at(self.clock.now + 0.03 + self.random.random() * jitter, "answer", who, place)

    def answer(self, who: int, place: Place, jitter: float) -> None:
        headers = {
            "x-hubspot-ratelimit-max": str(self.limit),
            "x-hubspot-ratelimit-remaining": str(self.left.pop(place)),
            "x-hubspot-ratelimit-interval-milliseconds": str(self.window * 1000),
        }
        told = headers if self.lane == "burst" else {}
        self.governors[who].answered(self.lane, place, self.local(who), 200, told)
        self.ask(who, self.join(who), jitter)


def oracle_by(clock: Clock, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(limits.storage.memory, "time", clock)
