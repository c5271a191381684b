"""Pipelines, their stages, and who changed them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hubwire.client.call import Call, call
from hubwire.client.calls.shaped import Listing, flag, many, one
from hubwire.client.definitions import AuditEntry, PipelineDefinition, StageDefinition
from hubwire.client.records import read_nothing

Body = Mapping[str, Any]
Checks = list[tuple[str, str | None]]


def checks(*, references: bool | None, deals: bool | None = None) -> Checks:
    """Whether HubSpot is to look for records in the pipeline before it deletes something."""
    return [
        ("validateReferencesBeforeDelete", flag(references)),
        ("validateDealStageUsagesBeforeDelete", flag(deals)),
    ]


def named(body: Body) -> dict[str, Any]:
    """The same with the ids as HubSpot takes them: `stageId`, where its answers say `id`."""
    told = {**body}
    if "id" in told:
        told.setdefault("pipelineId", told.pop("id"))
    if "stages" in told:
        told["stages"] = [
            {("stageId" if name == "id" else name): value for name, value in stage.items()}
            for stage in told["stages"]
        ]
    return told


def create(version: str, kind: str, body: Body) -> Call[PipelineDefinition]:
    """A new pipeline."""
    return call("pipelines.create", version, {"objectType": kind}, one(PipelineDefinition), json=named(body))


def write(
    version: str, verb: str, kind: str, pipeline: str, body: Body, query: Checks
) -> Call[PipelineDefinition]:
    """`update` some fields, or `replace` all, stages included."""
    places = {"objectType": kind, "pipelineId": pipeline}
    return call(f"pipelines.{verb}", version, places, one(PipelineDefinition), query=query, json=named(body))


def delete(version: str, kind: str, pipeline: str, query: Checks) -> Call[None]:
    """Deletes a pipeline."""
    places = {"objectType": kind, "pipelineId": pipeline}
    return call("pipelines.delete", version, places, read_nothing, query=query)


def audit(version: str, kind: str, pipeline: str) -> Call[Listing[AuditEntry]]:
    """Changes of a pipeline."""
    return call("pipelines.audit", version, {"objectType": kind, "pipelineId": pipeline}, many(AuditEntry))


def stages(version: str, kind: str, pipeline: str) -> Call[Listing[StageDefinition]]:
    """All stages."""
    places = {"objectType": kind, "pipelineId": pipeline}
    return call("pipelines.stages.list", version, places, many(StageDefinition))


def stage(version: str, kind: str, pipeline: str, stage_id: str) -> Call[StageDefinition]:
    """One stage."""
    return call("pipelines.stages.read", version, _stage(kind, pipeline, stage_id), one(StageDefinition))


def create_stage(version: str, kind: str, pipeline: str, body: Body) -> Call[StageDefinition]:
    """A new stage."""
    places = {"objectType": kind, "pipelineId": pipeline}
    return call("pipelines.stages.create", version, places, one(StageDefinition), json=body)


def write_stage(
    version: str, verb: str, kind: str, pipeline: str, stage_id: str, body: Body
) -> Call[StageDefinition]:
    """`update` some fields, or `replace` all."""
    places = _stage(kind, pipeline, stage_id)
    return call(f"pipelines.stages.{verb}", version, places, one(StageDefinition), json=body)


def delete_stage(version: str, kind: str, pipeline: str, stage_id: str, query: Checks) -> Call[None]:
    """Deletes a stage."""
    places = _stage(kind, pipeline, stage_id)
    return call("pipelines.stages.delete", version, places, read_nothing, query=query)


def audit_stage(version: str, kind: str, pipeline: str, stage_id: str) -> Call[Listing[AuditEntry]]:
    """Changes of a stage."""
    return call("pipelines.stages.audit", version, _stage(kind, pipeline, stage_id), many(AuditEntry))


def _stage(kind: str, pipeline: str, stage_id: str) -> dict[str, str]:
    return {"objectType": kind, "pipelineId": pipeline, "stageId": stage_id}
