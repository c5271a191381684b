"""What can be subscribed to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from hubwire.catalogue.load import object_type, webhooks
from hubwire.emulator import refusals


class NewSubscription(msgspec.Struct):
    eventType: str
    propertyName: str | None = None
    active: bool = False
    objectTypeId: str | None = None
    eventTypeName: str | None = None


def short(text: str) -> NewSubscription:
    """An active subscription of `contact.creation`, `contact.propertyChange:email`, `object.creation@0-1`."""
    name, _, type_id = text.partition("@")
    event, _, prop = name.partition(":")
    return NewSubscription(event, prop or None, True, type_id or None)


def expanded(events: Sequence[str]) -> list[str]:
    """With `contact.*`, `object.*@0-1` written out: all events, and changes of the default properties."""
    told: dict[str, None] = {}
    for text in events:
        name, _, type_id = text.partition("@")
        if not name.endswith(".*"):
            told[text] = None
            continue
        at = f"@{type_id}" if type_id else ""
        for event in webhooks().events.values():
            if event.object != name.removesuffix(".*"):
                continue
            if event.action != "propertyChange":
                told[f"{event.name}{at}"] = None
                continue
            kind = object_type(event.type_id or type_id)
            names = kind.defaults if kind else ()
            told.update((f"{event.name}:{prop}{at}", None) for prop in names if prop not in webhooks().silent)
    return list(told)


def checked(wanted: NewSubscription) -> dict[str, Any]:
    """The columns of a subscription that can be made; refuses the others."""
    event = webhooks().events.get(wanted.eventType)
    if event is None:
        raise refusals.validation(f"{wanted.eventType} is not a valid eventType")
    if event.action == "propertyChange" and not wanted.propertyName:
        raise refusals.validation(f"propertyName is required for {event.name}")
    if wanted.propertyName in webhooks().silent:
        raise refusals.validation(f"{wanted.propertyName} cannot be subscribed to")
    type_id = None
    if event.object == "object":
        type_id = _generic(wanted.objectTypeId)
    return {
        "event": event.name,
        "property": wanted.propertyName if event.action == "propertyChange" else None,
        "object_type": type_id,
        "event_type": wanted.eventTypeName,
        "active": wanted.active,
    }


def _generic(text: str | None) -> str:
    if not text:
        raise refusals.validation("objectTypeId is required for object subscriptions")
    kind = object_type(text)
    if kind is None:
        # Custom objects, which belong to an account that is not known here.
        if text.startswith("2-") and text[2:].isdecimal():
            return text
        raise refusals.validation(f"{text} is not a valid objectTypeId")
    if kind.singular not in webhooks().generic:
        raise refusals.validation(f"{kind.id} is not supported by webhooks")
    return kind.id
