"""Property groups: list, read, create, change, archive.

https://developers.hubspot.com/docs/api-reference/latest/crm/properties/guide; what live accounts did:
https://github.com/jackemcpherson/terraform-provider-hubspot and
https://github.com/scopiousdigital/kalup (docs/hubspot.md)
"""

from __future__ import annotations

from typing import Any

import msgspec

from hubwire.catalogue.facts import ObjectType
from hubwire.emulator import refusals, render
from hubwire.emulator.definitions import OwnGroup
from hubwire.emulator.exchange import Answer, Asked, Refusal
from hubwire.emulator.portal import Portal
from hubwire.emulator.property_forms import NAME
from hubwire.emulator.shapes import decode
from hubwire.emulator.urls import base_url


class NewGroup(msgspec.Struct, rename="camel"):
    name: str
    label: str
    display_order: int | None = None


class GroupChange(msgspec.Struct, rename="camel"):
    label: str | None = None
    display_order: int | None = None


def list_(portal: Portal, asked: Asked) -> Answer:
    """GET …/{objectType}/groups: archived ones are never listed."""
    kind = portal.kind(asked.places["objectType"])
    return render.answer({"results": [_body(one) for one in portal.definitions.groups(kind.id).values()]})


def read(portal: Portal, asked: Asked) -> Answer:
    """GET …/{objectType}/groups/{groupName}."""
    return render.answer(_body(find(portal, asked)[1]))


def create(portal: Portal, asked: Asked) -> Answer:
    """POST …/groups: the name of an archived group is free at once, for a fresh group."""
    kind = portal.kind(asked.places["objectType"])
    sent = decode(asked.body, NewGroup, "PropertyGroupCreate")
    if sent.name in portal.definitions.groups(kind.id):
        raise Refusal(
            409,
            f"A property group named '{sent.name}' already exists.",
            category="OBJECT_ALREADY_EXISTS",
            subCategory="PropertyGroupError.GROUP_ALREADY_EXISTS",
            context={"name": [sent.name]},
        )
    if not NAME.fullmatch(sent.name):
        raise refusals.validation(
            f"Property group name {sent.name} is not valid: it starts with a lower-case letter and has"
            " lower-case letters, digits and underscores only"
        )
    group = OwnGroup(sent.name, sent.label, -1 if sent.display_order is None else sent.display_order)
    portal.definitions.put_group(kind.id, group)
    return render.answer(
        _body(group), 201, Location=f"{base_url(asked)}{asked.path.rstrip('/')}/{group.name}"
    )


def update(portal: Portal, asked: Asked) -> Answer:
    """PATCH …/groups/{groupName}: label and place; the name never changes."""
    kind, group = find(portal, asked)
    sent = decode(asked.body, GroupChange, "PropertyGroupUpdate")
    after = OwnGroup(
        group.name,
        group.label if sent.label is None else sent.label,
        group.display_order if sent.display_order is None else sent.display_order,
    )
    portal.definitions.put_group(kind.id, after)
    return render.answer(_body(after))


def archive(portal: Portal, asked: Asked) -> Answer:
    """DELETE …/groups/{groupName}: only one without live properties goes."""
    kind, group = find(portal, asked)
    if any(one.group == group.name for one in portal.definitions.all(kind.id).values()):
        # So a live account answers: the refusal as text in the message of another one.
        inner = {
            "status": "error",
            "message": "Can't delete a group with active properties",
            "correlationId": asked.correlation_id,
            "category": "VALIDATION_ERROR",
            "subCategory": "PropertyGroupError.GROUP_WITH_ACTIVE_PROPERTIES",
        }
        raise Refusal(400, msgspec.json.encode(inner).decode())
    portal.definitions.put_group(kind.id, OwnGroup(group.name, group.label, archived=True))
    return Answer(204)


def find(portal: Portal, asked: Asked) -> tuple[ObjectType, OwnGroup]:
    kind, name = portal.kind(asked.places["objectType"]), asked.places["groupName"]
    group = portal.definitions.groups(kind.id).get(name)
    if group is None:
        raise refusals.nothing_there(f'Property group "{name}" does not exist', context={"groupName": [name]})
    return kind, group


def _body(group: OwnGroup) -> dict[str, Any]:
    return {
        "name": group.name,
        "label": group.label,
        "displayOrder": group.display_order,
        "archived": group.archived,
    }


HANDLERS = {
    "properties.groups.list": list_,
    "properties.groups.read": read,
    "properties.groups.create": create,
    "properties.groups.update": update,
    "properties.groups.archive": archive,
}
