"""Single writes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from hubwire.client.call import Call
from hubwire.client.calls import objects
from hubwire.client.execute import execute
from hubwire.client.identity import identity
from hubwire.client.records import Record
from hubwire.client.session import Session
from hubwire.client.targets import targets
from hubwire.client.values import wire_properties
from hubwire.errors import Invalid
from hubwire.wire.flow import Flow


def create(
    session: Session,
    kind: str,
    properties: Mapping[str, Any],
    associations: Iterable[Any],
    validate: bool | None = None,
) -> Flow[Record]:
    """A new record."""
    ends = targets(kind, associations)
    values = wire_properties(properties)
    call = objects.create(session.version, kind, values, ends)
    return (yield from _guarded(session, kind, values, call, validate))


def update(
    session: Session,
    kind: str,
    record_id: str,
    properties: Mapping[str, Any],
    by: str | None,
    validate: bool | None = None,
) -> Flow[Record]:
    """New values for some properties."""
    values = wire_properties(properties)
    call = objects.update(session.version, kind, identity(record_id), values, by=by)
    return (yield from _guarded(session, kind, values, call, validate))


def _guarded(
    session: Session, kind: str, values: Mapping[str, str], call: Call[Record], validate: bool | None
) -> Flow[Record]:
    """The call, if HubSpot can be expected to take the values."""
    if not (session.validation if validate is None else validate):
        return (yield from execute(call, session))
    from hubwire.client.preflight.guard import guard_of

    guard = guard_of(session)
    yield from guard.passed(kind, values, "create" if call.op == "objects.create" else "update")
    try:
        return (yield from execute(call, session))
    except Invalid as refusal:
        guard.learn(kind, refusal, values)
        raise


def archive(session: Session, kind: str, record_id: str) -> Flow[None]:
    """Deletes a record."""
    yield from execute(objects.archive(session.version, kind, identity(record_id)), session)


def merge(session: Session, kind: str, primary: str | int, other: str | int) -> Flow[Record]:
    """One record of two."""
    call = objects.merge(session.version, kind, identity(primary), identity(other))
    return (yield from execute(call, session))


def gdpr_delete(session: Session, kind: str, record_id: str | int, by: str | None) -> Flow[None]:
    """Deletes a record for good."""
    yield from execute(objects.gdpr_delete(session.version, kind, identity(record_id), by=by), session)
