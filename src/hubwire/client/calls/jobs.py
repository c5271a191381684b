"""Imports and exports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from hubwire.client.call import Call, call
from hubwire.client.calls.shaped import Listing, flag, many, one, plain
from hubwire.client.multipart import Form, Part
from hubwire.client.shapes import Export, Import, ImportProblem

Body = Mapping[str, Any]


def start_import(version: str, request: Body, files: Sequence[Part], boundary: str) -> Call[Import]:
    """Hands files over."""
    told = Part("importRequest", msgspec.json.encode(request), content_type="application/json")
    form = Form([told, *files], boundary)
    made = call("imports.create", version, {}, one(Import))
    sent = msgspec.structs.replace(made.request, body=form, content_type=form.content_type)
    return msgspec.structs.replace(made, request=sent)


def imports(version: str, after: str | None) -> Call[Listing[Import]]:
    """One page of this app's imports."""
    return call("imports.list", version, {}, many(Import), query=[("limit", "100"), ("after", after)])


def read_import(version: str, import_id: str) -> Call[Import]:
    """One import."""
    return call("imports.read", version, {"importId": import_id}, one(Import))


def cancel_import(version: str, import_id: str) -> Call[dict[str, Any]]:
    """Stops an import; what was written stays."""
    return call("imports.cancel", version, {"importId": import_id}, plain)


def problems(version: str, import_id: str, after: str | None) -> Call[Listing[ImportProblem]]:
    """One page of what was wrong with rows."""
    query = [
        ("limit", "100"),
        ("after", after),
        ("includeErrorMessage", flag(True)),
        ("includeRowData", flag(True)),
    ]
    return call("imports.errors", version, {"importId": import_id}, many(ImportProblem), query=query)


def start_export(version: str, body: Body) -> Call[dict[str, Any]]:
    """Asks for a file."""
    return call("exports.start", version, {}, plain, json=body)


def export(version: str, task: str) -> Call[Export]:
    """How far it is."""
    return call("exports.status", version, {"taskId": task}, one(Export))


def read_export(version: str, export_id: str) -> Call[dict[str, Any]]:
    """What was exported."""
    return call("exports.read", version, {"exportId": export_id}, plain)
