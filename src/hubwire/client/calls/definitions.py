"""Property definitions, pipelines and owners."""

from __future__ import annotations

from hubwire.client.call import Call, call
from hubwire.client.calls.shaped import Listing, many, one
from hubwire.client.definitions import Owner, PipelineDefinition, PropertyDefinition

_property, _properties = one(PropertyDefinition), many(PropertyDefinition)
_pipeline, _pipelines = one(PipelineDefinition), many(PipelineDefinition)
_owner, _owners = one(Owner), many(Owner)


def properties(version: str, kind: str, *, archived: bool = False) -> Call[Listing[PropertyDefinition]]:
    """All properties of an object type, in one answer."""
    query = [("archived", "true" if archived else None)]
    return call("properties.list", version, {"objectType": kind}, _properties, query=query)


def property_(version: str, kind: str, name: str) -> Call[PropertyDefinition]:
    """One property."""
    return call("properties.read", version, {"objectType": kind, "propertyName": name}, _property)


def pipelines(version: str, kind: str) -> Call[Listing[PipelineDefinition]]:
    """All pipelines of an object type with their stages."""
    return call("pipelines.list", version, {"objectType": kind}, _pipelines)


def pipeline(version: str, kind: str, pipeline_id: str) -> Call[PipelineDefinition]:
    """One pipeline."""
    return call("pipelines.read", version, {"objectType": kind, "pipelineId": pipeline_id}, _pipeline)


def owners(version: str, *, email: str | None, archived: bool, after: str | None) -> Call[Listing[Owner]]:
    """One page of owners."""
    query = [("email", email), ("archived", "true" if archived else None), ("limit", "100"), ("after", after)]
    return call("owners.list", version, {}, _owners, query=query)


def owner(version: str, owner_id: str, *, by: str | None) -> Call[Owner]:
    """One owner."""
    return call("owners.read", version, {"ownerId": owner_id}, _owner, query=[("idProperty", by)])
