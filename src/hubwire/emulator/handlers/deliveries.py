"""Controls of the webhooks: what is sent where without asking the API, what was sent, and how badly."""

from __future__ import annotations

from typing import Any

import msgspec

from hubwire.emulator import control, moments
from hubwire.emulator.account import Account
from hubwire.emulator.exchange import Answer, Asked
from hubwire.emulator.hooks.courier import CONCURRENCY, Delivery, Disorder
from hubwire.emulator.hooks.wanted import expanded
from hubwire.emulator.inputs import Input, bad, read, tried
from hubwire.emulator.render import answer


class Wanted(Input, rename="camel"):
    """Events: `contact.creation`, `contact.propertyChange:email`, `object.creation@0-1`, or all: `deal.*`."""

    target_url: str
    events: list[str]
    app_id: int | None = None
    max_concurrent_requests: int = CONCURRENCY


class ByHand(Input, rename="camel"):
    """An event's own fields: `objectId`, `messageId` …"""

    event: str
    fields: dict[str, Any] = msgspec.field(default_factory=dict)
    account: int | None = None


class Now(Input):
    everything: bool = False


class Mess(Input, rename="camel"):
    duplicate_every: int = 0
    shuffle: bool = False


def set_webhooks(account: Account, asked: Asked) -> Answer:
    """Target and subscriptions of an app, in place of those it had; private apps have no other way."""
    wanted = read(asked, Wanted)
    try:
        app_id = control.set_webhooks(
            account.world, wanted.target_url, wanted.events, wanted.app_id, wanted.max_concurrent_requests
        )
    except ValueError as error:
        raise bad(str(error)) from None
    return answer({"appId": app_id, "targetUrl": wanted.target_url, "events": expanded(wanted.events)})


def emit(account: Account, asked: Asked) -> Answer:
    """An event that nothing in the account gave rise to."""
    wanted = read(asked, ByHand)
    told = tried(lambda: control.emit(account.world, wanted.event, wanted.fields, wanted.account))
    return answer({"event": wanted.event, "subscribers": told})


def deliver(account: Account, asked: Asked) -> Answer:
    """Makes what waits for a retry due too, if told so, and wakes the sender of a served emulator."""
    courier = account.world.courier
    if read(asked, Now).everything:
        courier.outbox.hasten(int(asked.now * 1000))
    courier.bell()
    return answer(_pending(account, asked))


def list_deliveries(account: Account, asked: Asked) -> Answer:
    """The last attempts, oldest first, with their events; and how much is on its way."""
    attempts = [_delivery(each) for each in account.world.courier.deliveries]
    return answer({**_pending(account, asked), "results": attempts})


def disorder(account: Account, asked: Asked) -> Answer:
    """Duplicates and lost order, from now on."""
    wanted = read(asked, Mess)
    mess = tried(lambda: Disorder(wanted.duplicate_every, wanted.shuffle))
    account.world.courier.disorder = mess
    return answer({"duplicateEvery": mess.duplicate_every, "shuffle": mess.shuffle})


def _pending(account: Account, asked: Asked) -> dict[str, int]:
    every, due = account.world.courier.outbox.pending(int(asked.now * 1000))
    return {"pending": every, "due": due, "attempts": account.world.courier.attempts}


def _delivery(each: Delivery) -> dict[str, Any]:
    return {
        "at": moments.text(int(each.at * 1000)),
        "appId": each.app_id,
        "portalId": each.portal_id,
        "url": each.url,
        "status": each.status,
        "error": each.error,
        "givenUp": each.given_up,
        "events": msgspec.to_builtins(each.events),
    }


ACCOUNT_HANDLERS = {
    "emulator.webhooks.set": set_webhooks,
    "emulator.events.emit": emit,
    "emulator.deliver": deliver,
    "emulator.deliveries.list": list_deliveries,
    "emulator.disorder": disorder,
}
