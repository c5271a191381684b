"""Object types as the schemas API shows them. Key order as recorded for contacts (amp-labs/connectors)."""

from __future__ import annotations

from typing import Any

from hubwire.catalogue.facts import ObjectType
from hubwire.emulator import linking, moments
from hubwire.emulator.portal import Portal
from hubwire.emulator.relations import definition
from hubwire.emulator.schemas import OwnSchema, primary_display

ACTIVITIES = ("0-48", "0-49", "0-47", "0-46", "0-27", "0-18", "0-116")
"""What every custom object is associated with from the start."""
DESCRIPTIONS = {"0-1": "Any person who interacts with a HubSpot user’s business."}
"""As recorded; those of the others are not known."""


def custom(
    portal: Portal, own: OwnSchema, properties: bool, associations: bool, audit: bool
) -> dict[str, Any]:
    """A custom object; an archived one has neither properties nor associations any more."""
    body: dict[str, Any] = {
        "labels": {"singular": own.singular, "plural": own.plural},
        "requiredProperties": own.required_properties,
        "searchableProperties": own.searchable_properties,
        "primaryDisplayProperty": own.primary_display_property,
        "secondaryDisplayProperties": own.secondary_display_properties,
        "description": own.description,
        "allowsSensitiveProperties": own.allows_sensitive_properties,
        "archived": own.archived is not None,
        "restorable": own.restorable,
        "metaType": "PORTAL_SPECIFIC",
        "id": str(own.number),
        "fullyQualifiedName": portal.schemas.full_name(own),
        # Milliseconds, as recorded (amp-labs/connectors, contacts-schema-resp: 2025-03-05T18:12:37.434Z); the
        # guide's samples print microseconds.
        "createdAt": moments.text(own.created),
        "updatedAt": moments.text(own.updated),
        "createdByUserId": own.created_by,
        "updatedByUserId": own.updated_by,
        "objectTypeId": own.type_id,
    }
    live = own.archived is None
    _parts(portal, body, own.type_id if live else "", properties, associations)
    if not audit:
        del body["createdByUserId"], body["updatedByUserId"]
    body["name"] = own.name
    return body


def standard(
    portal: Portal, kind: ObjectType, properties: bool, associations: bool, audit: bool
) -> dict[str, Any]:
    """One of HubSpot's own types."""
    body: dict[str, Any] = {
        "labels": {"singular": label(kind.singular), "plural": label(kind.name)},
        "requiredProperties": [],
        "searchableProperties": [],
        "primaryDisplayProperty": primary_display(kind, None),
        "secondaryDisplayProperties": [],
        "description": DESCRIPTIONS.get(kind.id),
        "allowsSensitiveProperties": True,
        "archived": False,
        "restorable": True,
        "metaType": "HUBSPOT",
        "id": kind.id.removeprefix("0-"),
        "fullyQualifiedName": kind.upper,
        "createdAt": moments.text(0),
        "updatedAt": moments.text(0),
        "createdByUserId": None,
        "updatedByUserId": None,
        "objectTypeId": kind.id,
    }
    _parts(portal, body, kind.id, properties, associations)
    if not audit:
        del body["createdByUserId"], body["updatedByUserId"]
    body["name"] = kind.upper
    return body


def label(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _parts(portal: Portal, body: dict[str, Any], type_id: str, properties: bool, associations: bool) -> None:
    if properties:
        body["properties"] = portal.definitions.as_dicts(type_id) if type_id else []
    if associations:
        body["associations"] = associated(portal, type_id) if type_id else []


def associated(portal: Portal, type_id: str) -> list[dict[str, Any]]:
    """Every way to associate that starts there; of a custom object also those that lead there."""
    own = {one.id: one for one in portal.relations.own()}
    shown = []
    for kind in linking.relations_of(portal, type_id):
        made = own.get(kind.id) if kind.category != "HUBSPOT_DEFINED" else None
        at = None if made is None else moments.text(made.created)
        shown.append(definition(kind, at, linking.most_linked(portal, kind)))
    return shown
