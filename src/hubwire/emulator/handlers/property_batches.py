"""Property definitions in batches of up to a hundred.

Results and errors are as recorded in https://github.com/amp-labs/connectors
(providers/hubspot/test/custom).
"""

from __future__ import annotations

from typing import Any

import msgspec

from hubwire.emulator import render
from hubwire.emulator.exchange import Answer, Asked, Refusal
from hubwire.emulator.handlers.batches import at_most, batch_of
from hubwire.emulator.handlers.properties import (
    current,
    new,
    not_archivable,
    now,
    put_away,
    sensitivity_of,
)
from hubwire.emulator.portal import Portal
from hubwire.emulator.property_forms import NewProperty, no_such_property
from hubwire.emulator.shapes import decode

LEFT_OUT = ("createdAt", "updatedAt", "archived", "createdUserId", "updatedUserId")
"""Keys of a single definition that batch results lack."""


class NewBatch(msgspec.Struct):
    inputs: list[NewProperty] | None = None


class Named(msgspec.Struct):
    name: str


class NameBatch(msgspec.Struct, rename="camel"):
    inputs: list[Named] | None = None
    archived: bool | None = None
    data_sensitivity: str | None = None


def create(portal: Portal, asked: Asked) -> Answer:
    """Adds what can be added; the rest is reported (207)."""
    kind = portal.kind(asked.places["objectType"])
    inputs = decode(asked.body, NewBatch, batch_of("PropertyCreate")).inputs or []
    at_most(inputs)
    results: list[Any] = []
    errors: list[Any] = []
    with portal.store.transaction():
        for item in inputs:
            try:
                own = new(portal, asked, kind, item)
            except Refusal as refusal:
                errors.append(entry(refusal, item.name))
                continue
            portal.define(kind, own)
            results.append(_shown(portal.definitions.as_dict(kind.id, own.name) or {}))
    # https://github.com/HubSpot/HubSpot-public-api-spec-collection: 201 up to 2026-03, 200 in 2026-09
    whole = 200 if asked.version == "2026-09" else 201
    return render.answer(render.batch(asked.now, asked.now, results, errors), 207 if errors else whole)


def read(portal: Portal, asked: Asked) -> Answer:
    """Definitions by name; names nobody has are reported (207)."""
    kind = portal.kind(asked.places["objectType"])
    wanted = decode(asked.body, NameBatch, "BatchReadInputPropertyName")
    at_most(wanted.inputs or ())
    sensitivity = sensitivity_of(wanted.data_sensitivity)
    results: list[Any] = []
    errors: list[Any] = []
    for name in dict.fromkeys(item.name for item in wanted.inputs or ()):
        body = portal.definitions.as_dict(kind.id, name, archived=bool(wanted.archived))
        if body is None or body["dataSensitivity"] != sensitivity:
            errors.append(entry(no_such_property(name), name))
        else:
            results.append(body)
    return render.answer(render.batch(asked.now, asked.now, results, errors), 207 if errors else 200)


def archive(portal: Portal, asked: Asked) -> Answer:
    """204 whatever the names; what cannot be archived stays."""
    kind = portal.kind(asked.places["objectType"])
    inputs = decode(asked.body, NameBatch, batch_of("PropertyName")).inputs or []
    at_most(inputs)
    with portal.store.transaction():
        for item in inputs:
            if portal.definitions.get(kind.id, item.name) is None:
                continue
            own = current(portal, kind, item.name)
            if not_archivable(portal, kind, own) is None:
                put_away(portal, kind, own, now(asked))
    return Answer(204)


def entry(refusal: Refusal, name: str) -> dict[str, Any]:
    """One entry of `errors`."""
    told: dict[str, Any] = {"status": "error", "category": refusal.more.get("category")}
    if sub := refusal.more.get("subCategory"):
        told["subCategory"] = sub
    return {**told, "message": refusal.message, "context": {"name": [name]}}


def _shown(body: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key not in LEFT_OUT}


HANDLERS = {
    "properties.batch.create": create,
    "properties.batch.read": read,
    "properties.batch.archive": archive,
}
