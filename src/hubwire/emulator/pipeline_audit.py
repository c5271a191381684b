"""What the audit of pipelines keeps of a change: the pipeline or stage as HubSpot has it inside, afterwards.

As in the guide's example: https://developers.hubspot.com/docs/api-reference/latest/crm/pipelines/guide. Of
stages alone, and of deletions, it shows none: those are assumed to be alike, and who made a pipeline to be
who changes it.
"""

from __future__ import annotations

from typing import Any

import msgspec

from hubwire.catalogue.facts import ObjectType
from hubwire.emulator.pipelines import AuditEntry, OwnPipeline, OwnStage, in_order
from hubwire.emulator.portal import Portal

CREATED = "User defined. pipeline created"
"""Of a pipeline; every other message is the noun and the verb."""


def entry(
    portal: Portal,
    kind: ObjectType,
    changed: tuple[OwnPipeline, OwnStage | None],
    action: str,
    at: int,
    user: int,
) -> AuditEntry:
    """`changed` is a pipeline, or one with the stage of it that was changed."""
    pipeline, stage = changed
    identifier = f"{portal.portal_id}:{(stage or pipeline).id}"
    if stage is None:
        version = len(portal.pipelines.audit(kind.id, identifier))
        raw = _pipeline(portal, kind, pipeline, version, user)
        message = CREATED if action == "CREATE" else f"Pipeline {action.lower()}"
    else:
        raw = _stage(portal, kind, pipeline, stage, user)
        message = f"Pipeline stage {action.lower()}"
    raw["active"] = action != "DELETE"
    return AuditEntry(identifier, action, at, message, msgspec.json.encode(raw).decode(), user)


def _pipeline(
    portal: Portal, kind: ObjectType, pipeline: OwnPipeline, version: int, user: int
) -> dict[str, Any]:
    return {
        "displayOrder": pipeline.display_order,
        "pipelineId": pipeline.id,
        "portalId": portal.portal_id,
        "objectType": kind.upper,
        "objectTypeId": kind.id,
        "version": version,
        "label": pipeline.label,
        "active": True,
        "stages": [_stage(portal, kind, pipeline, one, user) for one in in_order(pipeline.stages)],
        **_times(pipeline, user),
        "limitExempt": False,
        "permission": None,
        "default": pipeline.id == "default",
    }


def _stage(
    portal: Portal, kind: ObjectType, pipeline: OwnPipeline, stage: OwnStage, user: int
) -> dict[str, Any]:
    return {
        "displayOrder": stage.display_order,
        "portalId": portal.portal_id,
        "objectTypeId": kind.id,
        "pipelineId": pipeline.id,
        "stageId": stage.id,
        "label": stage.label,
        "metadata": stage.metadata,
        "maxVisibleVersion": None,
        **_times(stage, user),
        "writePermissions": "CRM_PERMISSIONS_ENFORCEMENT",
        "internalWriteOnly": False,
        "active": True,
        "isApprovalStage": None,
    }


def _times(what: OwnPipeline | OwnStage, user: int) -> dict[str, int | None]:
    """In epoch milliseconds; nobody has updated what is as it was made."""
    updated = what.updated != what.created
    return {
        "createdBy": user,
        "updatedBy": user if updated else None,
        "createdAt": what.created,
        "updatedAt": what.updated if updated else None,
    }
