"""Clients that make the usual mistakes must not get away with them: each is shown right, then wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import urllib3

from tests.oracle.server import Account

CONTACTS = "/crm/v3/objects/contacts"
BEYOND = "999999999999999"
Word = Callable[[str], str]


@pytest.fixture(scope="module")
def people(account: Account) -> set[str]:
    """Ids of 130 contacts of one city, which no other test has."""
    made: set[str] = set()
    for start in (0, 65):
        rows = [
            {"properties": {"email": f"wrong{start + n}@example.com", "city": "Wrongtown"}} for n in range(65)
        ]
        heard = account.raw("POST", f"{CONTACTS}/batch/create", {"inputs": rows})
        assert heard.status == 201, heard.data
        made |= {one["id"] for one in json.loads(heard.data)["results"]}
    return made


def searched(account: Account, *, follow: bool) -> list[str]:
    """A client that searches; a wrong one asks again and again and never sends `after`."""
    found: list[str] = []
    after: str | None = None
    for _ in range(5):
        group = {"filters": [{"propertyName": "city", "operator": "EQ", "value": "Wrongtown"}]}
        body: dict[str, Any] = {"filterGroups": [group], "limit": 50}
        if follow and after:
            body["after"] = after
        page = json.loads(account.raw("POST", f"{CONTACTS}/search", body).data)
        found += [one["id"] for one in page["results"]]
        after = page.get("paging", {}).get("next", {}).get("after")
        if after is None:
            break
    return found


def test_a_client_that_does_not_send_the_cursor_sees_one_page_again_and_again(
    account: Account, people: set[str]
) -> None:
    right, wrong = searched(account, follow=True), searched(account, follow=False)
    assert (set(right), len(right)) == (people, len(people))
    assert len(wrong) == 250
    assert len(set(wrong)) == 50


def test_a_client_that_stops_after_the_first_page_misses_records(account: Account, people: set[str]) -> None:
    page = json.loads(account.raw("GET", f"{CONTACTS}?limit=100").data)
    assert "after" in page["paging"]["next"]
    assert not people <= {one["id"] for one in page["results"]}


@pytest.mark.parametrize("call", ["create", "read", "update", "upsert", "archive"])
def test_a_client_that_puts_101_in_a_batch_is_refused_whole(
    account: Account, word: Word, call: str, people: set[str]
) -> None:
    row: dict[str, Any] = {"id": sorted(people)[0], "idProperty": "email", "properties": {"city": "Nowhere"}}
    if call in ("read", "archive"):
        row = {"id": row["id"]}
    heard = account.raw("POST", f"{CONTACTS}/batch/{call}", {"inputs": [row] * 101, "properties": []})
    assert (heard.status, json.loads(heard.data)["category"]) == (400, "VALIDATION_ERROR")
    told = account.raw("GET", f"{CONTACTS}/{row['id']}?properties=city")
    assert json.loads(told.data)["properties"]["city"] == "Wrongtown"


def test_a_client_without_the_scope_is_told_which_it_lacks(account: Account) -> None:
    code = account.consent("oauth", "crm.objects.contacts.read")
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": "http://localhost:3000/oauth-callback",
        "client_id": account.client_id,
        "client_secret": account.client_secret,
    }
    with urllib3.PoolManager(retries=False) as pool:
        given = pool.request(
            "POST", f"{account.base_url}/oauth/v3/token", fields=fields, encode_multipart=False
        ).json()
    token = given["access_token"]
    assert account.raw("GET", f"{CONTACTS}?limit=1", token=token).status == 200
    for path, scope in (
        (CONTACTS, "crm.objects.contacts.write"),
        ("/crm/v3/objects/deals", "crm.objects.deals.write"),
    ):
        refused = account.raw("POST", path, {"properties": {}}, token=token)
        told = json.loads(refused.data)
        assert (refused.status, told["category"]) == (403, "MISSING_SCOPES")
        assert scope in told["errors"][0]["context"]["requiredGranularScopes"]


@pytest.mark.parametrize("cursor", ["abc", "-1", "1e3", BEYOND, "9" * 20, "NjU="])
def test_a_client_that_makes_a_cursor_up_is_refused_in_lists(account: Account, cursor: str) -> None:
    heard = account.raw("GET", f"{CONTACTS}?limit=1&after={cursor}")
    told = json.loads(heard.data)
    # A number is a place in the list, beyond its end if need be; anything else is no cursor.
    if cursor == BEYOND:
        assert (heard.status, told["results"]) == (200, [])
    else:
        assert (heard.status, told["category"]) == (400, "VALIDATION_ERROR")


def test_a_client_that_pages_a_search_beyond_ten_thousand_is_refused(account: Account) -> None:
    heard = account.raw("POST", f"{CONTACTS}/search", {"after": "10000", "limit": 1})
    assert heard.status == 400


def test_a_stale_offset_of_the_journal_leads_on_and_a_made_up_one_is_refused(account: Account) -> None:
    wish = {"subscriptionType": "OBJECT", "portalId": account.portal_id, "objectTypeId": "0-2", "actions": []}
    subscriptions, journal = "/webhooks-journal/subscriptions/2026-03", "/webhooks-journal/journal/2026-03"
    token = account.journal_token()
    assert account.raw("POST", subscriptions, wish).status == 403
    assert account.raw("POST", subscriptions, wish, token=token).status == 200
    account.raw("POST", "/crm/v3/objects/companies", {"properties": {"name": "First"}})
    here = json.loads(account.raw("GET", f"{journal}/latest", token=token).data)["currentOffset"]
    assert account.raw("GET", f"{journal}/offset/{here}/next", token=token).status == 204
    account.raw("POST", "/crm/v3/objects/companies", {"properties": {"name": "Second"}})
    assert account.raw("GET", f"{journal}/offset/{here}/next", token=token).status == 200
    for wrong in ("1", "latest", "00000000-0000-0000-0000-000000000000"):
        assert account.raw("GET", f"{journal}/offset/{wrong}/next", token=token).status == 400
    assert account.raw("DELETE", f"{subscriptions}/portals/{account.portal_id}", token=token).status == 204


def test_a_code_and_a_consent_count_once(account: Account) -> None:
    code = account.consent("oauth")
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": "http://localhost:3000/oauth-callback",
        "client_id": account.client_id,
        "client_secret": account.client_secret,
    }
    with urllib3.PoolManager(retries=False) as pool:
        url = f"{account.base_url}/oauth/2026-03/token"
        first = pool.request("POST", url, fields=fields, encode_multipart=False)
        again = pool.request("POST", url, fields=fields, encode_multipart=False)
        as_json = pool.request("POST", url, json={**fields, "code": account.consent("oauth")})
    assert first.status == 200
    assert (again.status, again.json()["status"]) == (400, "BAD_AUTH_CODE")
    # A form is documented, and JSON is none: https://github.com/hubspot-net/HubSpot.NET/issues/102
    assert as_json.status == 415
