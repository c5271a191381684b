"""What the writer to a file knows without looking: records whose pending events are all in memory, and which
records have none.

An event that is handled soon after it came in is then not read from the disk. Only the thread that writes
uses this. What was undone on the disk, or changed by anything but the handling, is forgotten here, and looked
up there.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Collection, Iterable, Sequence
from itertools import islice
from operator import attrgetter

from hubwire.webhooks.inbox import PENDING, Arrival, Settled, Waiting

MOST_BYTES = 64 << 20
"""Of events that wait here; those of other records are looked up."""
EACH = 600
"""Bytes that an event takes besides its contents."""
MOST_LANES = 50_000
"""That are known here; when there are more, the older half of those with nothing to do is forgotten."""
ALWAYS = 1 << 62
"""Later than anything occurred."""

_order = attrgetter("occurred", "id")


class Lane:
    """The pending events of one record: all of them, or the first ones when there are more (`rest`)."""

    __slots__ = ("lent", "newest", "rest", "size", "waiting")

    def __init__(self, newest: int, waiting: Sequence[Waiting] = (), *, rest: bool = False) -> None:
        self.waiting = list(waiting)
        self.size = _size(self.waiting)
        """Bytes."""
        self.lent = 0
        """How many are being handled."""
        self.newest = newest
        """None of those handled occurred later."""
        self.rest = rest


class Fresh:
    """The records that are known."""

    def __init__(self) -> None:
        self._lanes: dict[str, Lane] = {}
        self._bytes = 0
        self._busy: set[str] = set()
        """May have pending events on the disk that are not here."""
        self._newest = ALWAYS
        """Of the records that are not here."""
        self.complete = False
        """Whether a record that is in none of these has no pending events."""

    def learn(self, busy: Collection[str], newest: int) -> None:
        """All the records with pending events, and when the newest event that was ever lent occurred."""
        self._busy = {name for name in busy if name not in self._lanes}
        self._newest, self.complete = newest, True

    def store(self, arrivals: Sequence[Arrival], first: int, received: int) -> None:
        """Pending events that were just stored, numbered from `first`."""
        lanes = self._lanes
        for number, one in enumerate(arrivals, first):
            name = one.lane
            lane = lanes.get(name)
            if lane is None:
                if not self.complete or name in self._busy:
                    continue
                lane = lanes[name] = Lane(self._newest)
            waiting = lane.waiting
            later = waiting and waiting[-1].occurred > one.occurred
            if lane.rest and not later:
                continue
            if self._bytes >= MOST_BYTES:
                self.forget(name)
                continue
            size = EACH + len(one.raw)
            lane.size += size
            self._bytes += size
            event = Waiting(
                number, one.kind, one.raw, one.occurred, received, 0, 0, 0, one.key, event=one.event
            )
            if later:
                insort(waiting, event, key=_order)
            else:
                waiting.append(event)
        if len(lanes) > MOST_LANES:
            self._forget_idle()

    def adopt(self, name: str, events: Sequence[Waiting], newest: int, *, rest: bool) -> None:
        """What was looked up of a record: its first pending events."""
        self._busy.discard(name)
        self._lanes[name] = lane = Lane(newest, events, rest=rest)
        self._bytes += lane.size

    def lend(self, name: str, most: int) -> tuple[Sequence[Waiting], int, bool] | None:
        """The first events of a record, than which time none of those handled occurred later, and whether
        there are more. None: look it up.
        """
        lane = self._lanes.get(name)
        if lane is None:
            return ((), 0, False) if self.complete and name not in self._busy else None
        if lane.lent or (lane.rest and not lane.waiting):
            self.forget(name)
            return None
        events, lane.waiting = lane.waiting, []
        size, lane.size = lane.size, 0
        if len(events) > most:
            events, lane.waiting = events[:most], events[most:]
            lane.size = _size(lane.waiting)
        self._bytes -= size - lane.size
        newest, lane.lent = lane.newest, len(events)
        if events and events[-1].occurred > newest:
            lane.newest = events[-1].occurred
        return events, newest, bool(lane.waiting) or lane.rest

    def settled(self, results: Iterable[Settled], counts: Iterable[bool]) -> None:
        """What became of lent events."""
        lanes = self._lanes
        for one, good in zip(results, counts, strict=True):
            lane = lanes.get(one.lane)
            if lane is None or (one.keep and good):
                continue
            if not good or one.state == PENDING:
                self.forget(one.lane)
            else:
                lane.lent -= 1

    def forget(self, name: str) -> None:
        """It has to be looked up from now on."""
        lane = self._lanes.pop(name, None)
        self._busy.add(name)
        if lane is not None:
            self._bytes -= lane.size

    def _forget_idle(self) -> None:
        idle = [name for name, lane in self._lanes.items() if not (lane.waiting or lane.lent or lane.rest)]
        for name in islice(idle, len(idle) // 2 + 1):
            self._newest = max(self._newest, self._lanes.pop(name).newest)

    def clear(self) -> None:
        """All of them."""
        self._lanes.clear()
        self._busy.clear()
        self._bytes, self._newest, self.complete = 0, ALWAYS, False


def _size(events: Sequence[Waiting]) -> int:
    return sum([EACH + len(event.raw) for event in events])
