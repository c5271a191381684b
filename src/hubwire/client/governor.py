"""Which call of a hub may be sent when. Reservations are handed out; no lock is held while anybody waits.

https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines
"""

from __future__ import annotations

import threading
from collections.abc import Mapping

from hubwire.client.lane import Place
from hubwire.client.log import Terms
from hubwire.client.quota import Quota, Usage
from hubwire.client.windows import ASSOCIATIONS, BURST, FREE, SEARCH, Windows
from hubwire.errors import ErrorBudgetSpent, FloorReached

DAILY, SECONDLY, TEN_SECONDLY = "DAILY", "SECONDLY", "TEN_SECONDLY_ROLLING"

PROBE = 300.0
"""Seconds after which one call is sent below the floor, to find out whether a new day has begun: HubSpot does
not tell when the account's midnight is."""

ENOUGH = 200
"""Answers before their share of errors means anything."""


class Governor:
    """What one hub spends of the windows that it shares with others."""

    def __init__(self, quota: Quota | None = None, windows: Windows | None = None) -> None:
        self.quota = quota or Quota()
        self.windows = windows or Windows()
        self.remote = self.windows.remote
        self._careful = bool(self.quota.floor) or self.quota.brake_errors is not None
        self._lock = threading.Lock()
        self._background = self.quota.priority == "background"
        self._terms: dict[str, Terms] = {}
        self._alone_terms: dict[str, Terms] = {}
        self._calls = dict.fromkeys((BURST, SEARCH, ASSOCIATIONS, FREE), 0)
        self._refused = self._retries = 0

    def join(self, lane: str, kind: str) -> Place:
        """A place in the line of a lane."""
        return self.windows.join(lane, kind, background=self._background)

    def enter(self, lane: str, kind: str, now: float) -> tuple[Place, float]:
        """`join` and `ask` in one, where asking takes no time. Raises what `ask` raises."""
        if (self._careful and lane != FREE) or lane == ASSOCIATIONS:
            self._look_out(lane, now)
        at = self.windows.lanes.get(lane)
        if at is None:
            return Place((0, 0), kind), 0.0
        terms = self._alone_terms.get(lane) or self._of(lane)
        with at.guard:
            return at.enter(kind, terms, now, background=self._background)

    def hint(self, lane: str, place: Place, now: float) -> float:
        """Seconds that surely have to pass before it is worth asking."""
        return self.windows.hint(lane, place, now)

    def ask(self, lane: str, place: Place, now: float) -> float:
        """Seconds to wait before asking again; 0 means send now.

        Raises `FloorReached`, `AssociationDaySpent` and `ErrorBudgetSpent`: then nothing is booked.
        """
        if (self._careful and lane != FREE) or lane == ASSOCIATIONS:
            self._look_out(lane, now)
        return self.windows.ask(lane, place, self._of(lane), now)

    def leave(self, lane: str, place: Place, now: float) -> None:
        """The call will not be sent, or its answer will not be heard of."""
        self.windows.leave(lane, place, now)

    def answered(self, lane: str, place: Place, now: float, status: int, headers: Mapping[str, str]) -> None:
        """Books the call for good and learns from the answer's headers."""
        with self._lock:
            self._calls[lane] += 1
        terms = self._of(lane) if self.remote else self._alone_terms.get(lane) or self._of(lane)
        self.windows.answered(lane, place, terms, now, status, headers)

    def refused(self, lane: str, place: Place, now: float, pause: float | None) -> float:
        """A 429 that is not the day's: the lane is shut for a while. Returns for how long."""
        with self._lock:
            self._refused += 1
        return self.windows.refused(lane, place, now, pause)

    def refused_today(self, lane: str, now: float) -> None:
        """The day's calls are used up."""
        with self._lock:
            self._refused += 1
        self.windows.spent_today(lane, now)

    def again(self, lane: str, place: Place) -> None:
        """The call goes back to its place in the line."""
        with self._lock:
            self._retries += 1
        self.windows.again(lane, place)

    def error_warning(self, now: float) -> tuple[int, int] | None:
        """Answers and errors of the last day when there are too many of these; once an hour."""
        windows, hour = self.windows, int(now // 3600)
        if windows.warned == hour:
            return None
        asked, failed = windows.errors(now)
        if asked < ENOUGH or failed < self.quota.warn_errors * asked:
            return None
        with self._lock:
            mine, windows.warned = windows.warned != hour, hour
        return (asked, failed) if mine else None

    def usage(self, now: float) -> Usage:
        """A snapshot, as far as this process has seen."""
        windows, burst = self.windows, self.windows.lanes[BURST]
        with burst.guard:
            remaining = burst.log.remaining(windows.moment(now), self._of(BURST))
        asked, failed = windows.errors(now)
        associations, association_max = windows.associations(now)
        with self._lock:
            return Usage(
                calls=sum(self._calls.values()),
                calls_by_lane={lane: count for lane, count in self._calls.items() if count},
                refused_429=self._refused,
                retries=self._retries,
                burst_max=windows.most,
                burst_remaining=None if windows.most is None else remaining,
                daily_max=windows.day.most,
                daily_remaining=windows.day.left,
                associations_today=associations,
                associations_daily_max=association_max,
                requests_today=asked,
                errors_today=failed,
            )

    def _of(self, lane: str) -> Terms:
        alone = not self.remote or self.windows.alone
        known = self._alone_terms if alone else self._terms
        terms = known.get(lane)
        if terms is None:
            terms = known[lane] = self.quota.terms(lane, alone=alone)
        return terms

    def _look_out(self, lane: str, now: float) -> None:
        if lane == ASSOCIATIONS:
            self.windows.keep_association_day(now)
        if self.quota.floor:
            self._keep_floor(now)
        if self.quota.brake_errors is not None:
            self._brake(self.quota.brake_errors, now)

    def _keep_floor(self, now: float) -> None:
        windows, floor = self.windows, self.quota.floor
        day = windows.day
        if day.left is None or day.left - windows.flying() > floor:
            return
        moment = windows.moment(now)
        if moment - day.told >= PROBE:
            windows.day = type(day)(day.most, day.left, moment)
            return
        raise FloorReached(day.left, floor)

    def _brake(self, most: float, now: float) -> None:
        asked, failed = self.windows.errors(now)
        if asked >= ENOUGH and failed >= most * asked:
            raise ErrorBudgetSpent(asked, failed)
