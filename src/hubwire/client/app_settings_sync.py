# Generated from app_settings.py by tools/unasync.py: change that file, not this one.
# ruff: noqa: A002

"""Webhook settings."""

from __future__ import annotations

import builtins
from collections.abc import Mapping
from typing import Any

from hubwire.client.calls import apps, shaped
from hubwire.client.driver_sync import Driver
from hubwire.client.family_sync import Family
from hubwire.client.identity import identity
from hubwire.client.shapes import WebhookSettings, WebhookSubscription


class Webhooks(Family):
    """Where one app is told of events, and of which; for all accounts it is installed in."""

    def __init__(self, driver: Driver, app: str | int, developer_key: str | None) -> None:
        super().__init__(driver)
        self._app = identity(app)
        self._key: apps.Key = [("hapikey", developer_key)]

    def settings(self) -> WebhookSettings:
        """Where events go. `NotFound` when that was never said."""
        return self._do(apps.settings(self._version, self._app, self._key))

    def set_settings(self, target_url: str, *, max_concurrent: int = 10) -> WebhookSettings:
        """Where events are to go, and how many requests at a time (more than 5)."""
        body = {"targetUrl": target_url, "throttling": {"maxConcurrentRequests": max_concurrent}}
        return self._do(apps.set_settings(self._version, self._app, body, self._key))

    def clear_settings(self) -> None:
        """Nowhere any more; the subscriptions stay, and rest."""
        self._do(apps.clear_settings(self._version, self._app, self._key))

    def list(self) -> builtins.list[WebhookSubscription]:
        """All subscriptions."""
        return self._do(apps.subscriptions(self._version, self._app, self._key)).results

    def get(self, id: str | int) -> WebhookSubscription:
        """One of them."""
        return self._do(apps.subscription(self._version, self._app, identity(id), self._key))

    def subscribe(
        self, event_type: str, *, property: str | None = None, active: bool = True, **fields: Any
    ) -> WebhookSubscription:
        """Has the app told of `contact.creation`, or with `property` of `contact.propertyChange`."""
        given = {**fields, "eventType": event_type, "active": active}
        body = shaped.body(None, given | ({"propertyName": property} if property else {}))
        return self._do(apps.subscribe(self._version, self._app, body, self._key))

    def switch(self, id: str | int, active: bool) -> WebhookSubscription:
        """On, or off."""
        return self._do(apps.switch(self._version, self._app, identity(id), active, self._key))

    def switch_many(self, switches: Mapping[str | int, bool]) -> dict[str, Any]:
        """Many on or off; HubSpot's answer as it is, with `errors` for ids there are none of."""
        wanted = {identity(number): active for number, active in switches.items()}
        return self._do(apps.switch_many(self._version, self._app, wanted, self._key))

    def unsubscribe(self, id: str | int) -> None:
        """Ends a subscription."""
        self._do(apps.unsubscribe(self._version, self._app, identity(id), self._key))
