"""How the SDK sees HubSpot say no, and the OAuth calls it makes."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import hubspot.crm.contacts as contacts_module
import hubspot.oauth as oauth_module
import pytest

from tests.oracle.sdk.conftest import client
from tests.oracle.sdk.kinds import Family
from tests.oracle.server import REDIRECT, Account

Word = Callable[[str], str]
ENVELOPE = ("status", "message", "correlationId")


def refused(work: Callable[[], Any], error: type[Exception] = contacts_module.ApiException) -> Any:
    with pytest.raises(error) as caught:
        work()
    return caught.value


def body(problem: Any) -> dict[str, Any]:
    assert problem.headers["Content-Type"] == "application/json;charset=utf-8"
    said: dict[str, Any] = json.loads(problem.body)
    assert set(ENVELOPE) <= set(said)
    assert said["status"] == "error"
    return said


def test_a_wrong_token_is_unauthorized(account: Account) -> None:
    api = client(account, "pat-na1-00000000-0000-0000-0000-000000000000")
    problem = refused(
        lambda: api.crm.contacts.basic_api.get_page(), contacts_module.exceptions.UnauthorizedException
    )
    said = body(problem)
    assert problem.status == 401
    assert said["category"] == "INVALID_AUTHENTICATION"
    assert said["message"].startswith("Authentication credentials not found.")


def test_a_missing_record_is_not_found(contacts: Family) -> None:
    problem = refused(
        lambda: contacts.basic("get_by_id", "999999999"), contacts_module.exceptions.NotFoundException
    )
    assert problem.status == 404
    assert body(problem)["message"] == "resource not found"


def test_an_id_that_is_no_number_is_not_found(contacts: Family) -> None:
    """Recorded: HubSpot/hubspot-api-nodejs issue 669."""
    said = body(refused(lambda: contacts.basic("get_by_id", "abc")))
    assert said["message"] == "Object not found.  objectId are usually numeric."
    assert said["category"] == "OBJECT_NOT_FOUND"
    assert said["context"] == {"id": ["abc"]}


def test_a_second_contact_with_one_email_is_a_conflict(contacts: Family, word: Word) -> None:
    first = contacts.create(contacts.kind.properties(word("twice")))
    problem = refused(lambda: contacts.create({"email": first.properties["email"].upper()}))
    assert problem.status == 409
    said = body(problem)
    assert said["message"] == f"Contact already exists. Existing ID: {first.id}"
    assert said["category"] == "CONFLICT"


@pytest.mark.parametrize(
    ("properties", "code"),
    [
        ({"no_such_property": "1"}, "PROPERTY_DOESNT_EXIST"),
        ({"lifecyclestage": "no_such_stage"}, "INVALID_OPTION"),
        ({"email": "not an address"}, "INVALID_EMAIL"),
        ({"hs_object_id": "12"}, "READ_ONLY_VALUE"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_property_that_does_not_validate_is_named(
    contacts: Family, properties: dict[str, str], code: str
) -> None:
    problem = refused(lambda: contacts.create(properties))
    assert problem.status == 400
    said = body(problem)
    assert said["category"] == "VALIDATION_ERROR"
    listed = json.loads(said["message"].removeprefix("Property values were not valid: "))
    assert [(one["name"], one["error"], one["isValid"]) for one in listed] == [(*properties, code, False)]
    assert said["errors"][0]["code"] == code


def test_an_unknown_object_type_cannot_be_inferred(api: Any) -> None:
    from hubspot.crm.objects import ApiException

    said = body(refused(lambda: api.crm.objects.basic_api.get_page("butterflies"), ApiException))
    assert said["message"] == "Unable to infer object type from: butterflies"
    assert "category" not in said


def test_too_many_records_with_history_are_refused(contacts: Family) -> None:
    problem = refused(lambda: contacts.basic("get_page", limit=100, properties_with_history=["email"]))
    assert problem.status == 400
    assert "50" in body(problem)["message"]


def test_what_is_not_built_says_so(api: Any) -> None:
    """Never a plausible answer: the route is named in a 501."""
    answer = api.api_request({"method": "GET", "path": "/crm/v3/no/such/route"})
    assert answer.status_code == 501
    assert "/crm/v3/no/such/route" in answer.text
    answer.close()


def test_the_burst_quota_is_spent_and_said_so(limited: Account) -> None:
    """Free tier: 100 calls in ten seconds. https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines"""
    basic = client(limited).crm.contacts.basic_api
    remaining = []
    problem = None
    for _ in range(150):
        try:
            told = basic.get_page_with_http_info(_return_http_data_only=False, limit=1)
        except contacts_module.ApiException as caught:
            problem = caught
            break
        headers = told[2]
        assert headers["X-HubSpot-RateLimit-Max"] == "100"
        assert headers["X-HubSpot-RateLimit-Interval-Milliseconds"] == "10000"
        assert int(headers["X-HubSpot-RateLimit-Daily-Remaining"]) < int(headers["X-HubSpot-RateLimit-Daily"])
        remaining.append(int(headers["X-HubSpot-RateLimit-Remaining"]))
    assert problem is not None
    assert problem.status == 429
    assert remaining[-1] == 0
    said = body(problem)
    assert said["message"] == "You have reached your ten_secondly_rolling limit."
    assert (said["errorType"], said["policyName"]) == ("RATE_LIMIT", "TEN_SECONDLY_ROLLING")


def test_the_search_quota_is_its_own(limited: Account) -> None:
    search = client(limited).crm.contacts.search_api
    problem = None
    for _ in range(40):
        try:
            told = search.do_search_with_http_info({"limit": 1}, _return_http_data_only=False)
        except contacts_module.ApiException as caught:
            problem = caught
            break
        assert not [name for name in told[2] if name.lower().startswith("x-hubspot-ratelimit")]
    assert problem is not None
    assert problem.status == 429
    said = body(problem)
    assert said["message"] == "You have reached your secondly limit."


# OAuth


def tokens(api: Any, account: Account, **form: str) -> Any:
    return api.oauth.tokens_api.create(
        client_id=account.client_id, client_secret=account.client_secret, **form
    )


def exchanged(api: Any, account: Account, *scopes: str) -> Any:
    code = account.consent(*scopes)
    return tokens(api, account, grant_type="authorization_code", code=code, redirect_uri=REDIRECT)


def test_a_code_becomes_tokens_that_work_and_refresh(api: Any, account: Account) -> None:
    given = exchanged(api, account, "oauth", "crm.objects.contacts.read")
    assert type(given).__name__ == "TokenResponseIF"
    assert given.expires_in == 1800
    assert given.token_type == "bearer"
    assert given.refresh_token
    assert client(account, given.access_token).crm.contacts.basic_api.get_page(limit=1) is not None
    again = tokens(api, account, grant_type="refresh_token", refresh_token=given.refresh_token)
    assert again.access_token
    assert client(account, again.access_token).crm.contacts.basic_api.get_page(limit=1) is not None


def test_an_access_token_tells_whose_it_is(api: Any, account: Account) -> None:
    given = exchanged(api, account, "oauth", "crm.objects.contacts.read")
    info = api.oauth.access_tokens_api.get(given.access_token)
    assert type(info).__name__ == "AccessTokenInfoResponse"
    assert (info.hub_id, info.app_id, info.token) == (account.portal_id, account.app_id, given.access_token)
    assert set(info.scopes) == {"oauth", "crm.objects.contacts.read"}
    assert info.token_type == "access"
    assert 0 < info.expires_in <= 1800


def test_a_refresh_token_tells_whose_it_is_until_it_is_revoked(api: Any, account: Account) -> None:
    given = exchanged(api, account, "oauth")
    info = api.oauth.refresh_tokens_api.get(given.refresh_token)
    assert type(info).__name__ == "RefreshTokenInfoResponse"
    assert (info.hub_id, info.client_id) == (account.portal_id, account.client_id)
    api.oauth.refresh_tokens_api.archive(given.refresh_token)
    again = {"grant_type": "refresh_token", "refresh_token": given.refresh_token}
    problem = refused(lambda: tokens(api, account, **again), oauth_module.ApiException)
    assert json.loads(problem.body)["status"] == "BAD_REFRESH_TOKEN"


def test_a_missing_scope_is_forbidden_and_named(api: Any, account: Account, word: Word) -> None:
    given = exchanged(api, account, "oauth", "crm.objects.contacts.read")
    basic = client(account, given.access_token).crm.contacts.basic_api
    problem = refused(
        lambda: basic.create({"properties": {"email": f"{word('no')}@example.com"}}),
        contacts_module.exceptions.ForbiddenException,
    )
    said = body(problem)
    assert problem.status == 403
    assert said["category"] == "MISSING_SCOPES"
    assert "crm.objects.contacts.write" in json.dumps(said)


def test_a_code_serves_once(api: Any, account: Account) -> None:
    code = account.consent("oauth")
    once = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT}
    tokens(api, account, **once)
    problem = refused(lambda: tokens(api, account, **once), oauth_module.ApiException)
    assert problem.status == 400
    assert json.loads(problem.body)["status"] in ("BAD_AUTH_CODE", "EXPIRED_AUTH_CODE")


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"grant_type": "refresh_token", "refresh_token": "na1-0000"}, "BAD_REFRESH_TOKEN"),
        ({"grant_type": "authorization_code", "code": "nonsense", "redirect_uri": REDIRECT}, "BAD_AUTH_CODE"),
        ({"grant_type": "no_such_grant"}, "BAD_GRANT_TYPE"),
    ],
    ids=["refresh-token", "code", "grant-type"],
)
def test_a_refused_grant_names_its_status(
    api: Any, account: Account, wrong: dict[str, str], status: str
) -> None:
    problem = refused(lambda: tokens(api, account, **wrong), oauth_module.ApiException)
    assert problem.status == 400
    assert json.loads(problem.body)["status"] == status


def test_a_wrong_client_secret_is_refused(api: Any, account: Account) -> None:
    problem = refused(
        lambda: api.oauth.tokens_api.create(
            grant_type="refresh_token", client_id=account.client_id, client_secret="wrong", refresh_token="x"
        ),
        oauth_module.ApiException,
    )
    assert problem.status == 400
    assert json.loads(problem.body)["status"] == "BAD_CLIENT_SECRET"
