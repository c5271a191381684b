"""What the emulator serves, as OpenAPI: every path of every version, with the operation behind it."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from hubwire.catalogue.facts import Endpoint
from hubwire.catalogue.load import elsewhere, endpoints
from hubwire.emulator.coverage import Cell, coverage
from hubwire.emulator.routes import templates

PLACE = re.compile(r"\{(\w+)\}")
PAGED = ("limit", "after", "properties", "propertiesWithHistory", "associations", "archived", "idProperty")
"""Query parameters of reading; others are up to the operation."""
FORMS = ("oauth.token", "oauth.introspect", "oauth.revoke", "oauth.consent")
BODIES = ("POST", "PUT", "PATCH")
ANYTHING: dict[str, Any] = {
    "description": "What HubSpot answers; errors have HubSpot's envelope.",
    "content": {"application/json": {"schema": {}}},
}


@cache
def description() -> dict[str, Any]:
    """The whole document. What is known and not served (501) is only named."""
    levels = {row.op: row.cells for row in coverage()}
    paths: dict[str, dict[str, Any]] = {}
    missing: list[str] = []
    shapes: dict[str, str] = {}
    for endpoint in (*endpoints(), *elsewhere()):
        for template, version in templates(endpoint.paths):
            cell = levels[endpoint.op].get(version)
            if cell is None or cell.level == "missing":
                missing.append(f"{endpoint.method} {template}")
                continue
            # Two spellings of the places of one path would be two paths in OpenAPI's eyes.
            template = shapes.setdefault(PLACE.sub("{}", template), template)
            item = paths.setdefault(template, {})
            method = endpoint.method.lower()
            if method not in item:
                item[method] = _operation(endpoint, version, template, cell)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "hubwire emulator",
            "version": "1",
            "description": "What is served, and how it is known. Shapes of bodies are HubSpot's to describe.",
        },
        "paths": dict(sorted(paths.items())),
        "x-missing": sorted(missing),
        "components": {
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "developer": {"type": "apiKey", "in": "query", "name": "hapikey"},
            }
        },
    }


def _operation(endpoint: Endpoint, version: str, template: str, cell: Cell) -> dict[str, Any]:
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
        for name in PLACE.findall(template)
    ]
    if endpoint.method == "GET":
        parameters += [{"name": name, "in": "query", "schema": {"type": "string"}} for name in PAGED]
    told: dict[str, Any] = {
        "operationId": f"{endpoint.op} {template}",
        "tags": [endpoint.op.partition(".")[0]],
        "parameters": parameters,
        "responses": {"default": ANYTHING},
        "security": _security(endpoint.op, template),
        "x-operation": endpoint.op,
        "x-version": version,
        "x-quota": endpoint.lane,
        "x-known-from": {"level": cell.level, "source": endpoint.source},
    }
    if endpoint.method in BODIES:
        kind = "application/x-www-form-urlencoded" if endpoint.op in FORMS else "application/json"
        shape = {"type": "object"} if endpoint.op in FORMS else {"type": ["object", "array"]}
        told["requestBody"] = {"content": {kind: {"schema": shape}}}
    return told


def _security(op: str, template: str) -> list[dict[str, list[str]]]:
    if op.startswith("oauth."):
        return []
    if op.startswith("webhooks."):
        key: list[dict[str, list[str]]] = [{"developer": []}]
        return key if template.startswith("/app-webhooks/") else [*key, {"token": []}]
    return [{"token": []}]
