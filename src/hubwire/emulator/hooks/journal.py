"""The webhooks journal: events written into files that apps fetch in their own time.

https://developers.hubspot.com/docs/api-reference/latest/webhooks-journal; fields of events as a client reads
them: https://github.com/sejal27/sej-webhooks-journal (src/types/api.ts). Assumed: a file for each change,
that two subscriptions of one app tell of a change once, and the fields of privacy deletions and of list
memberships.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

from hubwire.emulator import moments
from hubwire.emulator.calculated import Source
from hubwire.emulator.happenings import (
    Archived,
    Changed,
    Created,
    Erased,
    Happening,
    Joined,
    Linked,
    Merged,
    Restored,
)
from hubwire.emulator.hooks.events import REDACTED, Unseen
from hubwire.emulator.hooks.sieve import Sieve
from hubwire.emulator.store import Row, Store

KEPT = 3 * moments.DAY
LARGEST = 10_000
"""Events of one file."""
FIRST_ID = 5_000_000
INSTALL, UNINSTALL = "4-1909196", "4-1916193"
SEQ = (1 << 62) - 1
"""The bits of an offset that hold its number."""


class Wish(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What a subscription asks for; empty lists mean all."""

    subscriptionType: str
    actions: list[str] = []
    portalId: int | None = None
    objectTypeId: str | None = None
    objectIds: list[int] | None = None
    properties: list[str] | None = None
    associatedObjectTypeIds: list[str] | None = None
    listIds: list[int] | None = None
    eventTypeId: str | None = None

    @property
    def key(self) -> tuple[Any, ...]:
        """Two of one app with the same key are the same subscription."""
        return (self.subscriptionType, self.portalId, self.objectTypeId, self.eventTypeId)


@dataclass(frozen=True, slots=True)
class Entry:
    """A subscription as it is kept."""

    id: int
    app_id: int
    wish: Wish
    created: int
    updated: int


@dataclass(frozen=True, slots=True)
class File:
    """One file of the journal."""

    seq: int
    portal_id: int
    published: int
    events: str

    @property
    def offset(self) -> str:
        """A UUID of version 7 that holds the number: offsets stay good when their file is gone."""
        return str(UUID(int=(self.published << 80) | (7 << 76) | (2 << 62) | self.seq))

    def content(self) -> bytes:
        published = moments.text(self.published)
        return (
            f'{{"offset":"{self.offset}","journalEvents":{self.events},"publishedAt":"{published}"}}'.encode()
        )


def number_of(offset: str) -> int | None:
    """The number of the file that an offset names; None for what is no offset."""
    try:
        value = UUID(offset).int
    except ValueError:
        return None
    return value & SEQ if value >> 62 & 3 == 2 and value >> 76 & 15 == 7 else None


Record = Callable[[int, str, int], Mapping[str, str]]
"""The properties of an account's record of a type, as they are; empty for one that is gone."""


class Journal:
    """Listens to the accounts of an emulator. Callers hold its lock."""

    def __init__(
        self,
        store: Store,
        scopes: Callable[[int, int], frozenset[str] | None],
        unseen: Unseen,
        record: Record,
    ) -> None:
        """Of no use before `load`."""
        self._store, self._scopes, self._unseen, self._record = store, scopes, unseen, record
        self._entries: tuple[Entry, ...] = ()
        self.sieve: Sieve

    def load(self) -> None:
        """Takes everything from the store anew."""
        self._store.script("journal")
        self.sieve = Sieve(self._store)
        self._refresh()

    # Subscriptions

    def of_app(self, app_id: int) -> list[Entry]:
        return [entry for entry in self._entries if entry.app_id == app_id]

    def find(self, app_id: int, number: int) -> Entry | None:
        return next((entry for entry in self.of_app(app_id) if entry.id == number), None)

    def put(self, app_id: int, wish: Wish, now: int) -> Entry:
        """Adds a subscription, or changes the one for the same thing."""
        old = next((entry for entry in self.of_app(app_id) if entry.wish.key == wish.key), None)
        ((fresh,),) = self._store.all(
            "SELECT max(coalesce(max(id), 0), ?) + 1 FROM journal_subscriptions", (FIRST_ID,)
        )
        number, created = (old.id, old.created) if old else (fresh, now)
        self._store.run(
            "INSERT OR REPLACE INTO journal_subscriptions VALUES (?, ?, ?, ?, ?, ?)",
            (number, app_id, wish.portalId, msgspec.json.encode(wish).decode(), created, now),
        )
        self._refresh()
        return Entry(number, app_id, wish, created, now)

    def drop(self, app_id: int, *, number: int | None = None, portal_id: int | None = None) -> None:
        """One subscription, or all for an account."""
        sql = "DELETE FROM journal_subscriptions WHERE app = ? AND (id = ? OR portal = ?)"
        self._store.run(sql, (app_id, number, portal_id))
        self.sieve.tidy()
        self._refresh()

    # Files

    def files(
        self, app_id: int, *, after: int = 0, portal_id: int | None = None, limit: int = 1
    ) -> list[File]:
        """The files behind a number, oldest first."""
        return self._files(app_id, portal_id, "seq > ? ORDER BY seq LIMIT ?", (after, limit))

    def latest(self, app_id: int, *, portal_id: int | None = None, limit: int = 1) -> list[File]:
        """The newest files, oldest first."""
        return self._files(app_id, portal_id, "TRUE ORDER BY seq DESC LIMIT ?", (limit,))[::-1]

    def file(self, app_id: int, number: int) -> File | None:
        found = self._files(app_id, None, "seq = ?", (number,))
        return found[0] if found else None

    def forget(self, now: int) -> None:
        """Files older than three days are gone."""
        self._store.run("DELETE FROM journal_files WHERE published <= ?", (now - KEPT,))

    def write(self, app_id: int, portal_id: int, events: Sequence[dict[str, Any]], now: int) -> None:
        """Into as many files as it takes."""
        for start in range(0, len(events), LARGEST):
            text = msgspec.json.encode(events[start : start + LARGEST]).decode()
            self._store.run(
                "INSERT INTO journal_files (app, portal, published, events) VALUES (?, ?, ?, ?)",
                (app_id, portal_id, now, text),
            )

    # Listening

    def wants(self, portal_id: int) -> bool:
        return any(entry.wish.portalId == portal_id for entry in self._entries)

    def happened(self, portal_id: int, news: Sequence[Happening], at: int, source: Source) -> None:
        """Writes down what was asked for."""
        del source
        by_app: dict[int, list[Entry]] = {}
        for entry in self._entries:
            installed = self._scopes(entry.app_id, portal_id) is not None
            if entry.wish.portalId == portal_id and installed:
                by_app.setdefault(entry.app_id, []).append(entry)
        for app_id, entries in by_app.items():
            told: dict[bytes, dict[str, Any]] = {}
            for happening in news:
                for entry in entries:
                    for event in events(happening, entry.wish, portal_id, at):
                        if self._lets_through(entry, portal_id, event):
                            self._veil(app_id, portal_id, event)
                            told.setdefault(msgspec.json.encode(event), event)
            self.write(app_id, portal_id, list(told.values()), at)

    def follows_lists(self, portal_id: int) -> Iterator[list[int] | None]:
        """The lists that somebody wants to hear of, by subscription; None for all."""
        for entry in self._entries:
            if entry.wish.subscriptionType == "LIST_MEMBERSHIP" and entry.wish.portalId == portal_id:
                yield entry.wish.listIds or None

    def unseen(self, app_id: int, portal_id: int, type_id: str) -> frozenset[str]:
        """The properties whose values the app may not read."""
        return self._unseen(portal_id, type_id, self._scopes(app_id, portal_id) or ())

    def _veil(self, app_id: int, portal_id: int, event: dict[str, Any]) -> None:
        changes = event.get("propertyChanges") or {}
        hidden = self.unseen(app_id, portal_id, event["objectTypeId"]) if changes else ()
        changes.update({name: REDACTED for name in hidden if name in changes})

    def _lets_through(self, entry: Entry, portal_id: int, event: dict[str, Any]) -> bool:
        if entry.wish.subscriptionType != "OBJECT":
            return True
        type_id, number = event["objectTypeId"], event["objectId"]
        return self.sieve.lets_through(entry.id, lambda: self._record(portal_id, type_id, number))

    def lifecycle(self, app_id: int, portal_id: int, user_id: int, *, came: bool, now: int) -> None:
        """An app was let into an account, or put out."""
        kind, action = (INSTALL, "APP_INSTALL") if came else (UNINSTALL, "APP_UNINSTALL")
        for entry in self.of_app(app_id):
            if entry.wish.subscriptionType == "APP_LIFECYCLE_EVENT" and entry.wish.eventTypeId == kind:
                event = {
                    "type": "app_lifecycle_event",
                    "portalId": portal_id,
                    "occurredAt": moments.text(now),
                    "action": action,
                    "eventTypeId": kind,
                    "properties": {
                        "hs_app_id": str(app_id),
                        "hs_app_install_level": "PORTAL",
                        "hs_initiating_user_id": str(user_id),
                        "hs_user_id": str(user_id),
                    },
                }
                self.write(app_id, portal_id, [event], now)

    # Snapshots

    def note_snapshot(self, number: str, app_id: int, now: int, problem: str | None) -> None:
        sql = "INSERT INTO journal_snapshots VALUES (?, ?, ?, ?)"
        self._store.run(sql, (number, app_id, now, problem))

    def snapshot(self, app_id: int, number: str) -> Row | None:
        """When it was asked for, and what was wrong with it."""
        sql = "SELECT at, problem FROM journal_snapshots WHERE app = ? AND id = ?"
        return self._store.one(sql, (app_id, number))

    def _files(self, app_id: int, portal_id: int | None, rest: str, values: tuple[Any, ...]) -> list[File]:
        sql = (
            "SELECT seq, portal, published, events FROM journal_files"
            f" WHERE app = ? AND portal = ifnull(?, portal) AND {rest}"
        )
        return [File(*row) for row in self._store.all(sql, (app_id, portal_id, *values))]

    def _refresh(self) -> None:
        rows = self._store.all(
            "SELECT id, app, body, created, updated FROM journal_subscriptions ORDER BY id"
        )
        decode = msgspec.json.Decoder(Wish).decode
        self._entries = tuple(Entry(row[0], row[1], decode(row[2]), row[3], row[4]) for row in rows)


def events(happening: Happening, wish: Wish, portal_id: int, at: int) -> Iterator[dict[str, Any]]:
    """What a subscription wants to know of it."""
    for event in _all(happening, wish):
        if not wish.actions or event["action"] in wish.actions:
            kind = event.pop("type")
            yield {"type": kind, "portalId": portal_id, "occurredAt": moments.text(at), **event}


def _all(happening: Happening, wish: Wish) -> Iterator[dict[str, Any]]:
    if isinstance(happening, Linked):
        if wish.subscriptionType == "ASSOCIATION":
            yield from _sides(happening, wish)
        return
    if isinstance(happening, Joined):
        if wish.subscriptionType == "LIST_MEMBERSHIP":
            yield from _membership(happening, wish)
        return
    if happening.type != wish.objectTypeId:
        return
    number = happening.result if isinstance(happening, Merged) else happening.id
    if wish.objectIds and number not in wish.objectIds:
        return
    if wish.subscriptionType == "GDPR_PRIVACY_DELETION" and isinstance(happening, Erased):
        yield _event("gdprPrivacyDeletion", "GDPR_DELETE", happening.type, number)
    elif wish.subscriptionType == "OBJECT":
        told = _object(happening, wish.properties or [])
        if told is not None:
            action, changes = told
            yield {**_event("crmObject", action, happening.type, number), "propertyChanges": changes}


def _membership(happening: Joined, wish: Wish) -> Iterator[dict[str, Any]]:
    if (wish.listIds and happening.list_id not in wish.listIds) or (
        wish.objectIds and happening.id not in wish.objectIds
    ):
        return
    action = "REMOVED_FROM_LIST" if happening.removed else "ADDED_TO_LIST"
    yield {**_event("listMembership", action, happening.type, happening.id), "listId": happening.list_id}


def _object(happening: Happening, names: Sequence[str]) -> tuple[str, dict[str, str]] | None:
    match happening:
        case Created(_, _, props):
            return "CREATE", {name: props[name] for name in props if not names or name in names}
        case Changed(_, _, _, after):
            changes = {name: after[name] or "" for name in after if not names or name in names}
            return ("UPDATE", changes) if changes else None
        case Archived() | Erased():
            return "DELETE", {}
        case Restored():
            return "RESTORE", {}
        case Merged():
            return "MERGE", {}
    return None


def _event(kind: str, action: str, type_id: str, number: int) -> dict[str, Any]:
    return {"type": kind, "action": action, "objectTypeId": type_id, "objectId": number}


def _sides(linked: Linked, wish: Wish) -> Iterator[dict[str, Any]]:
    sides = [(linked.end, linked.other, linked.kind)]
    sides += [(linked.other, linked.end, linked.back)] if linked.back else []
    for here, there, kind in sides:
        if here.type != wish.objectTypeId or (wish.objectIds and here.id not in wish.objectIds):
            continue
        if wish.associatedObjectTypeIds and there.type not in wish.associatedObjectTypeIds:
            continue
        yield {
            "type": "association",
            "action": "ASSOCIATION_REMOVED" if linked.removed else "ASSOCIATION_ADDED",
            "fromObjectTypeId": here.type,
            "fromObjectId": here.id,
            "toObjectTypeId": there.type,
            "toObjectId": there.id,
            "associationTypeId": kind.id,
            "associationCategory": kind.category,
            "isPrimary": kind.label == "Primary",
        }
