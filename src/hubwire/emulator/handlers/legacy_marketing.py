"""Marketing data, events and audit logs that a CRM by itself has none of: empty, and in HubSpot's form.

https://developers.hubspot.com/docs/api-reference/legacy (marketing-emails-v1, marketing-subscriptions-v1,
reporting/email-analytics), what https://github.com/singer-io/tap-hubspot reads of them, and the models of
`hubspot-api-client` 12.0.0 (marketing/emails, events, communication_preferences).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hubwire.emulator import legacy, render
from hubwire.emulator.exchange import Answer, Asked, Refusal
from hubwire.emulator.portal import Portal


def empty(name: str | None, **more: Any) -> Callable[[Portal, Asked], Answer]:
    """A handler that tells an empty list, bare or under `name`."""
    body: Any = [] if name is None else {name: [], **more}

    def handler(portal: Portal, asked: Asked) -> Answer:
        del portal, asked
        return render.answer(body)

    return handler


def none_there(portal: Portal, asked: Asked) -> Answer:
    """404: there are none, so none with that id."""
    del portal, asked
    raise Refusal(404, "resource not found")


def emails(portal: Portal, asked: Asked) -> Answer:
    """The page as it was asked for, with nothing on it."""
    del portal
    limit, offset = legacy.count(asked, "limit", 10, 300), legacy.start(asked, "offset")
    return render.answer({"limit": limit, "objects": [], "offset": offset, "total": 0, "totalCount": 0})


HANDLERS = {
    "legacy.marketing.forms": empty(None),
    "legacy.marketing.form": none_there,
    "legacy.marketing.forms3": empty("results"),
    "legacy.marketing.form3": none_there,
    "legacy.marketing.submissions": none_there,
    "legacy.marketing.form_fields": none_there,
    "legacy.marketing.emails": emails,
    "legacy.marketing.emails1": emails,
    "legacy.marketing.email1": none_there,
    "legacy.marketing.events": empty("events", hasMore=False, offset=""),
    "legacy.marketing.campaigns": empty("campaigns", hasMore=False, offset=""),
    "legacy.marketing.campaigns_by_id": empty("campaigns", hasMore=False, offset=""),
    "legacy.marketing.campaign": none_there,
    "legacy.marketing.subscriptions": empty("subscriptionDefinitions"),
    "legacy.marketing.timeline": empty("timeline", hasMore=False, offset=""),
    "legacy.marketing.workflows": empty("workflows"),
    "legacy.marketing.workflow": none_there,
    "legacy.marketing.enrolled": empty(None),
    "legacy.marketing.enroll": none_there,
    "legacy.marketing.unenroll": none_there,
    "legacy.marketing.flows": empty("results"),
    "legacy.marketing.flow": none_there,
    "legacy.marketing.emails3": empty("results", total=0),
    "legacy.marketing.email3": none_there,
    "legacy.marketing.campaigns3": empty("results", total=0),
    "legacy.marketing.campaign3": none_there,
    "legacy.marketing.happenings": empty("results"),
    "legacy.marketing.unified": empty("results"),
    "legacy.marketing.event_types": empty("eventTypes"),
    "legacy.marketing.preferences": empty("subscriptionDefinitions"),
    "legacy.marketing.broadcasts": empty(None),
    "legacy.marketing.broadcast": none_there,
    "legacy.marketing.channels": empty(None),
    "units.list": empty("results"),
    "taxes.list": empty("results"),
    "taxes.read": none_there,
    "legacy.account.audit": empty("results"),
    "legacy.account.logins": empty("results"),
    "legacy.account.security": empty("results"),
}
