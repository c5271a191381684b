"""The quotas of one credential, as all hubs of this process that use it share them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import TypeVar

from hubwire.catalogue import load
from hubwire.client.association_day import AssociationDay, most_of
from hubwire.client.lane import Lane, Place
from hubwire.client.log import Day, Log, Terms

T = TypeVar("T")
Step = Callable[[Log, float], T]
"""Something done to a log at a moment. Of a shared one it may be done to several copies, and one is kept."""

BURST, SEARCH, ASSOCIATIONS, FREE = "burst", "search", "associations", "free"


NONE = (0, 0)
TOLD = (
    "x-hubspot-ratelimit-max",
    "x-hubspot-ratelimit-remaining",
    "x-hubspot-ratelimit-interval-milliseconds",
    "x-hubspot-ratelimit-daily",
    "x-hubspot-ratelimit-daily-remaining",
)


class Told:
    """What the headers of an answer say."""

    __slots__ = ("daily", "daily_left", "left", "most", "window")

    def __init__(self, headers: Mapping[str, str]) -> None:
        self.most, self.left, window, self.daily, self.daily_left = map(_whole, map(headers.get, TOLD))
        self.window = window / 1000 if window else 0.0


@lru_cache(maxsize=4096)
def _whole(text: str | None) -> int | None:
    return int(text) if text is not None and text.isascii() and text.isdigit() else None


def new_logs() -> dict[str, Log]:
    """As they are before anything is learned: the lowest tier."""
    limits, lowest = load.limits(), load.tier("free")
    window = float(limits.WINDOW_SECONDS)
    return {
        BURST: Log(lowest.burst, window, alone=True),
        SEARCH: Log(limits.SEARCH_PER_SECOND, 1.0),
        ASSOCIATIONS: Log(lowest.association_burst, window),
    }


class Windows:
    """All logs, in this process's memory. Safe for threads, and nobody waits while a lock is held."""

    remote = False
    """Whether asking may take as long as a round trip to a store."""

    def __init__(self) -> None:
        self.lanes = {name: Lane(log, name) for name, log in new_logs().items()}
        self.day = Day()
        self.association_day = AssociationDay()
        self.most: int | None = None
        """Calls per window, once HubSpot has told."""
        self.free: list[int] = []
        """Calls of the free lane to be counted with the next of another: 1 for an error, 0 for none."""
        self.warned = -1
        """The hour in which the share of errors was last warned of."""

    @property
    def alone(self) -> bool:
        """Whether nobody else is known to spend from the same logs."""
        return True

    def join(self, lane: str, kind: str, *, background: bool) -> Place:
        """A place in the line of a lane."""
        at = self.lanes.get(lane)
        if at is None:
            return Place((0, 0), kind)
        with at.guard:
            return at.join(kind, background=background)

    def hint(self, lane: str, place: Place, now: float) -> float:
        """Seconds that surely have to pass first, without asking anybody."""
        return 0.0

    def ask(self, lane: str, place: Place, terms: Terms, now: float) -> float:
        """Seconds to wait before asking again; 0 means send now, and the call is booked."""
        at = self.lanes.get(lane)
        if at is None:
            return 0.0
        with at.guard:
            return at.ask(place, now, terms)

    def again(self, lane: str, place: Place) -> None:
        """The call goes back to its place in the line."""
        if lane in self.lanes:
            with self.lanes[lane].guard:
                self.lanes[lane].again(place)

    def leave(self, lane: str, place: Place, now: float) -> None:
        """The call will not be sent, or its answer will not be heard of. Never blocks."""
        if lane not in self.lanes:
            return
        with self.lanes[lane].guard:
            if place.sent is None:
                self.lanes[lane].leave(place)
            elif place.booked is not None:
                place.booked = None
                self._lost(self.lanes[lane], place, now)

    def answered(
        self, lane: str, place: Place, terms: Terms, now: float, status: int, headers: Mapping[str, str]
    ) -> None:
        """Books the call for good, and what the answer taught."""
        at = self.lanes.get(lane)
        told = Told(headers)
        if at is None:
            self.free.append(int(status >= 400))
            self._learn_day(lane, told, now, status)
            return
        booked = place.booked
        age = at.age(place, now, ok=status < 300)
        if booked is None:
            return
        if status != 429:
            place.booked = None
        if told.daily_left is not None or self.day.left:
            self._learn_day(lane, told, self.moment(now), status)
        free = NONE
        if lane == BURST:
            if self.free:
                free = self._free()
            if told.most != self.most and told.most and told.left is not None:
                self.most = told.most
                self._of_tier(told.most)
        elif lane == ASSOCIATIONS and status < 300:
            self.association_day.answered(booked, self.moment(now))
        answer = place.id, booked, age, status
        if self.remote:
            self.apply(at, now, partial(self._book, lane, terms, answer, told, free))
        else:
            with at.guard:
                self._book(lane, terms, answer, told, free, at.log, now)

    def _book(
        self,
        lane: str,
        terms: Terms,
        answer: tuple[str, float, float, int],
        told: Told,
        free: tuple[int, int],
        log: Log,
        moment: float,
    ) -> None:
        """An answer goes into a log: call, when it was let go, how long ago it arrived, status."""
        call, booked, age, status = answer
        if status != 429:
            log.land(call, moment - age, terms)
        log.count(moment, 1 + free[0], free[1] + (status >= 400))
        if lane == BURST:
            log.alone = False
            if told.most and told.left is not None:
                log.hear(booked, moment, told.most, told.left, told.window or log.window)
        elif lane == ASSOCIATIONS and self.most:
            log.limit = _association_burst(self.most)
        log.changed = True

    def refused(self, lane: str, place: Place, now: float, pause: float | None) -> float:
        """A 429 that is not the day's: the lane is shut for a while. Returns for how long."""
        if lane not in self.lanes:
            return pause or 1.0
        place.booked = None
        return self.apply(self.lanes[lane], now, lambda log, moment: log.refuse(place.id, moment, pause))

    def apply(self, lane: Lane, now: float, step: Step[T]) -> T:
        """Does something to a log, wherever that lies."""
        with lane.guard:
            return step(lane.log, now)

    def moment(self, now: float) -> float:
        """The logs' time at this process's `now`."""
        return now

    def errors(self, now: float) -> tuple[int, int]:
        """Answers of the last 24 hours, and how many of them were errors, as far as this process has seen."""
        oldest = self.moment(now) // 3600 - 24
        requests, errors = len(self.free), sum(self.free)
        for lane in self.lanes.values():
            for hour, (asked, failed) in list(lane.log.tally.items()):
                if hour > oldest:
                    requests, errors = requests + asked, errors + failed
        return requests, errors

    def close(self) -> None:
        """Nothing is open."""

    def _lost(self, lane: Lane, place: Place, now: float) -> None:
        """The call may have been counted as late as now."""
        lane.log.land(place.id, now)

    def _of_tier(self, burst: int) -> None:
        """Association batches have a limit of their own, told nowhere; it goes with the tier."""
        self.lanes[ASSOCIATIONS].log.limit = _association_burst(burst)

    def _free(self) -> tuple[int, int]:
        free, self.free = self.free, []
        return len(free), sum(free)

    def _learn_day(self, lane: str, told: Told, moment: float, status: int) -> None:
        if told.daily_left is not None:
            self.day = Day(told.daily, told.daily_left, moment)
        elif self.day.left and lane != FREE and status != 429:
            self.day = Day(self.day.most, self.day.left - 1, self.day.told)

    def spent_today(self, lane: str, now: float) -> None:
        """The day's calls are used up; those of the associations API are counted apart."""
        if lane == ASSOCIATIONS and self.day.left != 0:
            self.association_day.refused(self.moment(now))
            return
        self.day = Day(self.day.most, 0, self.moment(now))

    def associations(self, now: float) -> tuple[int, int]:
        """Calls of the associations API: those of the day that are used, and those that it has."""
        log = self.lanes[ASSOCIATIONS].log
        return self.association_day.used(log, self.moment(now)), most_of(self.most)

    def keep_association_day(self, now: float) -> None:
        """Raises `AssociationDaySpent` when none is left."""
        log = self.lanes[ASSOCIATIONS].log
        self.association_day.check(log, most_of(self.most), self.moment(now))

    def flying(self) -> int:
        """Calls under way that HubSpot's count of the day may not hold yet."""
        return sum(len(lane.log.flying) for lane in self.lanes.values())


def _association_burst(burst: int) -> int:
    limits = load.limits()
    if burst >= limits.ADD_ON_BURST:
        return limits.ADD_ON_ASSOCIATION_BURST
    lowest, professional = load.tier("free"), load.tier("professional")
    return (professional if burst >= professional.burst else lowest).association_burst
