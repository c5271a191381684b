"""The inbox: every event that was acknowledged, what became of it, and the only place that knows.

`Inbox` is what a store has to do; `inbox_sqlite` is the one that needs nothing installed. One test suite
holds for all of them. Times are milliseconds since 1970 by the clock of the caller.
What is made for every event is a struct of msgspec: a frozen dataclass takes ten times as long to make. None
of them is part of a circle, so the collector of garbage need not look at them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import msgspec

from hubwire.webhooks.events import Event

PENDING, DONE, DEAD, UNHANDLED, DISCARDED, PURGED = (
    "pending",
    "done",
    "dead",
    "unhandled",
    "discarded",
    "purged",
)
STATES = (PENDING, DONE, DEAD, UNHANDLED, DISCARDED, PURGED)
"""Of an event. Only a pending one is handled; `retrying` in `Stats` are pending ones that failed before."""

PARKED = 1 << 62
"""A due time that never comes: the record waits for a person."""


class Arrival(msgspec.Struct, frozen=True, gc=False):
    """An event to be stored."""

    key: bytes
    """Digest of what tells it from every other event."""
    lane: str
    """The record whose events are handled one after the other."""
    kind: str
    property: str | None
    occurred: int
    raw: bytes
    problem: str | None = None
    """Why it cannot be read; it is a dead letter from the beginning then."""
    event: Event | None = None
    """What was read already."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What came in one request, to be stored as one."""

    received: int
    digest: bytes
    """Of the signature: the same request once more is known by it."""
    size: int
    arrivals: Sequence[Arrival]
    source: str = "push"
    """`push` or `journal`."""


@dataclass(frozen=True, slots=True)
class Put:
    """What became of a batch."""

    accepted: int
    duplicates: int
    replayed: bool = False
    """The very same request had come before, and nothing in it was new."""


class Tried(msgspec.Struct, frozen=True, gc=False):
    """What a handler did with an event so far."""

    handler: str
    state: str
    """`pending`, `done` or `dead`."""
    attempts: int
    started: int = 0
    took: float = 0.0
    """Seconds of the last attempt."""
    error: str | None = None
    """Of the last attempt, if it failed."""

    @property
    def final(self) -> bool:
        return self.state != PENDING


class Waiting(msgspec.Struct, gc=False):
    """A pending event, loaded to be handled."""

    id: int
    kind: str
    raw: bytes
    occurred: int
    received: int
    due: int
    """Not before; it holds up the later events of its record."""
    crashes: int
    """How often a process ended while it was being handled."""
    generation: int
    """How often it was handled to the end and replayed."""
    key: bytes
    tried: dict[str, Tried] = {}
    stale: bool = False
    """A later change of the same property was handled already."""
    event: Event | None = None
    """What `raw` says, where it need not be read again."""


class LaneRun(msgspec.Struct, frozen=True, gc=False):
    """The next events of one record, in order, lent to one worker."""

    lane: str
    token: int
    """What is settled under another token than it was begun with does not count."""
    events: Sequence[Waiting]
    more: bool
    """Whether the record has further pending events."""


class Settled(msgspec.Struct, frozen=True, gc=False):
    """What becomes of a lent event."""

    lane: str
    token: int
    event: int
    state: str
    due: int = 0
    crashes: int = 0
    tried: Sequence[Tried] = ()
    """Of the handlers that ran now, in their new state."""
    keep: bool = False
    """The loan goes on, and `crashes` is as it was: further handlers of the event are still to run."""
    tx: Any = None
    """An open transaction of the handler's that this has to be part of, where the store offers one."""


class Gap(NamedTuple):
    """A time of which HubSpot's journal keeps nothing any more; milliseconds since 1970."""

    begin: int
    end: int


GAPS = "journal:gaps"
"""The notes of gaps, by account: what begins so."""


def gaps(notes: Iterable[str]) -> list[Gap]:
    """What such notes say, the earliest first."""
    return sorted(Gap(*each) for text in notes for each in msgspec.json.decode(text))


@dataclass(frozen=True, slots=True)
class Stats:
    """Counts of distinct events; `received` is the sum of `pending` and everything below it."""

    received: int
    duplicates: int
    """Arrivals of events that were there already."""
    refused: int
    refused_by_reason: Mapping[str, int]
    replayed: int
    """Requests that came once more as they were."""
    pending: int
    """Not handled yet and never failed, those being handled included."""
    retrying: int
    done: int
    dead: int
    unhandled: int
    discarded: int
    purged: int
    oldest: int | None
    """When the oldest of the pending and retrying was received."""
    gaps: Sequence[Gap] = ()
    """What the journal was not read of in time, over all accounts."""


@dataclass(frozen=True, slots=True)
class Summary:
    """A line of the list."""

    id: int
    kind: str
    property: str | None
    lane: str
    state: str
    occurred: int
    received: int
    due: int
    failures: int
    repeats: int
    """How often it came again."""
    error: str | None = None
    """Last line of the last error."""


@dataclass(frozen=True, slots=True)
class Failed:
    """An attempt that did not succeed."""

    handler: str
    attempt: int
    at: int
    took: float
    error: str


@dataclass(frozen=True, slots=True)
class Entry:
    """Everything about one event."""

    summary: Summary
    raw: bytes
    key: bytes
    generation: int
    crashes: int
    delivery: int
    source: str
    tried: Sequence[Tried]
    failures: Sequence[Failed]


@dataclass(frozen=True, slots=True)
class Selection:
    """Which events: all conditions hold. Without any, all events."""

    ids: Sequence[int] | None = None
    states: Sequence[str] | None = None
    kind: str | None = None
    """`contact.creation`, or `contact.*`."""
    lane: str | None = None
    since: int | None = None
    """Received at or after."""
    until: int | None = None
    """Received before."""


class Inbox(Protocol):
    """A store of events. All methods may be called from one event loop at the same time.

    What cannot be stored raises `StoreError`; nothing of that call was stored then.
    """

    async def open(self) -> None:
        """Makes it usable; the tables are created when there are none."""
        ...

    async def close(self) -> None: ...

    async def put(self, batch: Batch) -> Put:
        """Stores what is new and rings its lanes, in one transaction that is on disk when this returns."""
        ...

    async def refuse(self, reasons: Mapping[str, int]) -> None:
        """Adds to the counts of refused requests."""
        ...

    async def begin(self, lanes: Sequence[str], now: int, most: int) -> list[LaneRun]:
        """Lends the first pending events of each lane, and notes that they are being handled.

        Lanes without any are left out. A run whose first event is not due is given all the same, with that
        event alone and not lent. One event at a time where a process ended while the first was handled; a
        store may lend one such record at a time, and the others not, although they are due.
        """
        ...

    async def settle(self, results: Sequence[Settled]) -> list[bool]:
        """Notes what became of lent events; False where the loan had ended (the result does not count)."""
        ...

    async def backlog(self, after: str, most: int) -> list[str]:
        """Lanes behind `after` in alphabetical order that have pending events, at most so many."""
        ...

    async def timers(self, now: int, most: int) -> tuple[list[str], int | None]:
        """Lanes with an event whose time has come, and when the next one's will."""
        ...

    async def stats(self) -> Stats: ...

    async def list(
        self, selection: Selection, *, before: int | None = None, most: int = 100
    ) -> list[Summary]:
        """Newest first; `before` is the id that the last page ended with."""
        ...

    async def show(self, event: int) -> Entry | None: ...

    async def replay(self, selection: Selection, now: int) -> int:
        """Makes events pending again; returns how many.

        Of a dead letter only the handlers that failed run again, of every other event all of them.
        """
        ...

    async def discard(self, selection: Selection) -> int:
        """Sets pending, dead and unhandled events aside; returns how many. Nothing runs them again but a
        replay.
        """
        ...

    async def purge(self, selection: Selection, now: int) -> int:
        """Forgets the contents of events, and what handlers said about them; returns how many.

        Pending ones are not touched unless `selection.states` names them. The keys stay for `KEYS_KEPT`.
        """
        ...

    def transaction(self) -> AbstractAsyncContextManager[Any]:
        """What `Settled.tx` and a handler's own writes can be part of; ConfigError where there is none."""
        ...

    async def note(self, name: str, text: str) -> None:
        """Keeps a few words under a name, in place of those that were there."""
        ...

    async def noted(self, name: str) -> str | None:
        """What was kept under a name."""
        ...

    async def shift(self, by: int) -> None:
        """The clock was set: moves every due time by so much."""
        ...


KEYS_KEPT = 7 * 86_400_000
"""Milliseconds that the key of a purged event is remembered: HubSpot repeats for a day, a captured request
signed with v1 can be replayed for ever.
"""


class StoreError(Exception):
    """The inbox could not be read or written; the message says why."""
