"""What an account lets the records of one type hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from hubwire.client.definitions import PipelineDefinition, PropertyDefinition
from hubwire.client.validation import Conditional

PLACES = {"0-3": ("pipeline", "dealstage"), "0-1": ("", ""), "0-2": ("", "")}
"""Which properties say where a record is, by type id: pipeline and stage. Lifecycle stages of contacts and
companies are options of a property of their own."""


class Rule(NamedTuple):
    """One validation rule of a property."""

    type: str
    arguments: Sequence[str]
    normalises: bool


class Shape(msgspec.Struct, kw_only=True):
    """Everything that is looked at before a write of one object type."""

    kind: str
    type_id: str
    properties: Mapping[str, PropertyDefinition]
    pipelines: tuple[PipelineDefinition, ...] = ()
    rules: Mapping[str, Sequence[Rule]] = {}
    required: frozenset[str] = frozenset()
    """What the custom object requires, in every version."""
    form: set[str] = set()
    """What a new record must have on 2026-09."""
    conditions: list[Conditional] = []
    read_at: float = 0.0

    @property
    def places(self) -> tuple[str, str]:
        """The properties that name pipeline and stage."""
        return PLACES.get(self.type_id, ("hs_pipeline", "hs_pipeline_stage"))

    def pipeline_of(self, stage: str) -> str | None:
        """The first pipeline that has the stage: where HubSpot puts a record that names no pipeline."""
        for pipeline in self.pipelines:
            if any(one.id == stage for one in pipeline.stages):
                return pipeline.id
        return None

    def choices(self, name: str, values: Mapping[str, str]) -> tuple[str, ...] | None:
        """Options that come from pipelines; None for a property that has nothing to do with them."""
        if not self.pipelines or name not in self.places or not name:
            return None
        if name == self.places[0]:
            return tuple(one.id for one in self.pipelines)
        chosen = [one for one in self.pipelines if one.id == values.get(self.places[0])]
        return tuple(stage.id for one in chosen or self.pipelines for stage in one.stages)
