"""Two records made into one, and records made never to have been.

https://developers.hubspot.com/changelog (merge since January 2025: a new record with a new id, to which the
old ids lead) and https://developers.hubspot.com/docs/guides/api/crm/objects/contacts (permanent deletion).
"""

from __future__ import annotations

from hashlib import sha256

from hubwire.catalogue.facts import ObjectType
from hubwire.emulator import moments
from hubwire.emulator.drawer import Drawer
from hubwire.emulator.records import Record, Table
from hubwire.emulator.store import Store

MERGED, CONTACT, SECOND = "hs_merged_object_ids", "0-1", "hs_additional_emails"
CONTACT_EMAIL = (CONTACT, "email")
MOST_IDENTITIES = 250
MERGEABLE = frozenset({"0-1", "0-2", "0-3", "0-5", "0-123", "0-162", "0-410", "0-421", "0-970"})
"""Types with a merge call in HubSpot's specification, besides custom objects."""


class Aliases:
    """Which record an id of one that was merged away leads to."""

    def __init__(self, store: Store, drawer: Drawer, portal_id: int) -> None:
        self._store, self._drawer, self._table = store, drawer, f"aliases_{portal_id}"
        self._known: dict[tuple[str, int], int] | None = None
        store.on_rollback.append(self._forget)

    def _forget(self) -> None:
        self._known = None

    def real(self, type_id: str, record_id: int) -> int:
        """The id itself unless its record was merged into another."""
        if self._known is None:
            rows = self._store.all(f"SELECT type, id, actual FROM {self._table}")
            self._known = {(type_, id_): actual for type_, id_, actual in rows}
        return self._known.get((type_id, record_id), record_id)

    def add(self, type_id: str, old: list[int], new: int) -> None:
        """The old ids, and all that led to them, lead to the new one."""
        for number in old:
            self._store.run(
                f"UPDATE {self._table} SET actual = ? WHERE type = ? AND actual = ?", (new, type_id, number)
            )
            self._store.run(f"INSERT INTO {self._table} VALUES (?, ?, ?)", (type_id, number, new))
        self._known = None

    def drop(self, type_id: str, actual: int | None = None) -> None:
        """No id leads to that record any more, or to any of the type."""
        self._store.run(
            f"DELETE FROM {self._table} WHERE type = ? AND (? IS NULL OR actual = ?)",
            (type_id, actual, actual),
        )
        self._known = None

    def add_emails(self, contact: Record) -> None:
        """A merged contact is found by the other's address too: assumed, as it is so in the interface."""
        for email in second_emails(contact):
            self._drawer.put("second_email", "", email.casefold(), contact.id)

    def drop_emails(self, contact: Record) -> None:
        """It is not found by its other addresses any more."""
        for email in second_emails(contact):
            self._drawer.drop("second_email", "", email.casefold())

    def of_emails(self, contacts: Table, emails: list[str]) -> dict[str, int]:
        """Which live contacts those are a second address of."""
        known = self._drawer.all("second_email", "", int)
        found = {
            email: self.real(CONTACT, known[email.casefold()])
            for email in emails
            if email.casefold() in known
        }
        live = contacts.existing(found.values())
        return {email: number for email, number in found.items() if number in live}


def second_emails(contact: Record) -> list[str]:
    """A contact's addresses besides `email`."""
    return [email for email in contact.props.get(SECOND, "").split(";") if email]


def merged(kind: ObjectType, primary: Record, other: Record, record_id: int, at: int) -> Record:
    """The record that takes the place of both: the primary's values win, the other's fill gaps."""
    props = {**other.props, **primary.props}
    created = min(primary.created, other.created)
    props[kind.created], props[kind.modified] = moments.text(created), moments.text(at)
    props["hs_object_id"] = str(record_id)
    ids = identities(primary) + identities(other)
    props[MERGED] = ";".join(ids)
    if kind.id == CONTACT:
        props["hs_all_contact_vids"] = ";".join([str(record_id), *ids])
        props["hs_calculated_merged_vids"] = ";".join(f"{one}:{at}" for one in ids)
        if (email := other.props.get("email")) and email != props.get("email"):
            extra = [*props.get(SECOND, "").split(";"), *other.props.get(SECOND, "").split(";"), email]
            props[SECOND] = ";".join(part for part in dict.fromkeys(extra) if part)
    return Record(record_id, created, at, props)


def identities(record: Record) -> list[str]:
    """The record's own id, and those it was merged from."""
    earlier = [part for part in record.props.get(MERGED, "").split(";") if part]
    return [*earlier, str(record.id)]


class Blocklist:
    """Addresses of people who were erased: kept as digests, for they must not be known any more."""

    def __init__(self, drawer: Drawer) -> None:
        self._drawer = drawer

    def add(self, email: str) -> None:
        self._drawer.put("erased", "", _digest(email), True)

    def has(self, email: str) -> bool:
        known = self._drawer.all("erased", "", bool)
        return bool(known) and _digest(email) in known


def _digest(email: str) -> str:
    return sha256(email.strip().lower().encode()).hexdigest()
