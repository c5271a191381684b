"""How many records one record may be associated with, per type; and the report of those that come near.

https://developers.hubspot.com/docs/api-reference/crm-associations-v4/guide; the refusal of a wrong type and
the report are copies of live answers in https://github.com/amp-labs/connectors and
https://github.com/ballerina-platform/module-ballerinax-hubspot.crm.associations
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from hubwire.catalogue.facts import AssociationType, ObjectType
from hubwire.emulator import linking, refusals, render
from hubwire.emulator.exchange import Answer, Asked
from hubwire.emulator.handlers.associations import pair_kinds, removed
from hubwire.emulator.handlers.batches import at_most, batch_of
from hubwire.emulator.portal import Portal
from hubwire.emulator.shapes import decode

CATEGORIES = {"HUBSPOT_DEFINED": 0, "USER_DEFINED": 1, "INTEGRATOR_DEFINED": 2, "WORK": 3}


class Limit(msgspec.Struct, rename="camel"):
    category: str
    type_id: int
    max_to_object_ids: int


class LimitBatch(msgspec.Struct):
    inputs: list[Limit]


class Spec(msgspec.Struct, rename="camel"):
    category: str
    type_id: int


class SpecBatch(msgspec.Struct):
    inputs: list[Spec]


def list_(portal: Portal, asked: Asked) -> Answer:
    """GET …/configurations/all: the limits the account set."""
    results = []
    for key, most in linking.association_limits(portal).items():
        category, _, number = key.partition(":")
        known = portal.relations.type(category, int(number))
        if known is not None:
            results.append(_shown(known, most))
    return render.answer({"results": results})


def of_pair(portal: Portal, asked: Asked) -> Answer:
    """GET …/configurations/{from}/{to}."""
    kind, other = pair_kinds(portal, asked)
    limits = linking.association_limits(portal)
    types = portal.relations.types(kind.id, other.id)
    set_ = [(known, limits.get(f"{known.category}:{known.id}")) for known in types]
    return render.answer({"results": [_shown(known, most) for known, most in set_ if most is not None]})


def create(portal: Portal, asked: Asked) -> Answer:
    """POST …/batch/create. The specification of 2026-09 says 200."""
    return _set(portal, asked, 200 if asked.version == "2026-09" else 201)


def update(portal: Portal, asked: Asked) -> Answer:
    """POST …/batch/update: it also sets limits that were not there."""
    return _set(portal, asked, 200)


def purge(portal: Portal, asked: Asked) -> Answer:
    """POST …/batch/purge: back to HubSpot's own limit."""
    kind, other = pair_kinds(portal, asked)
    inputs = decode(asked.body, SpecBatch, batch_of("PublicAssociationSpec")).inputs
    at_most(inputs)
    if (refused := _strangers(portal, asked, kind, other, inputs)) is not None:
        return refused
    with portal.store.transaction():
        for item in inputs:
            portal.drawer.drop("association_limit", "", f"{item.category}:{item.type_id}")
    return removed(asked)


def report(portal: Portal, asked: Asked) -> Answer:
    """POST …/high-usage-report/{userId}: HubSpot mails it; here nobody does."""
    wanted = asked.places["userId"]
    owner = next((one for one in portal.owners() if str(one["userId"]) == wanted), None)
    if owner is None:
        raise refusals.nothing_there(f"No user found with ID {wanted}", context={"userId": [wanted]})
    time = {"value": int(asked.now * 1000), "dateOnly": False, "timeZoneShift": 0}
    return render.answer({"enqueueTime": time, "userId": owner["userId"], "userEmail": owner["email"]})


def _set(portal: Portal, asked: Asked, status: int) -> Answer:
    kind, other = pair_kinds(portal, asked)
    name = "PublicAssociationDefinitionConfigurationCreateRequest"
    inputs = decode(asked.body, LimitBatch, batch_of(name)).inputs
    at_most(inputs)
    if (refused := _strangers(portal, asked, kind, other, inputs)) is not None:
        return refused
    for item in inputs:
        if item.max_to_object_ids < 1:
            raise refusals.validation(f"maxToObjectIds must be at least 1, but was {item.max_to_object_ids}")
    results = []
    with portal.store.transaction():
        for item in inputs:
            key = f"{item.category}:{item.type_id}"
            portal.drawer.put("association_limit", "", key, item.max_to_object_ids)
            results.append(
                {
                    "category": item.category,
                    "typeId": item.type_id,
                    "userEnforcedMaxToObjectIds": item.max_to_object_ids,
                }
            )
    return render.answer(render.batch(asked.now, asked.now, results), status)


def _strangers(
    portal: Portal, asked: Asked, kind: ObjectType, other: ObjectType, inputs: Sequence[Limit | Spec]
) -> Answer | None:
    """Types that do not lead from the one object type to the other cancel the batch."""
    known = {(one.category, one.id) for one in portal.relations.types(kind.id, other.id)}
    wrong = [item for item in inputs if (item.category, item.type_id) not in known]
    if not wrong:
        return None
    errors: list[dict[str, Any]] = [
        {
            "status": "error",
            "category": "VALIDATION_ERROR",
            "subCategory": "crm.associations.INVALID_ASSOCIATION_TYPE",
            "message": f"{CATEGORIES.get(item.category, 0)}-{item.type_id} is not a valid association type"
            f" between {kind.upper} and {other.upper}",
            "context": {
                "type": [f"{CATEGORIES.get(item.category, 0)}-{item.type_id}"],
                "fromObjectType": [kind.upper],
                "toObjectType": [other.upper],
            },
        }
        for item in wrong
    ]
    body = render.batch(asked.now, asked.now, [], errors)
    body["status"] = "CANCELED"
    return render.answer(body, 207)


def _shown(known: AssociationType, most: int) -> dict[str, Any]:
    return {
        "category": known.category,
        "typeId": known.id,
        "userEnforcedMaxToObjectIds": most,
        "label": known.label,
    }


HANDLERS = {
    "associations.limits.list": list_,
    "associations.limits.of_pair": of_pair,
    "associations.limits.create": create,
    "associations.limits.update": update,
    "associations.limits.purge": purge,
    "associations.usage_report": report,
}
