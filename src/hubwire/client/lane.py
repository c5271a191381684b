"""An exact sliding log of one quota: so many calls in any window of so many seconds.

Token and leaky buckets, GCRA and fixed windows let up to twice the limit through a rolling window.

HubSpot counts a call when it arrives: some moment between sending it and hearing the answer. An entry of the
log is therefore kept until a window after the *latest* moment at which the call can have arrived: the time of
its answer, less the shortest time that any answer of its kind ever took. With an even delay that is the time
of sending, so nothing is wasted; with an uneven one the difference is kept free, so nothing is risked.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left, insort
from collections import deque

MARGIN = 0.05
"""Seconds added to a window (half a percent of ten): clocks tick, and threads wake late."""

SAMPLES = 32
"""Answers of a kind before the shortest counts: the first ones wait for connections to be opened."""

POLL = 0.02
"""How often to look whether a call that something waits for was answered."""


class Place:
    """One call's place in the line, then in the log."""

    __slots__ = ("kind", "number", "sent")

    def __init__(self, number: int, kind: str) -> None:
        self.number, self.kind = number, kind
        self.sent: float | None = None


class Lane:
    """Not safe for threads by itself: the governor's lock is held, for microseconds, around every method."""

    def __init__(self, limit: int, window: float, *, cap: int | None = None, alone: bool = False) -> None:
        self.limit = limit
        self._cap = cap
        self.window = window
        self.alone = alone
        """Whether one call has to be answered before the next is sent: nothing is known yet."""
        self.blocked_until = 0.0
        self._numbers = 0
        self._line: list[int] = []
        self._flying: set[Place] = set()
        self._free_at: list[float] = []
        self._freed: deque[float] = deque()
        self._times: dict[str, tuple[int, float]] = {}
        self._foreign: deque[tuple[float, int]] = deque()

    def join(self, kind: str) -> Place:
        """The last place in the line. `kind` tells calls apart that take differently long."""
        self._numbers += 1
        place = Place(self._numbers, kind)
        self._line.append(place.number)
        return place

    def leave(self, place: Place) -> None:
        """Gives up a place in the line."""
        at = bisect_left(self._line, place.number)
        if at < len(self._line) and self._line[at] == place.number:
            del self._line[at]

    def again(self, place: Place) -> None:
        """Back into the line, where it stood before."""
        place.sent = None
        insort(self._line, place.number)

    def ask(self, place: Place, now: float) -> float:
        """0 when the call is to be sent now (it is then booked); else seconds after which to ask again."""
        if now < self.blocked_until:
            return self.blocked_until - now
        self._expire(now)
        ahead = bisect_left(self._line, place.number)
        open_now = not self._flying if self.alone else self.capacity(now) - self.used
        if ahead < open_now:
            self.leave(place)
            place.sent = now
            self._flying.add(place)
            return 0.0
        return max(POLL, self._opening(ahead - open_now, now) - now)

    def sent(self, place: Place, now: float) -> None:
        """The moment the call really leaves, a little after it was booked."""
        if place in self._flying:
            place.sent = now

    def answered(self, place: Place, now: float, *, ok: bool) -> None:
        """The call was counted, at some moment between sending and now."""
        sent = now if place.sent is None else place.sent
        took = max(0.0, now - sent)
        samples, shortest = self._times.get(place.kind, (0, took))
        shortest = min(took, shortest)
        if ok:
            self._times[place.kind] = samples + 1, shortest
        # Of the first ones nothing is known: they may have waited for a connection to be opened.
        arrived = now - shortest if samples >= SAMPLES else now
        self._land(place, arrived + self.window + MARGIN)

    def lost(self, place: Place, now: float) -> None:
        """No answer: the call may have been counted as late as now."""
        self._land(place, now + self.window + MARGIN)

    def refused(self, place: Place, now: float, pause: float | None = None) -> float:
        """The call was not let through: the lane shrinks to what was. Returns how long it stays shut."""
        self._flying.discard(place)
        self._expire(now)
        self.observe(now, self.limit - self.used)
        if pause is None:
            pause = self._free_at[0] - now if self._free_at else self.window
        pause = max(pause, min(1.0, self.window))
        self.blocked_until = max(self.blocked_until, now + pause)
        return pause

    def heard(self, place: Place, now: float, *, limit: int, remaining: int, window: float) -> None:
        """HubSpot told its own count. What is in it and not ours, others have used."""
        if limit > 0 and window > 0:
            self.limit, self.window = limit, window
        sent = place.sent or now
        recent = sum(1 for moment in self._freed if moment > sent)
        self.observe(now, limit - remaining - self.used - recent)

    def observe(self, now: float, foreign: int) -> None:
        """Others were seen to use that much of the window."""
        while self._foreign and self._foreign[0][0] <= now - self.window:
            self._foreign.popleft()
        self._foreign.append((now, max(0, foreign)))

    @property
    def used(self) -> int:
        """Our calls in the window, those under way included."""
        return len(self._flying) + len(self._free_at)

    def capacity(self, now: float) -> int:
        """How many calls of ours the window holds, with room left for what others use."""
        room = max(1, self.limit - self._others(now))
        return room if self._cap is None else min(room, self._cap)

    def remaining(self, now: float) -> int:
        """Calls that could be sent at this moment."""
        self._expire(now)
        return max(0, self.capacity(now) - self.used)

    def _others(self, now: float) -> int:
        """The largest use by others seen in the last two seconds; else the last one within the window."""
        recent = [foreign for at, foreign in self._foreign if at > now - min(2.0, self.window)]
        if recent:
            return max(recent)
        if self._foreign and self._foreign[-1][0] > now - self.window:
            return self._foreign[-1][1]
        return 0

    def _opening(self, behind: int, now: float) -> float:
        """When the place after `behind` others in the line opens, as far as can be told now."""
        if self.alone:
            return now
        rest = self.window + MARGIN
        flying = [max(now, (place.sent or now) + rest) for place in self._flying]
        openings = sorted([*self._free_at, *flying])
        if not openings:
            return now + rest
        rounds, at = divmod(behind, len(openings))
        return openings[at] + rounds * rest

    def _land(self, place: Place, free_at: float) -> None:
        if place in self._flying:
            self._flying.discard(place)
            heapq.heappush(self._free_at, free_at)

    def _expire(self, now: float) -> None:
        while self._free_at and self._free_at[0] <= now:
            self._freed.append(heapq.heappop(self._free_at))
        while self._freed and self._freed[0] <= now - self.window:
            self._freed.popleft()
