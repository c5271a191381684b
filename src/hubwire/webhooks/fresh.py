"""What the writer to a file knows without looking: records whose pending events all came in while it ran.

An event that is handled soon after it came in is then not read from the disk. Only the thread that writes
uses this. What was undone on the disk, or changed by anything but the handling, is forgotten here, and looked
up there.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter

from hubwire.webhooks.inbox import DONE, PENDING, Settled, Waiting

MOST_BYTES = 64 << 20
"""Of events that wait here; those of other records are looked up."""
EACH = 600
"""Bytes that an event takes besides its contents."""
MOST_LANES = 50_000
"""That are known here; when there are more, those with nothing to do are forgotten."""

_order = attrgetter("occurred", "id")


class Lane:
    """All pending events of one record."""

    __slots__ = ("lent", "newest", "waiting")

    def __init__(self, newest: int) -> None:
        self.waiting: list[Waiting] = []
        self.lent: dict[int, int] = {}
        """When those occurred that are being handled."""
        self.newest = newest
        """When the newest of those occurred that were handled."""


class Fresh:
    """The records that are known."""

    def __init__(self) -> None:
        self._lanes: dict[str, Lane] = {}
        self._bytes = 0

    def unknown(self, lanes: Iterable[str]) -> list[str]:
        """Those that have to be looked up before `store` may be told of their events."""
        return [lane for lane in dict.fromkeys(lanes) if lane not in self._lanes]

    def idle(self, lanes: Mapping[str, int]) -> None:
        """Records without pending events on the disk, and when the newest handled one of each occurred."""
        if len(self._lanes) + len(lanes) > MOST_LANES:
            self._lanes = {name: one for name, one in self._lanes.items() if one.waiting or one.lent}
        self._lanes.update((name, Lane(newest)) for name, newest in lanes.items())

    def store(self, arrived: Iterable[tuple[str, Waiting]]) -> None:
        """Pending events that were just stored."""
        for name, event in arrived:
            lane = self._lanes.get(name)
            if lane is None:
                continue
            if self._bytes >= MOST_BYTES:
                self.forget(name)
                continue
            self._bytes += EACH + len(event.raw)
            if lane.waiting and _order(lane.waiting[-1]) > _order(event):
                insort(lane.waiting, event, key=_order)
            else:
                lane.waiting.append(event)

    def lend(self, name: str, most: int) -> tuple[Sequence[Waiting], int, bool] | None:
        """The first events of a record, when the newest handled one occurred, and whether there are more.

        None: look it up.
        """
        lane = self._lanes.get(name)
        if lane is None:
            return None
        if lane.lent:
            self.forget(name)
            return None
        events, lane.waiting = lane.waiting[:most], lane.waiting[most:]
        self._bytes -= _size(events)
        lane.lent = {event.id: event.occurred for event in events}
        return events, lane.newest, bool(lane.waiting)

    def settled(self, results: Iterable[Settled], counts: Iterable[bool]) -> None:
        """What became of lent events."""
        for one, good in zip(results, counts, strict=True):
            lane = self._lanes.get(one.lane)
            if lane is None or (one.keep and good):
                continue
            if not good or one.state == PENDING:
                self.forget(one.lane)
                continue
            occurred = lane.lent.pop(one.event, 0)
            if one.state == DONE and occurred > lane.newest:
                lane.newest = occurred

    def forget(self, name: str) -> None:
        """It has to be looked up from now on, until it has nothing to do."""
        lane = self._lanes.pop(name, None)
        if lane is not None:
            self._bytes -= _size(lane.waiting)

    def clear(self) -> None:
        """All of them."""
        self._lanes.clear()
        self._bytes = 0


def _size(events: Sequence[Waiting]) -> int:
    return sum([EACH + len(event.raw) for event in events])
