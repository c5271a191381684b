"""Events on records' timelines, as an app sends and reads them back.

https://developers.hubspot.com/docs/api/crm/timeline; what identifies a record and an event, and what `detail`
answers: HubSpot-public-api-spec-collection, CRM/Timeline, and `hubspot-api-client` 12.0.0. Texts of refusals
are ours. Visitors' cookies are not known here, so a `utk` alone finds nobody.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from hubwire.catalogue.facts import ObjectType
from hubwire.emulator import moments, refusals, render
from hubwire.emulator.account import Account
from hubwire.emulator.app_papers import Papers, url
from hubwire.emulator.exchange import Answer, Asked, Refusal
from hubwire.emulator.forms import HTML
from hubwire.emulator.handlers.event_templates import KIND
from hubwire.emulator.intake import by_property, clashes, draft, one_record, problems, write
from hubwire.emulator.markdown import html
from hubwire.emulator.portal import Change, Create, Portal, Update
from hubwire.emulator.records import Record
from hubwire.emulator.shapes import decode
from hubwire.emulator.timeline import TYPES, Event, Template, filled, text_of

EVENTS, UUID_PLACE = "timeline event", "{{uuid}}"


class Frame(msgspec.Struct, rename="camel"):
    link_label: str
    header_label: str
    url: str
    width: int
    height: int


class NewEvent(msgspec.Struct, rename="camel"):
    event_template_id: str
    tokens: dict[str, Any]
    id: str | None = None
    email: str | None = None
    object_id: str | int | None = None
    utk: str | None = None
    domain: str | None = None
    timestamp: str | int | None = None
    extra_data: Any = None
    custom_object_type_id: str | None = None
    timeline_i_frame: Frame | None = msgspec.field(default=None, name="timelineIFrame")


class EventBatch(msgspec.Struct):
    inputs: list[NewEvent]


def create(account: Account, asked: Asked) -> Answer:
    """POST …/events: 201. The same id once more takes the place of the event it had."""
    event = added(account, asked, decode(asked.body, NewEvent, "TimelineEvent"))
    return render.answer(event.body(), 201)


def create_batch(account: Account, asked: Asked) -> Answer:
    """POST …/events/batch/create: 201, or 207 where some were refused."""
    results: list[Any] = []
    errors: list[Any] = []
    for each in decode(asked.body, EventBatch, "BatchInputTimelineEvent").inputs:
        try:
            results.append(added(account, asked, each).body())
        except Refusal as refusal:
            errors.append(refusals.entry(refusal))
    return render.answer(render.batch(asked.now, asked.now, results, errors), 207 if errors else 201)


def read(account: Account, asked: Asked) -> Answer:
    """GET …/events/{eventTemplateId}/{eventId}."""
    return render.answer(_found(account, asked)[1].body())


def detail(account: Account, asked: Asked) -> Answer:
    """GET …/{eventId}/detail: the template's detail with the event's values in it."""
    template, event = _found(account, asked)
    return render.answer({"details": _filled(asked, template.detail_template, event)})


def rendered(account: Account, asked: Asked) -> Answer:
    """GET …/{eventId}/render: the header as HTML, or with `detail=true` the detail. Which HTML is assumed."""
    template, event = _found(account, asked)
    chosen = template.detail_template if asked.flag("detail") else template.header_template
    return Answer(200, html(_filled(asked, chosen, event)).encode(), content_type=HTML)


def _filled(asked: Asked, template: str | None, event: Event) -> str:
    text = filled(template or "", event)
    if text is None:
        op = asked.endpoint.op if asked.endpoint else None
        raise refusals.not_served(asked.method, asked.path, op, why="It works out no blocks of templates")
    return text


def _template(account: Account, asked: Asked, number: str) -> Template:
    """One of the calling app's."""
    app = account.world.apps.find(asked.grant.app_id) if asked.grant else None
    found = Papers(account, app).find(KIND, Template, number) if app else None
    if found is None:
        raise refusals.nothing_there(
            f"No event template found with ID {number}", context={"eventTemplateId": [number]}
        )
    return found


def _found(account: Account, asked: Asked) -> tuple[Template, Event]:
    template = _template(account, asked, asked.places["eventTemplateId"])
    number = asked.places["eventId"]
    event = account.portal.drawer.all(EVENTS, template.id, Event).get(number)
    if event is None:
        raise refusals.nothing_there(f"No event found with ID {number}", context={"eventId": [number]})
    return template, event


def added(account: Account, asked: Asked, sent: NewEvent) -> Event:
    portal, template = account.portal, _template(account, asked, sent.event_template_id)
    tokens = {}
    for name, value in sent.tokens.items():
        if (token := template.token(name)) is None:
            raise refusals.validation(
                f"Token {name} is not defined on the event template", context={"token": [name]}
            )
        if value is not None:
            tokens[name] = text_of(token, value)
    if sent.timeline_i_frame is not None:
        url("timelineIFrame.url", sent.timeline_i_frame.url)
    at = _moment(sent, asked)
    kind = portal.kind(sent.custom_object_type_id or TYPES.get(template.object_type, template.object_type))
    with portal.store.transaction():
        record = _record(portal, asked, kind, sent, template, tokens)
        event = Event(
            event_template_id=template.id,
            object_type=template.object_type,
            id=_id(portal, asked, sent.id),
            tokens=tokens,
            object_id=str(record.id),
            timestamp=at,
            created_at=moments.text(int(asked.now * 1000)),
            email=sent.email,
            domain=sent.domain,
            utk=sent.utk,
            extra_data=sent.extra_data,
            timeline_i_frame=msgspec.to_builtins(sent.timeline_i_frame),
        )
        portal.drawer.put(EVENTS, template.id, event.id, event)
    return event


def _moment(sent: NewEvent, asked: Asked) -> str:
    if sent.timestamp is None:
        return moments.text(int(asked.now * 1000))
    at = moments.parse(str(sent.timestamp))
    if at is None:
        raise refusals.validation(f"{sent.timestamp} is not a valid timestamp")
    return moments.text(at)


def _id(portal: Portal, asked: Asked, given: str | None) -> str:
    """As sent, with `{{uuid}}` made unique; one of HubSpot's own otherwise."""
    number = portal.drawer.number(EVENTS, 1)
    unique = str(UUID(int=(int(asked.now * 1000) << 64) + number, version=4))
    return (given or UUID_PLACE).replace(UUID_PLACE, unique)


def _record(
    portal: Portal, asked: Asked, kind: ObjectType, sent: NewEvent, template: Template, tokens: dict[str, str]
) -> Record:
    """Whose timeline it is, with what the tokens say of it; a contact that nobody knew is made."""
    values: dict[str, Any] = {
        token.object_property_name: tokens[token.name]
        for token in template.tokens
        if token.object_property_name and token.name in tokens
    }
    record: Record | None = None
    if sent.object_id is not None:
        record = one_record(portal, kind, str(sent.object_id), None)
    elif sent.email and kind.id == "0-1":
        number = by_property(portal, kind, "email", [sent.email]).get(sent.email)
        record = portal.table(kind).fetch([number]).get(number) if number is not None else None
    else:
        what = "email or objectId" if kind.id == "0-1" else "objectId"
        raise refusals.validation(f"An event needs the {what} of its record")
    if sent.email and kind.id == "0-1":
        values["email"] = sent.email
    if record is not None and not values:
        return record
    made = draft(portal, kind, values, asked.edition, record)
    if wrong := problems([made]):
        raise refusals.property_values(wrong)
    for refusal in clashes(portal, kind, [made]).values():
        raise refusal
    given = made.checked.values
    change: Change = (
        Update(kind, record, given)
        if record is not None
        else Create(kind, {name: value for name, value in given.items() if value})
    )
    done = write(portal, asked, [change])
    return (done.created or done.updated)[0]


ACCOUNT_HANDLERS = {
    "timeline.create": create,
    "timeline.batch.create": create_batch,
    "timeline.read": read,
    "timeline.detail": detail,
    "timeline.render": rendered,
}
