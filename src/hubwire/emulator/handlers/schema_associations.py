"""Which object types a custom object is associated with; and which library objects are switched on.

https://developers.hubspot.com/docs/api-reference/crm-custom-objects-v3/guide
"""

from __future__ import annotations

from typing import Any

import msgspec

from hubwire.emulator import library, moments, refusals, removal, render
from hubwire.emulator.exchange import Answer, Asked
from hubwire.emulator.handlers.schemas import enterprise_only
from hubwire.emulator.portal import Portal
from hubwire.emulator.relations import OwnRelation
from hubwire.emulator.shapes import decode

"""Services, courses, listings, appointments: accounts must switch them on. Here they are on."""


class NewAssociationDefinition(msgspec.Struct, rename="camel"):
    from_object_type_id: str
    to_object_type_id: str
    name: str | None = None


def create(portal: Portal, asked: Asked) -> Answer:
    """POST …/{objectType}/associations: in both directions."""
    enterprise_only(portal)
    kind = portal.kind(asked.places["objectType"])
    sent = decode(asked.body, NewAssociationDefinition, "AssociationDefinitionEgg")
    source, target = portal.kind(sent.from_object_type_id), portal.kind(sent.to_object_type_id)
    if kind.id not in (source.id, target.id):
        raise refusals.validation(f"{kind.id} is neither end of the association")
    if not (source.id + target.id).count("2-"):
        raise refusals.validation("One end of the association must be a custom object")
    if portal.relations.default(source.id, target.id) is not None:
        raise refusals.validation(f"{source.id} and {target.id} are associated already")
    name = sent.name or f"{portal.short_name(source.id)}_to_{portal.short_name(target.id)}"
    with portal.store.transaction():
        made, _ = portal.relations.define(source.id, target.id, name, (None, None), int(asked.now * 1000))
    return render.answer(_body(made), 201)


def delete(portal: Portal, asked: Asked) -> Answer:
    """DELETE …/associations/{associationId}: in both directions, with what records have of it."""
    enterprise_only(portal)
    kind, text = portal.kind(asked.places["objectType"]), asked.places["associationId"]
    own = portal.relations.get(int(text)) if text.isascii() and text.isdigit() and len(text) < 9 else None
    if own is None or kind.id not in (own.from_type, own.to_type):
        raise refusals.nothing_there(f"No association definition found with ID {text}")
    removal.drop_relation(portal, own)
    return Answer(204)


def enablement(portal: Portal, asked: Asked) -> Answer:
    """GET …/enablement: by type id."""
    return render.answer({"enablementByObjectTypeId": library.enabled(portal.drawer)})


def enablement_of(portal: Portal, asked: Asked) -> Answer:
    """GET …/enablement/{objectTypeId}."""
    kind = portal.kind(asked.places["objectType"])
    return render.answer({"enablement": library.enabled(portal.drawer).get(kind.id, True)})


def _body(own: OwnRelation) -> dict[str, Any]:
    return {
        "id": str(own.id),
        "fromObjectTypeId": own.from_type,
        "toObjectTypeId": own.to_type,
        "name": own.name,
        "createdAt": moments.text(own.created),
        "updatedAt": moments.text(own.created),
    }


HANDLERS = {
    "schemas.associations.create": create,
    "schemas.associations.delete": delete,
    "library.list": enablement,
    "library.read": enablement_of,
}
