"""The forms of the first two API generations: bodies read, records told. The data are the portal's own.

Shapes: answers recorded in https://github.com/HubspotCommunity/hubspot-ruby (spec/fixtures/vcr_cassettes) and
https://developers.hubspot.com/docs/api-reference/legacy. Moments are epoch milliseconds, ids numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

from hubwire.catalogue.facts import ObjectType, Property
from hubwire.emulator import moments, refusals
from hubwire.emulator.associations import End
from hubwire.emulator.calculated import CONSTANTS
from hubwire.emulator.exchange import Asked, Refusal
from hubwire.emulator.intake import actual, clashes, draft, record_id, write
from hubwire.emulator.portal import Create, NewLink, Portal, Update
from hubwire.emulator.privacy import legacy_values
from hubwire.emulator.records import Record

CONTACT, COMPANY, DEAL, TICKET = "0-1", "0-2", "0-3", "0-5"


class Value(msgspec.Struct):
    """One property in a body: contacts say `property`, all others `name`."""

    value: Any = None
    property: str | None = None
    name: str | None = None


class Body(msgspec.Struct):
    """What a write sends."""

    properties: list[Value] | None = None
    associations: dict[str, list[str | int | None]] | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """Which properties a read shows: these, or all that are set; with which of their versions."""

    names: frozenset[str] | None
    past: frozenset[str] | None = frozenset()
    bare: bool = False
    """Values only: of contacts, nothing of where they came from."""

    @classmethod
    def asked(cls, asked: Asked, *, key: str = "properties") -> Shown:
        """By the query: nothing asked for shows nothing."""
        past = frozenset(asked.many("propertiesWithHistory"))
        if asked.flag("includeAllProperties"):
            return cls(None, None if asked.one("allPropertiesFetchMode") == "all_versions" else past)
        return cls(frozenset(asked.many(key)) | past, past)


ALL = Shown(None)


# Reading


def entity(portal: Portal, kind: ObjectType, record: Record, shown: Shown) -> dict[str, Any]:
    """What companies, deals and tickets have in common: `properties` with their versions."""
    definitions = portal.definitions.all(kind.id)
    return {
        name: {
            "value": versions[0]["value"],
            "timestamp": versions[0]["timestamp"],
            "source": versions[0]["source"],
            "sourceId": versions[0]["sourceId"],
            "versions": versions if shown.past is None or name in shown.past else versions[:1],
        }
        for name, versions in _versions(portal, kind, record, shown, definitions).items()
    }


def contact(portal: Portal, kind: ObjectType, record: Record, shown: Shown) -> dict[str, Any]:
    """A contact's own spelling of the same, with `source-type` for `source`."""
    definitions = portal.definitions.all(kind.id)
    properties: dict[str, dict[str, Any]] = {
        name: {
            "value": versions[0]["value"],
            "versions": [
                {
                    "value": version["value"],
                    "source-type": version["source"],
                    "source-id": version["sourceId"],
                    "source-label": None,
                    "timestamp": version["timestamp"],
                    "selected": False,
                }
                for version in versions
            ],
        }
        for name, versions in _versions(portal, kind, record, shown, definitions).items()
    }
    if shown.bare:
        properties = {name: {"value": told["value"]} for name, told in properties.items()}
    return {
        **_contact_head(portal, record),
        "properties": properties,
        **_contact_tail(portal, record),
        **_company_of(portal, record),
    }


def contact_line(portal: Portal, kind: ObjectType, record: Record, names: Sequence[str]) -> dict[str, Any]:
    """A contact as a page of contacts lists it: bare values."""
    definitions = portal.definitions.all(kind.id)
    known = {**CONSTANTS.get(kind.id, {}), **record.props, **dict.fromkeys(record.cleared, "")}
    values = {
        name: {"value": old(definitions.get(name), known[name])} for name in sorted(names) if name in known
    }
    return {
        "addedAt": record.created,
        **_contact_head(portal, record),
        "properties": values,
        "form-submissions": [],
        "identity-profiles": [identity(portal, record)],
        "merge-audits": [],
    }


def _contact_head(portal: Portal, record: Record) -> dict[str, Any]:
    return {
        "vid": record.id,
        "canonical-vid": record.id,
        "merged-vids": [],
        "portal-id": portal.portal_id,
        "is-contact": True,
        "profile-url": f"https://app.hubspot.com/contacts/{portal.portal_id}/contact/{record.id}",
    }


def _contact_tail(portal: Portal, record: Record) -> dict[str, Any]:
    return {
        "form-submissions": [],
        "list-memberships": [],
        "identity-profiles": [identity(portal, record)],
        "merge-audits": [],
    }


def _company_of(portal: Portal, contact: Record) -> dict[str, Any]:
    """The contact's primary company. Recorded: grouparoo/grouparoo, fixtures of the HubSpot plugin."""
    kind = portal.kind(COMPANY)
    company = live(portal, kind, contact.props.get("associatedcompanyid"))
    if company is None:
        return {}
    definitions = portal.definitions.all(kind.id)
    held = {**CONSTANTS.get(kind.id, {}), **company.props}
    told = {
        name: {"value": old(definitions.get(name), value)}
        for name, value in sorted(held.items())
        if name not in portal.definitions.sensitive(kind.id)
    }
    return {
        "associated-company": {
            "company-id": company.id,
            "portal-id": portal.portal_id,
            "properties": told,
        }
    }


def identity(portal: Portal, record: Record) -> dict[str, Any]:
    """By what a contact is known: its address, and an id from the time before it had one."""
    email = record.props.get("email")
    guid = str(UUID(int=(portal.portal_id << 64) | record.id))
    identities: list[dict[str, Any]] = []
    if email:
        identities.append({"type": "EMAIL", "value": email, "timestamp": record.created, "is-primary": True})
    identities.append({"type": "LEAD_GUID", "value": guid, "timestamp": record.created})
    return {
        "vid": record.id,
        "saved-at-timestamp": record.created,
        "deleted-changed-timestamp": 0,
        "identities": identities,
    }


def new_identity(portal: Portal, record: Record) -> dict[str, Any]:
    """The same as the answer to a creation has it. Recorded: hubspot-ruby, Hubspot_Contact_*."""
    known = identity(portal, record)
    return {
        "vid": record.id,
        "is-deleted": False,
        "is-contact": False,
        "pointer-vid": 0,
        "previous-vid": 0,
        "linked-vids": [],
        "saved-at-timestamp": 0,
        "deleted-changed-timestamp": 0,
        "identities": [{**one, "source": "UNSPECIFIED"} for one in known["identities"]],
    }


def _versions(
    portal: Portal, kind: ObjectType, record: Record, shown: Shown, definitions: Mapping[str, Property]
) -> dict[str, list[dict[str, Any]]]:
    """The values of each property that is shown and set, newest first."""
    constants = CONSTANTS.get(kind.id, {})
    held = {**constants, **record.props, **dict.fromkeys(record.cleared, "")}
    names = sorted(held) if shown.names is None else sorted(name for name in shown.names if name in held)
    told = portal.history.versions(kind.id, record, names, constants)
    return {
        name: [
            {
                "name": name,
                "value": old(definitions.get(name), entry["value"]),
                "timestamp": moments.parse(entry["timestamp"]) or 0,
                "sourceId": entry["sourceId"] or None,
                "source": entry["sourceType"],
                "sourceVid": [],
            }
            for entry in entries
        ]
        for name, entries in told.items()
        if entries
    }


def old(definition: Property | None, value: str) -> str:
    """Moments and days as milliseconds; everything else as stored."""
    if definition is None or definition.type not in ("date", "datetime"):
        return value
    ms = moments.parse(value)
    return value if ms is None else str(ms)


def linked(portal: Portal, kind: ObjectType, record_ids: int, other: str) -> list[int]:
    """Ids of the live records of one type that a record is associated with, ascending."""
    found = {edge.to for edge in portal.edges.of(End(kind.id, record_ids), other)}
    return sorted(portal.table(portal.kind(other)).existing(found))


# Writing


def values_of(items: Iterable[Value] | None) -> dict[str, Any]:
    """Names and values of a body; of a name given twice the last counts.

    Contacts say `property`, whose case does not count. Recorded: hubspot-ruby,
    Hubspot_Company_remove_contact_with_a_valid_company_ID_and_contact_ID_returns_success.yml.
    """
    values: dict[str, Any] = {}
    for item in items or ():
        name = item.property.lower() if item.property else item.name
        if not name:
            raise refusals.validation("Every property needs a name")
        if isinstance(item.value, dict | list):
            raise refusals.invalid_input_json(
                "Cannot deserialize value of type `java.lang.String`"
                f" from {'Object' if isinstance(item.value, dict) else 'Array'} value"
            )
        values[name] = item.value
    return values


def create(
    portal: Portal,
    asked: Asked,
    kind: ObjectType,
    values: Mapping[str, Any],
    links: tuple[NewLink, ...] = (),
) -> Record:
    """A new record, or the refusal in the old form."""
    new = draft(portal, kind, legacy_values(portal, kind, values), asked.edition)
    if new.checked.problems:
        raise invalid(new.checked.problems)
    for refusal in clashes(portal, kind, [new]).values():
        raise _exists(portal, kind, refusal)
    sent = {name: value for name, value in new.checked.values.items() if value}
    return write(portal, asked, [Create(kind, sent, links)]).created[0]


def update(
    portal: Portal, asked: Asked, kind: ObjectType, record: Record, values: Mapping[str, Any]
) -> Record:
    """The record with these values, or the refusal in the old form."""
    change = draft(portal, kind, legacy_values(portal, kind, values), asked.edition, record)
    if change.checked.problems:
        raise invalid(change.checked.problems)
    for refusal in clashes(portal, kind, [change]).values():
        raise _exists(portal, kind, refusal)
    return write(portal, asked, [Update(kind, record, change.checked.values)]).updated[0]


def live(portal: Portal, kind: ObjectType, given: str | int | None) -> Record | None:
    """The live record with that id, also by the id of one that was merged into it."""
    number = None if given is None else actual(portal, kind, given)
    return None if number is None else portal.table(kind).fetch([number]).get(number)


def there(portal: Portal, kind: ObjectType, given: str | int) -> Record:
    """That record, or the refusal of a write that needs it."""
    record = live(portal, kind, given)
    if record is None:
        raise missing(kind, portal, given)
    return record


def invalid(problems: Sequence[tuple[str, str, str]]) -> Refusal:
    """Values that are not stored, told in `validationResults`."""
    return Refusal(
        400,
        "Property values were not valid",
        validationResults=[
            {"isValid": False, "message": message, "error": code, "name": name}
            for name, code, message in problems
        ],
    )


def missing(kind: ObjectType, portal: Portal, given: str | int) -> Refusal:
    """A record that a write or an association names and that is not there."""
    noun = {CONTACT: "Contact with the vid", COMPANY: "company with the ID"}.get(
        kind.id, f"{kind.singular} with the ID"
    )
    return Refusal(404, f"Couldn't find a {noun} '{given}' in portal '{portal.portal_id}'")


def _exists(portal: Portal, kind: ObjectType, refusal: Refusal) -> Refusal:
    held = refusal.message.rpartition("Existing ID: ")[2]
    record = live(portal, kind, held)
    if refusal.status != 409 or record is None:
        return refusal
    known = identity(portal, record)
    profile = {
        "vid": record.id,
        "identity": [
            {
                "value": one["value"],
                "type": one["type"],
                "timestamp": one["timestamp"],
                **({"isPrimary": True} if one["type"] == "EMAIL" else {}),
            }
            for one in known["identities"]
        ],
        "linkedVid": [],
        "isContact": True,
        "savedAtTimestamp": record.created,
    }
    return Refusal(409, "Contact already exists", identityProfile=profile, error="CONTACT_EXISTS")


# Pages


def count(asked: Asked, name: str, default: int, most: int) -> int:
    """A page size: too large a one is cut to the largest, as the first generations did (assumed)."""
    text = asked.one(name) or str(default)
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise refusals.validation(f"Invalid value for {name}: {text}. It must be a number")
    return max(1, min(int(text), most))


def start(asked: Asked, name: str) -> int:
    """An offset: a number, and 0 for none."""
    text = asked.one(name) or "0"
    number = record_id(text)
    if number is None:
        raise refusals.validation(f"Invalid value for {name}: {text}. It must be a number")
    return number


def after(portal: Portal, kind: ObjectType, offset: int, size: int) -> tuple[list[Record], bool]:
    """Up to `size` live records with greater ids than `offset`, and whether there are more."""
    records = portal.table(kind).page(offset + 1 if offset else 0, size + 1)
    return records[:size], len(records) > size


def latest(
    portal: Portal, kind: ObjectType, column: str, *, since: int = 0, offset: int = 0, size: int
) -> tuple[list[Record], int]:
    """The records last `created` or `updated`, newest first, from the offset on, and how many there are."""
    table = portal.table(kind)
    if not table.made:
        return [], 0
    ((total,),) = table.rows(f"SELECT count(*) FROM {{live}} WHERE {column} >= ?", (since,))
    sql = f"SELECT id FROM {{live}} WHERE {column} >= ? ORDER BY {column} DESC, id DESC LIMIT ? OFFSET ?"
    return table.in_order([row[0] for row in table.rows(sql, (since, size, offset))]), int(total)


def changed_since(portal: Portal, kind: ObjectType, updated: int, id_: int, size: int) -> list[Record]:
    """Up to `size` live records by change, those of the same moment by id, from this moment and id on."""
    table = portal.table(kind)
    if not table.made:
        return []
    sql = "SELECT id FROM {live} WHERE (updated, id) >= (?, ?) ORDER BY updated, id LIMIT ?"
    return table.in_order([row[0] for row in table.rows(sql, (updated, id_, size))])
