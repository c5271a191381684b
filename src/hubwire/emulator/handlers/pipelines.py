"""Pipelines: list, read, create, replace, change, delete, audit.

https://developers.hubspot.com/docs/api-reference/latest/crm/pipelines/guide; texts of refusals as a live
account answered on 2026-09: https://github.com/scopiousdigital/kalup (docs/hubspot.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from hubwire.catalogue.facts import ObjectType
from hubwire.emulator import moments, refusals, render
from hubwire.emulator.exchange import Answer, Asked, Refusal
from hubwire.emulator.intake import PIPELINED
from hubwire.emulator.pipeline_audit import entry
from hubwire.emulator.pipelines import (
    LAST,
    LONGEST_PIPELINE_ID,
    LONGEST_STAGE_ID,
    OwnPipeline,
    OwnStage,
    PipelineInput,
    StageInput,
    body,
    check_stages,
    metadata,
    same_label,
    untied,
)
from hubwire.emulator.portal import Portal
from hubwire.emulator.shapes import decode
from hubwire.emulator.urls import base_url
from hubwire.emulator.validate import as_text


class PipelineChange(msgspec.Struct, rename="camel"):
    label: str | None = None
    display_order: int | None = None


def list_(portal: Portal, asked: Asked) -> Answer:
    """GET …/{objectType}: pipelines with their stages; there are no pages."""
    kind = portal.kind(asked.places["objectType"])
    return render.answer({"results": [body(one) for one in portal.pipelines.of(kind.id)]})


def read(portal: Portal, asked: Asked) -> Answer:
    """GET …/{objectType}/{pipelineId}."""
    return render.answer(body(find(portal, asked)[1]))


def create(portal: Portal, asked: Asked) -> Answer:
    """POST …/{objectType}: a pipeline with its stages. Given ids are kept as they are."""
    kind = portal.kind(asked.places["objectType"])
    sent = decode(asked.body, PipelineInput, "PipelineInput")
    known = portal.pipelines.of(kind.id)
    with portal.store.transaction():
        chosen = sent.pipeline_id or portal.pipelines.next_id()
        _free_id(portal, kind, chosen)
        _free_label(known, sent.label)
        order = _order(asked, sent.display_order)
        order = len(known) if order == LAST else order
        made = OwnPipeline(chosen, sent.label, order, [], _at(asked), _at(asked))
        made.stages = untied([new_stage(portal, asked, kind, one) for one in sent.stages or []])
        _free_stages(known, made)
        check_stages(kind.id, made)
        keep(portal, kind, [*known, made])
        note(portal, asked, kind, made, "CREATE")
    location = f"{base_url(asked)}{asked.path.rstrip('/')}/{made.id}"
    return render.answer(_echo(made, sent.stages or []), 201, Location=location)


def replace(portal: Portal, asked: Asked) -> Answer:
    """PUT …/{pipelineId}: stages named by id stay, others are new, and those left out are deleted.

    All may be new: `hubspot-api-client` 12.0.0 and `@hubspot/api-client` cannot name a stage by its id. That
    one must stay is said only by the model in https://github.com/jackemcpherson/terraform-provider-hubspot.
    """
    kind, pipeline = find(portal, asked)
    sent = decode(asked.body, PipelineInput, "PipelineInput")
    known = portal.pipelines.of(kind.id)
    with portal.store.transaction():
        _free_label(known, sent.label, pipeline)
        after = msgspec.structs.replace(
            pipeline,
            label=sent.label,
            display_order=max(0, _order(asked, sent.display_order, pipeline.display_order)),
            stages=untied([_kept(portal, asked, kind, pipeline, one) for one in sent.stages or []]),
            updated=_at(asked),
        )
        _free_stages([one for one in known if one.id != pipeline.id], after)
        check_stages(kind.id, after)
        gone = [one.id for one in pipeline.stages if after.stage(one.id) is None]
        refuse_used(portal, asked, kind, gone)
        store(portal, kind, after)
        note(portal, asked, kind, after, "UPDATE")
    return render.answer(_echo(after, sent.stages or []))


def update(portal: Portal, asked: Asked) -> Answer:
    """PATCH …/{pipelineId}: label and place. It counts as a change of every stage."""
    kind, pipeline = find(portal, asked)
    sent = decode(asked.body, PipelineChange, "PipelinePatchInput")
    at = _at(asked)
    if sent.label is not None:
        _free_label(portal.pipelines.of(kind.id), sent.label, pipeline)
    after = msgspec.structs.replace(
        pipeline,
        label=pipeline.label if sent.label is None else sent.label,
        display_order=max(0, _order(asked, sent.display_order, pipeline.display_order)),
        stages=[msgspec.structs.replace(one, updated=at) for one in pipeline.stages],
        updated=at,
    )
    with portal.store.transaction():
        store(portal, kind, after)
        note(portal, asked, kind, after, "UPDATE")
    return render.answer(body(after))


def delete(portal: Portal, asked: Asked) -> Answer:
    """DELETE …/{pipelineId}: for good, with its stages."""
    kind, pipeline = find(portal, asked)
    refuse_used(portal, asked, kind, [one.id for one in pipeline.stages])
    with portal.store.transaction():
        keep(portal, kind, [one for one in portal.pipelines.of(kind.id) if one.id != pipeline.id])
        note(portal, asked, kind, pipeline, "DELETE")
    return Answer(204)


def audit(portal: Portal, asked: Asked) -> Answer:
    """GET …/{pipelineId}/audit, newest first. The Python SDK asks here for the audit of a stage, too."""
    kind = portal.kind(asked.places["objectType"])
    wanted = asked.places.get("stageId", asked.places["pipelineId"])
    entries = portal.pipelines.audit(kind.id, f"{portal.portal_id}:{wanted}")
    known = portal.pipelines.of(kind.id)
    if not entries and not any(one.id == wanted or one.stage(wanted) for one in known):
        raise no_pipeline(wanted)
    results = [
        {
            "portalId": portal.portal_id,
            "identifier": one.identifier,
            "action": one.action,
            "timestamp": moments.text(one.at),
            "message": one.message,
            "rawObject": one.raw_object,
            "fromUserId": one.from_user_id,
        }
        for one in entries
    ]
    return render.answer({"results": results})


# What stages share


def find(portal: Portal, asked: Asked) -> tuple[ObjectType, OwnPipeline]:
    """The pipeline that a path names."""
    kind, wanted = portal.kind(asked.places["objectType"]), asked.places["pipelineId"]
    for pipeline in portal.pipelines.of(kind.id):
        if pipeline.id == wanted:
            return kind, pipeline
    raise no_pipeline(wanted)


def no_pipeline(wanted: str) -> Refusal:
    return refusals.nothing_there(f"No pipeline found with ID {wanted}", context={"pipelineId": [wanted]})


def new_stage(portal: Portal, asked: Asked, kind: ObjectType, sent: StageInput) -> OwnStage:
    """A stage that a caller adds."""
    if sent.label is None:
        raise refusals.attributes_not_set("PipelineStageInput", ["label"])
    if sent.stage_id is not None and sent.stage_id != sent.stage_id.lower():
        # https://github.com/HubSpot/hubspot-api-php/issues/295; the words are ours
        raise refusals.validation(
            f"Stage ID {sent.stage_id} must be in lower case", context={"stageId": [sent.stage_id]}
        )
    if sent.stage_id is not None and len(sent.stage_id) > LONGEST_STAGE_ID:
        raise _too_long("stageId", sent.stage_id, LONGEST_STAGE_ID)
    at = _at(asked)
    return OwnStage(
        sent.stage_id or portal.pipelines.next_id(),
        sent.label,
        _order(asked, sent.display_order),
        metadata(kind.id, sent.metadata or {}, {}),
        at,
        at,
    )


def _kept(
    portal: Portal, asked: Asked, kind: ObjectType, pipeline: OwnPipeline, sent: StageInput
) -> OwnStage:
    stage = pipeline.stage(sent.stage_id or "")
    made = new_stage(portal, asked, kind, sent)
    return made if stage is None else msgspec.structs.replace(made, created=stage.created)


def keep(portal: Portal, kind: ObjectType, pipelines: list[OwnPipeline]) -> None:
    """Stores a type's pipelines, and what follows from them."""
    portal.pipelines.keep(kind.id, pipelines)
    portal.follow_pipelines(kind)


def store(portal: Portal, kind: ObjectType, pipeline: OwnPipeline) -> None:
    """Stores one changed pipeline."""
    known = portal.pipelines.of(kind.id)
    keep(portal, kind, [pipeline if one.id == pipeline.id else one for one in known])


def note(
    portal: Portal,
    asked: Asked,
    kind: ObjectType,
    pipeline: OwnPipeline,
    action: str,
    stage: OwnStage | None = None,
) -> None:
    """Keeps the change of a pipeline, or of one of its stages, for the audit."""
    user = asked.grant.user_id if asked.grant else 0
    portal.pipelines.note(kind.id, entry(portal, kind, (pipeline, stage), action, _at(asked), user))


def refuse_used(portal: Portal, asked: Asked, kind: ObjectType, stage_ids: Sequence[str]) -> None:
    """Refuses to lose stages that live records are in: always on 2026-09, on request before."""
    flags = ["validateReferencesBeforeDelete"]
    if kind.id == "0-3":
        flags.append("validateDealStageUsagesBeforeDelete")
    if asked.version != "2026-09" and not any(map(asked.flag, flags)):
        return
    names = PIPELINED.get(kind.id, ("hs_pipeline", "hs_pipeline_stage"))
    used = portal.holders(kind, names[1], stage_ids) if names and stage_ids else []
    if used:
        stages = f"[{', '.join(dict.fromkeys(stage for _, stage in used))}]"
        objects = f"[{', '.join(str(number) for number, _ in used)}]"
        raise refusals.validation(
            f"Stage IDs: {stages} are being referenced by object IDs: {objects}",
            context={"stageIds": [stages], "objectIds": [objects]},
            subCategory="PipelineError.STAGE_ID_IN_USE",
        )


def sent_over(shown: dict[str, Any], sent: StageInput, stored: dict[str, str]) -> dict[str, Any]:
    """What a write answers: the request's own metadata over what was stored; only a read shows the truth."""
    told = {name: as_text(value) for name, value in (sent.metadata or {}).items()}
    return {**shown, "metadata": {**stored, **told}}


def _echo(pipeline: OwnPipeline, sent: Sequence[StageInput]) -> dict[str, Any]:
    shown = body(pipeline)
    by_label = {one.label: one for one in sent}
    shown["stages"] = [sent_over(one, by_label[one["label"]], one["metadata"]) for one in shown["stages"]]
    return shown


def _order(asked: Asked, wanted: int | None, default: int = 0) -> int:
    if wanted is None:
        return default
    if wanted < 0:
        if asked.version == "2026-09":
            raise Refusal(400, "Pipeline display order cannot be negative")
        return LAST
    return wanted


def _too_long(name: str, sent: str, longest: int) -> Refusal:
    """HubSpot's lengths and words are not known."""
    return refusals.validation(f"{name} must not be longer than {longest} characters", context={name: [sent]})


def _free_id(portal: Portal, kind: ObjectType, chosen: str) -> None:
    if len(chosen) > LONGEST_PIPELINE_ID:
        raise _too_long("pipelineId", chosen, LONGEST_PIPELINE_ID)
    if any(one.id == chosen for one in portal.pipelines.of(kind.id)):
        raise refusals.validation(f"There's another pipeline in this portal with pipelineId ({chosen}).")
    for type_id in portal.pipelines.types():
        if any(one.id == chosen for one in portal.pipelines.of(type_id)):
            raise _stage_elsewhere()


def _free_label(known: Sequence[OwnPipeline], label: str, own: OwnPipeline | None = None) -> None:
    others = (one for one in known if own is None or one.id != own.id)
    if any(same_label(one.label, label) for one in others):
        raise refusals.validation(f"An active pipeline with label {label} already exists.")


def _free_stages(others: Sequence[OwnPipeline], pipeline: OwnPipeline) -> None:
    ids = [one.id for one in pipeline.stages]
    if len(set(ids)) != len(ids):
        raise Refusal(400, "Stage ids must be unique in a pipeline", category="DUPLICATE_STAGE_ID")
    if any(other.stage(id_) for other in others for id_ in ids):
        raise _stage_elsewhere()


def _stage_elsewhere() -> Refusal:
    return Refusal(
        409,
        "There's another pipeline in this portal with one of the same stages",
        category="OBJECT_ALREADY_EXISTS",
        subCategory="PipelineError.STAGE_ID_EXISTS_IN_ANOTHER_PIPELINE",
    )


def _at(asked: Asked) -> int:
    return int(asked.now * 1000)


HANDLERS = {
    "pipelines.list": list_,
    "pipelines.read": read,
    "pipelines.create": create,
    "pipelines.replace": replace,
    "pipelines.update": update,
    "pipelines.delete": delete,
    "pipelines.audit": audit,
    "pipelines.stages.audit": audit,
}
