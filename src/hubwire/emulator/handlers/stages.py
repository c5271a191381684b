"""Stages of a pipeline: list, read, create, replace, change, delete.

https://developers.hubspot.com/docs/api-reference/latest/crm/pipelines/guide; texts of refusals as a live
account answered on 2026-09: https://github.com/scopiousdigital/kalup (docs/hubspot.md).
"""

from __future__ import annotations

import msgspec

from hubwire.catalogue.facts import ObjectType
from hubwire.emulator import refusals, render
from hubwire.emulator.exchange import Answer, Asked, Refusal
from hubwire.emulator.handlers.pipelines import find, new_stage, note, refuse_used, sent_over, store
from hubwire.emulator.pipelines import (
    LAST,
    OwnPipeline,
    OwnStage,
    StageInput,
    check_stages,
    in_order,
    metadata,
    place,
    stage_body,
)
from hubwire.emulator.portal import Portal
from hubwire.emulator.shapes import decode
from hubwire.emulator.urls import base_url


def list_(portal: Portal, asked: Asked) -> Answer:
    """GET …/{pipelineId}/stages."""
    _, pipeline = find(portal, asked)
    return render.answer({"results": [stage_body(one) for one in in_order(pipeline.stages)]})


def read(portal: Portal, asked: Asked) -> Answer:
    """GET …/{pipelineId}/stages/{stageId}."""
    return render.answer(stage_body(_find(portal, asked)[2]))


def create(portal: Portal, asked: Asked) -> Answer:
    """POST …/{pipelineId}/stages."""
    kind, pipeline = find(portal, asked)
    sent = decode(asked.body, StageInput, "PipelineStageInput")
    with portal.store.transaction():
        stage = new_stage(portal, asked, kind, sent)
        if any(other.stage(stage.id) for other in portal.pipelines.of(kind.id)):
            # HubSpot gives no category here.
            raise Refusal(
                400, f"An existing active stage in another pipeline is already using stage id {stage.id}"
            )
        _keep(portal, kind, pipeline, place(pipeline.stages, stage, stage.display_order))
        note(portal, asked, kind, pipeline, "CREATE", stage)
    _, pipeline = find(portal, asked)
    shown = stage_body(pipeline.stage(stage.id) or stage)
    return render.answer(
        sent_over(shown, sent, stage.metadata),
        201,
        Location=f"{base_url(asked)}{asked.path.rstrip('/')}/{stage.id}",
    )


def replace(portal: Portal, asked: Asked) -> Answer:
    """PUT …/stages/{stageId}: the label and what else is sent; metadata that is not sent stays."""
    sent = decode(asked.body, StageInput, "PipelineStageInput")
    if sent.label is None:
        raise refusals.attributes_not_set("PipelineStageInput", ["label"])
    return _change(portal, asked, sent)


def update(portal: Portal, asked: Asked) -> Answer:
    """PATCH …/stages/{stageId}: what is sent, and nothing else."""
    return _change(portal, asked, decode(asked.body, StageInput, "PipelineStagePatchInput"))


def delete(portal: Portal, asked: Asked) -> Answer:
    """DELETE …/stages/{stageId}: 204 also for a stage that is not there."""
    kind = portal.kind(asked.places["objectType"])
    pipelines = portal.pipelines.of(kind.id)
    pipeline = next((one for one in pipelines if one.id == asked.places["pipelineId"]), None)
    stage = pipeline.stage(asked.places["stageId"]) if pipeline else None
    if pipeline is None or stage is None:
        return Answer(204)
    rest = [one for one in pipeline.stages if one.id != stage.id]
    check_stages(kind.id, msgspec.structs.replace(pipeline, stages=rest))
    refuse_used(portal, asked, kind, [stage.id])
    with portal.store.transaction():
        _keep(portal, kind, pipeline, rest)
        note(portal, asked, kind, pipeline, "DELETE", stage)
    return Answer(204)


def _change(portal: Portal, asked: Asked, sent: StageInput) -> Answer:
    kind, pipeline, stage = _find(portal, asked)
    after = msgspec.structs.replace(
        stage,
        label=stage.label if sent.label is None else sent.label,
        metadata=metadata(kind.id, sent.metadata or {}, stage.metadata),
        updated=int(asked.now * 1000),
    )
    others = [one for one in pipeline.stages if one.id != stage.id]
    if sent.display_order is None or sent.display_order == stage.display_order:
        stages = [after if one.id == stage.id else one for one in pipeline.stages]
    elif sent.display_order < 0 and asked.version == "2026-09":
        raise Refusal(400, "Pipeline display order cannot be negative")
    else:
        stages = place(others, after, max(LAST, sent.display_order))
    with portal.store.transaction():
        _keep(portal, kind, pipeline, stages)
        note(portal, asked, kind, pipeline, "UPDATE", after)
    shown = stage_body(next(one for one in stages if one.id == stage.id))
    return render.answer(sent_over(shown, sent, stage.metadata))


def _keep(portal: Portal, kind: ObjectType, pipeline: OwnPipeline, stages: list[OwnStage]) -> None:
    after = msgspec.structs.replace(pipeline, stages=stages)
    check_stages(kind.id, after)
    store(portal, kind, after)


def _find(portal: Portal, asked: Asked) -> tuple[ObjectType, OwnPipeline, OwnStage]:
    kind, pipeline = find(portal, asked)
    wanted = asked.places["stageId"]
    stage = pipeline.stage(wanted)
    if stage is None:
        raise refusals.nothing_there(
            f"No pipeline stage found with ID {wanted}", context={"stageId": [wanted]}
        )
    return kind, pipeline, stage


HANDLERS = {
    "pipelines.stages.list": list_,
    "pipelines.stages.create": create,
    "pipelines.stages.read": read,
    "pipelines.stages.replace": replace,
    "pipelines.stages.update": update,
    "pipelines.stages.delete": delete,
}
