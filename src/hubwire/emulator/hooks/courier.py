"""From what happened to what was delivered: one path for tests that deliver by hand and for the server."""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from hubwire.catalogue.load import object_type
from hubwire.emulator.apps import Apps
from hubwire.emulator.calculated import Source
from hubwire.emulator.happenings import Happening
from hubwire.emulator.hooks.book import Book, Subscription
from hubwire.emulator.hooks.events import Fields, Unseen, Untold, events, payload, told, veiled
from hubwire.emulator.hooks.outbox import Outbox, Parcel
from hubwire.emulator.hooks.poster import Post, Posted
from hubwire.emulator.hooks.signing import headers
from hubwire.emulator.store import Store

TIMEOUT = 5.0
CONCURRENCY = 10
REMEMBERED = 200
ROUNDS = 100
"""Most turns of one delivery by hand: a receiver that writes on every event would keep it going for ever."""

Scopes = Callable[[int, int], frozenset[str] | None]
"""What an app may see in an account; None where it is not let in."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One attempt."""

    at: float
    app_id: int
    portal_id: int
    url: str
    status: int | None
    error: str | None
    """Why there was no status."""
    events: Sequence[dict[str, Any]]
    given_up: int
    """Events of it that will not be tried again."""

    @property
    def delivered(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Disorder:
    """What HubSpot may do and receivers must bear: every n-th event twice, and events out of order."""

    duplicate_every: int = 0
    shuffle: bool = False

    def __post_init__(self) -> None:
        if self.duplicate_every < 0:
            raise ValueError("every how many events one comes twice is not negative")


class Courier:
    """Listens to the accounts of an emulator. `lock` is theirs; it is free while something is sent."""

    def __init__(
        self, store: Store, scopes: Scopes, privacy: tuple[Unseen, Untold], lock: threading.RLock
    ) -> None:
        """Of no use before `load`."""
        self._store, self._scopes, self.lock = store, scopes, lock
        self._unseen, self._untold = privacy
        self.book: Book
        self.outbox: Outbox
        self.apps: Apps
        self.disorder = Disorder()
        self.deliveries: deque[Delivery] = deque(maxlen=REMEMBERED)
        self.bell: Callable[[], None] = lambda: None
        """Called when there is something to deliver."""
        self._in_flight: Counter[tuple[int, int]] = Counter()
        self._recorded = 0
        self.attempts = 0
        """All that were made."""

    def load(self, apps: Apps) -> None:
        """Takes everything from the store anew; what is being sent meanwhile is settled there."""
        self.apps = apps
        self.book, self.outbox = Book(self._store), Outbox(self._store)

    def wants(self, portal_id: int) -> bool:
        del portal_id
        return bool(self.book.active)

    def happened(self, portal_id: int, news: Sequence[Happening], at: int, source: Source) -> None:
        """Puts down what subscribers shall be told."""
        subscriptions = [each for each in self.book.active if self._sees(each, portal_id)]
        if not subscriptions:
            return
        for happening in news:
            for event in events(happening):
                for each in subscriptions:
                    fields = told(event, each)
                    if fields is not None:
                        fields = self._veiled(fields, each, portal_id, event.type)
                    if fields is not None:
                        self._put(payload(fields, each, portal_id, at, source), each, portal_id, at)
        self.bell()

    def emit(self, portal_id: int, name: str, fields: dict[str, Any], at: int, source: Source) -> int:
        """Puts down an event that nothing in the account gave rise to; how many subscribers it goes to."""
        wanted = fields.get("propertyName"), fields.get("objectTypeId")
        subscriptions = [
            each
            for each in self.book.active
            if each.event_name == name
            and each.property_name in (None, wanted[0])
            and each.object_type in (None, wanted[1])
            and self._sees(each, portal_id)
        ]
        for each in subscriptions:
            self._put({**payload({}, each, portal_id, at, source), **fields}, each, portal_id, at)
        self.bell()
        return len(subscriptions)

    def due(self, now: float) -> bool:
        """Whether something may be sent, or is being sent."""
        with self.lock:
            return self.outbox.pending(int(now * 1000))[1] > 0

    def claim(self, now: float | None) -> list[Parcel]:
        """What may be sent at once; None means everything, due or not."""
        with self.lock:
            due = None if now is None else int(now * 1000)
            parcels = self.outbox.claim(due, self._room, self.disorder.shuffle)
            self._in_flight.update((each.app_id, each.portal_id) for each in parcels)
        return parcels

    def send(self, parcel: Parcel, now: Callable[[], float], post: Callable[[Post], Posted]) -> Delivery:
        """One attempt, freshly signed."""
        at = now()
        with self.lock:
            settings = self.book.settings(parcel.app_id)
            app = self.apps.find(parcel.app_id)
        body = parcel.body()
        url = settings.target if settings else ""
        if settings and app:
            signed = {"Content-Type": "application/json", **headers(app.client_secret, url, body, at)}
            posted = post(Post(url, signed, body, TIMEOUT))
        else:
            posted = Posted(None, "the app has no target any more")
        with self.lock:
            key = (parcel.app_id, parcel.portal_id)
            self._in_flight[key] -= 1
            if not self._in_flight[key]:
                del self._in_flight[key]
            good = posted.status is not None and 200 <= posted.status < 300
            given_up = self.outbox.settle(parcel, delivered=good, now=int(now() * 1000))
            delivery = Delivery(at, *key, url, posted.status, posted.error, parcel.events(), given_up)
            self.deliveries.append(delivery)
            self.attempts += 1
        return delivery

    def deliver(
        self, now: Callable[[], float], post: Callable[[Post], Posted], *, everything: bool = False
    ) -> list[Delivery]:
        """Sends one after another until nothing is due; failures wait for their retry."""
        done: list[Delivery] = []
        for turn in range(ROUNDS):
            parcels = self.claim(None if everything and not turn else now())
            if not parcels:
                break
            done += [self.send(each, now, post) for each in parcels]
        return done

    def _veiled(self, fields: Fields, each: Subscription, portal_id: int, type_id: str) -> Fields | None:
        """Without a value that the app may not read; None for a property that no webhook tells of."""
        sensitive = self._unseen(portal_id, type_id, ())
        if not sensitive:
            return fields
        if fields.get("propertyName") in self._untold(portal_id, type_id):
            return None
        scopes = self._scopes(each.app_id, portal_id) or ()
        return veiled(fields, each, sensitive, self._unseen(portal_id, type_id, scopes))

    def _put(self, event: dict[str, Any], each: Subscription, portal_id: int, at: int) -> None:
        self._recorded += 1
        every = self.disorder.duplicate_every
        copies = 2 if every and self._recorded % every == 0 else 1
        self.outbox.put(each.app_id, portal_id, event, at, copies)

    def _sees(self, subscription: Subscription, portal_id: int) -> bool:
        """Whether the app is let into the account, and may see what it asks for."""
        scopes = self._scopes(subscription.app_id, portal_id)
        if scopes is None:
            return False
        event = subscription.event
        if event.object == "object":
            kind = object_type(subscription.object_type or "")
            return kind is None or not kind.scope_read or not scopes.isdisjoint(kind.scope_read)
        return event.scope is None or event.scope in scopes

    def _room(self, app_id: int, portal_id: int) -> int:
        settings = self.book.settings(app_id)
        most = settings.concurrency if settings else CONCURRENCY
        return max(0, most - self._in_flight[app_id, portal_id])
