"""Finds out what became of a write that went unanswered. Reads only.

HubSpot has no key by which a create could be repeated safely, and `objectWriteTraceId` is no property that a
search knows. A unique property tells at once; without one, what was created since is compared with what was
sent, for as long as the index may lag. https://developers.hubspot.com/docs/guides/api/crm/search
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from hubwire.client.call import Call
from hubwire.client.calls import definitions, lists, objects, properties, schemas
from hubwire.client.calls.objects import Fields
from hubwire.client.execute import execute
from hubwire.client.outcomes import Outcome
from hubwire.client.records import Record
from hubwire.client.session import Session
from hubwire.client.sought import Found, Sought, find
from hubwire.errors import ConfigError, ConnectionFailed, HubwireError, MaybeWritten, NotFound
from hubwire.wire.flow import Flow


def look(session: Session, call: Call[Any], began: float, trace: str | None) -> Flow[Any]:
    """What the call made: the record or definition, True for a deletion; None if it did not happen."""
    json = call.request.content_type == "application/json"
    sent = call.request.body or b"{}"
    body = msgspec.json.decode(sent) if json and isinstance(sent, bytes) else {}
    if call.op in ("objects.create", "objects.batch.create"):
        inputs = body.get("inputs", [body])
        wanted = [entry for entry in inputs if trace is None or entry.get("objectWriteTraceId") == trace]
        if len(wanted) != 1:
            raise ConfigError(
                "this error is of several inputs: hub.contacts.batch.reconcile(outcomes) tells of each"
            )
        sought = Sought(0, wanted[0].get("properties", {}), began)
        found = (yield from find(session, call.places["objectType"], [sought])).get(0, Found())
        return _certain(found)
    return (yield from _other(session, call, body))


def outcomes(session: Session, kind: str, given: Sequence[Outcome]) -> Flow[list[Outcome]]:
    """The same outcomes, those that are unsure found out."""
    began = session.now()
    unsure = [one for one in given if one.written == "maybe" and isinstance(one.error, MaybeWritten)]
    sought = [Sought(one.index, _sent(one), _began(one, began)) for one in unsure]
    found = (yield from find(session, kind, sought)) if sought else {}
    known = {one.index: _settled(one, found.get(one.index, Found())) for one in unsure}
    return [known.get(one.index, one) for one in given]


def _settled(one: Outcome, found: Found) -> Outcome:
    if found.record is not None:
        return msgspec.structs.replace(one, record=found.record, created=True, error=None, written="yes")
    if found.candidates and isinstance(one.error, MaybeWritten):
        one.error.candidates = found.candidates
        return one
    cause = one.error.__cause__ if one.error else None
    error = (
        cause if isinstance(cause, HubwireError) else ConnectionFailed("the write did not happen", sent=False)
    )
    return msgspec.structs.replace(one, error=error, written="no")


def _certain(found: Found) -> Record | None:
    if found.record is None and found.candidates:
        cause = ConfigError(f"{len(found.candidates)} records may be the one: {', '.join(found.candidates)}")
        again = MaybeWritten(cause)
        again.candidates = found.candidates
        raise again
    return found.record


def _sent(one: Outcome) -> dict[str, str]:
    from hubwire.client.outcomes import NewRecord
    from hubwire.client.values import wire_properties

    return wire_properties(one.input.properties if isinstance(one.input, NewRecord) else one.input)


def _began(one: Outcome, now: float) -> float:
    known = one.error.began if isinstance(one.error, MaybeWritten) else None
    return now if known is None else known


def _other(session: Session, call: Call[Any], body: dict[str, Any]) -> Flow[Any]:
    """Everything but new records: it has a name, or changes a record that is known."""
    version, kind = session.version, call.places.get("objectType", "")
    try:
        match call.op:
            case "objects.merge":
                return (yield from _merged(session, kind, body))
            case "objects.gdpr_delete":
                return (yield from _forgotten(session, kind, body))
            case "properties.create":
                return (yield from execute(definitions.property_(version, kind, body["name"]), session))
            case "properties.groups.create":
                return (yield from execute(properties.group(version, kind, body["name"]), session))
            case "pipelines.create":
                every = (yield from execute(definitions.pipelines(version, kind), session)).results
                return next((one for one in every if one.label == body.get("label")), None)
            case "schemas.create":
                types = (yield from execute(schemas.page(version, archived=False), session)).results
                return next((one for one in types if one.name == body.get("name")), None)
            case "lists.create":
                named = lists.by_name(version, body["objectTypeId"], body["name"], filters=False)
                return (yield from execute(named, session))
    except NotFound:
        return None
    raise ConfigError(f"there is no way to find out whether {call.op} happened: look at the account")


def _merged(session: Session, kind: str, body: dict[str, Any]) -> Flow[Record | None]:
    """A merged record answers to the old ids, with a new one of its own."""
    other = str(body["objectIdToMerge"])
    record = yield from execute(objects.read(session.version, kind, other, Fields()), session)
    return record if record.id != other else None


def _forgotten(session: Session, kind: str, body: dict[str, Any]) -> Flow[bool | None]:
    by = body.get("idProperty")
    if by:
        # An address that no contact has may have been blocked or not; to block it twice does no harm.
        raise ConfigError("whether an address was blocked cannot be seen: delete it again, that does no harm")
    record_id = str(body["objectId"])
    for archived in (False, True):
        try:
            fields = Fields(archived=archived)
            yield from execute(objects.read(session.version, kind, record_id, fields), session)
        except NotFound:
            continue
        return None
    return True
