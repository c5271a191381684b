"""Windows that several processes or machines share through a store.

There is one algorithm, that of `Log`: a step is done to a copy of the log as it was read, and kept by compare
and swap, so the store needs to know nothing but versions and its own time, by which everything is stamped.
Somebody always gets through. Two round trips a call, and one for being told to wait: with the 10 to 25 calls
a second that HubSpot permits there is little to contend for.

The library `limits` has an exact moving window too, and is what the tests count with. It stamps with the
caller's clock, counts a call when it is sent rather than when it can have arrived, and knows no PostgreSQL.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable
from typing import TypeVar

import msgspec

from hubwire.client.lane import Lane, Place, holder
from hubwire.client.log import LEASE, Log, Terms
from hubwire.client.quota import QuotaStore, StoreLost, without_secret
from hubwire.client.windows import BURST, SEARCH, Step, Windows, new_logs
from hubwire.errors import ConfigError

T = TypeVar("T")

TRIES = 200
"""Swaps that somebody else may win before the store counts as lost; with that many it does not work."""

AWAY = 5.0
"""Seconds after which a lost store is asked again; until then this process keeps to its share."""

log_ = logging.getLogger("hubwire")


class SharedWindows(Windows):
    """The same windows, seen by every process that names the same store."""

    remote = True

    def __init__(
        self,
        open_store: Callable[[], QuotaStore],
        app: str,
        account: str | None = None,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self._open = open_store
        self._store: QuotaStore | None = None
        self._keys = {
            name: f"hubwire:quota:1:{account if account and name == SEARCH else app}:{name}"
            for name in self.lanes
        }
        self._opening = threading.Lock()
        self._sleep, self._clock = sleep, clock
        self._offset: float | None = None
        self._lost_until = 0.0
        self._met = False
        """Whether the store ever answered: until then its loss is a mistake of configuration."""

    def join(self, lane: str, kind: str, *, background: bool) -> Place:
        """A place in the line of a lane, by a name that nobody else has."""
        if lane in self.lanes:
            self.lanes[lane].prefix = f"{holder()}-{id(self):x}-"
        return super().join(lane, kind, background=background)

    @property
    def alone(self) -> bool:
        """The store is lost just now, and everybody keeps to a share."""
        return self._clock() < self._lost_until

    def moment(self, now: float) -> float:
        """The store's time, as far as it is known."""
        return now + (self._offset or 0.0)

    def hint(self, lane: str, place: Place, now: float) -> float:
        """The first of a line asks the store; the others wait at least as long as it was told to."""
        if lane not in self.lanes:
            return 0.0
        at = self.lanes[lane]
        if now >= at.hint:
            return 0.0
        with at.guard:
            return at.hint - now if at.ahead(place) else 0.0

    def ask(self, lane: str, place: Place, terms: Terms, now: float) -> float:
        """Seconds to wait before asking again; 0 means send now, and the call is booked."""
        if lane not in self.lanes:
            return 0.0
        at = self.lanes[lane]
        asked = self._clock()

        def step(log: Log, moment: float) -> tuple[float, float]:
            with at.guard:
                ahead = at.ahead(place)
            return log.take(place.id, ahead, terms, moment, LEASE, holder()), moment

        wait, booked = self.apply(at, now, step)
        now += self._clock() - asked
        with at.guard:
            if wait == 0.0:
                at.let_go(place, booked, now)
            elif at.ahead(place) == 0:
                at.hint = now + wait
        return wait

    def apply(self, lane: Lane, now: float, step: Step[T]) -> T:
        """Does a step to the log in the store; to this process's own copy while the store is lost."""
        with lane.io:  # one conversation of this process with the store at a time, about each log
            if self.alone:
                return step(lane.log, self.moment(now))
            try:
                return self._swapped(lane, now, step)
            except StoreLost as lost:
                self._lose(lost)
                return step(lane.log, self.moment(now))

    def close(self) -> None:
        """Closes the store."""
        with self._opening:
            store, self._store = self._store, None
        if store is not None:
            store.close()

    def _swapped(self, lane: Lane, now: float, step: Step[T]) -> T:
        store, name = self._opened(), lane.name
        key, unsettled = self._keys[name], list(lane.unsettled)
        for _ in range(TRIES):
            moment, version, kept = store.load(key)
            self._met = True
            self._offset = moment - now
            log = _read(kept) or new_logs()[name]
            result = self._stepped(log, moment, step, unsettled)
            if not log.changed or store.swap(key, version, msgspec.msgpack.encode(log)):
                lane.log = log
                if name == BURST and not log.alone:
                    self.most = log.limit
                del lane.unsettled[: len(unsettled)]
                return result
            self._sleep(random.random() * 0.002)
        raise StoreLost(f"{TRIES} others in a row were faster")

    def _stepped(self, log: Log, moment: float, step: Step[T], unsettled: list[str]) -> T:
        """The step, and what is told on the way: the day, and calls that were cut off."""
        self.day = log.day.newer(self.day)
        result = step(log, moment)
        if log.changed or unsettled:
            for call in unsettled:
                log.land(call, moment)
            log.day = self.day
        return result

    def _lost(self, lane: Lane, place: Place, now: float) -> None:
        # Told with the next step: whoever cuts a call off does not wait for a store.
        lane.unsettled.append(place.id)

    def _opened(self) -> QuotaStore:
        with self._opening:
            if self._store is None:
                self._store = self._open()
            return self._store

    def _lose(self, lost: StoreLost) -> None:
        name = self._store.name if self._store is not None else "the quota store"
        if not self._met:
            raise ConfigError(f"the quota store {name} cannot be used: {lost}. Nothing was sent") from lost
        if not self.alone:
            log_.warning(
                "quota store %s lost (%s): this process keeps to its share for %g s, then asks again",
                without_secret(name),
                lost,
                AWAY,
                extra={"hubwire": {"event": "StoreLost", "store": without_secret(name)}},
            )
        self._lost_until = self._clock() + AWAY


def _read(kept: bytes | None) -> Log | None:
    """The log of a store; none if another hubwire wrote it in its own form: it is learned anew."""
    if kept is None:
        return None
    try:
        return msgspec.msgpack.decode(kept, type=Log)
    except msgspec.DecodeError:
        return None
