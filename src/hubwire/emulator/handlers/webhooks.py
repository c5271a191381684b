"""Where an app wants to be told of changes, and of which: settings and subscriptions.

https://developers.hubspot.com/docs/guides/api/app-management/webhooks; shapes:
HubSpot-public-api-spec-collection, Webhooks. Texts of refusals are ours where no source is named. Changes
hold at once; HubSpot may take five minutes.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import msgspec

from hubwire.catalogue.load import limits
from hubwire.emulator import moments, refusals
from hubwire.emulator.account import Account
from hubwire.emulator.apps import App
from hubwire.emulator.exchange import Answer, Asked, Refusal
from hubwire.emulator.hooks.book import Book, Settings, Subscription
from hubwire.emulator.hooks.wanted import NewSubscription, checked
from hubwire.emulator.render import answer, batch
from hubwire.emulator.shapes import decode

LEAST_CONCURRENCY = 6
"""`maxConcurrentRequests` must be greater than five."""
USUAL_CONCURRENCY = 10
"""Where none was ever set (assumed); https://developers.hubspot.com/docs/api/webhooks shows it."""
SUBSCRIPTION_STATUS = 201


class Throttling(msgspec.Struct):
    maxConcurrentRequests: int


class SettingsChange(msgspec.Struct):
    targetUrl: str
    throttling: Throttling | None = None


class Switch(msgspec.Struct):
    active: bool = False


class NumberedSwitch(msgspec.Struct):
    id: int | str
    active: bool


class Switches(msgspec.Struct):
    inputs: list[NumberedSwitch]


def read_settings(account: Account, asked: Asked) -> Answer:
    """GET …/{appId}/settings."""
    app, book = _app(account, asked), account.world.courier.book
    settings = book.settings(app.app_id)
    if settings is None:
        raise refusals.nothing_there(f"No webhook settings found for app {app.app_id}")
    return answer(_settings(settings))


def change_settings(account: Account, asked: Asked) -> Answer:
    """PUT …/{appId}/settings.

    The specification requires `throttling`. The trigger of https://github.com/n8n-io/n8n
    (HubspotTrigger.node.ts) sends none to v3 and works, so there the concurrency stays as it was.
    """
    app, book = _app(account, asked), account.world.courier.book
    wanted = decode(asked.body, SettingsChange, "SettingsChangeRequest")
    parts = urlsplit(wanted.targetUrl)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise refusals.validation(f"targetUrl must be a URL, but was {wanted.targetUrl}")
    if wanted.throttling is None and asked.version != "v3":
        raise refusals.attributes_not_set("SettingsChangeRequest", ["throttling"])
    former = book.settings(app.app_id)
    most = former.concurrency if former else USUAL_CONCURRENCY
    if wanted.throttling is not None:
        most = wanted.throttling.maxConcurrentRequests
    if most < LEAST_CONCURRENCY:
        raise refusals.validation("maxConcurrentRequests must be greater than 5")
    with account.store.transaction():
        return answer(_settings(book.set(app.app_id, wanted.targetUrl, most, _now(asked))))


def clear_settings(account: Account, asked: Asked) -> Answer:
    """DELETE …/{appId}/settings: the subscriptions stay, and are paused."""
    account.world.courier.book.clear(_app(account, asked).app_id)
    return Answer(204)


def list_subscriptions(account: Account, asked: Asked) -> Answer:
    """GET …/{appId}/subscriptions."""
    app, book = _app(account, asked), account.world.courier.book
    return answer({"results": [_subscription(each) for each in book.all(app.app_id)]})


def create_subscription(account: Account, asked: Asked) -> Answer:
    """POST …/{appId}/subscriptions."""
    app, book = _app(account, asked), account.world.courier.book
    wanted = decode(asked.body, NewSubscription, "SubscriptionCreateRequest")
    columns = checked(wanted)
    every = book.all(app.app_id)
    most = limits().WEBHOOK_SUBSCRIPTIONS
    if len(every) >= most:
        # https://developers.hubspot.com/docs/guides/api/app-management/webhooks, with this body
        raise Refusal(
            400,
            "Couldn't create another subscription. "
            f"You've reached the maximum number allowed per application ({most}).",
            requestId=asked.correlation_id,
        )
    if any(_same(each, columns) for each in every):
        raise Refusal(409, "A subscription of this kind exists already", category="CONFLICT")
    with account.store.transaction():
        return answer(_subscription(book.add(app.app_id, columns, _now(asked))), SUBSCRIPTION_STATUS)


def read_subscription(account: Account, asked: Asked) -> Answer:
    """GET …/{appId}/subscriptions/{subscriptionId}."""
    return answer(_subscription(_found(account, asked)))


def switch_subscription(account: Account, asked: Asked) -> Answer:
    """PATCH …/{appId}/subscriptions/{subscriptionId}: on or off, and nothing else."""
    subscription, book = _found(account, asked), account.world.courier.book
    wanted = decode(asked.body, Switch, "SubscriptionPatchRequest")
    return answer(_subscription(book.switch(subscription, wanted.active, _now(asked))))


def delete_subscription(account: Account, asked: Asked) -> Answer:
    """DELETE …/{appId}/subscriptions/{subscriptionId}."""
    account.world.courier.book.drop(_found(account, asked))
    return Answer(204)


def switch_several(account: Account, asked: Asked) -> Answer:
    """POST …/{appId}/subscriptions/batch/update; unknown ids are reported (207)."""
    app, book = _app(account, asked), account.world.courier.book
    inputs = decode(asked.body, Switches, "BatchInputSubscriptionBatchUpdateRequest").inputs
    results: list[Any] = []
    errors: list[Any] = []
    with account.store.transaction():
        for each in inputs:
            text = str(each.id)
            found = book.find(app.app_id, int(text)) if text.isdecimal() else None
            if found is None:
                errors.append(
                    {
                        "status": "error",
                        "category": "OBJECT_NOT_FOUND",
                        "message": f"No subscription found with ID {text}",
                        "context": {"id": [text]},
                    }
                )
            else:
                results.append(_subscription(book.switch(found, each.active, _now(asked))))
    return answer(batch(asked.now, asked.now, results, errors), 207 if errors else 200)


def _same(each: Subscription, columns: dict[str, Any]) -> bool:
    told = (each.event_name, each.property_name, each.object_type)
    return told == (columns["event"], columns["property"], columns["object_type"])


def _app(account: Account, asked: Asked) -> App:
    """The app of the path; a token is good for its own app only."""
    text, grant = asked.places["appId"], asked.grant
    app = account.world.apps.find(int(text)) if text.isdecimal() else None
    if app is None or (grant and grant.kind != "developer-key" and grant.app_id != app.app_id):
        raise refusals.nothing_there(f"No app found with ID {text}", context={"appId": [text]})
    return app


def _found(account: Account, asked: Asked) -> Subscription:
    app, text = _app(account, asked), asked.places["subscriptionId"]
    book: Book = account.world.courier.book
    found = book.find(app.app_id, int(text)) if text.isdecimal() else None
    if found is None:
        raise refusals.nothing_there(
            f"No subscription found with ID {text}", context={"subscriptionId": [text]}
        )
    return found


def _settings(settings: Settings) -> dict[str, Any]:
    return {
        "targetUrl": settings.target,
        "throttling": {"maxConcurrentRequests": settings.concurrency},
        "createdAt": moments.text(settings.created),
        "updatedAt": moments.text(settings.updated),
    }


def _subscription(each: Subscription) -> dict[str, Any]:
    told = {
        "id": str(each.id),
        "eventType": each.event_name,
        "propertyName": each.property_name,
        "objectTypeId": each.object_type or each.event.type_id,
        "eventTypeName": each.event_type,
        "active": each.active,
        "createdAt": moments.text(each.created),
        "updatedAt": moments.text(each.updated),
    }
    return {name: value for name, value in told.items() if value is not None}


def _now(asked: Asked) -> int:
    return int(asked.now * 1000)


ACCOUNT_HANDLERS = {
    "webhooks.settings.read": read_settings,
    "webhooks.settings.update": change_settings,
    "webhooks.settings.clear": clear_settings,
    "webhooks.subscriptions.list": list_subscriptions,
    "webhooks.subscriptions.create": create_subscription,
    "webhooks.subscriptions.read": read_subscription,
    "webhooks.subscriptions.update": switch_subscription,
    "webhooks.subscriptions.delete": delete_subscription,
    "webhooks.subscriptions.batch.update": switch_several,
}
