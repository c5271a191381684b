"""The pipelines of one account: HubSpot's until the account changes them, and what a stage may say.

https://developers.hubspot.com/docs/api-reference/latest/crm/pipelines/guide; rules and texts of refusals as
a live account answered on 2026-09 (October 2026): https://github.com/scopiousdigital/kalup
(docs/hubspot.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from hubwire.catalogue import load
from hubwire.emulator import moments, refusals
from hubwire.emulator.drawer import Drawer
from hubwire.emulator.exchange import Refusal
from hubwire.emulator.validate import as_text

DEAL, TICKET = "0-3", "0-5"
STATES = ("OPEN", "CLOSED")
LONGEST_PIPELINE_ID, LONGEST_STAGE_ID = 36, 100
MANY_STAGES = (DEAL, TICKET)
"""Besides custom objects: the types whose pipelines have up to 100 stages."""
LAST = -1
"""A display order that means: at the end. The API before 2026-09 takes it."""


class OwnStage(msgspec.Struct, rename="camel"):
    id: str
    label: str
    display_order: int
    metadata: dict[str, str]
    created: int = 0
    updated: int = 0


class OwnPipeline(msgspec.Struct, rename="camel"):
    id: str
    label: str
    display_order: int
    stages: list[OwnStage]
    created: int = 0
    updated: int = 0

    def stage(self, stage_id: str) -> OwnStage | None:
        return next((one for one in self.stages if one.id == stage_id), None)


class AuditEntry(msgspec.Struct, rename="camel"):
    """One change of a pipeline or stage."""

    identifier: str
    action: str
    at: int
    message: str
    raw_object: str
    from_user_id: int


class StageInput(msgspec.Struct, rename="camel"):
    """A stage as a caller sends it."""

    label: str | None = None
    display_order: int | None = None
    metadata: dict[str, Any] | None = None
    stage_id: str | None = None


class PipelineInput(msgspec.Struct, rename="camel"):
    """A whole pipeline as a caller sends it."""

    label: str
    display_order: int | None = None
    stages: list[StageInput] | None = None
    pipeline_id: str | None = None


class Pipelines:
    """Reads are from memory; `keep` and `note` write."""

    def __init__(self, drawer: Drawer) -> None:
        self._drawer = drawer

    def of(self, type_id: str) -> list[OwnPipeline]:
        """The pipelines of an object type. Shared: copy what is to be changed."""
        own = self._drawer.all("pipelines", "", list[OwnPipeline]).get(type_id)
        return born(type_id) if own is None else own

    def metadata(self, type_id: str) -> dict[str, dict[str, str]]:
        """By stage: what its pipeline says of it."""
        return {stage.id: stage.metadata for one in self.of(type_id) for stage in one.stages}

    def keep(self, type_id: str, pipelines: list[OwnPipeline]) -> None:
        self._drawer.put("pipelines", "", type_id, pipelines)

    def forget(self, type_id: str) -> None:
        """Takes a type's pipelines away, and the audit of them."""
        self._drawer.drop("pipelines", "", type_id)
        self._drawer.drop_all("audit", type_id)

    def types(self) -> list[str]:
        """The object types that have pipelines."""
        own = self._drawer.all("pipelines", "", list[OwnPipeline])
        known = dict.fromkeys([kind.id for kind in load.object_types()])
        return [type_id for type_id in known | dict.fromkeys(own) if self.of(type_id)]

    def next_id(self) -> str:
        """HubSpot's own ids are numbers."""
        return str(self._drawer.number("pipeline", 1_163_400_017, 11))

    def note(self, type_id: str, entry: AuditEntry) -> None:
        """Keeps a change for the audit."""
        number = self._drawer.number("audit", 1)
        self._drawer.put("audit", type_id, f"{number:012}", entry)

    def audit(self, type_id: str, identifier: str) -> list[AuditEntry]:
        """The changes of one pipeline or stage, newest first."""
        entries = self._drawer.all("audit", type_id, AuditEntry).values()
        return [one for one in entries if one.identifier == identifier][::-1]


def born(type_id: str) -> list[OwnPipeline]:
    """What a new account has."""
    return [
        OwnPipeline(
            known.id,
            known.label,
            place,
            [OwnStage(one.id, one.label, n, dict(one.metadata)) for n, one in enumerate(known.stages)],
        )
        for place, known in enumerate(load.pipelines(type_id))
    ]


def body(pipeline: OwnPipeline) -> dict[str, Any]:
    """Key order as recorded: NangoHQ/integration-templates, fetch-pipelines.test.json."""
    return {
        "label": pipeline.label,
        "displayOrder": pipeline.display_order,
        "id": pipeline.id,
        "stages": [stage_body(one) for one in in_order(pipeline.stages)],
        "createdAt": moments.text(pipeline.created),
        "updatedAt": moments.text(pipeline.updated),
        "archived": False,
    }


def stage_body(stage: OwnStage) -> dict[str, Any]:
    return {
        "label": stage.label,
        "displayOrder": stage.display_order,
        "metadata": stage.metadata,
        "id": stage.id,
        "createdAt": moments.text(stage.created),
        "updatedAt": moments.text(stage.updated),
        "writePermissions": "CRM_PERMISSIONS_ENFORCEMENT",
        "archived": False,
    }


def in_order(stages: Sequence[OwnStage]) -> list[OwnStage]:
    return sorted(stages, key=lambda one: one.display_order)


# What a stage may say


def metadata(type_id: str, sent: Mapping[str, Any], stored: Mapping[str, str]) -> dict[str, str]:
    """The metadata as HubSpot keeps it: known keys only, and whether it is closed derived from them."""
    texts = {**stored, **{name: as_text(value) for name, value in sent.items()}}
    if type_id == DEAL:
        chance = probability(texts.get("probability", ""))
        return {"isClosed": "true" if chance in ("0.0", "1.0") else "false", "probability": chance}
    name = "ticketState" if type_id == TICKET else "state"
    state = texts.get(name) or "OPEN"
    if state not in STATES:
        raise refusals.validation(
            f"Failed to deserialize metadata for object type {type_id}",
            subCategory="PipelineError.INVALID_PIPELINE_STAGE_METADATA",
        )
    closed = "true" if state == "CLOSED" else "false"
    return {name: state, "isClosed": closed} if type_id == TICKET else {"isClosed": closed, name: state}


def probability(text: str) -> str:
    """`0.50` is kept as `0.5`, `1` as `1.0`."""
    if not text:
        raise Refusal(400, "must specify probability when writing a dealstage")
    try:
        chance = float(text)
    except ValueError:
        chance = -1.0
    if not 0 <= chance <= 1:
        raise Refusal(400, "dealstage probability is not valid, must be between 0.0 and 1.0 (inclusive)")
    return str(chance + 0.0)


def same_label(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()


def check_stages(type_id: str, pipeline: OwnPipeline) -> None:
    """Refuses a pipeline whose stages do not go together."""
    stages = pipeline.stages
    if not stages:
        raise Refusal(400, "Pipeline must have at least one stage")
    limits = load.limits()
    many = type_id in MANY_STAGES or type_id.startswith("2-")
    most = limits.PIPELINE_STAGES if many else limits.PIPELINE_STAGES_OTHER
    if len(stages) > most:
        raise refusals.validation(f"A pipeline of {type_id} has at most {most} stages")
    for place, stage in enumerate(stages):
        if any(same_label(stage.label, other.label) for other in stages[:place]):
            raise refusals.validation(
                f"Stage with label {stage.label} already exists",
                subCategory="PipelineError.STAGE_LABEL_EXISTS",
            )
    if type_id == TICKET and not any(one.metadata.get("ticketState") == "CLOSED" for one in stages):
        raise refusals.validation(
            f"{type_id} pipeline: {pipeline.id} must have at least one closed stage",
            subCategory="PipelineError.MISSING_CLOSED_STAGE",
        )


def place(stages: Sequence[OwnStage], stage: OwnStage, wanted: int) -> list[OwnStage]:
    """The stages with one more: at a taken place it comes after who holds it, and all are numbered anew."""
    others = in_order(stages)
    if wanted == LAST:
        wanted = others[-1].display_order + 1 if others else 0
    holder = next((n for n, one in enumerate(others) if one.display_order == wanted), None)
    if holder is None:
        return in_order([*others, msgspec.structs.replace(stage, display_order=wanted)])
    return numbered([*others[: holder + 1], stage, *others[holder + 1 :]])


def numbered(stages: Sequence[OwnStage]) -> list[OwnStage]:
    return [msgspec.structs.replace(one, display_order=n) for n, one in enumerate(stages)]


def untied(stages: list[OwnStage]) -> list[OwnStage]:
    """The stages of a new pipeline; where two want one place, all are numbered in the order they came in."""
    places = {one.display_order for one in stages}
    if len(places) == len(stages) and LAST not in places:
        return stages
    last = [one for one in stages if one.display_order == LAST]
    return numbered([*in_order([one for one in stages if one.display_order != LAST]), *last])
