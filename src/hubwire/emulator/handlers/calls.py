"""What a telephone app tells of calls: recordings, transcripts, and calls that came in.

Shapes: HubSpot-public-api-spec-collection, CRM/Calling Extensions and CRM/Transcriptions. A recording that is
ready would be fetched by HubSpot's own pages. Texts of refusals are ours.
"""

from __future__ import annotations

import re
from typing import Any, Literal

import msgspec

from hubwire.catalogue.facts import ObjectType
from hubwire.catalogue.load import default_association
from hubwire.emulator import moments, refusals, render
from hubwire.emulator.associations import End
from hubwire.emulator.exchange import Answer, Asked
from hubwire.emulator.handlers.batches import at_most
from hubwire.emulator.intake import actual, draft, problems, user_of, write
from hubwire.emulator.portal import Create, NewLink, Portal
from hubwire.emulator.records import Record
from hubwire.emulator.shapes import ObjectRef, decode

CALL, KIND = "0-48", "transcript"
PHONES = {"0-1": ("phone", "mobilephone"), "0-2": ("phone",)}
DIGITS = re.compile(r"\D+")
E164 = re.compile(r"\+\d{3,15}")
Status = Literal[
    "BUSY", "CALLING_CRM_USER", "CANCELED", "COMPLETED", "CONNECTING", "FAILED", "HOLD", "IN_PROGRESS",
    "MISSED", "NO_ANSWER", "QUEUED", "RINGING", "UNKNOWN",
]  # fmt: skip


class Ready(msgspec.Struct, rename="camel"):
    engagement_id: int


class Speaker(msgspec.Struct, omit_defaults=True):
    id: str
    name: str
    email: str | None = None


class Said(msgspec.Struct, rename="camel"):
    """One thing that somebody said, in milliseconds of the call."""

    speaker: Speaker
    text: str
    start_time_millis: int
    end_time_millis: int
    language_code: str | None = None


class NewTranscript(msgspec.Struct, rename="camel"):
    engagement_id: int
    transcript_create_utterances: list[Said]


class Transcript(msgspec.Struct, rename="camel"):
    id: str
    engagement_id: int
    said: list[Said]
    created_at: str


class Number(msgspec.Struct, rename="camel"):
    e164_number: str = msgspec.field(name="e164Number")
    phone_number_type: str | None = None
    extension: str | None = None


class Users(msgspec.Struct):
    inputs: list[ObjectRef]


class Inbound(msgspec.Struct, rename="camel"):
    external_call_id: str
    final_call_status: Status
    from_number: Number
    to_number: Number
    create_engagement: bool
    engagement_properties: dict[str, Any] = {}
    potential_recipient_user_ids: list[int] = []
    user_id: int | None = None
    duration_seconds: int | None = None
    call_started_timestamp: str | int | None = None


def ready(portal: Portal, asked: Asked) -> Answer:
    """POST …/recordings/ready: 204 for a call that is there."""
    _call(portal, decode(asked.body, Ready, "MarkRecordingAsReadyRequest").engagement_id)
    return Answer(204)


def transcribe(portal: Portal, asked: Asked) -> Answer:
    """POST …/transcripts: 200 with the id."""
    sent = decode(asked.body, NewTranscript, "TranscriptCreateRequest")
    _call(portal, sent.engagement_id)
    if not sent.transcript_create_utterances:
        raise refusals.validation("A transcript must have one utterance at least")
    for said in sent.transcript_create_utterances:
        if not 0 <= said.start_time_millis <= said.end_time_millis:
            raise refusals.validation("An utterance must not end before it starts")
    with portal.store.transaction():
        number = str(portal.drawer.number(KIND, 70_001))
        now = moments.text(int(asked.now * 1000))
        made = Transcript(number, sent.engagement_id, sent.transcript_create_utterances, now)
        portal.drawer.put(KIND, "", number, made)
    return render.answer({"id": number})


def read(portal: Portal, asked: Asked) -> Answer:
    """GET …/transcripts/{transcriptId}."""
    found = _transcript(portal, asked)
    utterances = [
        {"id": f"{found.id}-{place}", **{k: v for k, v in msgspec.to_builtins(said).items() if v is not None}}
        for place, said in enumerate(found.said, 1)
    ]
    return render.answer(
        {
            "id": found.id,
            "engagementId": found.engagement_id,
            "transcriptSource": "INTEGRATOR_GENERATED",
            "transcriptUtterances": utterances,
            "createdAt": found.created_at,
            "updatedAt": found.created_at,
        }
    )


def delete(portal: Portal, asked: Asked) -> Answer:
    """DELETE …/transcripts/{transcriptId}."""
    with portal.store.transaction():
        portal.drawer.drop(KIND, "", _transcript(portal, asked).id)
    return Answer(204)


def inbound(portal: Portal, asked: Asked) -> Answer:
    """POST …/inbound-call: who has the caller's number, and a call record on them if one is wanted."""
    sent = decode(asked.body, Inbound, "CompletedThirdPartyCallRequest")
    for number in (sent.from_number, sent.to_number):
        if not E164.fullmatch(number.e164_number):
            raise refusals.validation(f"{number.e164_number} is not a telephone number in E.164 form")
    callers = _callers(portal, sent.from_number.e164_number)
    if sent.create_engagement:
        _log(portal, asked, sent, callers)
    return render.answer({"callerIdMatches": [_caller(portal, kind, found) for kind, found in callers]})


def connections(portal: Portal, asked: Asked) -> Answer:
    """GET …/connection-statuses: nobody has connected a telephone, which is done in HubSpot's own pages."""
    wanted = asked.many("userId")
    shown = [user for user in portal.users.all() if not wanted or user in wanted]
    return render.answer({"results": [_unconnected(user) for user in shown]})


def my_connection(portal: Portal, asked: Asked) -> Answer:
    """GET …/connection-statuses/me: of the user whom the app acts for."""
    del portal
    return render.answer(_unconnected(user_of(asked)))


def read_connections(portal: Portal, asked: Asked) -> Answer:
    """POST …/connection-statuses/batch/read: by the ids of users; unknown ones are left out."""
    inputs = decode(asked.body, Users, "BatchInputPublicObjectId").inputs
    at_most(inputs)
    known = portal.users.all()
    told = [str(each.id) for each in inputs if str(each.id) in known]
    return render.answer({"results": [_unconnected(user) for user in dict.fromkeys(told)]})


def _unconnected(user: str) -> dict[str, Any]:
    return {"userId": user, "connected": False}


def _log(portal: Portal, asked: Asked, sent: Inbound, callers: list[tuple[ObjectType, Record]]) -> None:
    kind = portal.kind(CALL)
    at = sent.call_started_timestamp if sent.call_started_timestamp is not None else int(asked.now * 1000)
    values: dict[str, Any] = {
        "hs_timestamp": str(at),
        "hs_call_direction": "INBOUND",
        "hs_call_from_number": sent.from_number.e164_number,
        "hs_call_to_number": sent.to_number.e164_number,
        "hs_call_status": sent.final_call_status,
        "hs_call_external_id": sent.external_call_id,
        **sent.engagement_properties,
    }
    if sent.duration_seconds is not None:
        values["hs_call_duration"] = str(sent.duration_seconds * 1000)
    new = draft(portal, kind, values, asked.edition)
    if wrong := problems([new]):
        raise refusals.property_values(wrong)
    links = tuple(
        NewLink(End(other.id, found.id), (link,))
        for other, found in callers
        if (link := default_association(kind.id, other.id)) is not None
    )
    write(portal, asked, [Create(kind, {k: v for k, v in new.checked.values.items() if v}, links)])


def _callers(portal: Portal, number: str) -> list[tuple[ObjectType, Record]]:
    """Contacts and companies with that number, whatever it is written with."""
    wanted = DIGITS.sub("", number)
    found: list[tuple[ObjectType, Record]] = []
    for type_id, names in PHONES.items():
        kind = portal.kind(type_id)
        table = portal.table(kind)
        if table.made:
            where = " OR ".join(f"props ->> '{name}' IS NOT NULL" for name in names)
            ids = [row[0] for row in table.rows(f"SELECT id FROM {{live}} WHERE {where} ORDER BY id", [])]
            for record in table.fetch(ids).values():
                numbers = {DIGITS.sub("", record.props.get(name) or "") for name in names}
                if wanted in numbers:
                    found.append((kind, record))
    return found


def _caller(portal: Portal, kind: ObjectType, record: Record) -> dict[str, Any]:
    at = {"portalId": portal.portal_id, "objectTypeId": kind.id, "objectId": record.id}
    if kind.id == "0-2":
        told = {"callerIdType": "COMPANY", "name": record.props.get("name")}
    else:
        told = {
            "callerIdType": "CONTACT",
            "firstName": record.props.get("firstname"),
            "lastName": record.props.get("lastname"),
            "email": record.props.get("email"),
        }
    return {**{name: value for name, value in told.items() if value}, "objectCoordinates": at}


def _call(portal: Portal, number: int) -> None:
    kind = portal.kind(CALL)
    found = actual(portal, kind, number)
    if found is None or not portal.table(kind).existing([found]):
        raise refusals.nothing_there(
            f"No call found with ID {number}", context={"engagementId": [str(number)]}
        )


def _transcript(portal: Portal, asked: Asked) -> Transcript:
    number = asked.places["transcriptId"]
    found = portal.drawer.all(KIND, "", Transcript).get(number)
    if found is None:
        raise refusals.nothing_there(
            f"No transcript found with ID {number}", context={"transcriptId": [number]}
        )
    return found


HANDLERS = {
    "calls.recording_ready": ready,
    "calls.transcripts.create": transcribe,
    "calls.transcripts.read": read,
    "calls.transcripts.delete": delete,
    "calls.inbound": inbound,
    "calls.connections.list": connections,
    "calls.connections.mine": my_connection,
    "calls.connections.batch.read": read_connections,
}
