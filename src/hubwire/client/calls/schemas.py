"""Object types: custom ones, and what is known of HubSpot's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hubwire.client.call import Call, call
from hubwire.client.calls.shaped import Listing, flag, many, one, plain
from hubwire.client.definitions import SchemaAssociation, SchemaDefinition
from hubwire.client.records import read_nothing

Body = Mapping[str, Any]


def page(version: str, archived: bool) -> Call[Listing[SchemaDefinition]]:
    """All custom object types."""
    return call(
        "schemas.list", version, {}, many(SchemaDefinition), query=[("archived", flag(archived or None))]
    )


def read(version: str, kind: str) -> Call[SchemaDefinition]:
    """One object type."""
    return call("schemas.read", version, {"objectType": kind}, one(SchemaDefinition))


def read_many(version: str, kinds: Sequence[str]) -> Call[Listing[SchemaDefinition]]:
    """Some object types."""
    body = {
        "inputs": list(kinds),
        "includePropertyDefinitions": True,
        "includeAssociationDefinitions": True,
        "includeAuditMetadata": False,
    }
    return call("schemas.batch.read", version, {}, many(SchemaDefinition), json=body)


def create(version: str, body: Body) -> Call[SchemaDefinition]:
    """A new object type."""
    return call("schemas.create", version, {}, one(SchemaDefinition), json=body)


def update(version: str, kind: str, body: Body) -> Call[SchemaDefinition]:
    """Other values for some fields. The answer names neither properties nor associations."""
    return call("schemas.update", version, {"objectType": kind}, one(SchemaDefinition), json=body)


def delete(version: str, kind: str, purge: bool) -> Call[None]:
    """Deletes an object type without records, or purges a deleted one."""
    query = [("archived", flag(purge or None))]
    return call("schemas.delete", version, {"objectType": kind}, read_nothing, query=query)


def associate(version: str, kind: str, body: Body) -> Call[SchemaAssociation]:
    """A new way to associate records of two types."""
    return call(
        "schemas.associations.create", version, {"objectType": kind}, one(SchemaAssociation), json=body
    )


def dissociate(version: str, kind: str, association: str) -> Call[None]:
    """Takes such a way away."""
    places = {"objectType": kind, "associationId": association}
    return call("schemas.associations.delete", version, places, read_nothing)


def enabled(version: str, type_id: str | None) -> Call[dict[str, Any]]:
    """Which of HubSpot's types the account has switched on."""
    if type_id is None:
        return call("library.list", version, {}, plain)
    return call("library.read", version, {"objectType": type_id}, plain)
