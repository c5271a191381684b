"""Which call may be sent when. Reservations are handed out; no lock is held while anybody waits.

https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines
"""

from __future__ import annotations

import threading
from collections.abc import Mapping

import msgspec

from hubwire.catalogue import load
from hubwire.client.lane import Lane, Place

BURST, SEARCH, ASSOCIATIONS, FREE = "burst", "search", "associations", "free"
DAILY, SECONDLY, TEN_SECONDLY = "DAILY", "SECONDLY", "TEN_SECONDLY_ROLLING"
PREFIX = "x-hubspot-ratelimit-"


class Quota(msgspec.Struct, frozen=True, kw_only=True):
    """What may be spent. Limits are learned from HubSpot's answers, starting from the lowest tier."""

    burst: int | None = None
    """Calls per 10 seconds, when fewer are wanted than HubSpot permits."""
    search: int | None = None
    """Searches a second."""
    associations: int | None = None
    """Association batch calls per 10 seconds."""
    width: int = 16
    """Chunks of one batch call that are under way side by side."""


class Usage(msgspec.Struct, frozen=True, kw_only=True):
    """What was spent so far, and what is left as far as HubSpot has told. None: not known."""

    calls: int
    """Requests answered by HubSpot, repeated ones included."""
    calls_by_lane: dict[str, int]
    refused_429: int
    retries: int
    """Requests that were sent again, for whatever reason."""
    burst_max: int | None = None
    burst_remaining: int | None = None
    daily_max: int | None = None
    daily_remaining: int | None = None


class Governor:
    """The quotas of one account, as one token sees them."""

    def __init__(self, quota: Quota | None = None) -> None:
        self.quota = quota or Quota()
        limits, lowest = load.limits(), load.tier("free")
        window = float(limits.WINDOW_SECONDS)
        self._lock = threading.Lock()
        self._lanes = {
            BURST: Lane(lowest.burst, window, cap=self.quota.burst, alone=True),
            SEARCH: Lane(limits.SEARCH_PER_SECOND, 1.0, cap=self.quota.search),
            ASSOCIATIONS: Lane(lowest.association_burst, window, cap=self.quota.associations),
        }
        self._calls = dict.fromkeys((*self._lanes, FREE), 0)
        self._refused = self._retries = 0
        self._burst_max: int | None = None
        self._daily_max: int | None = None
        self._daily_remaining: int | None = None

    def join(self, lane: str, kind: str) -> Place:
        """A place in the line of a lane."""
        with self._lock:
            return self._lanes[lane].join(kind) if lane in self._lanes else Place(0, kind)

    def ask(self, lane: str, place: Place, now: float) -> float:
        """Seconds to wait before asking again; 0 means send now."""
        if lane not in self._lanes:
            return 0.0
        with self._lock:
            return self._lanes[lane].ask(place, now)

    def sent(self, lane: str, place: Place, now: float) -> None:
        """The call leaves now."""
        if lane in self._lanes:
            with self._lock:
                self._lanes[lane].sent(place, now)

    def leave(self, lane: str, place: Place, now: float) -> None:
        """The call will not be sent, or its answer will not be heard of."""
        if lane in self._lanes:
            with self._lock:
                if place.sent is None:
                    self._lanes[lane].leave(place)
                else:
                    self._lanes[lane].lost(place, now)

    def answered(self, lane: str, place: Place, now: float, status: int, headers: Mapping[str, str]) -> None:
        """Books the call for good and learns from the answer's headers."""
        with self._lock:
            self._calls[lane] = self._calls.get(lane, 0) + 1
            if lane in self._lanes and status != 429:
                self._lanes[lane].answered(place, now, ok=status < 300)
            self._learn(lane, place, now, status, headers)

    def refused(self, lane: str, place: Place, now: float, pause: float | None) -> float:
        """A 429 that is not the day's: the lane is shut for a while. Returns for how long."""
        with self._lock:
            self._refused += 1
            if lane not in self._lanes:
                return pause or 1.0
            return self._lanes[lane].refused(place, now, pause)

    def refused_today(self) -> None:
        """The day's calls are used up."""
        with self._lock:
            self._refused += 1
            self._daily_remaining = 0

    def again(self, lane: str, place: Place) -> None:
        """The call goes back to its place in the line."""
        with self._lock:
            self._retries += 1
            if lane in self._lanes:
                self._lanes[lane].again(place)

    def usage(self, now: float) -> Usage:
        """A snapshot."""
        with self._lock:
            known = self._burst_max is not None
            return Usage(
                calls=sum(self._calls.values()),
                calls_by_lane={lane: count for lane, count in self._calls.items() if count},
                refused_429=self._refused,
                retries=self._retries,
                burst_max=self._burst_max,
                burst_remaining=self._lanes[BURST].remaining(now) if known else None,
                daily_max=self._daily_max,
                daily_remaining=self._daily_remaining,
            )

    def _learn(self, lane: str, place: Place, now: float, status: int, headers: Mapping[str, str]) -> None:
        self._learn_day(lane, status, headers)
        if lane != BURST:
            # Searches are told nothing, and association batches the standing of the other window.
            return
        self._lanes[BURST].alone = False
        most, remaining = _whole(headers, "max"), _whole(headers, "remaining")
        if most is None or remaining is None or most <= 0:
            return
        self._burst_max = most
        window = (_whole(headers, "interval-milliseconds") or 0) / 1000 or self._lanes[BURST].window
        self._lanes[BURST].heard(place, now, limit=most, remaining=remaining, window=window)
        self._lanes[ASSOCIATIONS].limit = _association_burst(most)

    def _learn_day(self, lane: str, status: int, headers: Mapping[str, str]) -> None:
        told = _whole(headers, "daily-remaining")
        if told is not None:
            self._daily_remaining, self._daily_max = told, _whole(headers, "daily")
        elif self._daily_remaining and lane != FREE and status != 429:
            self._daily_remaining -= 1


def _whole(headers: Mapping[str, str], name: str) -> int | None:
    text = headers.get(PREFIX + name, "")
    return int(text) if text.isascii() and text.isdigit() else None


def _association_burst(burst: int) -> int:
    """Association batches have a limit of their own, told nowhere; it goes with the tier like the burst."""
    limits = load.limits()
    if burst >= limits.ADD_ON_BURST:
        return limits.ADD_ON_ASSOCIATION_BURST
    lowest, professional = load.tier("free"), load.tier("professional")
    return (professional if burst >= professional.burst else lowest).association_burst
