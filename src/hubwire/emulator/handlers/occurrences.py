"""Events of apps that are projects, as 2026-03 takes them. They cannot be changed once they are there.

https://developers.hubspot.com/docs/apps/developer-platform/add-features/app-events/send-event-occurrences;
shapes: HubSpot-public-api-spec-collection, CRM/Timeline (2026-03). Kinds of events are defined in the files
of a project, which nothing here reads: the event templates of the app stand for them, as those that HubSpot
has migrated keep their number in the name. That a template's name is the symbol in its project is assumed.
"""

from __future__ import annotations

from typing import Any

import msgspec

from hubwire.emulator import refusals, render
from hubwire.emulator.account import Account
from hubwire.emulator.app_papers import Papers
from hubwire.emulator.exchange import Answer, Asked, Refusal
from hubwire.emulator.handlers.event_templates import KIND
from hubwire.emulator.handlers.timeline import EVENTS, Frame, NewEvent, added
from hubwire.emulator.shapes import decode
from hubwire.emulator.timeline import Event, Template, without_nulls


class Occurrence(msgspec.Struct, rename="camel"):
    event_type_name: str
    id: str
    properties: dict[str, Any]
    object_id: str | None = None
    object_type_fully_qualified_name: str | None = None
    email: str | None = None
    utk: str | None = None
    domain: str | None = None
    timestamp: str | None = None
    extra_data: Any = None
    timeline_i_frame: Frame | None = msgspec.field(default=None, name="timelineIFrame")


class OccurrenceBatch(msgspec.Struct):
    inputs: list[Occurrence]


class Symbol(msgspec.Struct, rename="camel"):
    project_name: str
    developer_symbol: str


def create(account: Account, asked: Asked) -> Answer:
    """POST …/events: 201."""
    return render.answer(_added(account, asked, decode(asked.body, Occurrence, "AppEventOccurrence")), 201)


def create_batch(account: Account, asked: Asked) -> Answer:
    """POST …/events/batch: 200; those that were refused are told apart."""
    results: list[Any] = []
    errors: list[Any] = []
    for each in decode(asked.body, OccurrenceBatch, "BatchInputAppEventOccurrence").inputs:
        try:
            results.append(_added(account, asked, each))
        except Refusal as refusal:
            errors.append(refusals.entry(refusal))
    return render.answer(render.batch(asked.now, asked.now, results, errors))


def resolve(account: Account, asked: Asked) -> Answer:
    """POST …/types/projects: how the kind of events is called that a project defines under that symbol."""
    sent = decode(asked.body, Symbol, "ExternalAppEventResolutionRequest")
    template = _template(account, asked, sent.developer_symbol)
    return render.answer(
        {"developerQualifiedSymbol": msgspec.to_builtins(sent), "fullyQualifiedName": _qualified(template)}
    )


def _qualified(template: Template) -> str:
    return f"ae{template.app_id}_integrators-timeline-event-type-id-{template.id}"


def _template(account: Account, asked: Asked, name: str) -> Template:
    """By the qualified name or by the symbol: both may stand in an occurrence.

    The developer's key opens the kinds of all apps.
    """
    grant, apps = asked.grant, account.world.apps
    mine = [app for app in apps if grant and (grant.kind == "developer-key" or app.app_id == grant.app_id)]
    templates = (one for app in mine for one in Papers(account, app).all(KIND, Template).values())
    found = next((one for one in templates if name in (_qualified(one), one.name)), None)
    if found is None:
        raise refusals.nothing_there(
            f"No event type found with name {name}", context={"eventTypeName": [name]}
        )
    return found


def _added(account: Account, asked: Asked, sent: Occurrence) -> dict[str, Any]:
    template = _template(account, asked, sent.event_type_name)
    if sent.id in account.portal.drawer.all(EVENTS, template.id, Event):
        raise Refusal(409, f"An event with the ID {sent.id} exists already", category="CONFLICT")
    event = added(
        account,
        asked,
        NewEvent(
            event_template_id=template.id,
            tokens=sent.properties,
            id=sent.id,
            email=sent.email,
            object_id=sent.object_id,
            utk=sent.utk,
            domain=sent.domain,
            timestamp=sent.timestamp,
            extra_data=sent.extra_data,
            custom_object_type_id=sent.object_type_fully_qualified_name,
            timeline_i_frame=sent.timeline_i_frame,
        ),
    )
    told: dict[str, Any] = msgspec.to_builtins(sent)
    return without_nulls({**told, "id": event.id, "objectId": event.object_id, "timestamp": event.timestamp})


ACCOUNT_HANDLERS = {
    "occurrences.create": create,
    "occurrences.batch.create": create_batch,
    "occurrences.resolve": resolve,
}
