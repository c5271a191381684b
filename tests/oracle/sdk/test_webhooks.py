"""HubSpot's Python client sets webhooks up, and its signature helper accepts what arrives."""

from __future__ import annotations

import json
from typing import Any

import hubspot
import pytest
from hubspot.utils.signature import Signature
from hubspot.webhooks import (
    ApiException,
    BatchInputSubscriptionBatchUpdateRequest,
    SettingsChangeRequest,
    SubscriptionBatchUpdateRequest,
    SubscriptionCreateRequest,
    SubscriptionPatchRequest,
    ThrottlingSettings,
)

from tests.contract.receiver import receiving
from tests.oracle.server import Account

PATCH = SubscriptionPatchRequest(active=True)


@pytest.fixture
def developer(account: Account) -> Any:
    client = hubspot.Client.create(api_key=account.developer_api_key)
    client.config["host"] = account.base_url
    return client


def test_subscriptions_live_through_their_calls(account: Account, developer: Any) -> None:
    api, app = developer.webhooks.subscriptions_api, account.app_id
    wanted = SubscriptionCreateRequest(
        event_type="contact.propertyChange", property_name="jobtitle", active=False
    )
    made = api.create(app, wanted)
    assert (made.event_type, made.property_name, made.active) == ("contact.propertyChange", "jobtitle", False)
    assert made.created_at.tzinfo is not None
    number = int(made.id)
    assert api.update(subscription_id=number, app_id=app, subscription_patch_request=PATCH).active is True
    inputs = [SubscriptionBatchUpdateRequest(id=number, active=False)]
    batch = api.update_batch(app, BatchInputSubscriptionBatchUpdateRequest(inputs=inputs))
    assert (batch.status, batch.results[0].active) == ("COMPLETE", False)
    assert api.get_by_id(subscription_id=number, app_id=app).active is False
    assert made.id in [each.id for each in api.get_all(app).results]
    api.archive(subscription_id=number, app_id=app)
    with pytest.raises(ApiException) as refused:
        api.get_by_id(subscription_id=number, app_id=app)
    assert refused.value.status == 404


def test_what_arrives_is_signed_as_the_client_expects(account: Account, developer: Any, api: Any) -> None:
    settings, app = developer.webhooks.settings_api, account.app_id
    with receiving("/hooks?tenant=1") as receiver:
        throttling = ThrottlingSettings(max_concurrent_requests=10)
        change = SettingsChangeRequest(target_url=receiver.url, throttling=throttling)
        assert settings.configure(app, change).throttling.max_concurrent_requests == 10
        assert settings.get_all(app).target_url == receiver.url
        wanted = SubscriptionCreateRequest(event_type="contact.creation", active=True)
        made = developer.webhooks.subscriptions_api.create(app, wanted)
        contact = api.crm.contacts.basic_api.create({"properties": {"email": "hooked@example.com"}})
        got = receiver.next()
        developer.webhooks.subscriptions_api.archive(subscription_id=int(made.id), app_id=app)
        settings.clear(app)
    (event,) = json.loads(got.body)
    assert (event["objectId"], event["portalId"]) == (int(contact.id), account.portal_id)
    assert (str(event["subscriptionId"]), event["attemptNumber"]) == (made.id, 0)
    secret, body = account.client_secret, got.body.decode()
    assert Signature.is_valid(got.headers["X-HubSpot-Signature"], secret, body, signature_version="v1")
    assert Signature.is_valid(
        got.headers["X-HubSpot-Signature-v3"],
        secret,
        body,
        http_uri=receiver.url,
        http_method="POST",
        signature_version="v3",
        timestamp=got.headers["X-HubSpot-Request-Timestamp"],
    )
