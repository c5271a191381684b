"""Batch calls of records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from hubwire.client.call import Call, call
from hubwire.client.calls.objects import Fields
from hubwire.client.records import Batch, read_batch

Verb = Literal["create", "read", "update", "upsert", "archive"]


def read(
    version: str, kind: str, ids: Sequence[str], fields: Fields, *, by: str | None = None
) -> Call[Batch]:
    """Records by id, or by the value of a unique property."""
    body = {
        "inputs": [{"id": record_id} for record_id in ids],
        "properties": fields.properties,
        "propertiesWithHistory": fields.history,
        **({"idProperty": by} if by else {}),
    }
    query = [("archived", "true" if fields.archived else None)]
    return call("objects.batch.read", version, {"objectType": kind}, read_batch, query=query, json=body)


def write(version: str, verb: Verb, kind: str, inputs: Sequence[Mapping[str, Any]]) -> Call[Batch]:
    """Creates, updates, upserts or archives up to the endpoint's limit of records."""
    traces = tuple(entry["objectWriteTraceId"] for entry in inputs if "objectWriteTraceId" in entry)
    body = {"inputs": inputs}
    op = f"objects.batch.{verb}"
    return call(op, version, {"objectType": kind}, read_batch, json=body, trace_ids=traces)
