"""What published connectors ask for, in their words and order; each test names the one it was read from.

None of them says where HubSpot is wrong: what they ask for in production is answered there.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.crm import V3, account, create
from tests.contract.edge import Caller

CHANGED = "/engagements/v1/engagements/modified/after"
NOON = 1_767_258_000_000


def engagements(call: Caller) -> list[int]:
    """Two of each type, all changed in the same moment, then a third note."""
    made = [
        int(create(call, kind, hs_timestamp="1767258000000")["id"])
        for kind in ("notes", "tasks", "calls", "emails", "meetings")
        for _ in range(2)
    ]
    call.clock.advance(60)
    return [*made, int(create(call, "notes", hs_timestamp="1767258000000")["id"])]


def pages(call: Caller, after: Any, limit: int = 3) -> tuple[list[int], Any]:
    """All engagements changed since, page by page, and the last cursor."""
    ids: list[int] = []
    while True:
        heard = call("GET", f"{CHANGED}?limit={limit}&after={after}")
        assert heard.status == 200, heard.text
        ids += [one["engagement"]["id"] for one in heard.json["results"]]
        after = heard.json["after"].replace("=", "%3D").replace("+", "%2B")
        if not heard.json["hasMore"]:
            return ids, after


def test_changed_engagements_are_read_from_a_moment_on_and_later_from_the_cursor() -> None:
    """github.com/singer-io/tap-hubspot, stream `engagements`."""
    call = account()
    made = engagements(call)
    ids, cursor = pages(call, NOON)
    assert sorted(ids) == sorted(made)
    assert pages(call, cursor) == ([], cursor)
    call.clock.advance(60)
    note = int(create(call, "notes", hs_timestamp="1767258000000")["id"])
    call("PATCH", f"{V3}/tasks/{made[2]}", {"properties": {"hs_task_subject": "again"}})
    assert sorted(pages(call, cursor)[0]) == sorted([note, made[2]])


@pytest.mark.parametrize("limit", [1, 2, 250, 900])
def test_each_page_size_brings_every_changed_engagement_once(limit: int) -> None:
    call = account()
    made = engagements(call)
    assert sorted(pages(call, 0, limit)[0]) == sorted(made)
    assert pages(call, NOON + 1)[0] == [made[-1]]


@pytest.mark.parametrize("after", ["x", "-1", "bm8%3D", "MS0yLTk5", "1e3", "%F0%9F%A6%8A", "9" * 30])
def test_a_cursor_of_changes_that_no_page_gave_is_refused(after: str) -> None:
    call = account()
    engagements(call)
    assert call("GET", f"{CHANGED}?after={after}").status == 400


def test_a_search_may_name_any_number_of_properties_to_return() -> None:
    """github.com/MeltanoLabs/tap-hubspot and airbyte's source-hubspot name all that the account has."""
    call = account()
    create(call, "companies", name="Acme")
    names = [one["name"] for one in call("GET", "/crm/v3/properties/companies").json["results"]]
    body = {"properties": names, "limit": 100, "sorts": [{"propertyName": "hs_lastmodifieddate"}]}
    assert sum(map(len, names)) > 3_000
    heard = call("POST", f"{V3}/companies/search", body)
    assert (heard.status, heard.json["total"]) == (200, 1)
    assert set(names) == set(heard.json["results"][0]["properties"])


def test_what_a_search_looks_for_is_at_most_3000_characters_long() -> None:
    call = account()
    brief = {"query": "x", "properties": ["email"] * 500}
    assert call("POST", f"{V3}/contacts/search", brief).status == 200
    long = {"query": "x" * 3_000, "properties": ["email"]}
    assert call("POST", f"{V3}/contacts/search", long).status == 400


def test_a_custom_object_is_found_without_the_number_of_its_account() -> None:
    """github.com/singer-io/tap-hubspot: `/crm/v3/objects/p_{name}`, with these associations."""
    call = account(tier="enterprise")
    car = {
        "name": "car",
        "labels": {"singular": "Car", "plural": "Cars"},
        "primaryDisplayProperty": "model",
        "requiredProperties": ["model"],
        "properties": [{"name": "model", "label": "Model", "type": "string", "fieldType": "text"}],
        "associatedObjects": ["CONTACT"],
    }
    assert call("POST", "/crm/v3/schemas", car).status == 201
    made = create(call, "p_car", model="Saab")
    wanted = "emails,meetings,notes,tasks,calls,conversations,contacts,companies,deals,tickets"
    heard = call("GET", f"{V3}/p_car?limit=100&associations={wanted}&properties=model&archived=False")
    assert heard.status == 200, heard.text
    assert [one["id"] for one in heard.json["results"]] == [made["id"]]
    assert call("GET", f"{V3}/p_boat").status == 400


@pytest.mark.parametrize(
    "entity", ["company", "contact", "deal", "deal_split", "calls", "form", "goal_targets", "leads", "ticket"]
)
def test_each_type_that_a_schema_is_read_of_has_named_properties(entity: str) -> None:
    """airbyte's source-hubspot makes a stream's schema of these, and fails on an empty list."""
    heard = account()("GET", f"/properties/v2/{entity}/properties")
    assert heard.status == 200
    names = [one["name"] for one in heard.json]
    assert "hs_object_id" in names
    assert all(one["type"] and one["fieldType"] for one in heard.json)


def test_deal_splits_are_records() -> None:
    """airbyte's source-hubspot reads them as `deal_split`."""
    call = account()
    made = create(call, "deal_splits", hs_deal_split_percentage="0.5")
    heard = call("GET", f"{V3}/deal_split?limit=100&properties=hs_deal_split_percentage")
    assert [one["id"] for one in heard.json["results"]] == [made["id"]]
    assert heard.json["results"][0]["properties"]["hs_deal_split_percentage"] == "0.5"


def test_hubspots_command_line_gets_a_token_for_a_personal_key() -> None:
    """github.com/HubSpot/hubspot-local-dev-lib 5.10.3: `portalId` comes with every call."""
    call = account(tier="enterprise")
    query = f"portalId={call.portal_id}"
    refresh = f"/localdevauth/v1/auth/refresh?{query}"
    heard = call("POST", refresh, {"encodedOAuthRefreshToken": call.token}, token=None)
    assert heard.status == 200
    given = heard.json
    assert (given["hubId"], given["accountType"]) == (call.portal_id, "STANDARD")
    assert given["expiresAtMillis"] == 1_767_259_800_000
    assert "oauth" in given["scopeGroups"]
    token = given["oauthAccessToken"]
    assert token != call.token
    schemas = f"/crm-object-schemas/v3/schemas?{query}"
    assert call("GET", schemas, token=token).json == {"results": []}
    call.clock.advance(1_801)
    assert call("GET", schemas, token=token).json["category"] == "EXPIRED_AUTHENTICATION"
    for wrong in ({"encodedOAuthRefreshToken": token}, {"encodedOAuthRefreshToken": "pat-na1-none"}):
        assert call("POST", refresh, wrong, token=None).json["category"] == "INVALID_AUTHENTICATION"
    assert call("POST", refresh, {}, token=None).status == 400


def test_the_version_may_stand_after_the_area() -> None:
    """pypi.org/project/arcade-hubspot-crm-api 0.2.1, made from HubSpot's specification."""
    call = account()
    made = call("POST", "/crm/objects/v3/contacts", {"properties": {"email": "ann@example.com"}})
    assert made.status == 201
    ann = made.json["id"]
    firm = create(call, "companies")["id"]
    read = call("POST", "/crm/objects/v3/contacts/batch/read", {"inputs": [{"id": ann}]})
    assert [one["id"] for one in read.json["results"]] == [ann]
    linked = call("PUT", f"/crm/objects/v4/contacts/{ann}/associations/default/companies/{firm}")
    assert linked.status == 200
    asked = call("POST", "/crm/associations/v4/contacts/companies/batch/read", {"inputs": [{"id": ann}]})
    assert [one["toObjectId"] for one in asked.json["results"][0]["to"]] == [int(firm)]
    assert call("DELETE", f"/crm/objects/v3/contacts/{ann}").status == 204


def test_numbers_and_truths_may_be_sent_as_texts() -> None:
    """pypi.org/project/arcade-hubspot 3.1.2 associates a new contact so, and n8n's node sends `limit` so."""
    call = account()
    firm = create(call, "companies")["id"]
    types = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": "1"}]
    body = {
        "properties": {"email": "zoe@example.com"},
        "associations": [{"to": {"id": firm}, "types": types}],
    }
    made = call("POST", f"{V3}/contacts", body)
    assert made.status == 201, made.text
    linked = call("GET", f"/crm/v4/objects/contacts/{made.json['id']}/associations/companies").json
    assert [one["toObjectId"] for one in linked["results"]] == [int(firm)]
    found = call("POST", f"{V3}/contacts/search", {"limit": "1", "query": "zoe"})
    assert found.json["total"] == 1
    types[0]["associationTypeId"] = "one"
    refused = call("POST", f"{V3}/contacts", body)
    assert (refused.status, refused.json["message"].startswith("Invalid input JSON on line 1")) == (400, True)
