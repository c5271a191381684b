"""Definitions of properties, their groups and their validation rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from hubwire.client.call import Call, call
from hubwire.client.calls.shaped import Listing, flag, many, one
from hubwire.client.definitions import GroupDefinition, PropertyDefinition, ValidationRule
from hubwire.client.records import read_nothing

Body = Mapping[str, Any]


class PropertyBatch(msgspec.Struct):
    """The answer of a batch call."""

    results: list[PropertyDefinition] = []
    errors: list[dict[str, Any]] = []


def create(version: str, kind: str, body: Body) -> Call[PropertyDefinition]:
    """A new property."""
    return call("properties.create", version, {"objectType": kind}, one(PropertyDefinition), json=body)


def update(version: str, kind: str, name: str, body: Body) -> Call[PropertyDefinition]:
    """Other values for some fields of a property."""
    places = {"objectType": kind, "propertyName": name}
    return call("properties.update", version, places, one(PropertyDefinition), json=body)


def archive(version: str, kind: str, name: str) -> Call[None]:
    """Deletes a property."""
    places = {"objectType": kind, "propertyName": name}
    return call("properties.archive", version, places, read_nothing)


def batch(version: str, verb: str, kind: str, inputs: Sequence[Body], **more: Any) -> Call[PropertyBatch]:
    """`create` or `read`."""
    body = {"inputs": inputs, **more}
    return call(f"properties.batch.{verb}", version, {"objectType": kind}, one(PropertyBatch), json=body)


def batch_archive(version: str, kind: str, names: Sequence[str]) -> Call[None]:
    """Deletes properties."""
    body = {"inputs": [{"name": name} for name in names]}
    return call("properties.batch.archive", version, {"objectType": kind}, read_nothing, json=body)


def groups(version: str, kind: str, archived: bool) -> Call[Listing[GroupDefinition]]:
    """All groups."""
    query = [("archived", flag(archived or None))]
    return call("properties.groups.list", version, {"objectType": kind}, many(GroupDefinition), query=query)


def group(version: str, kind: str, name: str) -> Call[GroupDefinition]:
    """One group."""
    places = {"objectType": kind, "groupName": name}
    return call("properties.groups.read", version, places, one(GroupDefinition))


def create_group(version: str, kind: str, body: Body) -> Call[GroupDefinition]:
    """A new group."""
    return call("properties.groups.create", version, {"objectType": kind}, one(GroupDefinition), json=body)


def update_group(version: str, kind: str, name: str, body: Body) -> Call[GroupDefinition]:
    """Other values for some fields of a group."""
    places = {"objectType": kind, "groupName": name}
    return call("properties.groups.update", version, places, one(GroupDefinition), json=body)


def archive_group(version: str, kind: str, name: str) -> Call[None]:
    """Deletes a group without properties."""
    return call("properties.groups.archive", version, {"objectType": kind, "groupName": name}, read_nothing)


def rules(version: str, kind: str, name: str | None) -> Call[Any]:
    """Validation rules: by property of a whole type, or of one property."""
    if name is None:
        return call("validations.list", version, {"objectType": kind}, one(dict[str, Any]))
    places = {"objectType": kind, "propertyName": name}
    return call("validations.of_property", version, places, many(ValidationRule))


def rule(version: str, kind: str, name: str, rule_type: str) -> Call[ValidationRule]:
    """One validation rule."""
    places = {"objectType": kind, "propertyName": name, "ruleType": rule_type}
    return call("validations.read", version, places, one(ValidationRule))


def set_rule(version: str, kind: str, name: str, rule_type: str, body: Body) -> Call[None]:
    """Sets a validation rule."""
    places = {"objectType": kind, "propertyName": name, "ruleType": rule_type}
    return call("validations.set", version, places, read_nothing, json=body)
