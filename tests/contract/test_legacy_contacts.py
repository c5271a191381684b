"""Contacts v1. Shapes and texts: https://github.com/HubspotCommunity/hubspot-ruby, spec/fixtures/
vcr_cassettes (Hubspot_Contact_*, contact_*, find_all_contacts, contacts/create_contact).
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.crm import V3, account, create, read
from tests.contract.edge import Caller

V1 = "/contacts/v1"


def body(**values: Any) -> dict[str, Any]:
    return {"properties": [{"property": name, "value": value} for name, value in values.items()]}


def pages(call: Caller, path: str, key: str, offset: str, more: str, name: str) -> list[int]:
    """Every id, page by page."""
    ids, query = [], ""
    while True:
        heard = call("GET", f"{path}{query}").json
        ids += [one[key] for one in heard["contacts"]]
        if not heard[more]:
            return ids
        assert heard["contacts"]
        query = f"&{name}={heard[offset]}"


def test_a_contact_is_created_with_200_and_told_with_versions() -> None:
    call = account()
    heard = call("POST", f"{V1}/contact", body(email="a@example.com", firstname="Ada"))
    assert heard.status == 200
    made = heard.json
    assert isinstance(made["vid"], int)
    assert (made["canonical-vid"], made["merged-vids"], made["is-contact"]) == (made["vid"], [], True)
    assert made["portal-id"] == call.emulator.identity.portal_id
    assert made["properties"]["firstname"]["value"] == "Ada"
    (version,) = made["properties"]["firstname"]["versions"]
    assert list(version) == ["value", "source-type", "source-id", "source-label", "timestamp", "selected"]
    # Moments are milliseconds: 1 January 2026, 09:00 UTC.
    assert made["properties"]["createdate"]["value"] == "1767258000000"
    (profile,) = made["identity-profiles"]
    assert [one["type"] for one in profile["identities"]] == ["EMAIL", "LEAD_GUID"]


def test_both_generations_see_one_contact() -> None:
    call = account()
    vid = call("POST", f"{V1}/contact", body(email="a@example.com")).json["vid"]
    call("PATCH", f"{V3}/contacts/{vid}", {"properties": {"city": "Oslo"}})
    assert call("GET", f"{V1}/contact/vid/{vid}/profile").json["properties"]["city"]["value"] == "Oslo"
    assert call("POST", f"{V1}/contact/vid/{vid}/profile", body(city="Bergen")).status == 204
    assert read(call, "contacts", str(vid), "properties=city")["properties"]["city"] == "Bergen"


def test_a_profile_tells_earlier_values() -> None:
    call = account()
    vid = create(call, "contacts", city="Oslo")["id"]
    call.clock.advance(1)
    call("PATCH", f"{V3}/contacts/{vid}", {"properties": {"city": "Bergen"}})
    told = call("GET", f"{V1}/contact/vid/{vid}/profile?property=city").json["properties"]
    assert list(told) == ["city"]
    assert [version["value"] for version in told["city"]["versions"]] == ["Bergen", "Oslo"]


def test_a_second_contact_with_the_address_is_refused_with_the_first() -> None:
    call = account()
    vid = call("POST", f"{V1}/contact", body(email="a@example.com")).json["vid"]
    heard = call("POST", f"{V1}/contact", body(email="A@example.com"))
    assert (heard.status, heard.json["message"], heard.json["error"]) == (
        409,
        "Contact already exists",
        "CONTACT_EXISTS",
    )
    assert heard.json["identityProfile"]["vid"] == vid
    assert heard.json["identityProfile"]["identity"][0]["isPrimary"] is True


def test_a_bad_value_is_told_in_validation_results() -> None:
    heard = account()("POST", f"{V1}/contact", body(email="an_invalid_email"))
    assert (heard.status, heard.json["message"]) == (400, "Property values were not valid")
    assert heard.json["validationResults"] == [
        {
            "isValid": False,
            "message": "Email address an_invalid_email is invalid",
            "error": "INVALID_EMAIL",
            "name": "email",
        }
    ]


def test_an_address_in_the_path_creates_and_then_updates() -> None:
    call = account()
    path = f"{V1}/contact/createOrUpdate/email/new_contact%40example.com"
    first = call("POST", path, body(firstname="Leslie")).json
    assert first["isNew"] is True
    assert call("POST", f"{path}/", body(firstname="Les")).json == {"vid": first["vid"], "isNew": False}
    told = call("GET", f"{V1}/contact/email/new_contact@example.com/profile").json
    assert (told["vid"], told["properties"]["firstname"]["value"]) == (first["vid"], "Les")


@pytest.mark.parametrize(
    ("method", "path", "message"),
    [
        ("GET", "vid/0/profile", "contact does not exist"),
        ("GET", "vid/x/profile", "contact does not exist"),
        ("GET", "email/nobody@example.com/profile", "contact does not exist"),
        ("POST", "vid/0/profile", "resource not found"),
        ("DELETE", "vid/0", "contact does not exist"),
    ],
)
def test_nobody_is_a_404(method: str, path: str, message: str) -> None:
    sent = body(firstname="foobar") if method == "POST" else None
    heard = account()(method, f"{V1}/contact/{path}", sent)
    assert (heard.status, heard.json["message"]) == (404, message)


RECORDED = "github.com/grouparoo/grouparoo, plugins/@grouparoo/hubspot/__tests__/fixtures"


def test_an_address_that_nobody_has_is_named() -> None:
    """RECORDED, February 2022: its callers tell "nobody" from other refusals by the category."""
    heard = account()("GET", f"{V1}/contact/email/luigi@example.com/profile")
    assert heard.status == 404
    assert heard.json["category"] == "OBJECT_NOT_FOUND"
    assert heard.json["errors"] == [{"message": "The contact e:luigi@example.com does not exist."}]
    assert heard.headers["X-HubSpot-NotFound"] == "true"


def test_values_alone_can_be_asked_for() -> None:
    """RECORDED: `propertyMode=value_only&formSubmissionMode=none`."""
    call = account()
    create(call, "contacts", email="caio@example.com", firstname="Caio", closedate="2021-02-11T00:00:00Z")
    path = f"{V1}/contact/email/caio@example.com/profile"
    whole = call("GET", path).json
    assert whole["form-submissions"] == []
    assert len(whole["properties"]["firstname"]["versions"]) == 1
    bare = call("GET", f"{path}?propertyMode=value_only&formSubmissionMode=none").json
    assert "form-submissions" not in bare
    assert bare["properties"]["firstname"] == {"value": "Caio"}
    assert bare["properties"]["closedate"] == {"value": "1613001600000"}


def test_a_profile_tells_of_the_primary_company() -> None:
    """RECORDED."""
    call = account()
    firm = create(call, "companies", name="Acme")["id"]
    vid = create(call, "contacts", email="caio@example.com", associatedcompanyid=firm)["id"]
    path = f"{V1}/contact/vid/{vid}/profile"
    told = call("GET", path).json
    assert told["properties"]["associatedcompanyid"]["value"] == firm
    assert list(told)[-1] == "associated-company"
    assert told["associated-company"]["company-id"] == int(firm)
    assert told["associated-company"]["portal-id"] == call.portal_id
    assert told["associated-company"]["properties"]["name"] == {"value": "Acme"}
    assert call("DELETE", f"{V3}/companies/{firm}").status == 204
    assert "associated-company" not in call("GET", path).json


def test_a_cleared_property_is_an_empty_value() -> None:
    """RECORDED."""
    call = account()
    vid = create(call, "contacts", email="caio@example.com", firstname="Caio")["id"]
    sent = {"properties": [{"property": "firstname", "value": ""}]}
    assert call("POST", f"{V1}/contact/vid/{vid}/profile", sent).status == 204
    told = call("GET", f"{V1}/contact/vid/{vid}/profile?propertyMode=value_only").json["properties"]
    assert told["firstname"] == {"value": ""}
    assert "lastname" not in told
    listed = call("GET", f"{V1}/lists/all/contacts/all?property=firstname&property=lastname").json
    assert listed["contacts"][0]["properties"]["firstname"] == {"value": ""}


def test_a_contact_is_deleted_with_its_vid() -> None:
    call = account()
    vid = int(create(call, "contacts")["id"])
    assert call("DELETE", f"{V1}/contact/vid/{vid}").json == {
        "vid": vid,
        "deleted": True,
        "reason": "OK",
    }
    assert call("GET", f"{V3}/contacts/{vid}").status == 404


def test_all_contacts_come_page_by_page_and_none_twice() -> None:
    call = account()
    made = {int(create(call, "contacts", lastname=str(n))["id"]) for n in range(7)}
    path = f"{V1}/lists/all/contacts/all?count=3"
    ids = pages(call, path, "vid", "vid-offset", "has-more", "vidOffset")
    assert ids == sorted(made)


@pytest.mark.emulated
def test_a_listed_contact_shows_bare_values_and_its_modification_time() -> None:
    call = account()
    create(call, "contacts", firstname="Ada", city="Oslo")
    (line,) = call("GET", f"{V1}/lists/all/contacts/all").json["contacts"]
    assert line["properties"] == {
        "firstname": {"value": "Ada"},
        "lastmodifieddate": {"value": "1767258000000"},
    }
    (line,) = call("GET", f"{V1}/lists/all/contacts/all?property=city").json["contacts"]
    assert sorted(line["properties"]) == ["city", "lastmodifieddate"]
    history = call("GET", f"{V1}/lists/all/contacts/all?property=city&propertyMode=value_and_history").json
    assert history["contacts"][0]["properties"]["city"]["versions"][0]["value"] == "Oslo"


def test_the_last_changed_come_first_and_the_walk_ends() -> None:
    call = account()
    made = [create(call, "contacts")["id"] for _ in range(4)]
    for vid in (made[2], made[0]):
        call.clock.advance(5)
        call("PATCH", f"{V3}/contacts/{vid}", {"properties": {"city": "Oslo"}})
    path = f"{V1}/lists/recently_updated/contacts/recent?count=1"
    ids: list[str] = []
    query = ""
    for _ in range(4):
        heard = call("GET", path + query).json
        ids += [str(one["vid"]) for one in heard["contacts"]]
        query = f"&timeOffset={heard['time-offset']}&vidOffset={heard['vid-offset']}"
    assert heard["has-more"] is False
    assert ids[:2] == [made[0], made[2]]
    assert sorted(ids) == sorted(made)
    assert call("GET", f"{V1}/lists/all/contacts/recent").json["contacts"][0]["addedAt"] == 1_767_258_000_000


def test_a_search_has_its_old_envelope() -> None:
    call = account()
    assert call("GET", f"{V1}/search/query?q=123xyz&count=25&offset=").json == {
        "query": "123xyz", "offset": 0, "has-more": False, "total": 0, "contacts": [],
    }  # fmt: skip
    vid = int(create(call, "contacts", firstname="Ada")["id"])
    found = call("GET", f"{V1}/search/query?q=ada").json
    assert (found["total"], found["contacts"][0]["vid"]) == (1, vid)


def test_several_contacts_come_by_vid() -> None:
    call = account()
    vid = create(call, "contacts", email="a@example.com")["id"]
    assert list(call("GET", f"{V1}/contact/vids/batch/?vid={vid}&vid=1").json) == [vid]
    assert list(call("GET", f"{V1}/contact/emails/batch/?email=a@example.com").json) == [vid]
    assert call("GET", f"{V1}/contact/vids/batch?vid=82325").json == {}


def test_a_batch_is_taken_whole_or_not_at_all() -> None:
    call = account()
    good = {"email": "a@example.com", "properties": [{"property": "firstname", "value": "Ada"}]}
    bad = {"email": "b@example.com", "properties": [{"property": "nope", "value": "1"}]}
    assert call("POST", f"{V1}/contact/batch/", [good, bad]).status == 400
    assert call("GET", f"{V3}/contacts").json["results"] == []
    heard = call("POST", f"{V1}/contact/batch/", [good])
    assert (heard.status, heard.text) == (202, "")
    assert len(call("GET", f"{V3}/contacts").json["results"]) == 1


@pytest.mark.parametrize(
    "sent",
    [
        {"properties": [{"property": "city", "value": {"a": 1}}]},
        {"properties": [{"value": "x"}]},
        {"properties": {"city": "Oslo"}},
        [],
        "text",
    ],
)
def test_a_body_of_another_shape_is_refused(sent: Any) -> None:
    assert account()("POST", f"{V1}/contact", sent).status == 400


@pytest.mark.parametrize("query", ["count=x", "vidOffset=x", "vidOffset=-1"])
def test_a_page_that_cannot_be_is_refused(query: str) -> None:
    assert account()("GET", f"{V1}/lists/all/contacts/all?{query}").status == 400


def test_writing_takes_the_scope_that_v3_takes() -> None:
    call = account()
    token = call.emulator.token(scopes=["crm.objects.contacts.read"])
    assert call("GET", f"{V1}/lists/all/contacts/all", token=token).status == 200
    heard = call("POST", f"{V1}/contact", body(email="a@example.com"), token=token)
    assert (heard.status, heard.json["category"]) == (403, "MISSING_SCOPES")


def test_two_contacts_become_one_that_both_ids_lead_to() -> None:
    call = account()
    one, two = create(call, "contacts", city="Oslo")["id"], create(call, "contacts", firstname="Ada")["id"]
    heard = call("POST", f"{V1}/contact/merge-vids/{one}/", {"vidToMerge": int(two)})
    assert (heard.status, heard.text) == (200, "SUCCESS")
    told = [call("GET", f"{V1}/contact/vid/{vid}/profile").json for vid in (one, two)]
    assert told[0]["vid"] == told[1]["vid"]
    assert told[0]["properties"]["firstname"]["value"] == "Ada"


def test_a_merge_of_nobody_is_refused() -> None:
    call = account()
    vid = create(call, "contacts")["id"]
    words = "is not a valid contact or is already in the process of being merged"
    heard = call("POST", f"{V1}/contact/merge-vids/1/", {"vidToMerge": 2})
    assert (heard.status, heard.json["message"]) == (400, f"canonical vid {words}")
    heard = call("POST", f"{V1}/contact/merge-vids/{vid}/", {"vidToMerge": 1})
    assert (heard.status, heard.json["message"]) == (400, f"vid to merge {words}")


@pytest.mark.parametrize("path", ["lists", "lists/1/contacts/all"])
def test_lists_of_the_first_version_are_gone(path: str) -> None:
    """They answer 404 since 30 April 2026: https://developers.hubspot.com/changelog."""
    assert account()("GET", f"{V1}/{path}").status == 404
