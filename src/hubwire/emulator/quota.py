"""How many calls an app may make: exact sliding logs, and a counter for the day.

Numbers and bodies: https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines HubSpot
calls the ten-second limit rolling and publishes no algorithm; a log of the permitted calls is exact.
Decided here, as HubSpot does not say: a refused call uses nothing up, neither of the window nor of the day.
Counts live in memory. The day's are kept when the emulator is closed; the ten seconds are not.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from functools import cache

from hubwire.catalogue.facts import Tier
from hubwire.emulator.exchange import Grant, Refusal
from hubwire.emulator.refusals import daily, over_limit, secondly_search, ten_secondly

WINDOW = 10.0
INTERVAL = ("X-HubSpot-RateLimit-Interval-Milliseconds", "10000")
REMAINING = "X-HubSpot-RateLimit-Remaining"
MARKETPLACE_BURST = 110
SEARCH_PER_SECOND = 5
MOST_PACKS = 2
PACK_BURST, PACK_DAILY = 250, 1_000_000
"""With an API limit increase: calls a window, however many are bought, and what each adds to the day."""
PACK_ASSOCIATION_BURST, PACK_ASSOCIATION_DAILY = 200, 1_000_000
"""The same of association calls, of which a second increase brings no more."""


class Log:
    """The moments of the last `seconds`, oldest first; the window is open at its old end."""

    __slots__ = ("seconds", "stamps")

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.stamps: deque[float] = deque()

    def count(self, now: float) -> int:
        """How many moments lie in the window that ends now; each is dropped once, so this costs O(1)."""
        stamps, oldest = self.stamps, now - self.seconds
        while stamps and stamps[0] <= oldest:
            stamps.popleft()
        return len(stamps)

    def add(self, now: float) -> None:
        self.stamps.append(now)


class App:
    """What one app has used in one account."""

    __slots__ = ("associations", "second", "window")

    def __init__(self) -> None:
        self.window = Log(WINDOW)
        self.second = Log(1.0)
        self.associations = Log(WINDOW)


@dataclass(frozen=True, slots=True)
class Day:
    """Calls of the account's day, how many it may have, and when it ends (seconds since the epoch)."""

    used: int
    limit: int
    resets: float


@dataclass(frozen=True, slots=True)
class Spent:
    """What a day has used, as the state file keeps it."""

    midnight: float
    """When that day ends: seconds since the epoch."""
    calls: int
    associations: int


UNLIMITED = 1_000_000
"""What headers tell where no quota is enforced: a client that paces itself by them is not held back."""


class Quota:
    """All quotas of one account. Not safe for threads by itself: callers hold the account's lock."""

    def __init__(self, tier: Tier, zone: tzinfo, *, enforced: bool = True) -> None:
        self.tier, self.zone, self.enforced = tier, zone, enforced
        self.packs = 0
        """API limit increases that the account has bought. Apps from the marketplace have nothing of them."""
        self._apps: dict[int, App] = {}
        self._search = Log(1.0)
        self._today = 0
        self._today_associations = 0
        self._midnight = 0.0

    def spend(self, grant: Grant, lane: str, now: float) -> None:
        """Takes one call out of the lane's quotas, or refuses and takes nothing."""
        if lane == "free":
            return
        self._turn_day(now)
        app = self._app(grant)
        if self.enforced:
            refusal = self._full(grant, app, lane, now)
            if refusal is not None:
                raise refusal
        if not grant.marketplace:
            self._today += 1
        if lane == "search":
            self._search.add(now)
        elif lane == "associations":
            app.associations.add(now)
            self._today_associations += 1
        else:
            app.window.add(now)
            app.second.add(now)

    def headers(self, grant: Grant, now: float) -> list[tuple[str, str]]:
        """The account's standing as HubSpot tells it; OAuth apps are not told of the day."""
        app, burst = self._app(grant), self.burst(grant)
        most, secondly, a_second = _standing(burst)
        left, now_left = burst - app.window.count(now), a_second - app.second.count(now)
        told = [
            INTERVAL,
            most,
            (REMAINING, str(left if left > 0 else 0)),
            secondly,
            ("X-HubSpot-RateLimit-Secondly-Remaining", str(now_left if now_left > 0 else 0)),
        ]
        if grant.kind == "oauth":
            return told
        self._turn_day(now)
        daily = self.daily
        return [
            ("X-HubSpot-RateLimit-Daily", str(daily)),
            ("X-HubSpot-RateLimit-Daily-Remaining", str(max(0, daily - self._today))),
            *told,
        ]

    def burst(self, grant: Grant) -> int:
        """Calls per ten seconds that the app may make in this account."""
        if not self.enforced:
            return UNLIMITED
        if grant.marketplace:
            return MARKETPLACE_BURST
        return PACK_BURST if self.packs else self.tier.burst

    @property
    def daily(self) -> int:
        """Calls a day that the account's private apps may make together."""
        return self.tier.daily + self.packs * PACK_DAILY if self.enforced else UNLIMITED

    def usage(self, now: float) -> Day:
        """How the day stands."""
        self._turn_day(now)
        return Day(self._today, self.daily, self._midnight)

    def spent(self, now: float) -> Spent:
        """What the day has used, to be kept."""
        self._turn_day(now)
        return Spent(self._midnight, self._today, self._today_associations)

    def take_up(self, spent: Spent, now: float) -> None:
        """Goes on from what was kept, if that day still is."""
        self._turn_day(now)
        if spent.midnight == self._midnight:
            self._today, self._today_associations = spent.calls, spent.associations

    def use_day(self, calls: int, now: float, *, associations: int = 0) -> None:
        """Counts calls that nobody made, to bring an account near its daily limit."""
        self._turn_day(now)
        self._today += calls
        self._today_associations += associations

    def _full(self, grant: Grant, app: App, lane: str, now: float) -> Refusal | None:
        portal, kind = grant.portal_id, grant.kind
        if not grant.marketplace and self._today >= self.daily:
            return daily()
        if lane == "search":
            full = self._search.count(now) >= SEARCH_PER_SECOND
            return secondly_search(grant.app_id, portal, kind) if full else None
        if lane == "associations":
            more, tier = self.packs > 0, self.tier
            if self._today_associations >= (PACK_ASSOCIATION_DAILY if more else tier.association_daily):
                return daily()
            most = PACK_ASSOCIATION_BURST if more else tier.association_burst
            full = app.associations.count(now) >= most
            return over_limit("ten_secondly_rolling") if full else None
        full = app.window.count(now) >= self.burst(grant)
        return ten_secondly(grant.app_id, portal, kind) if full else None

    def _app(self, grant: Grant) -> App:
        app = self._apps.get(grant.app_id)
        if app is None:
            app = self._apps[grant.app_id] = App()
        return app

    def _turn_day(self, now: float) -> None:
        if now >= self._midnight:
            self._today = self._today_associations = 0
            self._midnight = next_midnight(now, self.zone)


@cache
def _standing(burst: int) -> tuple[tuple[str, str], tuple[str, str], int]:
    """What the headers tell of a quota that does not change with its use; and how much of it a second has."""
    a_second = burst // 10
    most, secondly = ("X-HubSpot-RateLimit-Max", str(burst)), ("X-HubSpot-RateLimit-Secondly", str(a_second))
    return most, secondly, a_second


def left(headers: Iterable[tuple[str, str]]) -> int | None:
    """How many calls of the ten seconds these headers leave; None where they do not say."""
    for name, value in headers:
        if name == REMAINING:
            return int(value)
    return None


def next_midnight(now: float, zone: tzinfo) -> float:
    """The start of the next day in the zone; days of 23 and 25 hours included."""
    tomorrow = datetime.fromtimestamp(now, zone).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), zone).timestamp()
