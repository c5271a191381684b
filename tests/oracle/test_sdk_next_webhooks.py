"""HubSpot's newer Python SDK on webhooks and their journal (its paths are those of 2026-03)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from tests.oracle.server import Account

sdk = pytest.importorskip("hubspot_sdk", reason="the hubspot-sdk pre-release is not installed")

SCOPES = " ".join(
    f"developer.webhooks_journal.{part}"
    for part in ("read", "subscriptions.read", "subscriptions.write", "snapshots.read", "snapshots.write")
)


@pytest.fixture(scope="module")
def developer(account: Account) -> Iterator[Any]:
    """The developer's key alone."""
    with sdk.HubSpot(
        access_token=None,
        developer_api_key=account.developer_api_key,
        base_url=account.base_url,
        max_retries=0,
    ) as client:
        yield client


@pytest.fixture(scope="module")
def app(account: Account) -> Iterator[Any]:
    """The app by itself."""
    body = urlencode(
        {
            "grant_type": "client_credentials",
            "scope": SCOPES,
            "client_id": account.client_id,
            "client_secret": account.client_secret,
        }
    ).encode()
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    heard = account.raw("POST", "/oauth/2026-03/token", body, **form)
    token = json.loads(heard.data)["access_token"]
    with sdk.HubSpot(access_token=token, base_url=account.base_url, max_retries=0) as client:
        yield client


def test_webhooks_are_set_up(account: Account, developer: Any) -> None:
    hooks, app_id = developer.webhooks, account.app_id
    made = hooks.create_event_subscription(app_id, active=False, event_type="deal.creation")
    assert (made.event_type, made.active) == ("deal.creation", False)
    number = int(made.id)
    assert hooks.update_event_subscription(number, app_id=app_id, active=True).active is True
    batch = hooks.create_batch_event_subscriptions(app_id, inputs=[{"id": number, "active": False}])
    assert (batch.status, batch.results[0].active) == ("COMPLETE", False)
    assert made.id in [each.id for each in hooks.list_event_subscriptions(app_id).results]
    hooks.delete_event_subscription(number, app_id=app_id)
    with pytest.raises(sdk.NotFoundError):
        hooks.get_event_subscription(number, app_id=app_id)


def test_the_journal_is_read(account: Account, app: Any) -> None:
    journal = app.webhooks
    made = journal.create_journal_subscription(
        actions=["CREATE"],
        object_ids=[],
        object_type_id="0-5",
        portal_id=account.portal_id,
        properties=["subject"],
        subscription_type="OBJECT",
    )
    assert (made.subscription_type, made.object_type_id, made.app_id) == ("OBJECT", "0-5", account.app_id)
    assert made.id in [each.id for each in journal.list_journal_subscriptions().results]
    ticket = {"subject": "In the journal", "hs_pipeline": "0", "hs_pipeline_stage": "1"}
    heard = account.raw("POST", "/crm/v3/objects/tickets", {"properties": ticket})
    number = int(json.loads(heard.data)["id"])
    batch = journal.get_latest_journal_batch(1)
    assert batch.status == "COMPLETE"
    (entry,) = batch.results
    parts = urlsplit(entry.url)
    file = json.loads(account.raw("GET", f"{parts.path}?{parts.query}").data)
    (event,) = file["journalEvents"]
    assert (event["objectId"], event["propertyChanges"]) == (number, {"subject": "In the journal"})
    taken = journal.create_crm_snapshots(
        snapshot_requests=[
            {
                "object_id": number,
                "object_type_id": "0-5",
                "portal_id": account.portal_id,
                "properties": ["subject"],
            }
        ]
    )
    (response,) = taken.snapshot_responses
    assert journal.get_journal_status(response.snapshot_status_id).status == "COMPLETED"
    journal.delete_journal_subscription(made.id)
    with pytest.raises(sdk.NotFoundError):
        journal.get_journal_subscription(made.id)
