"""Properties, pipelines and owners as bare arrays, and `/integrations/v1/me`.

https://developers.hubspot.com/docs/api-reference/legacy; answers recorded in
https://github.com/HubspotCommunity/hubspot-ruby (spec/fixtures/vcr_cassettes: deal_all_properties,
company_find_by_domain, find_deal_pipeline, owner_all).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hubwire.catalogue import load
from hubwire.catalogue.facts import ObjectType
from hubwire.emulator import moments, render
from hubwire.emulator.account import Account
from hubwire.emulator.definitions import OwnGroup, as_own, body
from hubwire.emulator.exchange import Answer, Asked, Refusal
from hubwire.emulator.handlers import account as information
from hubwire.emulator.pipelines import DEAL, OwnPipeline, in_order
from hubwire.emulator.portal import Portal

NO_RECORDS = frozenset(
    {"form", "forms", "marketing_email", "engagement", "engagements", "campaign", "email_event"}
)
"""Types outside the CRM that connectors ask properties of."""

OTHER_GROUP = "information"

UNSET = (
    "createdAt", "updatedAt", "createdUserId", "updatedUserId", "showCurrencySymbol", "currencyPropertyName",
    "numberDisplayHint", "textDisplayHint", "optionsAreMutable", "referencedObjectType",
)  # fmt: skip
"""Named in every definition, and null where nothing is set. Recorded: hubspot-ruby, update_property.yml."""


def properties(portal: Portal, asked: Asked) -> Answer:
    """Every definition, by name; of types outside the CRM what every type has (assumed)."""
    if asked.places.get("objectType") in NO_RECORDS:
        common = load.common_properties(OTHER_GROUP).values()
        return render.answer([_property(body(as_own(known), known)) for known in common])
    kind = _kind(portal, asked)
    return render.answer([_property(one) for one in portal.definitions.as_dicts(kind.id)])


def one_property(portal: Portal, asked: Asked) -> Answer:
    name = asked.places["propertyName"]
    found = portal.definitions.as_dict(_kind(portal, asked).id, name)
    if found is None:
        raise Refusal(404, f"Couldn't find a Property with the given name '{name}'")
    return render.answer(_property(found))


def groups(portal: Portal, asked: Asked) -> Answer:
    """Groups; with `includeProperties=true` the definitions in each."""
    kind = _kind(portal, asked)
    bodies = portal.definitions.as_dicts(kind.id) if asked.flag("includeProperties") else None
    told = []
    for group in portal.definitions.groups(kind.id).values():
        about = one_group(group)
        if bodies is not None:
            about["properties"] = [_property(one) for one in bodies if one["groupName"] == group.name]
        told.append(about)
    return render.answer(told)


def one_group(group: OwnGroup) -> dict[str, Any]:
    """`hubspotDefined` is false of every group, HubSpot's too. Recorded: hubspot-ruby, groups_example.yml."""
    return {
        "name": group.name,
        "displayName": group.label,
        "displayOrder": group.display_order,
        "hubspotDefined": False,
    }


def _kind(portal: Portal, asked: Asked) -> ObjectType:
    op = asked.endpoint.op if asked.endpoint else ""
    return portal.kind(asked.places.get("objectType") or op.split(".")[1])


def _property(body: Mapping[str, Any]) -> dict[str, Any]:
    """A definition of v3 in the words of v1."""
    rights = body["modificationMetadata"]
    custom = not body.get("hubspotDefined", False)
    told = {
        "name": body["name"],
        "label": body["label"],
        "description": body["description"],
        "groupName": body["groupName"],
        "type": body["type"],
        "fieldType": body["fieldType"],
        "hidden": body["hidden"],
        "options": [{**option, "readOnly": False, "description": ""} for option in body["options"]],
        "calculated": body["calculated"],
        "externalOptions": body["externalOptions"],
        "favoritedOrder": -1,
        "formField": body["formField"],
        "displayOrder": body["displayOrder"],
        "readOnlyValue": rights["readOnlyValue"],
        "readOnlyDefinition": rights["readOnlyDefinition"],
        "mutableDefinitionNotDeletable": not custom and not rights["readOnlyDefinition"],
        "favorited": False,
        "displayMode": "current_value",
        "deleted": False,
        "hasUniqueValue": body["hasUniqueValue"],
        **dict.fromkeys(UNSET),
        "isCustomizedDefault": False,
        "searchableInGlobalSearch": False,
    }
    if not custom:
        return {**told, "hubspotDefined": True}
    times = {name: moments.parse(body[name]) or 0 for name in ("createdAt", "updatedAt")}
    return {**told, "hubspotDefined": None, **times}


def deal_pipelines(portal: Portal, asked: Asked) -> Answer:
    """A bare array."""
    del asked
    pipelines = portal.pipelines.of(DEAL)
    return render.answer([_deal_pipeline(one) for one in pipelines])


def deal_pipeline(portal: Portal, asked: Asked) -> Answer:
    wanted = asked.places["pipelineId"]
    for one in portal.pipelines.of(DEAL):
        if one.id == wanted:
            return render.answer(_deal_pipeline(one))
    raise Refusal(404, f"Couldn't find a pipeline with the ID '{wanted}'")


def _deal_pipeline(one: OwnPipeline) -> dict[str, Any]:
    stages = []
    for stage in in_order(one.stages):
        probability = float(stage.metadata.get("probability", "0"))
        stages.append(
            {
                "stageId": stage.id,
                "label": stage.label,
                "probability": probability,
                "active": True,
                "displayOrder": stage.display_order,
                "closedWon": probability == 1.0,
            }
        )
    return {
        "pipelineId": one.id,
        "stages": stages,
        "label": one.label,
        "active": True,
        "displayOrder": one.display_order,
        "staticDefault": one.id == "default",
    }


def pipelines(portal: Portal, asked: Asked) -> Answer:
    """https://legacydocs.hubspot.com/docs/methods/pipelines/pipelines_overview"""
    kind = portal.kind(asked.places["objectType"])
    return render.answer({"results": [pipeline(kind, one) for one in portal.pipelines.of(kind.id)]})


def pipeline(kind: ObjectType, one: OwnPipeline) -> dict[str, Any]:
    return {
        "pipelineId": one.id,
        "createdAt": one.created,
        "updatedAt": one.updated,
        "objectType": kind.upper,
        "objectTypeId": kind.id,
        "label": one.label,
        "displayOrder": one.display_order,
        "active": True,
        "default": one.display_order == 0,
        "stages": [
            {
                "stageId": stage.id,
                "createdAt": stage.created,
                "updatedAt": stage.updated,
                "label": stage.label,
                "displayOrder": stage.display_order,
                "metadata": dict(stage.metadata),
                "active": True,
            }
            for stage in in_order(one.stages)
        ],
    }


def owners(portal: Portal, asked: Asked) -> Answer:
    """A bare array; `email` narrows."""
    email = (asked.one("email") or "").lower()
    return render.answer(
        [_owner(portal, one) for one in portal.owners() if not email or one["email"].lower() == email]
    )


def owner(portal: Portal, asked: Asked) -> Answer:
    for one in portal.owners():
        if str(one["id"]) == asked.places["ownerId"]:
            return render.answer(_owner(portal, one))
    raise Refusal(404, "resource not found")


def _owner(portal: Portal, owner: Mapping[str, Any]) -> dict[str, Any]:
    number = int(owner["id"])
    user = owner.get("userId")
    remote = {
        "id": number,
        "portalId": portal.portal_id,
        "ownerId": number,
        "remoteId": str(user),
        "remoteType": "HUBSPOT",
        "active": True,
    }
    return {
        "portalId": portal.portal_id,
        "ownerId": number,
        "type": owner["type"],
        "firstName": owner["firstName"],
        "lastName": owner["lastName"],
        "email": owner["email"],
        "createdAt": moments.parse(owner["createdAt"]) or 0,
        "updatedAt": moments.parse(owner["updatedAt"]) or 0,
        "remoteList": [remote] if user else [],
        "activeUserId": user,
        "userIdIncludingInactive": owner.get("userIdIncludingInactive"),
    }


def me(account: Account, asked: Asked) -> Answer:
    """What the account says of itself: today's answer, whose names the old one shared."""
    return information.details(account, asked)


HANDLERS = {
    "legacy.contacts.properties": properties,
    "legacy.contacts.properties2": properties,
    "legacy.companies.properties": properties,
    "legacy.deals.properties": properties,
    "legacy.properties.list": properties,
    "legacy.properties.read": one_property,
    "legacy.properties.groups": groups,
    "legacy.deals.pipelines": deal_pipelines,
    "legacy.deals.pipeline": deal_pipeline,
    "legacy.pipelines.list": pipelines,
    "legacy.owners.list": owners,
    "legacy.owners.read": owner,
}
ACCOUNT_HANDLERS = {"legacy.account.me": me}
