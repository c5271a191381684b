"""Single writes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from hubwire.client.calls import objects
from hubwire.client.execute import execute
from hubwire.client.identity import identity
from hubwire.client.records import Record
from hubwire.client.session import Session
from hubwire.client.targets import targets
from hubwire.client.values import wire_properties
from hubwire.wire.flow import Flow


def create(
    session: Session, kind: str, properties: Mapping[str, Any], associations: Iterable[Any]
) -> Flow[Record]:
    """A new record."""
    ends = targets(kind, associations)
    call = objects.create(session.version, kind, wire_properties(properties), ends)
    return (yield from execute(call, session))


def update(
    session: Session, kind: str, record_id: str, properties: Mapping[str, Any], by: str | None
) -> Flow[Record]:
    """New values for some properties."""
    values = wire_properties(properties)
    call = objects.update(session.version, kind, identity(record_id), values, by=by)
    return (yield from execute(call, session))


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
