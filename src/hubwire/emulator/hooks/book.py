"""What apps want to be told, and where: settings and subscriptions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hubwire.catalogue.facts import EventType
from hubwire.catalogue.load import webhooks
from hubwire.emulator.store import Store

FIRST_ID = 1_000_000


@dataclass(frozen=True, slots=True)
class Settings:
    """Of one app. Times are in milliseconds."""

    app_id: int
    target: str
    concurrency: int
    created: int
    updated: int


@dataclass(frozen=True, slots=True)
class Subscription:
    id: int
    app_id: int
    event_name: str
    property_name: str | None
    object_type: str | None
    event_type: str | None
    """`eventTypeName`, which HubSpot keeps and nobody documents."""
    active: bool
    created: int
    updated: int

    @property
    def event(self) -> EventType:
        return webhooks().events[self.event_name]


SUBSCRIPTION = "id, app, event, property, object_type, event_type, active, created, updated"


class Book:
    """Written through to the store; what is active is kept at hand, because every write asks for it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        store.script("hooks")
        self.active: tuple[Subscription, ...] = ()
        """Of apps that have a target."""
        self.refresh()

    def refresh(self) -> None:
        """Reads again what is active."""
        rows = self._store.all(
            f"SELECT {SUBSCRIPTION} FROM hook_subscriptions WHERE active"
            " AND app IN (SELECT app FROM hook_settings) ORDER BY id"
        )
        self.active = tuple(_subscription(row) for row in rows)

    def settings(self, app_id: int) -> Settings | None:
        row = self._store.one("SELECT * FROM hook_settings WHERE app = ?", (app_id,))
        return Settings(*row) if row else None

    def set(self, app_id: int, target: str, concurrency: int, now: int) -> Settings:
        """Where the app wants to be told, from now on."""
        self._store.run(
            "INSERT INTO hook_settings VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE"
            " SET target = excluded.target, concurrency = excluded.concurrency, updated = excluded.updated",
            (app_id, target, concurrency, now, now),
        )
        self.refresh()
        (row,) = self._store.all("SELECT * FROM hook_settings WHERE app = ?", (app_id,))
        return Settings(*row)

    def clear(self, app_id: int) -> None:
        """No target any more: the subscriptions stay, and tell nothing."""
        self._store.run("DELETE FROM hook_settings WHERE app = ?", (app_id,))
        self.refresh()

    def all(self, app_id: int) -> list[Subscription]:
        sql = f"SELECT {SUBSCRIPTION} FROM hook_subscriptions WHERE app = ? ORDER BY id"
        return [_subscription(row) for row in self._store.all(sql, (app_id,))]

    def find(self, app_id: int, number: int) -> Subscription | None:
        sql = f"SELECT {SUBSCRIPTION} FROM hook_subscriptions WHERE app = ? AND id = ?"
        row = self._store.one(sql, (app_id, number))
        return _subscription(row) if row else None

    def add(self, app_id: int, wanted: dict[str, Any], now: int) -> Subscription:
        """A subscription of these (checked) columns."""
        ((number,),) = self._store.all(
            "SELECT max(coalesce(max(id), 0), coalesce((SELECT max(last) FROM hook_numbers), 0), ?) + 1"
            " FROM hook_subscriptions",
            (FIRST_ID,),
        )
        self._store.run("DELETE FROM hook_numbers")
        self._store.run("INSERT INTO hook_numbers VALUES (?)", (number,))
        self._store.run(
            f"INSERT INTO hook_subscriptions ({SUBSCRIPTION}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                number, app_id, wanted["event"], wanted.get("property"), wanted.get("object_type"),
                wanted.get("event_type"), bool(wanted.get("active")), now, now,
            ),
        )  # fmt: skip
        self.refresh()
        return self._read(number)

    def switch(self, subscription: Subscription, active: bool, now: int) -> Subscription:
        """On or off."""
        sql = "UPDATE hook_subscriptions SET active = ?, updated = ? WHERE id = ?"
        self._store.run(sql, (active, now, subscription.id))
        self.refresh()
        return self._read(subscription.id)

    def drop(self, subscription: Subscription) -> None:
        self._store.run("DELETE FROM hook_subscriptions WHERE id = ?", (subscription.id,))
        self.refresh()

    def _read(self, number: int) -> Subscription:
        sql = f"SELECT {SUBSCRIPTION} FROM hook_subscriptions WHERE id = ?"
        (row,) = self._store.all(sql, (number,))
        return _subscription(row)


def _subscription(row: tuple[Any, ...]) -> Subscription:
    number, app_id, event, name, object_type, event_type, active, created, updated = row
    return Subscription(number, app_id, event, name, object_type, event_type, bool(active), created, updated)
