"""Custom objects: list, read, create, change, delete and purge, and which others they are associated with.

https://developers.hubspot.com/docs/api-reference/crm-custom-objects-v3/guide, a recorded read of contacts
in https://github.com/amp-labs/connectors, and what a live account answered on 2026-09:
https://github.com/scopiousdigital/kalup (docs/hubspot.md). That other tiers than Enterprise lack the scope
is assumed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from hubwire.catalogue import load
from hubwire.emulator import refusals, removal, render
from hubwire.emulator.definitions import OwnGroup
from hubwire.emulator.exchange import Answer, Asked, Refusal
from hubwire.emulator.handlers.properties import may_be_sensitive
from hubwire.emulator.handlers.schema_bodies import ACTIVITIES, custom, standard
from hubwire.emulator.intake import user_of
from hubwire.emulator.portal import Portal
from hubwire.emulator.property_forms import Form, NewProperty, created
from hubwire.emulator.schemas import OwnSchema
from hubwire.emulator.shapes import decode
from hubwire.emulator.urls import base_url

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,49}", re.ASCII)
MOST_SEARCHABLE, MOST_SECONDARY = 20, 2


class Labels(msgspec.Struct):
    singular: str | None = None
    plural: str | None = None


class SchemaProperty(Form, rename="camel", kw_only=True):
    """A property that comes with its object: string and text unless it says otherwise."""

    name: str
    label: str
    type: str = "string"
    field_type: str | None = None
    group_name: str | None = None
    has_unique_value: bool | None = None
    external_options: bool | None = None
    referenced_object_type: str | None = None
    data_sensitivity: str | None = None


class NewSchema(msgspec.Struct, rename="camel"):
    name: str
    labels: Labels
    properties: list[SchemaProperty] | None = None
    required_properties: list[str] | None = None
    associated_objects: list[str] | None = None
    primary_display_property: str | None = None
    secondary_display_properties: list[str] | None = None
    searchable_properties: list[str] | None = None
    description: str | None = None
    allows_sensitive_properties: bool | None = None


class SchemaChange(msgspec.Struct, rename="camel"):
    labels: Labels | None = None
    description: str | None = None
    clear_description: bool | None = None
    required_properties: list[str] | None = None
    searchable_properties: list[str] | None = None
    primary_display_property: str | None = None
    secondary_display_properties: list[str] | None = None
    restorable: bool | None = None
    allows_sensitive_properties: bool | None = None


class BatchRead(msgspec.Struct, rename="camel"):
    inputs: list[str]
    include_property_definitions: bool = True
    include_association_definitions: bool = True
    include_audit_metadata: bool = True


def list_(portal: Portal, asked: Asked) -> Answer:
    """GET …/schemas: custom objects only; `archived=true` adds the archived ones."""
    every = portal.schemas.all()
    if asked.flag("archived"):
        every = [*every, *portal.schemas.all(archived=True)]
    return render.answer({"results": [custom(portal, one, *_parts(asked)) for one in every]})


def read(portal: Portal, asked: Asked) -> Answer:
    """GET …/schemas/{objectType}: standard objects, too."""
    return render.answer(_one(portal, asked.places["objectType"], *_parts(asked)))


def batch_read(portal: Portal, asked: Asked) -> Answer:
    """POST …/schemas/batch/read: `inputs` are type ids or names."""
    wanted = decode(asked.body, BatchRead, "BatchReadInputObjectSchema")
    parts = (
        wanted.include_property_definitions,
        wanted.include_association_definitions,
        wanted.include_audit_metadata,
    )
    return render.answer({"results": [_one(portal, name, *parts) for name in dict.fromkeys(wanted.inputs)]})


def create(portal: Portal, asked: Asked) -> Answer:
    """POST …/schemas: the object with its group, properties and associations; all or nothing."""
    enterprise_only(portal)
    sent = decode(asked.body, NewSchema, "ObjectSchemaEgg")
    _free_name(portal, sent.name)
    if sent.primary_display_property is None and asked.version == "2026-09":
        raise refusals.validation(
            "A primary display property is required",
            subCategory="ObjectSchemaError.PRIMARY_DISPLAY_PROPERTY_REQUIRED",
        )
    with portal.store.transaction():
        for old in portal.schemas.all(archived=True):
            if old.name.lower() == sent.name.lower():
                removal.purge_type(portal, old.type_id)
        own = _born(portal, asked, sent)
        portal.schemas.put(own)
        main = OwnGroup(f"{own.name.lower()}_information", f"{own.singular or own.name} Information", 0)
        portal.definitions.put_group(own.type_id, main)
        _add_properties(portal, asked, own, main.name, sent.properties or [])
        _check_roles(portal, own)
        _associate(portal, asked, own, sent.associated_objects or [])
    return render.answer(
        custom(portal, own, True, True, True),
        201,
        Location=f"{base_url(asked)}{asked.path.rstrip('/')}/{own.type_id}",
    )


def update(portal: Portal, asked: Asked) -> Answer:
    """PATCH …/schemas/{objectType}: what is sent replaces what was there; the name never changes."""
    enterprise_only(portal)
    own = _own(portal, asked.places["objectType"])
    sent = decode(asked.body, SchemaChange, "ObjectTypeDefinitionPatch")
    if sent.allows_sensitive_properties is False and own.allows_sensitive_properties:
        raise refusals.validation(
            "Sensitive properties support cannot be turned off",
            subCategory="InboundDbObjectTypeError.SENSITIVE_PROPERTIES_SUPPORT_CANNOT_BE_TURNED_OFF",
        )
    fields = {name: getattr(sent, name) for name in sent.__struct_fields__}
    labels, clear = fields.pop("labels"), fields.pop("clear_description")
    said = {name: value for name, value in fields.items() if value is not None}
    if labels is not None:
        said["singular"] = labels.singular or own.singular
        said["plural"] = labels.plural or own.plural
    if clear:
        said["description"] = None
    user = int(user_of(asked))
    after = msgspec.structs.replace(own, **said, updated=int(asked.now * 1000), updated_by=user)
    _check_roles(portal, after)
    portal.schemas.put(after)
    return render.answer(custom(portal, after, False, False, True))


def delete(portal: Portal, asked: Asked) -> Answer:
    """DELETE …/schemas/{objectType}: archives one without records; `archived=true` purges an archived one."""
    enterprise_only(portal)
    spelling = asked.places["objectType"]
    if asked.flag("archived"):
        return purge(portal, asked)
    own = _own(portal, spelling)
    if portal.table(portal.kind(own.type_id)).state()[0]:
        raise refusals.validation(
            f"Object type {own.type_id} cannot be deleted until all object records are deleted",
            subCategory="ObjectSchemaError.EXISTING_OBJECT_RECORDS",
        )
    at = int(asked.now * 1000)
    with portal.store.transaction():
        for relation in portal.relations.own():
            if own.type_id in (relation.from_type, relation.to_type) and not relation.unlabeled:
                portal.relations.drop(relation)
        portal.schemas.put(msgspec.structs.replace(own, archived=at, updated=at))
    return Answer(204)


def purge(portal: Portal, asked: Asked) -> Answer:
    """DELETE …/schemas/{objectType}/purge, of old: an archived one, for good; its name is free again."""
    enterprise_only(portal)
    gone = portal.schemas.find(asked.places["objectType"], archived=True)
    if gone is None:
        raise refusals.validation("Couldn't find soft-deleted object type(s)")
    with portal.store.transaction():
        removal.purge_type(portal, gone.type_id)
    return Answer(204)


# What several of them need


def enterprise_only(portal: Portal) -> None:
    """Accounts of other tiers have no right to define objects."""
    if portal.tier != "enterprise":
        raise refusals.missing_scopes(["custom-object-write"])


def _parts(asked: Asked) -> tuple[bool, bool, bool]:
    names = ("includePropertyDefinitions", "includeAssociationDefinitions", "includeAuditMetadata")
    given = [(asked.one(name) or "true").lower() != "false" for name in names]
    return given[0], given[1], given[2]


def _one(portal: Portal, spelling: str, properties: bool, associations: bool, audit: bool) -> dict[str, Any]:
    kind = load.object_type(spelling)
    if kind is not None:
        return standard(portal, kind, properties, associations, audit)
    return custom(portal, _own(portal, spelling), properties, associations, audit)


def _own(portal: Portal, spelling: str) -> OwnSchema:
    own = portal.schemas.find(spelling)
    if own is not None:
        return own
    kind = portal.kind(spelling)
    raise refusals.validation(f"The definition of {kind.name} is HubSpot's own and cannot be changed")


def _free_name(portal: Portal, name: str) -> None:
    if not NAME.fullmatch(name):
        raise refusals.validation(
            f"invalid object type name {name}",
            subCategory="InboundDbObjectTypeError.OBJECT_TYPE_NAME_FORMAT",
        )
    if any(one.name.lower() == name.lower() for one in portal.schemas.all()):
        raise Refusal(
            409,
            f"{name} already exists",
            category="OBJECT_ALREADY_EXISTS",
            subCategory="InboundDbObjectTypeError.OBJECT_TYPE_ALREADY_EXIST",
        )
    most = load.limits().CUSTOM_OBJECT_TYPES
    if len(portal.schemas.all()) >= most:
        raise refusals.validation(f"The account has reached its limit of {most} custom object types")


def _born(portal: Portal, asked: Asked, sent: NewSchema) -> OwnSchema:
    at, user = int(asked.now * 1000), int(user_of(asked))
    for text in (sent.labels.singular, sent.labels.plural):
        if text is None or not 1 <= len(text) <= 50:
            raise refusals.validation("Both labels of an object have 1 to 50 characters")
    return OwnSchema(
        number=portal.schemas.next_number(),
        name=sent.name,
        singular=sent.labels.singular,
        plural=sent.labels.plural,
        description=sent.description,
        primary_display_property=sent.primary_display_property,
        secondary_display_properties=sent.secondary_display_properties or [],
        required_properties=sent.required_properties or [],
        searchable_properties=sent.searchable_properties or ["hs_object_id"],
        allows_sensitive_properties=sent.allows_sensitive_properties is not False,
        created=at,
        updated=at,
        created_by=user,
        updated_by=user,
    )


def _add_properties(
    portal: Portal, asked: Asked, own: OwnSchema, group: str, sent: Sequence[SchemaProperty]
) -> None:
    kind, at = portal.kind(own.type_id), int(asked.now * 1000)
    for one in sent:
        fields = {name: getattr(one, name) for name in one.__struct_fields__}
        fields["group_name"] = one.group_name or group
        fields["field_type"] = one.field_type or ("number" if one.type == "number" else "text")
        made = created(portal.definitions, kind.id, NewProperty(**fields), at, user_of(asked))
        if made.data_sensitivity != "non_sensitive":
            may_be_sensitive(portal, asked, kind)
        portal.define(kind, made)


def _check_roles(portal: Portal, own: OwnSchema) -> None:
    """Properties that play a part must exist."""
    roles: Mapping[str, Sequence[str]] = {
        "PRIMARY_DISPLAY_PROPERTY": [own.primary_display_property] if own.primary_display_property else [],
        "SECONDARY_DISPLAY_PROPERTIES": own.secondary_display_properties,
        "REQUIRED_PROPERTIES": own.required_properties,
        "SEARCHABLE_PROPERTIES": own.searchable_properties,
    }
    known = portal.definitions.all(own.type_id)
    for role, names in roles.items():
        missing = [name for name in names if name not in known]
        if missing:
            raise refusals.validation(
                f"Invalid {role.lower().replace('_', ' ')} {', '.join(missing)}",
                subCategory=f"ObjectSchemasSandboxesSyncErrorType.INVALID_{role}",
            )
    secondary = own.secondary_display_properties
    if len(secondary) > MOST_SECONDARY or len(set(secondary)) != len(secondary):
        raise refusals.validation(f"An object has at most {MOST_SECONDARY} different secondary properties")
    if len(own.searchable_properties) > MOST_SEARCHABLE:
        raise refusals.validation(f"An object has at most {MOST_SEARCHABLE} searchable properties")


def _associate(portal: Portal, asked: Asked, own: OwnSchema, wanted: Sequence[str]) -> None:
    """With the activities always, and with whatever was asked for."""
    others = [portal.kind(name) for name in wanted]
    chosen = dict.fromkeys([*(kind.id for kind in others), *ACTIVITIES])
    for type_id in chosen:
        name = f"{own.name}_to_{portal.short_name(type_id)}"
        portal.relations.define(own.type_id, type_id, name, (None, None), int(asked.now * 1000))


HANDLERS = {
    "schemas.list": list_,
    "schemas.read": read,
    "schemas.batch.read": batch_read,
    "schemas.create": create,
    "schemas.update": update,
    "schemas.delete": delete,
    "schemas.purge": purge,
}
