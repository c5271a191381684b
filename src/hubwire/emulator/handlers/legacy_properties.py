"""Writing property definitions, groups and pipelines as the first two generations did, over those of today.

https://legacydocs.hubspot.com/docs/methods/contacts/v2/create_contacts_property and
https://github.com/MadKudu/node-hubspot (lib/contact_property.js, company_property_group.js);
https://github.com/jpetrucciani/hubspot3 (crm_pipelines.py)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import msgspec

from hubwire.emulator import render
from hubwire.emulator.definitions import OwnOption
from hubwire.emulator.exchange import Answer, Asked
from hubwire.emulator.handlers import pipelines, properties, property_groups
from hubwire.emulator.handlers.legacy_definitions import groups, one_group, one_property, pipeline
from hubwire.emulator.portal import Portal
from hubwire.emulator.shapes import decode

Handler = Callable[[Portal, Asked], Answer]


class OldProperty(msgspec.Struct, rename="camel", omit_defaults=True):
    """What clients send and today's definitions also have."""

    name: str | None = None
    label: str | None = None
    description: str | None = None
    group_name: str | None = None
    type: str | None = None
    field_type: str | None = None
    options: list[OwnOption] | None = None
    display_order: int | None = None
    hidden: bool | None = None
    form_field: bool | None = None
    has_unique_value: bool | None = None


class OldGroup(msgspec.Struct, rename="camel"):
    name: str | None = None
    display_name: str | None = None
    display_order: int | None = None


def create(portal: Portal, asked: Asked) -> Answer:
    """200 with the definition.

    Only a name and a group are needed (recorded: hubspot-ruby, create_property.yml); the rest is that of a
    text (assumed), where HubSpot leaves the field type empty.
    """
    sent = decode(asked.body, OldProperty, "PropertyDefinition")
    if sent.name and sent.group_name:
        sent.label = sent.label or sent.name
        sent.type = sent.type or "string"
        if sent.type == "string":
            sent.field_type = sent.field_type or "text"
    if sent.type == "enumeration" and sent.options is None:
        sent.options = []
    properties.create(portal, restated(asked, sent))
    return one_property(portal, named(asked, propertyName=sent.name or ""))


def update(portal: Portal, asked: Asked) -> Answer:
    """200 with the definition."""
    properties.update(portal, restated(asked, decode(asked.body, OldProperty, "PropertyDefinition")))
    return one_property(portal, asked)


def archive(portal: Portal, asked: Asked) -> Answer:
    """204; 404 for one that is not there."""
    one_property(portal, asked)
    return properties.archive(portal, asked)


def group(portal: Portal, asked: Asked) -> Answer:
    return render.answer(one_group(property_groups.find(portal, asked)[1]))


def create_group(portal: Portal, asked: Asked) -> Answer:
    """200 with the group; without a place it comes last."""
    sent = decode(asked.body, OldGroup, "PropertyGroup")
    body = {"name": sent.name, "label": sent.display_name or sent.name, "displayOrder": sent.display_order}
    property_groups.create(portal, restated(asked, body))
    return group(portal, named(asked, groupName=sent.name or ""))


def update_group(portal: Portal, asked: Asked) -> Answer:
    """200 with the group."""
    sent = decode(asked.body, OldGroup, "PropertyGroup")
    property_groups.update(
        portal, restated(asked, {"label": sent.display_name, "displayOrder": sent.display_order})
    )
    return group(portal, asked)


def create_pipeline(portal: Portal, asked: Asked) -> Answer:
    """200 with the pipeline."""
    made = pipelines.create(portal, asked)
    return told(portal, named(asked, pipelineId=msgspec.json.decode(made.body)["id"]))


def update_pipeline(portal: Portal, asked: Asked) -> Answer:
    """200 with the pipeline; stages that are left out go."""
    pipelines.replace(portal, asked)
    return told(portal, asked)


def told(portal: Portal, asked: Asked) -> Answer:
    return render.answer(pipeline(*pipelines.find(portal, asked)))


def restated(asked: Asked, body: Any) -> Asked:
    """The same request with the body that today's handler reads."""
    return replace(asked, body=msgspec.json.encode(body))


def named(asked: Asked, **places: str) -> Asked:
    return replace(asked, places={**asked.places, **places})


def placed(handler: Handler) -> Handler:
    """The same of the paths that begin with the type, as `/deals/v1/properties` does."""

    def of_type(portal: Portal, asked: Asked) -> Answer:
        return handler(portal, named(asked, objectType=type_of(asked.path)))

    return of_type


def type_of(path: str) -> str:
    """`deals` of `/deals/v1/properties`."""
    return path.strip("/").partition("/")[0]


HANDLERS = {
    "legacy.properties.create": create,
    "legacy.properties.update": update,
    "legacy.properties.archive": archive,
    "legacy.properties.group": group,
    "legacy.properties.group_create": create_group,
    "legacy.properties.group_update": update_group,
    "legacy.properties.group_archive": property_groups.archive,
    "legacy.definitions.create": placed(create),
    "legacy.definitions.read": placed(one_property),
    "legacy.definitions.update": placed(update),
    "legacy.definitions.archive": placed(archive),
    "legacy.definitions.groups": placed(groups),
    "legacy.definitions.group_create": placed(create_group),
    "legacy.definitions.group_update": placed(update_group),
    "legacy.definitions.group_archive": placed(property_groups.archive),
    "legacy.pipelines.create": create_pipeline,
    "legacy.pipelines.update": update_pipeline,
    "legacy.pipelines.delete": pipelines.delete,
}
