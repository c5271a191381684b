"""Many property definitions at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from hubwire.catalogue import load
from hubwire.client.calls import pipelines, properties, shaped
from hubwire.client.definitions import PropertyDefinition, StageDefinition, ValidationRule
from hubwire.client.execute import execute
from hubwire.client.judge import entry_error
from hubwire.client.session import Session
from hubwire.errors import HubwireError, Invalid, MaybeWritten, Problem, UnexpectedAnswer
from hubwire.wire.flow import Flow


class Created(NamedTuple):
    """What became of one definition."""

    name: str
    definition: PropertyDefinition | None = None
    error: HubwireError | None = None


def create_many(session: Session, kind: str, wanted: Sequence[Any]) -> Flow[list[Created]]:
    """One answer for each, in order. What HubSpot refuses whole is sent again in halves."""
    bodies = [shaped.body(one) for one in wanted]
    size = load.endpoint("properties.batch.create").limit or 100
    found: list[Created] = []
    for start in range(0, len(bodies), size):
        found += yield from _create(session, kind, bodies[start : start + size])
    return found


def _create(session: Session, kind: str, bodies: list[dict[str, Any]]) -> Flow[list[Created]]:
    try:
        answer = yield from execute(properties.batch(session.version, "create", kind, bodies), session)
    except Invalid as refused:
        if len(bodies) == 1:
            return [Created(str(bodies[0].get("name", "")), error=refused)]
        middle = len(bodies) // 2
        first = yield from _create(session, kind, bodies[:middle])
        return first + (yield from _create(session, kind, bodies[middle:]))
    except MaybeWritten as lost:
        return [Created(str(body.get("name", "")), error=lost) for body in bodies]
    made = {one.name: one for one in answer.results}
    errors = {name: entry_error(entry) for entry in answer.errors for name in _named(entry)}
    silent = UnexpectedAnswer(
        Problem(200, {"message": "HubSpot neither returned this property nor refused it"})
    )
    found = []
    for body in bodies:
        name = str(body.get("name", ""))
        error = None if name in made else errors.get(name, silent)
        found.append(Created(name, made.get(name), error))
    return found


def _named(entry: Mapping[str, Any]) -> list[str]:
    names = (entry.get("context") or {}).get("name") or []
    return [str(name) for name in (names if isinstance(names, list) else [names])]


def read_many(
    session: Session, kind: str, names: Sequence[str], archived: bool
) -> Flow[dict[str, PropertyDefinition]]:
    """By name."""
    size = load.endpoint("properties.batch.read").limit or 100
    found: dict[str, PropertyDefinition] = {}
    for start in range(0, len(names), size):
        inputs = [{"name": name} for name in names[start : start + size]]
        call = properties.batch(session.version, "read", kind, inputs, archived=archived)
        found.update((one.name, one) for one in (yield from execute(call, session)).results)
    return found


def archive_many(session: Session, kind: str, names: Sequence[str]) -> Flow[None]:
    """In batches."""
    size = load.endpoint("properties.batch.archive").limit or 100
    for start in range(0, len(names), size):
        part = names[start : start + size]
        yield from execute(properties.batch_archive(session.version, kind, part), session)


def create_stage(
    session: Session, pipeline: tuple[str, str], body: Mapping[str, Any], place: int | None
) -> Flow[StageDefinition]:
    """Where no place is given, after all others: HubSpot wants one, and 2026-09 refuses -1 for the last."""
    if place is None:
        others = yield from execute(pipelines.stages(session.version, *pipeline), session)
        place = max((one.display_order or 0 for one in others.results), default=-1) + 1
    wanted = {**body, "displayOrder": place}
    return (yield from execute(pipelines.create_stage(session.version, *pipeline, wanted), session))


def rules(answer: Mapping[str, Any]) -> dict[str, list[ValidationRule]]:
    """Validation rules of a type, by property."""
    return {
        str(entry.get("propertyName")): msgspec.convert(
            entry.get("propertyValidationRules") or [], list[ValidationRule]
        )
        for entry in answer.get("results") or []
    }
