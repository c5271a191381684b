"""Events on their way: put down with the change they tell of, claimed in batches, settled or put off."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import msgspec

from hubwire.emulator.store import Store

MOST = 100
"""Events of one request."""
RETRIES = 10
# HubSpot: up to ten retries over the next 24 hours, with varying, randomised delays. The steps are assumed.
DELAYS = (60, 120, 300, 900, 1_800, 3_600, 7_200, 14_400, 21_600, 28_800)
JITTER = 0.09
"""At most, so that the last retry still lies within the 24 hours."""
AT_ONCE = 20_000
FIRST_EVENT = 100_000_000


@dataclass(frozen=True, slots=True)
class Item:
    """One event and how often it failed."""

    seq: int
    event_id: int
    """The same for the copies of one event."""
    attempt: int
    event: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Parcel:
    """What goes to one app about one account in one request. That it never mixes accounts is assumed."""

    app_id: int
    portal_id: int
    items: Sequence[Item]

    def body(self) -> bytes:
        """The array that is sent; only `attemptNumber` differs from attempt to attempt."""
        return msgspec.json.encode(self.events())

    def events(self) -> list[dict[str, Any]]:
        return [{**one.event, "eventId": one.event_id, "attemptNumber": one.attempt} for one in self.items]


class Outbox:
    """Callers hold the lock of the emulator."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._claimed: set[int] = set()

    def put(self, app_id: int, portal_id: int, event: dict[str, Any], due: int, copies: int = 1) -> None:
        """To be called inside the transaction of what the event tells."""
        text = msgspec.json.encode(event).decode()
        twin = None
        for _ in range(copies):
            ((seq,),) = self._store.all(
                "INSERT INTO outbox (app, portal, due, twin, event) VALUES (?, ?, ?, ?, ?) RETURNING seq",
                (app_id, portal_id, due, twin, text),
            )
            twin = twin or seq

    def claim(self, now: int | None, room: Callable[[int, int], int], shuffle: bool = False) -> list[Parcel]:
        """Parcels of what is due (None: of everything), as many as `room(app, portal)` allows each pair.

        Nobody else gets them until they are settled.
        """
        rows = self._store.all(
            "SELECT seq, app, portal, coalesce(twin, seq), attempt, event FROM outbox WHERE due <= ?"
            " AND app IN (SELECT app FROM hook_settings) ORDER BY due, seq LIMIT ?",
            (now if now is not None else 1 << 62, AT_ONCE),
        )
        waiting: dict[tuple[int, int], list[Item]] = {}
        for seq, app_id, portal_id, number, attempt, event in rows:
            if seq not in self._claimed:
                item = Item(seq, FIRST_EVENT + number, attempt, msgspec.json.decode(event))
                waiting.setdefault((app_id, portal_id), []).append(item)
        parcels: list[Parcel] = []
        for (app_id, portal_id), items in waiting.items():
            if shuffle:
                Random(items[0].seq).shuffle(items)
            packed = pack(items)[: room(app_id, portal_id)]
            parcels += [Parcel(app_id, portal_id, several) for several in packed]
        self._claimed.update(item.seq for parcel in parcels for item in parcel.items)
        return parcels

    def settle(self, parcel: Parcel, *, delivered: bool, now: int) -> int:
        """Forgets what was delivered, puts off what was not; returns how many events are given up."""
        seqs = [item.seq for item in parcel.items]
        self._claimed.difference_update(seqs)
        given_up = [item for item in parcel.items if item.attempt >= RETRIES]
        with self._store.transaction():
            done = seqs if delivered else [item.seq for item in given_up]
            self._store.many("DELETE FROM outbox WHERE seq = ?", [(seq,) for seq in done])
            if not delivered:
                self._store.many(
                    "UPDATE outbox SET attempt = attempt + 1, due = ? WHERE seq = ?",
                    [(now + delay(item), item.seq) for item in parcel.items if item.attempt < RETRIES],
                )
        return 0 if delivered else len(given_up)

    def hasten(self, now: int) -> None:
        """Makes everything due."""
        self._store.run("UPDATE outbox SET due = ? WHERE due > ?", (now, now))

    def pending(self, now: int) -> tuple[int, int]:
        """How many events are not delivered yet, and how many of them are due."""
        sql = (
            "SELECT count(*), count(*) FILTER (WHERE due <= ? AND app IN (SELECT app FROM hook_settings))"
            " FROM outbox"
        )
        ((every, due),) = self._store.all(sql, (now,))
        return int(every), int(due)


def pack(items: Sequence[Item]) -> list[list[Item]]:
    """Up to a hundred each; a repeated event goes into another request than its twin."""
    packed: list[list[Item]] = []
    seen: list[set[int]] = []
    for item in items:
        # Only the last ones have room: looking through all would be quadratic.
        start = max(0, len(packed) - 2)
        for place in range(start, len(packed)):
            if len(packed[place]) < MOST and item.event_id not in seen[place]:
                break
        else:
            place = len(packed)
            packed.append([])
            seen.append(set())
        packed[place].append(item)
        seen[place].add(item.event_id)
    return packed


def delay(item: Item) -> int:
    """Milliseconds until the next attempt: each event has a chance of its own, the same in every run."""
    seconds = DELAYS[min(item.attempt, len(DELAYS) - 1)]
    chance = Random(item.seq * 31 + item.attempt).uniform(1 - JITTER, 1 + JITTER)
    return int(seconds * chance * 1000)
