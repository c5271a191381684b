"""Happenings as the events that webhooks carry.

Fields: https://developers.hubspot.com/docs/guides/api/app-management/webhooks; order and values as in real
events pasted in HubSpot's developer Slack (https://github.com/hubspotdev/devslackarchive). Assumed, because
nobody shows one: `DELETED` for deletions, that setting a property at creation is a change of it, and the
fields of an association in the generic format, which also tells a sensitive value to an app that may read it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from hubwire.catalogue.facts import AssociationType
from hubwire.catalogue.load import object_type, webhooks
from hubwire.emulator.calculated import Source
from hubwire.emulator.happenings import (
    Archived,
    Changed,
    Created,
    Erased,
    Happening,
    Linked,
    Merged,
    Restored,
)
from hubwire.emulator.hooks.book import Subscription

Fields = dict[str, Any]
Names = Collection[str]
REDACTED = "REDACTED"
Unseen = Callable[[int, str, Names], frozenset[str]]
"""The properties of an account's type that scopes do not let an app read; without any, all sensitive ones."""
Untold = Callable[[int, str], frozenset[str]]
"""The properties of an account's type that webhooks do not tell of."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something to tell, before it is known to whom."""

    type: str
    action: str
    fields: Fields
    """In either format."""
    property: str | None = None
    classic: Fields | None = field(default_factory=dict)
    """Further fields of the older format; None where it does not tell of this."""
    generic: Fields | None = field(default_factory=dict)
    """The same for `object.*`."""


def events(happening: Happening) -> Iterator[Event]:
    """Everything there is to tell about it."""
    match happening:
        case Created(type_, id_, props):
            yield Event(type_, "creation", {"objectId": id_, "changeFlag": "CREATED"})
            for name, value in props.items():
                yield _changed(type_, id_, name, value)
        case Changed(type_, id_, _, after):
            for name, now in after.items():
                yield _changed(type_, id_, name, now or "")
        case Archived(type_, id_):
            yield Event(type_, "deletion", {"objectId": id_, "changeFlag": "DELETED"})
        case Restored(type_, id_):
            yield Event(type_, "restore", {"objectId": id_})
        case Erased(type_, id_):
            yield Event(type_, "privacyDeletion", {"objectId": id_}, generic=None)
            yield Event(type_, "deletion", {"objectId": id_, "changeFlag": "DELETED"})
        case Merged(type_, primary, merged, result, moved):
            fields = {
                "objectId": result,
                "primaryObjectId": primary,
                "mergedObjectIds": list(merged),
                "newObjectId": result,
                "numberOfPropertiesMoved": moved,
            }
            yield Event(type_, "merge", fields)
        case Linked(end, other, kind, back, removed):
            yield _associated(end.type, end.id, other.id, kind, removed=removed)
            if back is not None:
                yield _associated(other.type, other.id, end.id, back, removed=removed)


def told(event: Event, subscription: Subscription) -> Fields | None:
    """The event's own fields for this subscriber, or None if it asked for something else."""
    wanted = subscription.event
    if wanted.action != event.action:
        return None
    if wanted.action == "propertyChange" and subscription.property_name != event.property:
        return None
    if wanted.object == "object":
        more = event.generic if subscription.object_type == event.type else None
        return None if more is None else {**event.fields, "objectTypeId": event.type, **more}
    more = event.classic if wanted.type_id == event.type else None
    return None if more is None else {**event.fields, **more}


def veiled(fields: Fields, subscription: Subscription, sensitive: Names, unseen: Names) -> Fields:
    """The same without a sensitive value; `unseen` are those that the app may not read."""
    name = fields.get("propertyName")
    if name not in sensitive:
        return fields
    hidden = name in unseen or subscription.event.object != "object"
    value = REDACTED if hidden else fields["propertyValue"]
    return {**fields, "propertyValue": value, "isSensitive": True}


def payload(fields: Fields, subscription: Subscription, portal_id: int, at: int, source: Source) -> Fields:
    """The event as it is sent, but for its own number."""
    return {
        "eventId": 0,
        "subscriptionId": subscription.id,
        "portalId": portal_id,
        "appId": subscription.app_id,
        "occurredAt": at,
        "subscriptionType": subscription.event_name,
        "attemptNumber": 0,
        **fields,
        "changeSource": source.kind,
        "sourceId": source.id,
    }


def _changed(type_: str, id_: int, name: str, value: str) -> Event:
    return Event(
        type_,
        "propertyChange",
        {"objectId": id_, "propertyName": name, "propertyValue": value, "isSensitive": False},
        property=name,
    )


def _associated(type_: str, from_id: int, to_id: int, kind: AssociationType, *, removed: bool) -> Event:
    here, there = _name(kind.from_type), _name(kind.to_type)
    primary = kind.label == "Primary"
    fields = {
        "fromObjectId": from_id,
        "toObjectId": to_id,
        "associationRemoved": removed,
        "isPrimaryAssociation": primary,
    }
    # Labels of the account's own are for the generic format only: the older one has no field for them.
    known = (here, there) in webhooks().associations and (kind.unlabeled or primary)
    return Event(
        type_,
        "associationChange",
        fields,
        classic={"associationType": f"{here.upper()}_TO_{there.upper()}"} if known else None,
        generic={
            "fromObjectTypeId": kind.from_type,
            "toObjectTypeId": kind.to_type,
            "associationTypeId": kind.id,
            "associationCategory": kind.category,
        },
    )


def _name(type_id: str) -> str:
    known = object_type(type_id)
    return known.singular if known else type_id
