"""Who may call. Bodies: HubSpot's scopes page, its SDKs' issue trackers, airbyte issue 74726."""

from __future__ import annotations

import pytest

from tests.contract.edge import Caller

NOT_FOUND = (
    "Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more "
    "details at https://developers.hubspot.com/docs/methods/auth/oauth-overview"
)
MISSING = (
    "This app hasn't been granted all required scopes to make this call. "
    "Read more about required scopes here: https://developers.hubspot.com/scopes."
)


def test_a_call_without_a_token_is_refused_with_hubspots_body() -> None:
    heard = Caller()("GET", "/crm/v3/objects/contacts", token=None)
    assert heard.status == 401
    assert list(heard.json) == ["status", "message", "correlationId", "category"]
    assert heard.json["message"] == NOT_FOUND
    assert heard.json["category"] == "INVALID_AUTHENTICATION"
    # https://github.com/HubSpot/hubspot-api-ruby/issues/181
    assert heard.headers["X-HubSpot-Auth-Failure"] == "401 Unauthorized"
    assert not [name for name in heard.headers if "RateLimit" in name]


@pytest.mark.parametrize(
    "sent", ["Basic abc", "Basic access-token", "Bearer", "Bearer ", "pat-na1-xyz", "Bearer nobody"]
)
def test_what_is_no_token_of_this_account_is_refused_alike(sent: str) -> None:
    heard = Caller()("GET", "/crm/v3/owners", token=None, headers={"Authorization": sent})
    assert (heard.status, heard.json["message"]) == (401, NOT_FOUND)


def test_what_examples_write_for_a_token_has_expired_long_ago() -> None:
    """https://github.com/HubSpot/hubspot-api-php/issues/363: 19,884 days in June 2024, so since 1970."""
    heard = Caller()("GET", "/crm/v3/owners", token="access-token")
    assert (heard.status, heard.json["category"]) == (401, "EXPIRED_AUTHENTICATION")
    assert heard.json["message"].startswith("The OAuth token used to make this call expired 2")
    assert heard.json["message"].endswith(" day(s) ago.")
    assert heard.json["context"] == {"expire time": ["1970-01-01T00:00:00Z"]}


def test_an_api_key_opens_no_account_data() -> None:
    """https://developers.hubspot.com/changelog/upcoming-api-key-sunset"""
    caller = Caller()
    key = caller.emulator.identity.developer_api_key
    heard = caller("GET", f"/crm/v3/objects/contacts?hapikey={key}", token=None)
    assert (heard.status, heard.json["category"]) == (401, "INVALID_AUTHENTICATION")


def test_an_api_key_beside_a_token_does_no_harm() -> None:
    """hubspot-sdk sends both when a developer key is set."""
    assert Caller()("GET", "/crm/v3/owners?hapikey=abc").status == 200


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_is_read_in_any_letter_case(scheme: str) -> None:
    caller = Caller()
    sent = {"Authorization": f"{scheme} {caller.token}"}
    assert caller("GET", "/crm/v3/owners", token=None, headers=sent).status == 200


@pytest.mark.parametrize(
    ("later", "ago"),
    [
        (0, "0 second(s)"),
        (59, "59 second(s)"),
        (60, "1 minute(s)"),
        (18_000, "5 hour(s)"),
        (90_000, "1 day(s)"),
    ],
)
def test_an_expired_token_says_since_when(later: float, ago: str) -> None:
    caller = Caller()
    token = caller.tokens()["access_token"]
    caller.clock.advance(1800 + later)
    heard = caller("GET", "/crm/v3/objects/contacts", token=token)
    assert heard.status == 401
    assert heard.json["message"] == f"The OAuth token used to make this call expired {ago} ago."
    assert heard.json["category"] == "EXPIRED_AUTHENTICATION"
    assert heard.json["context"] == {"expire time": ["2026-01-01T09:30:00Z"]}


def test_a_token_works_until_the_last_millisecond_of_its_half_hour() -> None:
    caller = Caller()
    token = caller.tokens()["access_token"]
    caller.clock.advance(1799.999)
    assert caller("GET", "/crm/v3/objects/contacts", token=token).status == 200


def test_a_missing_scope_is_named() -> None:
    """https://developers.hubspot.com/docs/api-reference/error-handling"""
    caller = Caller()
    token = caller.emulator.token(scopes=["crm.objects.companies.read"])
    heard = caller("GET", "/crm/v3/objects/contacts", token=token)
    assert heard.status == 403
    assert list(heard.json) == ["status", "message", "correlationId", "errors", "links", "category"]
    assert heard.json["message"] == MISSING
    assert heard.json["errors"] == [
        {
            "message": "One or more of the following scopes are required.",
            "context": {"requiredGranularScopes": ["crm.objects.contacts.read"]},
        }
    ]
    assert heard.json["links"] == {"scopes": "https://developers.hubspot.com/scopes"}
    assert heard.json["category"] == "MISSING_SCOPES"


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("GET", "/crm/v3/objects/contacts", "crm.objects.contacts.read"),
        ("GET", "/crm/v3/objects/0-1/1", "crm.objects.contacts.read"),
        ("POST", "/crm/v3/objects/contacts/search", "crm.objects.contacts.read"),
        ("POST", "/crm/objects/2026-09/contacts/batch/read", "crm.objects.contacts.read"),
        ("POST", "/crm/v3/objects/contacts", "crm.objects.contacts.write"),
        ("PATCH", "/crm/objects/2026-03/Contact/1", "crm.objects.contacts.write"),
        ("DELETE", "/crm/v3/objects/companies/1", "crm.objects.companies.write"),
        ("POST", "/crm/v3/objects/deals/batch/upsert", "crm.objects.deals.write"),
        ("GET", "/crm/v3/owners", "crm.objects.owners.read"),
        ("GET", "/crm/v3/properties/deals", "crm.schemas.deals.read"),
    ],
)
def test_each_family_asks_for_its_scope(method: str, path: str, scope: str) -> None:
    """https://developers.hubspot.com/docs/guides/apps/authentication/scopes"""
    caller = Caller()
    bare = caller.emulator.token(scopes=["oauth"])
    heard = caller(method, path, {}, token=bare)
    assert heard.status == 403
    assert scope in heard.json["errors"][0]["context"]["requiredGranularScopes"]
    allowed = caller.emulator.token(scopes=[scope])
    assert caller(method, path, {}, token=allowed).status != 403


def test_both_sides_of_an_association_need_their_scope() -> None:
    caller = Caller()
    path = "/crm/v4/associations/contacts/companies/batch/read"
    one = caller.emulator.token(scopes=["crm.objects.contacts.read"])
    heard = caller("POST", path, {"inputs": []}, token=one)
    assert heard.json["errors"][0]["context"]["requiredGranularScopes"] == ["crm.objects.companies.read"]


def test_reading_is_not_writing() -> None:
    caller = Caller()
    reader = caller.emulator.token(scopes=["crm.objects.contacts.read"])
    body = {"properties": {"email": "ann@example.com"}}
    assert caller("POST", "/crm/v3/objects/contacts", body, token=reader).status == 403
    assert caller("GET", "/crm/v3/objects/contacts", token=reader).json["results"] == []


def test_a_further_token_of_a_private_app_looks_like_one() -> None:
    token = Caller().emulator.token(scopes=["oauth"])
    assert token.startswith("pat-na1-")
    assert len(token) == len("pat-na1-") + 36


def test_the_built_in_token_may_do_everything() -> None:
    caller = Caller()
    for path in ("/crm/v3/owners", "/crm/v3/objects/tickets", "/crm/v3/properties/companies"):
        assert caller("GET", path).status == 200


def test_no_secret_shows_in_the_identitys_repr() -> None:
    identity = Caller().emulator.identity
    for secret in (identity.access_token, identity.client_secret, identity.developer_api_key):
        assert secret not in repr(identity)


@pytest.mark.parametrize(
    ("kind", "scopes", "status"),
    [
        ("contacts", ["crm.schemas.contacts.write"], 201),
        ("contacts", ["crm.objects.contacts.write"], 403),
        ("tasks", ["crm.schemas.contacts.write"], 201),
        ("tasks", ["crm.objects.deals.write"], 403),
        ("products", ["e-commerce"], 201),
        ("line_items", ["crm.objects.line_items.write"], 201),
        ("tickets", ["tickets"], 201),
        ("leads", ["crm.objects.leads.write"], 201),
    ],
)
def test_a_property_is_defined_with_a_scope_that_exists(kind: str, scopes: list[str], status: int) -> None:
    """No scope is named `crm.schemas.tasks.write`: HubSpot's scopes page."""
    caller = Caller()
    group = caller("GET", f"/crm/v3/properties/{kind}/groups").json["results"][0]["name"]
    body = {"name": "mine", "label": "Mine", "type": "string", "fieldType": "text", "groupName": group}
    token = caller.emulator.token(scopes=scopes)
    assert caller("POST", f"/crm/v3/properties/{kind}", body, token=token).status == status
