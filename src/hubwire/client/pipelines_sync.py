# Generated from pipelines.py by tools/unasync.py: change that file, not this one.
# ruff: noqa: A002

"""Pipelines."""

from __future__ import annotations

import builtins
from collections.abc import Mapping
from typing import Any

from hubwire.client import defining
from hubwire.client.call import Call
from hubwire.client.calls import definitions, pipelines, shaped
from hubwire.client.definitions import AuditEntry, PipelineDefinition, StageDefinition
from hubwire.client.driver_sync import Driver
from hubwire.client.family_sync import Family

Definition = Mapping[str, Any] | PipelineDefinition


class Pipelines(Family):
    """Pipelines of one object type, with their stages."""

    def __init__(self, driver: Driver, kind: str) -> None:
        super().__init__(driver)
        self._kind = kind

    def list(self) -> builtins.list[PipelineDefinition]:
        """All of them."""
        return self._do(definitions.pipelines(self._version, self._kind)).results

    def get(self, id: str) -> PipelineDefinition:
        """One of them."""
        return self._do(definitions.pipeline(self._version, self._kind, id))

    def create(self, definition: Definition | None = None, /, **fields: Any) -> PipelineDefinition:
        """A new one: label, display_order, stages. Those of deals need `metadata={"probability": "0.2"}`."""
        body = shaped.body(definition, fields)
        return self._do(pipelines.create(self._version, self._kind, body))

    def update(self, id: str, **fields: Any) -> PipelineDefinition:
        """Another label or place."""
        body = shaped.body(None, fields)
        call = pipelines.write(self._version, "update", self._kind, id, body, [])
        return self._do(call)

    def replace(
        self, id: str, definition: Definition | None = None, /, *, check: bool = True, **fields: Any
    ) -> PipelineDefinition:
        """Everything about it, stages too. With `check`, refused where records are in a stage that goes."""
        body, query = (shaped.body(definition, fields), pipelines.checks(references=check, deals=check))
        return self._do(pipelines.write(self._version, "replace", self._kind, id, body, query))

    def delete(self, id: str, *, check: bool = True) -> None:
        """Deletes one. With `check`, refused where records are in it."""
        query = pipelines.checks(references=check, deals=check)
        self._do(pipelines.delete(self._version, self._kind, id, query))

    def audit(self, id: str) -> builtins.list[AuditEntry]:
        """Who changed it, newest first."""
        return self._do(pipelines.audit(self._version, self._kind, id)).results

    def stages(self, id: str) -> Stages:
        """Stages of one pipeline."""
        return Stages(self._driver, self._kind, id)


class Stages(Family):
    """Stages of one pipeline."""

    def __init__(self, driver: Driver, kind: str, pipeline: str) -> None:
        super().__init__(driver)
        self._kind, self._pipeline = (kind, pipeline)

    def list(self) -> builtins.list[StageDefinition]:
        """All of them."""
        return self._do(pipelines.stages(self._version, self._kind, self._pipeline)).results

    def get(self, id: str) -> StageDefinition:
        """One of them."""
        return self._do(pipelines.stage(self._version, self._kind, self._pipeline, id))

    def create(
        self,
        label: str,
        *,
        metadata: Mapping[str, Any] | None = None,
        display_order: int | None = None,
        **fields: Any,
    ) -> StageDefinition:
        """A new one, last unless `display_order` says otherwise (one more call finds out where that is)."""
        body = shaped.body(None, {**fields, "label": label, "metadata": dict(metadata or {})})
        pipeline = (self._kind, self._pipeline)
        return self._driver.run(defining.create_stage(self._session, pipeline, body, display_order))

    def update(self, id: str, **fields: Any) -> StageDefinition:
        """Other values for some fields."""
        return self._do(self._written("update", id, fields))

    def replace(self, id: str, **fields: Any) -> StageDefinition:
        """Everything about it."""
        return self._do(self._written("replace", id, fields))

    def _written(self, verb: str, id: str, fields: Mapping[str, Any]) -> Call[StageDefinition]:
        body = shaped.body(None, fields)
        return pipelines.write_stage(self._version, verb, self._kind, self._pipeline, id, body)

    def delete(self, id: str, *, check: bool | None = None) -> None:
        """Deletes one. `check` has it refused where records are in it (no parameter of 2026-09)."""
        query = pipelines.checks(references=check)
        self._do(pipelines.delete_stage(self._version, self._kind, self._pipeline, id, query))

    def audit(self, id: str) -> builtins.list[AuditEntry]:
        """Who changed it, newest first."""
        return self._do(pipelines.audit_stage(self._version, self._kind, self._pipeline, id)).results
