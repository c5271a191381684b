"""What contacts want to be written about.

HubSpot-public-api-spec-collection @99893791, PublicApiSpecs/Communication Preferences/Subscriptions.
"""

from __future__ import annotations

import pytest

from tests.contract.edge import Caller

BASES = [f"/communication-preferences/{version}" for version in ("v4", "2026-03", "2026-09")]


@pytest.mark.parametrize("base", BASES)
def test_a_crm_by_itself_has_no_kinds_of_mail(base: str) -> None:
    caller = Caller()
    for path in (
        "definitions",
        "statuses/a@example.com?channel=EMAIL",
        "statuses/a@example.com/unsubscribe-all?channel=EMAIL",
    ):
        heard = caller("GET", f"{base}/{path}")
        assert (heard.status, heard.json["status"], heard.json["results"]) == (200, "COMPLETE", [])
        assert {"startedAt", "completedAt"} <= set(heard.json)


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("query", ["", "?channel=PIGEON"])
def test_a_channel_must_be_said(base: str, query: str) -> None:
    heard = Caller()("GET", f"{base}/statuses/a@example.com{query}")
    assert (heard.status, "channel" in heard.text) == (400, True)


def test_the_third_version_tells_of_an_address() -> None:
    heard = Caller()("GET", "/communication-preferences/v3/status/email/a%40example.com")
    assert heard.json == {"recipient": "a@example.com", "subscriptionStatuses": []}


def test_what_subscribes_is_not_served_and_reading_needs_a_right() -> None:
    caller = Caller()
    body = {"emailAddress": "a@example.com", "subscriptionId": "1"}
    assert caller("POST", "/communication-preferences/v3/subscribe", body).status == 501
    for scope, status in (("communication_preferences.read", 200), ("crm.lists.read", 403)):
        token = caller.emulator.token(scopes=[scope])
        assert caller("GET", f"{BASES[0]}/definitions", token=token).status == status
