"""Where an app is told of events, and of which; and the journal of what happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from hubwire.client.call import Call, call
from hubwire.client.calls.shaped import Listing, many, one, plain
from hubwire.client.records import read_nothing
from hubwire.client.shapes import JournalFile, JournalSubscription, WebhookSettings, WebhookSubscription
from hubwire.wire.message import Reply

Body = Mapping[str, Any]
Key = list[tuple[str, str | None]]


def settings(version: str, app: str, key: Key) -> Call[WebhookSettings]:
    """Where events go."""
    return call("webhooks.settings.read", version, {"appId": app}, one(WebhookSettings), query=key)


def set_settings(version: str, app: str, body: Body, key: Key) -> Call[WebhookSettings]:
    """Where events are to go."""
    return call(
        "webhooks.settings.update", version, {"appId": app}, one(WebhookSettings), query=key, json=body
    )


def clear_settings(version: str, app: str, key: Key) -> Call[None]:
    """Nowhere any more."""
    return call("webhooks.settings.clear", version, {"appId": app}, read_nothing, query=key)


def subscriptions(version: str, app: str, key: Key) -> Call[Listing[WebhookSubscription]]:
    """All subscriptions of an app."""
    places = {"appId": app}
    return call("webhooks.subscriptions.list", version, places, many(WebhookSubscription), query=key)


def subscription(version: str, app: str, number: str, key: Key) -> Call[WebhookSubscription]:
    """One subscription."""
    places = {"appId": app, "subscriptionId": number}
    return call("webhooks.subscriptions.read", version, places, one(WebhookSubscription), query=key)


def subscribe(version: str, app: str, body: Body, key: Key) -> Call[WebhookSubscription]:
    """A new subscription."""
    places = {"appId": app}
    read = one(WebhookSubscription)
    return call("webhooks.subscriptions.create", version, places, read, query=key, json=body)


def switch(version: str, app: str, number: str, active: bool, key: Key) -> Call[WebhookSubscription]:
    """On, or off."""
    places = {"appId": app, "subscriptionId": number}
    read, body = one(WebhookSubscription), {"active": active}
    return call("webhooks.subscriptions.update", version, places, read, query=key, json=body)


def switch_many(version: str, app: str, switches: Mapping[str, bool], key: Key) -> Call[dict[str, Any]]:
    """Many on or off."""
    inputs = [{"id": int(number), "active": active} for number, active in switches.items()]
    places = {"appId": app}
    return call(
        "webhooks.subscriptions.batch.update", version, places, plain, query=key, json={"inputs": inputs}
    )


def unsubscribe(version: str, app: str, number: str, key: Key) -> Call[None]:
    """Ends a subscription."""
    places = {"appId": app, "subscriptionId": number}
    return call("webhooks.subscriptions.delete", version, places, read_nothing, query=key)


class JournalFiles(msgspec.Struct):
    """The answer of a batch read."""

    results: list[JournalFile] = []
    errors: list[dict[str, Any]] = []


def journal(
    version: str, where: str, offset: str | None, count: int | None, portal: int | None
) -> Call[list[JournalFile]]:
    """Files of the journal: the `earliest`, the `latest`, or those `next` after an offset, if any."""
    op = f"journal.{where}" if count is None else f"journal.batch.{where}"
    places = {name: str(value) for name, value in (("offset", offset), ("count", count)) if value is not None}
    query = [("installPortalId", None if portal is None else str(portal))]
    return call(op, version, places, _files if count is not None else _file, query=query)


def journal_files(version: str, offsets: Sequence[str]) -> Call[JournalFiles]:
    """Files by their own offsets."""
    return call("journal.batch.read", version, {}, one(JournalFiles), json={"inputs": offsets})


def journal_status(version: str, status: str) -> Call[dict[str, Any]]:
    """How far a snapshot is."""
    return call("journal.status", version, {"statusId": status}, plain)


def journal_subscriptions(version: str) -> Call[Listing[JournalSubscription]]:
    """What the journal tells of."""
    return call("journal.subscriptions.list", version, {}, many(JournalSubscription))


def journal_subscription(version: str, number: str) -> Call[JournalSubscription]:
    """One thing it tells of."""
    return call("journal.subscriptions.read", version, {"subscriptionId": number}, one(JournalSubscription))


def journal_subscribe(version: str, body: Body) -> Call[JournalSubscription]:
    """Tells of this too, or otherwise than before."""
    return call("journal.subscriptions.create", version, {}, one(JournalSubscription), json=body)


def journal_unsubscribe(version: str, number: str | None, portal: int | None) -> Call[None]:
    """Tells no more: of one thing, or of a whole account."""
    if portal is not None:
        return call("journal.subscriptions.clear", version, {"portalId": str(portal)}, read_nothing)
    return call("journal.subscriptions.delete", version, {"subscriptionId": str(number)}, read_nothing)


def filters(version: str, subscription_id: str) -> Call[dict[str, Any]]:
    """Filters of a subscription."""
    return call("journal.filters.list", version, {"subscriptionId": subscription_id}, plain)


def create_filter(version: str, body: Body) -> Call[dict[str, Any]]:
    """A new filter."""
    return call("journal.filters.create", version, {}, plain, json=body)


def delete_filter(version: str, number: str) -> Call[None]:
    """Takes a filter away."""
    return call("journal.filters.delete", version, {"filterId": number}, read_nothing)


def snapshots(version: str, body: Body) -> Call[dict[str, Any]]:
    """Has records told of as they are now."""
    return call("journal.snapshots.create", version, {}, plain, json=body)


def _file(reply: Reply) -> list[JournalFile]:
    return [one(JournalFile)(reply)] if reply.body.strip() else []


def _files(reply: Reply) -> list[JournalFile]:
    return one(JournalFiles)(reply).results if reply.body.strip() else []
