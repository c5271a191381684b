"""An exact sliding log of one quota: so many calls in any window of so many seconds.

Token and leaky buckets, GCRA and fixed windows let up to twice the limit through a rolling window.

HubSpot counts a call when it arrives: some moment between sending it and hearing the answer. An entry of the
log is therefore kept until a window after the *latest* moment at which the call can have arrived: the time of
its answer, less the shortest time that any answer of its kind ever took. With an even delay that is the time
of sending, so nothing is wasted; with an uneven one the difference is kept free, so nothing is risked.

A log is plain data: it lies in this process's memory, or in a store that several processes share, and knows
neither. Every moment is of one clock: this process's, or the store's.
"""

from __future__ import annotations

import heapq
import math
from bisect import bisect_right, insort

import msgspec

MARGIN = 0.05
"""Seconds added to a window (half a percent of ten): clocks tick, and threads wake late."""

POLL = 0.02
"""How often to look whether a call that something waits for was answered."""

RECENT = 2.0
"""Seconds over which the largest use by others that was seen is taken for theirs."""

GRAIN = RECENT / 40
"""Seconds within which one sighting is enough."""

LEASE = 75.0
"""Seconds after which a shared call that nobody settled is given up: its process was killed. Longer than the
longest timeout (60 s for a search)."""

ALONE_LEASE = 10.0
"""The same for the one call that all others wait for."""

HOUR, HOURS = 3600, 24


class Terms(msgspec.Struct, frozen=True, gc=False):
    """What one caller may take of a window."""

    cap: int | None = None
    """Fewer than HubSpot permits."""
    share: float = 1.0
    """The part of the window that is this process's."""
    background: bool = False
    headroom: float = 0.0
    """The part of the window that calls of the background leave free."""

    def room(self, limit: int, others: int, waiting: int) -> int:
        """How many calls of ours the window may hold. At least one, or nothing would ever be learned."""
        room = limit - others
        if self.background:
            room -= math.ceil(limit * self.headroom)
        if self.share < 1.0:
            room = min(room, int(limit * self.share))
        if self.cap is not None:
            room = min(room, self.cap)
        return max(1, room) - (waiting if self.background else 0)

    def stretch(self, limit: int) -> float:
        """How much longer a call counts when the share is less than one call a window."""
        return max(1.0, 1.0 / (limit * self.share)) if self.share < 1.0 else 1.0


WHOLE = Terms()


class Day(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The day's calls as HubSpot told them last."""

    most: int | None = None
    left: int | None = None
    told: float = 0.0

    def newer(self, other: Day) -> Day:
        """The later telling; of two made at one moment the one that counted more calls since."""
        if self.told != other.told:
            return self if self.told > other.told else other
        return other if (other.left or 0) < (self.left or 0) else self


class Log(msgspec.Struct, array_like=True):
    """One window. Not safe for threads: whoever holds it serialises."""

    limit: int
    window: float
    alone: bool = False
    """Whether one call has to be answered before the next is sent: nothing is known yet."""
    shut_until: float = 0.0
    flying: dict[str, float] = {}
    """Calls under way, and when they were let go."""
    free_at: list[float] = []
    """When each of the others stops counting: a heap."""
    freed: list[float] = []
    """When those of the last window did, oldest first."""
    foreign: list[tuple[float, int]] = []
    """Use by others as it was seen, falling: the largest recent one stands first."""
    waiting: dict[str, tuple[float, int]] = {}
    """Processes in which interactive calls wait: until when that holds, and how many."""
    background_at: float = -math.inf
    day: Day = Day()
    tally: dict[int, tuple[int, int]] = {}
    """Requests and errors by hour."""
    changed: bool = False
    """Whether the last step has to be kept."""

    def take(
        self, call: str, ahead: int, terms: Terms, now: float, lease: float = math.inf, holder: str = ""
    ) -> float:
        """0 when the call is to be sent now (it is then booked); else seconds after which to ask again.

        `ahead`: calls of the same process that come first. A call that is booked already may go.
        """
        self.changed = False
        if call in self.flying:
            return 0.0
        if now < self.shut_until:
            return self.shut_until - now
        if lease < math.inf or (self.free_at and self.free_at[0] <= now) or self.freed:
            self.expire(now, min(lease, ALONE_LEASE) if self.alone else lease)
        used = len(self.flying) + len(self.free_at)
        if self.alone:
            room = 1 - len(self.flying)
        elif terms is WHOLE:
            room = max(1, self.limit - self._others(now) if self.foreign else self.limit) - used
        else:
            room = self.capacity(now, terms, holder) - used
        if ahead < room:
            self.flying[call] = now
            self.changed = True
            if terms.background:
                self.background_at = now
            if self.waiting:
                self.waiting.pop(holder, None)
            return 0.0
        wait = max(POLL, self.opening(ahead - max(0, room), now) - now)
        if holder and not terms.background and self.background_at > now - self.window:
            self.waiting[holder] = (now + min(wait, self.window) + POLL, ahead + 1)
            self.changed = True
        return wait

    def land(self, call: str, arrived: float, terms: Terms = WHOLE) -> None:
        """The call was counted, at `arrived` at the latest."""
        self.flying.pop(call, None)
        stretch = terms.stretch(self.limit) if terms.share < 1.0 else 1.0
        heapq.heappush(self.free_at, arrived + self.window * stretch + MARGIN)
        self.changed = True

    def refuse(self, call: str, now: float, pause: float | None = None) -> float:
        """The call was not let through: the window shrinks to what was. Returns how long it stays shut."""
        self.flying.pop(call, None)
        self.expire(now)
        self.observe(now, self.limit - self.used)
        if pause is None:
            pause = self.free_at[0] - now if self.free_at else self.window
        pause = max(pause, min(1.0, self.window))
        self.shut_until = max(self.shut_until, now + pause)
        self.changed = True
        return pause

    def hear(self, booked: float, now: float, limit: int, remaining: int, window: float) -> None:
        """HubSpot told its own count. What is in it and not ours, others have used."""
        if limit > 0 and window > 0 and (limit != self.limit or window != self.window):
            self.limit, self.window = limit, window
        ours = len(self.flying) + len(self.free_at)
        if self.freed:
            ours += len(self.freed) - bisect_right(self.freed, booked)
        self.observe(now, limit - remaining - ours)

    def observe(self, now: float, foreign: int) -> None:
        """Others were seen to use that much of the window."""
        foreign, seen = max(0, foreign), self.foreign
        if not seen:
            if foreign:
                seen.append((now, foreign))
            return
        at, last = seen[-1]
        if foreign < last and now - at < GRAIN:
            return
        self._forget(now)
        while seen and seen[-1][1] <= foreign:
            seen.pop()
        # Of several falling ones close together the first, which is the largest, stands for all.
        if not seen or now - seen[-1][0] >= GRAIN:
            seen.append((now, foreign))

    def count(self, now: float, requests: int, errors: int) -> None:
        """Books answers for the share of errors of the last day."""
        hour = int(now // HOUR)
        before = self.tally.get(hour)
        if before is None:
            self.tally = {then: told for then, told in self.tally.items() if then >= hour - HOURS}
            before = (0, 0)
        self.tally[hour] = (before[0] + requests, before[1] + errors)

    @property
    def used(self) -> int:
        """Our calls in the window, those under way included."""
        return len(self.flying) + len(self.free_at)

    def capacity(self, now: float, terms: Terms = WHOLE, holder: str = "") -> int:
        """How many calls of ours the window holds, with room left for what others use."""
        waiting = 0
        if terms.background and self.waiting:
            waiting = sum(n for who, (until, n) in self.waiting.items() if until > now and who != holder)
        return terms.room(self.limit, self._others(now), waiting)

    def remaining(self, now: float, terms: Terms = WHOLE) -> int:
        """Calls that could be sent at this moment."""
        self.expire(now)
        return max(0, self.capacity(now, terms) - self.used)

    def opening(self, behind: int, now: float) -> float:
        """When the place after `behind` others in the line opens, as far as can be told now."""
        if self.alone:
            return now
        rest = self.window + MARGIN
        openings = sorted([*self.free_at, *(max(now, booked + rest) for booked in self.flying.values())])
        if not openings:
            return now + rest
        rounds, at = divmod(behind, len(openings))
        return openings[at] + rounds * rest

    def expire(self, now: float, lease: float = math.inf) -> None:
        """Forgets what no longer counts."""
        free_at, freed = self.free_at, self.freed
        while free_at and free_at[0] <= now:
            insort(freed, heapq.heappop(free_at))
        if freed and freed[0] <= now - self.window:
            del freed[: bisect_right(freed, now - self.window)]
        if self.flying and lease < math.inf:
            # A booking later than now is of a clock that was set back, or of a machine that was started anew.
            dead = [call for call, at in self.flying.items() if not now - lease < at <= now + self.window]
            for call in dead:
                del self.flying[call]

    def _others(self, now: float) -> int:
        """The largest use by others seen in the last two seconds; else the last one within the window."""
        if not self.foreign:
            return 0
        if len(self.foreign) > 1:
            self._forget(now)
        at, others = self.foreign[0]
        return others if at > now - self.window else 0

    def _forget(self, now: float) -> None:
        """Leaves the recent sightings, or the last one."""
        foreign = self.foreign
        if len(foreign) > 1:
            oldest = now - min(RECENT, self.window)
            while len(foreign) > 1 and foreign[0][0] <= oldest:
                del foreign[0]
