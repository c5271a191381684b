"""Pipelines: made with their stages, and replaced in one call that keeps the stages that have records."""

from __future__ import annotations

from hubwire.schema.declared import Objects, Pipeline, Stage, words
from hubwire.schema.drafts import Draft
from hubwire.schema.state import Account, Json, Kind

STAGE_PROPERTY = {"0-3": "dealstage"}
TICKETS, DEALS = "0-5", "0-3"


def compare(draft: Draft, account: Account, declared: Objects, kind: Kind) -> None:
    """Every declared pipeline; others stay."""
    for pipeline in declared.pipelines:
        now = kind.pipelines.get(pipeline.id)
        if now is None:
            _create(draft, declared, kind, pipeline)
        else:
            _change(draft, account, declared, kind, pipeline, now)
    if declared.pipelines:
        names = {each.id for each in declared.pipelines}
        for name, found in kind.pipelines.items():
            if name not in names:
                label = found.get("label")
                draft.keep(
                    f"pipeline {declared.name}.{name} ({label}) is in the account and not in the schema"
                )


def _create(draft: Draft, declared: Objects, kind: Kind, pipeline: Pipeline) -> None:
    body = {
        "pipelineId": pipeline.id,
        "label": pipeline.label or words(pipeline.id),
        "displayOrder": len(kind.pipelines),
        "stages": _stages(kind, pipeline, {}),
    }
    shown = ", ".join(stage.id for stage in pipeline.stages)
    what = f"pipeline {declared.name}.{pipeline.id}"
    draft.do("create", what, "pipelines.create", {"objectType": kind.path}, body, f"stages {shown}")


def _change(
    draft: Draft, account: Account, declared: Objects, kind: Kind, pipeline: Pipeline, now: Json
) -> None:
    what = f"pipeline {declared.name}.{pipeline.id}"
    have = sorted(now.get("stages", ()), key=lambda each: each.get("displayOrder") or 0)
    before = {str(each["id"]): each for each in have}
    wanted = {each["stageId"]: each for each in _stages(kind, pipeline, before)}
    label = pipeline.label or str(now.get("label"))
    details = [f"label {now.get('label')!r} → {label!r}"] if label != now.get("label") else []
    details += [f"stage {name} added" for name in wanted if name not in before]
    refused = False
    for name in before:
        if name not in wanted:
            held = account.holding(kind, STAGE_PROPERTY.get(kind.type_id, "hs_pipeline_stage"), name)
            if held:
                refused = True
                draft.refuse(
                    f"{what}, stage {name}",
                    f"removing it would take away where {held:,} record{'' if held == 1 else 's'} stand",
                    "Move those records to another stage first, or keep the stage.",
                )
            details.append(f"stage {name} removed, in which no record is")
    for name, stage in wanted.items():
        if name in before:
            details += _differences(name, stage, before[name])
    if [name for name in before if name in wanted] != [name for name in wanted if name in before]:
        details.append("order of the stages")
    if details and not refused:
        body = {"label": label, "displayOrder": now.get("displayOrder", 0), "stages": list(wanted.values())}
        places = {"objectType": kind.path, "pipelineId": pipeline.id}
        draft.do("change", what, "pipelines.replace", places, body, *details)


def _differences(name: str, stage: Json, now: Json) -> list[str]:
    told = []
    if stage["label"] != now.get("label"):
        told.append(f"stage {name}: label {now.get('label')!r} → {stage['label']!r}")
    stored = now.get("metadata") or {}
    for key, value in stage["metadata"].items():
        if not _same(stored.get(key), value):
            told.append(f"stage {name}: {key} {stored.get(key)} → {value}")
    return told


def _same(one: str | None, other: str) -> bool:
    """`0.50` is `0.5`, and `true` is `TRUE`."""
    try:
        return one is not None and float(one) == float(other)
    except ValueError:
        return str(one).lower() == other.lower()


def _stages(kind: Kind, pipeline: Pipeline, before: dict[str, Json]) -> list[Json]:
    return [
        {
            "stageId": stage.id,
            "label": stage.label or before.get(stage.id, {}).get("label") or words(stage.id),
            "displayOrder": place,
            "metadata": _metadata(kind, stage, before.get(stage.id, {}).get("metadata") or {}),
        }
        for place, stage in enumerate(pipeline.stages)
    ]


def _metadata(kind: Kind, stage: Stage, before: Json) -> Json:
    """As HubSpot takes it: whether it is closed follows from it."""
    if kind.type_id == DEALS:
        chance = before.get("probability", "0.0") if stage.probability is None else str(stage.probability)
        return {"probability": chance}
    name = "ticketState" if kind.type_id == TICKETS else "state"
    if stage.closed is None:
        return {name: before.get(name, "OPEN")}
    return {name: "CLOSED" if stage.closed else "OPEN"}
