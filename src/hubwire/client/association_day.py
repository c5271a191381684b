"""The day's calls of the associations API, which HubSpot counts apart and tells in no header."""

from __future__ import annotations

from hubwire.catalogue import load
from hubwire.client.log import HOUR, HOURS, Log
from hubwire.errors import AssociationDaySpent

PROBE = 300.0
"""Seconds after which one call is sent though the day seems spent, in case a new one has begun."""


def most_of(burst: int | None) -> int:
    """Calls a day, by what the account may call in ten seconds."""
    limits = load.limits()
    if (burst or 0) >= limits.ADD_ON_BURST:
        return limits.ADD_ON_ASSOCIATION_DAILY
    return load.tier("free").association_daily


class AssociationDay:
    """What is known of it. The log counts by hours of its clock, since the account's midnight is not told:
    no day of the account's is longer than the hours that are added up.
    """

    def __init__(self) -> None:
        self._since = 0
        self._refused = self._probing = False
        self._asked: float | None = None
        """When a call was last sent, or would have been, though the day seemed spent."""

    def used(self, log: Log, moment: float) -> int:
        """Calls of the day as far as this process knows, those under way included."""
        since = max(self._since, int(moment // HOUR) - HOURS)
        return sum(asked for hour, (asked, _) in list(log.tally.items()) if hour >= since) + len(log.flying)

    def check(self, log: Log, most: int, moment: float) -> None:
        """Raises `AssociationDaySpent` when no call is left."""
        used = most if self._refused else self.used(log, moment)
        if used < most:
            return
        if self._asked is not None and moment - self._asked >= PROBE:
            self._asked, self._probing = moment, True
            return
        if self._asked is None:
            self._asked = moment
        raise AssociationDaySpent(used, most)

    def refused(self, moment: float) -> None:
        """HubSpot said that it is spent."""
        self._refused, self._probing, self._asked = True, False, moment

    def answered(self, booked: float, moment: float) -> None:
        """A call was let through: if it was the one sent to find out, a new day has begun."""
        if self._probing and self._asked is not None and booked >= self._asked:
            self._since, self._asked = int(moment // HOUR), None
            self._refused = self._probing = False
