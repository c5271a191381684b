"""Credentials beside private apps and OAuth: service keys, the developer's key; and how an app leaves.

https://developers.hubspot.com/changelog/service-keys
"""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest

from tests.contract.edge import CLIENT, LOCAL, Caller, Heard, sent_back

HERE = {"host": "127.0.0.1:8765"}
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
"""Both: https://www.rfc-editor.org/rfc/rfc7636#appendix-B"""


def app(caller: Caller, **wanted: Any) -> Any:
    heard = caller("POST", "/_emulator/apps", wanted, token=None, headers=HERE)
    assert heard.status == 201, heard.text
    return heard.json


# Service keys


def test_a_service_key_is_a_static_token_with_its_own_scopes_and_no_client() -> None:
    caller = Caller()
    key = app(caller, name="Nightly", kind="service-key", scopes=["crm.objects.contacts.read"])
    assert key["access_token"].startswith("pat-na1-")
    assert not {"client_id", "client_secret"} & key.keys()
    token = key["access_token"]
    caller.clock.advance(365 * 86_400)
    assert caller("GET", "/crm/v3/objects/contacts", token=token).status == 200
    refused = caller("GET", "/crm/v3/objects/deals", token=token)
    assert (refused.status, refused.json["category"]) == (403, "MISSING_SCOPES")


def test_a_service_key_has_the_limits_of_a_private_app_and_shares_the_day() -> None:
    caller = Caller(tier="starter")
    token = app(caller, kind="service-key", scopes=["crm.objects.contacts.read"])["access_token"]
    heard = caller("GET", "/crm/v3/objects/contacts", token=token)
    assert heard.headers["X-HubSpot-RateLimit-Max"] == "100"
    assert heard.headers["X-HubSpot-RateLimit-Daily"] == "250000"
    for _ in range(99):
        assert caller("GET", "/crm/v3/objects/contacts", token=token).status == 200
    assert caller("GET", "/crm/v3/objects/contacts", token=token).status == 429
    other = caller("GET", "/crm/v3/objects/contacts")
    assert other.status == 200
    assert other.headers["X-HubSpot-RateLimit-Daily-Remaining"] == str(250_000 - 101)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/webhooks/v3/{app_id}/subscriptions"),
        ("GET", "/webhooks-journal/journal/2026-03/earliest"),
        ("DELETE", "/appinstalls/2026-03/external-install"),
    ],
)
def test_a_service_key_has_none_of_the_features_of_an_app(method: str, path: str) -> None:
    caller = Caller()
    key = app(caller, kind="service-key")
    refused = caller(method, path.format(**key), token=key["access_token"])
    assert (refused.status, refused.json["category"]) == (403, "MISSING_SCOPES")
    body = {"targetUrl": "http://127.0.0.1:1/x", "events": ["contact.creation"], "appId": key["app_id"]}
    heard = caller("POST", "/_emulator/webhooks", body, token=None, headers=HERE)
    assert (heard.status, "service key" in heard.json["message"]) == (400, True)


def test_nobody_signs_in_with_a_service_key() -> None:
    caller = Caller()
    app(caller, kind="service-key")
    made = next(each for each in caller.emulator.world.apps if each.kind == "service-key")
    assert caller.authorize(client_id=made.client_id).status == 400
    heard = caller.form(
        "/oauth/v3/token",
        grant_type="client_credentials",
        client_id=made.client_id,
        client_secret=made.client_secret,
        scope="oauth",
    )
    assert (heard.status, heard.json["status"]) == (400, "BAD_CLIENT_ID")


# The developer's key


@pytest.mark.parametrize("base", ["/app-webhooks/2026-09", "/app-webhooks/2025-09"])
def test_newer_webhook_paths_want_the_developers_key_and_say_so(base: str) -> None:
    """https://github.com/hubspotdev/devslackarchive"""
    caller = Caller()
    identity = caller.emulator.identity
    path = f"{base}/{identity.app_id}/subscriptions"
    refused = caller("GET", path)
    assert (refused.status, refused.json["category"]) == (401, "INVALID_AUTHENTICATION")
    assert refused.json["message"].startswith("This API can't be called using an OAuth access token.")
    assert "docs" in refused.json["links"]
    assert caller("GET", f"{path}?hapikey={identity.developer_api_key}", token=None).status == 200


def test_the_developers_key_opens_every_app_and_no_account() -> None:
    caller = Caller()
    key = caller.emulator.identity.developer_api_key
    other = app(caller, name="Other")["app_id"]
    assert caller("GET", f"/webhooks/v3/{other}/subscriptions?hapikey={key}", token=None).status == 200
    assert caller("GET", f"/account-info/v3/details?hapikey={key}", token=None).status == 401
    assert caller("GET", f"/webhooks/v3/{other}/subscriptions?hapikey={key}x", token=None).status == 401


# PKCE


def exchanged(caller: Caller, challenge: dict[str, str], **more: str) -> Heard:
    caller.emulator.account.auto_consent = True
    code = sent_back(caller.authorize(**challenge))["code"]
    return caller.form(
        "/oauth/2026-03/token",
        grant_type="authorization_code",
        code=code,
        redirect_uri=LOCAL,
        **CLIENT,
        **more,
    )


@pytest.mark.parametrize(
    ("challenge", "verifier", "status"),
    [
        ({"code_challenge": CHALLENGE, "code_challenge_method": "S256"}, VERIFIER, 200),
        ({"code_challenge": CHALLENGE, "code_challenge_method": "S256"}, VERIFIER + "x", 400),
        ({"code_challenge": CHALLENGE, "code_challenge_method": "S256"}, CHALLENGE, 400),
        ({"code_challenge": CHALLENGE, "code_challenge_method": "S256"}, "", 400),
        ({"code_challenge": VERIFIER}, VERIFIER, 200),
        ({"code_challenge": VERIFIER, "code_challenge_method": "plain"}, "other", 400),
        ({}, VERIFIER, 200),
        ({}, "", 200),
    ],
)
def test_a_code_that_came_with_a_challenge_needs_its_verifier(
    challenge: dict[str, str], verifier: str, status: int
) -> None:
    digest = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest())
    assert digest.rstrip(b"=").decode() == CHALLENGE
    heard = exchanged(Caller(), challenge, **({"code_verifier": verifier} if verifier else {}))
    assert heard.status == status, heard.text
    if status == 400:
        assert (heard.json["error"], heard.json["status"]) == ("invalid_grant", "BAD_CODE_VERIFIER")


def test_the_challenge_outlives_the_form_and_its_method_must_be_known() -> None:
    caller = Caller()
    heard = caller.authorize(code_challenge=CHALLENGE, code_challenge_method="S512")
    assert (heard.status, "Location" in heard.headers) == (400, False)
