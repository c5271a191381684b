"""What contacts want to be written about: nothing, as an account that sends no mail has no kinds of it.

Shapes: HubSpot-public-api-spec-collection, Communication Preferences/Subscriptions. Kinds of mail are made in
HubSpot's own pages; what subscribes and unsubscribes is not served.
"""

from __future__ import annotations

from hubwire.emulator import render
from hubwire.emulator.exchange import Answer, Asked
from hubwire.emulator.portal import Portal
from hubwire.emulator.refusals import validation

CHANNELS = ("EMAIL",)


def definitions(portal: Portal, asked: Asked) -> Answer:
    """GET …/definitions."""
    del portal
    return _none(asked)


def statuses(portal: Portal, asked: Asked) -> Answer:
    """GET …/statuses/{subscriberIdString} and …/unsubscribe-all: for a channel, which must be said."""
    del portal
    channel = asked.one("channel")
    if not channel:
        raise validation("Required query parameter channel is missing")
    if channel not in CHANNELS:
        raise validation(
            f"{channel} was not one of the allowed options: [{', '.join(CHANNELS)}]",
            context={"channel": [channel]},
        )
    return _none(asked)


def of_email(portal: Portal, asked: Asked) -> Answer:
    """GET …/v3/status/email/{emailAddress}."""
    del portal
    return render.answer({"recipient": asked.places["emailAddress"], "subscriptionStatuses": []})


def _none(asked: Asked) -> Answer:
    return render.answer(render.batch(asked.now, asked.now, []))


HANDLERS = {
    "preferences.definitions": definitions,
    "preferences.statuses": statuses,
    "preferences.wide": statuses,
    "preferences.of_email": of_email,
}
