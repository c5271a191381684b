"""Engagements v1: notes, emails, tasks, meetings and calls in one form, over the five object types.

https://legacydocs.hubspot.com/docs/methods/engagements/engagements-overview; answers recorded in
https://github.com/HubspotCommunity/hubspot-ruby (spec/fixtures/vcr_cassettes/engagement_*), and in 2025 in
https://github.com/n8n-io/n8n (nodes/Hubspot/__test__/fixtures/engagements.json). Which property holds what
piece of metadata follows from HubSpot's guides of the five types.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from hubwire.catalogue import load
from hubwire.catalogue.facts import ObjectType
from hubwire.emulator import legacy, moments, render
from hubwire.emulator.associations import End
from hubwire.emulator.calculated import CONSTANTS, body_preview
from hubwire.emulator.exchange import Answer, Asked, Refusal
from hubwire.emulator.intake import write
from hubwire.emulator.portal import Archive, Link, NewLink, Portal
from hubwire.emulator.records import Record
from hubwire.emulator.refusals import validation
from hubwire.emulator.shapes import decode

KINDS = {"NOTE": "notes", "EMAIL": "emails", "TASK": "tasks", "MEETING": "meetings", "CALL": "calls"}
METADATA: dict[str, dict[str, str]] = {
    "NOTE": {"body": "hs_note_body"},
    "EMAIL": {
        "subject": "hs_email_subject",
        "html": "hs_email_html",
        "text": "hs_email_text",
        "status": "hs_email_status",
    },
    "TASK": {
        "body": "hs_task_body",
        "status": "hs_task_status",
        "forObjectType": "hs_task_for_object_type",
        "subject": "hs_task_subject",
        "taskType": "hs_task_type",
        "priority": "hs_task_priority",
    },
    "MEETING": {
        "body": "hs_meeting_body",
        "title": "hs_meeting_title",
        "startTime": "hs_meeting_start_time",
        "endTime": "hs_meeting_end_time",
        "internalMeetingNotes": "hs_internal_meeting_notes",
        "location": "hs_meeting_location",
    },
    "CALL": {
        "body": "hs_call_body",
        "title": "hs_call_title",
        "toNumber": "hs_call_to_number",
        "fromNumber": "hs_call_from_number",
        "status": "hs_call_status",
        "externalId": "hs_call_external_id",
        "externalAccountId": "hs_call_external_account_id",
        "durationMilliseconds": "hs_call_duration",
        "recordingUrl": "hs_call_recording_url",
        "disposition": "hs_call_disposition",
    },
}
USUAL = {
    "TASK": {"status": "NOT_STARTED", "taskType": "TODO", "priority": "NONE"},
}
"""What a new engagement has without being told; `TODO` is HubSpot's word for a kind of task."""
NUMBERS = frozenset({"startTime", "endTime", "durationMilliseconds"})
SIDES = ("from", "to", "cc", "bcc")
LINKS = {"contactIds": "0-1", "companyIds": "0-2", "dealIds": "0-3", "ticketIds": "0-5"}
NEVER = (
    "ownerIds", "workflowIds", "contentIds", "quoteIds", "marketingEventIds", "partnerClientIds", "orderIds",
    "cartIds",
)  # fmt: skip
"""Associations HubSpot lists and no record here can have."""


class Head(msgspec.Struct):
    """What all engagements have."""

    type: str | None = None
    timestamp: int | None = None
    ownerId: int | str | None = None


class Engagement(msgspec.Struct):
    """The body of a write."""

    engagement: Head | None = None
    associations: dict[str, list[int | str | None] | None] | None = None
    metadata: dict[str, Any] | None = None


def told(portal: Portal, kind: ObjectType, record: Record) -> dict[str, Any]:
    """One engagement."""
    word = kind.singular.upper()
    props = {**CONSTANTS.get(kind.id, {}), **record.props}
    owner = props.get("hubspot_owner_id", "")
    head: dict[str, Any] = {
        "id": record.id,
        "portalId": portal.portal_id,
        "active": True,
        "createdAt": record.created,
        "lastUpdated": record.updated,
        **({"ownerId": int(owner)} if owner.isdigit() else {}),
        "type": word,
        "timestamp": moments.parse(props.get("hs_timestamp", "")) or record.created,
        "allAccessibleTeamIds": [],
        "queueMembershipIds": [],
    }
    if body := props.get(METADATA[word].get("body", "")):
        preview = body_preview(body)
        head["bodyPreview"] = preview["hs_body_preview"]
        head["bodyPreviewIsTruncated"] = preview["hs_body_preview_is_truncated"] == "true"
        head["bodyPreviewHtml"] = preview["hs_body_preview_html"]
    linked = {name: legacy.linked(portal, kind, record.id, other) for name, other in LINKS.items()}
    return {
        "engagement": head,
        "associations": {**linked, **{name: [] for name in NEVER}},
        "attachments": [],
        "scheduledTasks": [],
        "metadata": _metadata(portal, kind, word, props),
    }


def _metadata(portal: Portal, kind: ObjectType, word: str, props: Mapping[str, str]) -> dict[str, Any]:
    definitions = portal.definitions.all(kind.id)
    shown: dict[str, Any] = {}
    if word == "EMAIL":
        shown = {"from": {}, "to": [], "cc": [], "bcc": [], **_people(props.get("hs_email_headers", ""))}
    for name, held in METADATA[word].items():
        if held in props:
            text = legacy.old(definitions.get(held), props[held])
            shown[name] = int(text) if name in NUMBERS and text.lstrip("-").isdigit() else text
    if word == "TASK":
        shown |= {"reminders": [], "isAllDay": props.get("hs_task_is_all_day") == "true"}
    return shown


def _people(headers: str) -> dict[str, Any]:
    """Sender and recipients, which today's API keeps as JSON in `hs_email_headers`."""
    try:
        sides = msgspec.json.decode(headers) if headers else {}
    except msgspec.DecodeError:
        return {}
    return {side: sides[side] for side in SIDES if sides.get(side)} if isinstance(sides, dict) else {}


def list_all(portal: Portal, asked: Asked) -> Answer:
    """All five types by ascending id."""
    size, offset = legacy.count(asked, "limit", 100, 250), legacy.start(asked, "offset")
    pages = [
        (record, kind) for kind in kinds(portal) for record in legacy.after(portal, kind, offset, size + 1)[0]
    ]
    pages.sort(key=lambda pair: pair[0].id)
    chosen = pages[:size]
    return render.answer(
        {
            "results": [told(portal, kind, record) for record, kind in chosen],
            "hasMore": len(pages) > size,
            "offset": chosen[-1][0].id if chosen else 0,
        }
    )


def recent(portal: Portal, asked: Asked) -> Answer:
    """The last changed, newest first; `offset` counts."""
    size, offset = legacy.count(asked, "count", 20, 100), legacy.start(asked, "offset")
    since, total = legacy.start(asked, "since"), 0
    found: list[tuple[Record, ObjectType]] = []
    for kind in kinds(portal):
        records, number = legacy.latest(portal, kind, "updated", since=since, size=offset + size)
        found += [(record, kind) for record in records]
        total += number
    found.sort(key=lambda pair: (pair[0].updated, pair[0].id), reverse=True)
    chosen = found[offset : offset + size]
    reached = offset + len(chosen)
    return render.answer(
        {
            "results": [told(portal, kind, record) for record, kind in chosen],
            "hasMore": reached < total,
            "offset": reached,
            "total": total,
        }
    )


def changed(portal: Portal, asked: Asked) -> Answer:
    """By ascending change since `after`, which is a moment at first and then the cursor of the page before.

    The last page has a cursor too: from there the next run goes on. https://github.com/singer-io/tap-hubspot
    """
    size, since = legacy.count(asked, "limit", 100, 250), Mark.read(asked.one("after") or "0")
    found: list[tuple[Mark, Record]] = []
    for place, kind in enumerate(kinds(portal)):
        first = since.id + (place <= since.place)
        for record in legacy.changed_since(portal, kind, since.updated, first, size + 1):
            found.append((Mark(record.updated, record.id, place), record))
    found.sort(key=lambda pair: pair[0])
    chosen = found[:size]
    of_place = list(kinds(portal))
    return render.answer(
        {
            "results": [told(portal, of_place[mark.place], record) for mark, record in chosen],
            "hasMore": len(found) > size,
            "after": (chosen[-1][0] if chosen else since).text,
        }
    )


class Mark(NamedTuple):
    """How far a reader of changes has come."""

    updated: int
    id: int = 0
    place: int = -1
    """Of the record's type among the five."""

    @classmethod
    def read(cls, given: str) -> Mark:
        """A moment in milliseconds, or a cursor."""
        if given.isascii() and given.isdigit() and len(given) < 19:
            return cls(int(given))
        try:
            updated, id_, place = (int(part) for part in b64decode(given, validate=True).split(b"-"))
        except ValueError:
            raise validation(f"Invalid value for after: {given}") from None
        if max(updated, id_) >= 1 << 63 or place >= len(KINDS):
            raise validation(f"Invalid value for after: {given}")
        return cls(updated, id_, place)

    @property
    def text(self) -> str:
        if self.place < 0:
            return str(self.updated)
        return b64encode(f"{self.updated}-{self.id}-{self.place}".encode()).decode()


def of_record(portal: Portal, asked: Asked) -> Answer:
    """The engagements of one record, by id."""
    other, number = _target(portal, asked)
    size, offset = legacy.count(asked, "limit", 100, 100), legacy.start(asked, "offset")
    found = sorted(
        (id_, kind.id)
        for kind in kinds(portal)
        for id_ in legacy.linked(portal, other, number, kind.id)
        if id_ > offset
    )
    results = [
        told(portal, portal.kind(type_id), record)
        for id_, type_id in found[:size]
        for record in portal.table(portal.kind(type_id)).in_order([id_])
    ]
    return render.answer(
        {"results": results, "hasMore": len(found) > size, "offset": found[:size][-1][0] if results else 0}
    )


def read(portal: Portal, asked: Asked) -> Answer:
    kind, record = _find(portal, asked.places["id"])
    return render.answer(told(portal, kind, record))


def create(portal: Portal, asked: Asked) -> Answer:
    """200 with the engagement, and the associations that failed: none, as an unknown record is refused.

    Without a timestamp it happened now.
    """
    body = decode(asked.body, Engagement, "Engagement")
    word = (body.engagement.type if body.engagement else None) or ""
    if word not in KINDS:
        raise Refusal(400, f"Invalid enum constant '{word}' for class EngagementType")
    kind = portal.kind(KINDS[word])
    usual = {METADATA[word][name]: value for name, value in USUAL.get(word, {}).items()}
    values = {"hs_timestamp": str(int(asked.now * 1000)), **usual, **_values(kind, word, body)}
    links: list[NewLink] = []
    for name, ids in (body.associations or {}).items():
        other = LINKS.get(name)
        for given in (ids or ()) if other else ():
            if given is None:
                continue
            target = portal.kind(other or "")
            record = legacy.live(portal, target, given)
            if record is None:
                raise legacy.missing(target, portal, given)
            default = portal.relations.default(kind.id, target.id)
            links.append(NewLink(End(target.id, record.id), (default,) if default else ()))
    made = legacy.create(portal, asked, kind, values, tuple(links))
    return render.answer({"associationCreateFailures": [], **told(portal, kind, made)})


def update(portal: Portal, asked: Asked) -> Answer:
    """200 with the engagement."""
    kind, record = _find(portal, asked.places["id"])
    body = decode(asked.body, Engagement, "Engagement")
    changed = legacy.update(portal, asked, kind, record, _values(kind, kind.singular.upper(), body))
    return render.answer(told(portal, kind, changed))


def archive(portal: Portal, asked: Asked) -> Answer:
    kind, record = _find(portal, asked.places["id"])
    write(portal, asked, [Archive(kind, [record.id])])
    return Answer(204)


def link(portal: Portal, asked: Asked) -> Answer:
    kind, record = _find(portal, asked.places["id"])
    other, number = _target(portal, asked)
    write(portal, asked, [Link(End(kind.id, record.id), End(other.id, number))])
    return Answer(204)


def outcomes(portal: Portal, asked: Asked) -> Answer:
    """What a call may come to.

    https://legacydocs.hubspot.com/docs/methods/engagements/get-call-engagement-dispositions
    """
    del asked
    known = portal.definitions.all("0-48")["hs_call_disposition"].options
    return render.answer([{"id": one.value, "label": one.label, "deleted": False} for one in known])


def kinds(portal: Portal) -> Iterator[ObjectType]:
    """The five object types."""
    return map(portal.kind, KINDS.values())


def _find(portal: Portal, given: str) -> tuple[ObjectType, Record]:
    for kind in kinds(portal):
        record = legacy.live(portal, kind, given)
        if record is not None:
            return kind, record
    raise Refusal(404, "resource not found")


def _target(portal: Portal, asked: Asked) -> tuple[ObjectType, int]:
    spelling = asked.places["toObjectType"]
    other = load.object_type(spelling)
    if other is None or other.id not in LINKS.values():
        raise Refusal(400, f"Invalid enum constant '{spelling}' for class ObjectType")
    record = legacy.live(portal, other, asked.places["toId"])
    if record is None:
        raise legacy.missing(other, portal, asked.places["toId"])
    return other, record.id


def _values(kind: ObjectType, word: str, body: Engagement) -> dict[str, Any]:
    head, values = body.engagement or Head(), dict[str, Any]()
    if head.timestamp is not None:
        values["hs_timestamp"] = str(head.timestamp)
    if head.ownerId is not None:
        values["hubspot_owner_id"] = str(head.ownerId)
    for name, value in (body.metadata or {}).items():
        held = METADATA[word].get(name)
        if held is not None and isinstance(value, dict | list):
            raise validation(f"{name} is not a value of a {kind.singular}")
        if held is not None:
            values[held] = value
    if word == "EMAIL":
        values |= _headers(body.metadata or {})
    return values


def _headers(metadata: Mapping[str, Any]) -> dict[str, str]:
    sides = {name: metadata[name] for name in SIDES if metadata.get(name)}
    return {"hs_email_headers": msgspec.json.encode(sides).decode()} if sides else {}


HANDLERS = {
    "legacy.engagements.list": list_all,
    "legacy.engagements.recent": recent,
    "legacy.engagements.changed": changed,
    "legacy.engagements.outcomes": outcomes,
    "legacy.engagements.associated": of_record,
    "legacy.engagements.read": read,
    "legacy.engagements.create": create,
    "legacy.engagements.update": update,
    "legacy.engagements.replace": update,
    "legacy.engagements.archive": archive,
    "legacy.engagements.link": link,
}
