"""Property definitions: list, read, create, change, archive.

https://developers.hubspot.com/docs/api-reference/latest/crm/properties/guide, recorded answers in
https://github.com/NangoHQ/integration-templates and https://github.com/amp-labs/connectors, and what live
accounts did: https://github.com/jackemcpherson/terraform-provider-hubspot,
https://github.com/scopiousdigital/kalup (docs/hubspot.md)
"""

from __future__ import annotations

from typing import Any

import msgspec

from hubwire.catalogue.facts import ObjectType
from hubwire.emulator import definitions, refusals, render
from hubwire.emulator.definitions import OwnProperty
from hubwire.emulator.exchange import Answer, Asked, Refusal
from hubwire.emulator.intake import user_of
from hubwire.emulator.portal import Portal
from hubwire.emulator.property_forms import (
    NewProperty,
    PropertyChange,
    changed,
    created,
    is_hubspots,
    no_such_property,
    users_of,
)
from hubwire.emulator.shapes import decode
from hubwire.emulator.urls import base_url


def list_(portal: Portal, asked: Asked) -> Answer:
    """GET …/{objectType}: every definition, by name; there are no pages."""
    kind = portal.kind(asked.places["objectType"])
    results = portal.definitions.as_dicts(
        kind.id, archived=asked.flag("archived"), sensitivity=sensitivity_of(asked.one("dataSensitivity"))
    )
    return render.answer({"results": results})


def read(portal: Portal, asked: Asked) -> Answer:
    """GET …/{objectType}/{propertyName}; one of another sensitivity than asked for is not there.

    The guide reads a sensitive one without asking for its sensitivity.
    """
    kind, name = portal.kind(asked.places["objectType"]), asked.places["propertyName"]
    body = portal.definitions.as_dict(kind.id, name, archived=asked.flag("archived"))
    wanted = asked.one("dataSensitivity")
    if body is None or (wanted and body["dataSensitivity"] != sensitivity_of(wanted)):
        raise no_such_property(name)
    return render.answer(body)


def create(portal: Portal, asked: Asked) -> Answer:
    """POST …/{objectType}: adds a property; one archived under that name comes back with its values."""
    kind = portal.kind(asked.places["objectType"])
    own = new(portal, asked, kind, decode(asked.body, NewProperty, "PropertyCreate"))
    portal.define(kind, own)
    body = portal.definitions.as_dict(kind.id, own.name)
    return render.answer(body, 201, Location=f"{base_url(asked)}{asked.path.rstrip('/')}/{own.name}")


def update(portal: Portal, asked: Asked) -> Answer:
    """PATCH …/{propertyName}: what is sent replaces what was there; whether it is unique never changes."""
    kind, name = portal.kind(asked.places["objectType"]), asked.places["propertyName"]
    sent = decode(asked.body, PropertyChange, "PropertyUpdate")
    own = changed(portal.definitions, kind.id, current(portal, kind, name), sent, now(asked), user_of(asked))
    portal.define(kind, own)
    return render.answer(portal.definitions.as_dict(kind.id, name))


def archive(portal: Portal, asked: Asked) -> Answer:
    """DELETE …/{propertyName}. Of what is not there 2026-09 says 404, earlier versions 204."""
    kind, name = portal.kind(asked.places["objectType"]), asked.places["propertyName"]
    if portal.definitions.get(kind.id, name) is None:
        if asked.version == "2026-09":
            raise no_such_property(name)
        return Answer(204)
    own = current(portal, kind, name)
    if (refusal := not_archivable(portal, kind, own)) is not None:
        raise refusal
    put_away(portal, kind, own, now(asked))
    return Answer(204)


# What the batches share


def now(asked: Asked) -> int:
    """Milliseconds, as definitions keep moments."""
    return int(asked.now * 1000)


def new(portal: Portal, asked: Asked, kind: ObjectType, sent: NewProperty) -> OwnProperty:
    """The definition that a creation asks for, or a refusal."""
    own = created(portal.definitions, kind.id, sent, now(asked), user_of(asked))
    if own.data_sensitivity != "non_sensitive":
        may_be_sensitive(portal, asked, kind)
    return own


def may_be_sensitive(portal: Portal, asked: Asked, kind: ObjectType) -> None:
    """Sensitive data is a feature of Enterprise, and needs a scope of its own."""
    scopes = asked.grant.scopes if asked.grant else frozenset()
    if not any("sensitive" in scope and kind.name in scope and "read" not in scope for scope in scopes):
        raise Refusal(
            403,
            "Missing required scope for: sensitive-data-property-create",
            category="MISSING_SCOPES",
            context={"missingScopes": ["sensitive-data-property-create"]},
        )
    if portal.tier != "enterprise":
        raise refusals.validation(
            "The portal is not enabled for sensitive data",
            subCategory="PropertyValidationError.PORTAL_NOT_ENABLED_FOR_SENSITIVE_DATA",
        )


def sensitivity_of(text: str | None) -> str:
    return text or "non_sensitive"


def current(portal: Portal, kind: ObjectType, name: str) -> OwnProperty:
    """The live definition in the form that can be changed; HubSpot's own ones too."""
    if portal.definitions.get(kind.id, name) is None:
        raise no_such_property(name)
    return definitions.current(portal.definitions, kind.id, name)


def not_archivable(portal: Portal, kind: ObjectType, own: OwnProperty) -> Refusal | None:
    """Why it cannot be archived."""
    if is_hubspots(portal.definitions, kind.id, own):
        return refusals.validation(
            f'Property "{own.name}" is defined by HubSpot and cannot be archived',
            context={"propertyName": [own.name]},
        )
    users = users_of(portal.definitions, kind.id, own.name)
    if not users:
        return None
    uses: list[dict[str, Any]] = [
        {
            "message": f"Property {own.name} is used by property {one.name}",
            "subCategory": "PropertyValidationError.PROPERTY_USAGE",
            "context": {"parentType": ["CALCULATED_PROPERTY"], "parentName": [f"{kind.id}/{one.name}"]},
        }
        for one in users
    ]
    return refusals.validation(
        f"Property: {own.name} of object type {kind.id} is currently used in {len(uses)} places"
        " and cannot be deleted",
        uses,
        context={"usageCount": [str(len(uses))]},
        subCategory="PropertyValidationError.CANNOT_DELETE_PROPERTY_IN_USE",
    )


def put_away(portal: Portal, kind: ObjectType, own: OwnProperty, at: int) -> None:
    """Archives a definition: it stays readable as a tombstone."""
    portal.define(kind, msgspec.structs.replace(own, archived=at, updated=at))


HANDLERS = {
    "properties.list": list_,
    "properties.read": read,
    "properties.create": create,
    "properties.update": update,
    "properties.archive": archive,
}
