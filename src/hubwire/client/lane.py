"""The line of this process's callers before one quota, and how long its answers take."""

from __future__ import annotations

import math
import os
import threading
from bisect import bisect_left, insort

from hubwire.client.log import WHOLE, Log, Terms

SAMPLES = 32
"""Answers of a kind before the shortest counts: the first ones wait for connections to be opened."""


class Holder:
    """The name by which a shared log tells this process's calls from those of others."""

    def __init__(self) -> None:
        self.name, self._pid = "", 0

    def __call__(self) -> str:
        """A fork is another process."""
        if self._pid != os.getpid():
            self.name, self._pid = os.urandom(6).hex(), os.getpid()
        return self.name


holder = Holder()


class Place:
    """One call's place in the line, then in the log."""

    __slots__ = ("booked", "id", "kind", "order", "sent")

    def __init__(self, order: tuple[int, int], kind: str, name: str = "") -> None:
        self.order, self.kind, self.id = order, kind, name
        self.sent: float | None = None
        """When it left, by this process's clock."""
        self.booked: float | None = None
        """When it was let go, by the log's clock; None again as soon as it is settled."""


class Lane:
    """A line and the log before which it stands, or the last copy seen of a shared one.

    `guard` is held for microseconds; `io` while a shared log is read and written, never by who only waits.
    """

    def __init__(self, log: Log, name: str = "") -> None:
        self.log, self.name = log, name
        self.guard = threading.Lock()
        self.io = threading.Lock()
        self.unsettled: list[str] = []
        """Calls of a shared log whose answers nobody will hear of."""
        self.prefix = ""
        """Tells this process's calls from others in a shared log."""
        self.hint = 0.0
        """Until when, by this process's clock, nobody need ask a shared log."""
        self._numbers = 0
        self._line: list[tuple[int, int]] = []
        self._times: dict[str, tuple[int, float]] = {}

    def join(self, kind: str, *, background: bool = False) -> Place:
        """The last place in the line; all of the background stand behind those that are not of it.

        `kind` tells calls apart that take differently long.
        """
        self._numbers += 1
        place = Place((int(background), self._numbers), kind, f"{self.prefix}{self._numbers}")
        line = self._line
        line.append(place.order)
        if len(line) > 1 and line[-2] > place.order:
            line.sort()
        return place

    def enter(self, kind: str, terms: Terms, now: float, *, background: bool = False) -> tuple[Place, float]:
        """Joins and asks at once. Where nobody waits, a call that may go has no need of a line."""
        if not self._line:
            self._numbers += 1
            place = Place((int(background), self._numbers), kind, f"{self.prefix}{self._numbers}")
            wait = self.log.take(place.id, 0, terms, now)
            if wait == 0.0:
                place.sent = place.booked = now
            else:
                self._line.append(place.order)
            return place, wait
        place = self.join(kind, background=background)
        return place, self.ask(place, now, terms)

    def ahead(self, place: Place) -> int:
        """How many stand before it."""
        line = self._line
        return 0 if line and line[0] is place.order else bisect_left(line, place.order)

    def leave(self, place: Place) -> None:
        """Gives up a place in the line."""
        line = self._line
        if len(line) == 1 and line[0] is place.order:
            line.clear()
            return
        at = bisect_left(line, place.order)
        if at < len(line) and line[at] == place.order:
            del line[at]

    def again(self, place: Place) -> None:
        """Back into the line, where it stood before."""
        place.sent = place.booked = None
        insort(self._line, place.order)

    def let_go(self, place: Place, booked: float, now: float) -> None:
        """The call was booked and leaves the line."""
        self.leave(place)
        place.sent, place.booked = now, booked

    def age(self, place: Place, now: float, *, ok: bool) -> float:
        """How long before `now` the call arrived at the latest, its answer having come now."""
        took = 0.0 if place.sent is None or place.sent > now else now - place.sent
        known = self._times.get(place.kind)
        if known is None:
            samples, shortest = 0, took
        else:
            samples, shortest = known
            if samples > SAMPLES and took >= shortest:
                return shortest
        shortest = min(took, shortest)
        if ok:
            self._times[place.kind] = samples + 1, shortest
        # Of the first ones nothing is known: they may have waited for a connection to be opened.
        return shortest if samples >= SAMPLES else 0.0

    def typical(self) -> float | None:
        """The shortest time that an answer took, over all kinds; None before any came."""
        return min((took for _, took in self._times.values()), default=None)

    # What follows is for a log in this process's memory.

    def ask(self, place: Place, now: float, terms: Terms = WHOLE) -> float:
        """0 when the call is to be sent now (it is then booked); else seconds after which to ask again."""
        wait = self.log.take(place.id, self.ahead(place), terms, now, math.inf)
        if wait == 0.0:
            self.let_go(place, now, now)
        return wait

    def answered(self, place: Place, now: float, *, ok: bool, terms: Terms = WHOLE) -> None:
        """The call was counted, at some moment between sending and now."""
        age = self.age(place, now, ok=ok)
        if place.booked is not None:
            self.log.land(place.id, now - age, terms)
            place.booked = None
