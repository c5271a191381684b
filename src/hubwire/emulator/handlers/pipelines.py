"""Pipelines and their stages, read-only.

https://developers.hubspot.com/docs/api-reference/latest/crm/pipelines/guide
"""

from __future__ import annotations

from typing import Any

import msgspec

from hubwire.catalogue.facts import Pipeline, Stage
from hubwire.emulator.exchange import Answer, Asked
from hubwire.emulator.portal import Portal
from hubwire.emulator.refusals import nothing_there

BEGINNING = "1970-01-01T00:00:00Z"
"""When HubSpot's own pipelines were made, as it tells it."""


def list_(portal: Portal, asked: Asked) -> Answer:
    """GET …/{objectType}: pipelines with their stages; there are no pages."""
    kind = portal.kind(asked.places["objectType"])
    return _results([_pipeline(order, one) for order, one in enumerate(portal.pipelines(kind))])


def read(portal: Portal, asked: Asked) -> Answer:
    """GET …/{objectType}/{pipelineId}."""
    return Answer(200, msgspec.json.encode(_pipeline(*_find(portal, asked))))


def stages(portal: Portal, asked: Asked) -> Answer:
    """GET …/{pipelineId}/stages."""
    _, pipeline = _find(portal, asked)
    return _results([_stage(order, one) for order, one in enumerate(pipeline.stages)])


def stage(portal: Portal, asked: Asked) -> Answer:
    """GET …/{pipelineId}/stages/{stageId}."""
    _, pipeline = _find(portal, asked)
    wanted = asked.places["stageId"]
    for order, one in enumerate(pipeline.stages):
        if one.id == wanted:
            return Answer(200, msgspec.json.encode(_stage(order, one)))
    raise nothing_there(f"No pipeline stage found with ID {wanted}", context={"stageId": [wanted]})


def _find(portal: Portal, asked: Asked) -> tuple[int, Pipeline]:
    kind = portal.kind(asked.places["objectType"])
    wanted = asked.places["pipelineId"]
    for order, pipeline in enumerate(portal.pipelines(kind)):
        if pipeline.id == wanted:
            return order, pipeline
    raise nothing_there(f"No pipeline found with ID {wanted}", context={"pipelineId": [wanted]})


def _pipeline(order: int, pipeline: Pipeline) -> dict[str, Any]:
    # Key order as recorded: NangoHQ/integration-templates,
    # integrations/hubspot/tests/fetch-pipelines.test.json
    return {
        "label": pipeline.label,
        "displayOrder": order,
        "id": pipeline.id,
        "stages": [_stage(place, one) for place, one in enumerate(pipeline.stages)],
        "createdAt": BEGINNING,
        "updatedAt": BEGINNING,
        "archived": False,
    }


def _stage(order: int, stage: Stage) -> dict[str, Any]:
    return {
        "label": stage.label,
        "displayOrder": order,
        "metadata": stage.metadata,
        "id": stage.id,
        "createdAt": BEGINNING,
        "updatedAt": BEGINNING,
        "writePermissions": "CRM_PERMISSIONS_ENFORCEMENT",
        "archived": False,
    }


def _results(results: list[dict[str, Any]]) -> Answer:
    return Answer(200, msgspec.json.encode({"results": results}))


HANDLERS = {
    "pipelines.list": list_,
    "pipelines.read": read,
    "pipelines.stages.list": stages,
    "pipelines.stages.read": stage,
}
