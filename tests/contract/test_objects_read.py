"""Reading one record."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from tests.contract.crm import V3, account, create, demo_properties, link, read
from tests.contract.edge import Caller


def test_a_read_that_names_nothing_shows_the_default_set() -> None:
    """HubSpot's search guide: createdate, email, firstname, hs_object_id, lastmodifieddate, lastname."""
    call = account()
    made = create(call, "contacts", email="ann@example.com", firstname="Ann", phone="1")
    assert read(call, "contacts", made["id"])["properties"] == {
        "createdate": "2026-01-01T09:00:00Z",
        "email": "ann@example.com",
        "firstname": "Ann",
        "hs_object_id": made["id"],
        "lastmodifieddate": "2026-01-01T09:00:00Z",
        "lastname": None,
    }


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("companies", "createdate domain hs_lastmodifieddate hs_object_id name"),
        ("deals", "amount closedate createdate dealname dealstage hs_lastmodifieddate hs_object_id pipeline"),
        ("products", "createdate description hs_lastmodifieddate hs_object_id name price"),
        ("line_items", "amount createdate hs_lastmodifieddate hs_object_id price quantity"),
        ("notes", "hs_createdate hs_lastmodifieddate hs_object_id"),
    ],
)
def test_default_sets_differ_by_type(kind: str, names: str) -> None:
    """HubSpot's search guide, table of default properties."""
    call = account()
    made = create(call, kind)
    assert list(read(call, kind, made["id"])["properties"]) == names.split()


def test_named_properties_come_with_the_always_three_sorted_unset_ones_null_unknown_ones_dropped() -> None:
    """Recorded: NangoHQ/integration-templates get-deal.test.json and get-ticket.test.json."""
    call = account()
    made = create(call, "deals", dealname="D", amount="3000")
    body = read(call, "deals", made["id"], "properties=dealname,amount,closedate,hubspot_owner_id,no_such")
    assert body["properties"] == {
        "amount": "3000",
        "closedate": None,
        "createdate": "2026-01-01T09:00:00Z",
        "dealname": "D",
        "hs_lastmodifieddate": "2026-01-01T09:00:00Z",
        "hs_object_id": made["id"],
        "hubspot_owner_id": None,
    }
    assert list(body["properties"]) == sorted(body["properties"])


@pytest.mark.parametrize(
    "query",
    [
        "properties=phone&properties=city",
        "properties=phone,city",
        "properties=phone%2Ccity",
        "properties=phone,+city",
    ],
)
def test_lists_may_be_repeated_or_joined(query: str) -> None:
    """SDKs: hubspot-api-client repeats a parameter, hubspot-sdk joins with commas; programs in use add a
    blank, and go on as if HubSpot had not minded (assumed)."""
    call = account()
    made = create(call, "contacts", phone="1", city="Oslo")
    props = read(call, "contacts", made["id"], query)["properties"]
    assert (props["phone"], props["city"]) == ("1", "Oslo")


def test_a_missing_record_is_a_404_without_category() -> None:
    """Third party, several."""
    heard = account()("GET", f"{V3}/contacts/123")
    assert heard.status == 404
    assert heard.json["message"] == "resource not found"
    assert "category" not in heard.json


def test_an_id_that_is_no_number_gets_another_404() -> None:
    """Recorded: https://github.com/HubSpot/hubspot-api-nodejs/issues/669 (two spaces)."""
    heard = account()("GET", f"{V3}/contacts/abc")
    assert heard.status == 404
    assert heard.json["message"] == "Object not found.  objectId are usually numeric."
    assert heard.json["category"] == "OBJECT_NOT_FOUND"
    assert heard.json["context"] == {"id": ["abc"]}


def test_a_contact_is_found_by_address_in_any_letter_case() -> None:
    """HubSpot's contacts guide: idProperty=email."""
    call = account()
    made = create(call, "contacts", email="Ann@example.com")
    assert read(call, "contacts", "ANN@example.com", "idProperty=email")["id"] == made["id"]


def test_any_unique_property_identifies() -> None:
    """HubSpot's properties guide: hasUniqueValue."""
    call = demo_properties(account())
    made = create(call, "companies", external_id="C-7")
    assert read(call, "companies", "C-7", "idProperty=external_id")["id"] == made["id"]


def test_a_property_that_is_not_unique_does_not_identify() -> None:
    call = account()
    create(call, "companies", domain="a.example.com")
    heard = call("GET", f"{V3}/companies/a.example.com?idProperty=domain")
    assert heard.status == 400
    assert "non-unique 0-2 property domain" in heard.json["message"]


def test_associations_are_one_entry_a_type_and_absent_when_there_are_none() -> None:
    """Recorded: NangoHQ tasks: a primary company is `contact_to_company` and `…_unlabeled`."""
    call = account()
    company = create(call, "companies", name="Acme")["id"]
    made = create(call, "contacts", [link(279, company)])["id"]
    body = read(call, "contacts", made, "associations=companies,deals")
    assert body["associations"] == {
        "companies": {
            "results": [
                {"id": company, "type": "contact_to_company"},
                {"id": company, "type": "contact_to_company_unlabeled"},
            ]
        }
    }
    assert list(body)[-1] == "associations"
    assert "associations" not in read(call, "contacts", made, "associations=deals")


def crowd(number: int) -> tuple[Caller, str, list[str]]:
    """A company of so many people."""
    call = account()
    company = create(call, "companies", name="Acme")["id"]
    people: list[str] = []
    for start in range(0, number, 100):
        wanted = min(100, number - start)
        inputs = [{"properties": {}, "associations": [link(279, company)]} for _ in range(wanted)]
        made = call("POST", f"{V3}/contacts/batch/create", {"inputs": inputs}).json["results"]
        people += [one["id"] for one in made]
    return call, company, sorted(people, key=int)


@pytest.mark.parametrize("version", ["v3", "2026-03", "2026-09"])
@pytest.mark.parametrize("listed", [False, True])
def test_further_associations_are_behind_paging(version: str, listed: bool) -> None:
    """100 and a link: https://github.com/HubSpot/hubspot-api-nodejs/issues/29; the form of the link is
    recorded in https://github.com/HubSpot/hubspot-api-python/issues/135."""
    call, company, people = crowd(250)
    base = V3 if version == "v3" else f"/crm/objects/{version}"
    whole = call("GET", f"{base}/companies{'' if listed else f'/{company}'}?associations=contacts").json
    block = (whole["results"][0] if listed else whole)["associations"]["contacts"]
    found = [each["id"] for each in block["results"]]
    assert (len(set(found)), set(block)) == (100, {"results", "paging"})
    assert set(block["paging"]["next"]) == {"after", "link"}
    while "paging" in block:
        parts = urlsplit(block["paging"]["next"]["link"])
        assert parts.path == f"{base}/0-2/{company}/associations/0-1"
        block = call("GET", f"{parts.path}?{parts.query}&limit=100").json
        found += [str(each.get("id") or each["toObjectId"]) for each in block["results"]]
    assert list(dict.fromkeys(found)) == people


def test_a_hundred_associations_need_no_second_page() -> None:
    call, company, people = crowd(100)
    block = read(call, "companies", company, "associations=contacts")["associations"]["contacts"]
    assert ({each["id"] for each in block["results"]}, set(block)) == (set(people), {"results"})


def test_a_batch_of_the_third_generation_pages_them_too() -> None:
    call, company, people = crowd(101)
    path = "/crm/v3/associations/companies/contacts/batch/read"
    (told,) = call("POST", path, {"inputs": [{"id": company}]}).json["results"]
    parts = urlsplit(told["paging"]["next"]["link"])
    rest = call("GET", f"{parts.path}?{parts.query}").json
    assert {each["id"] for each in (*told["to"], *rest["results"])} == set(people)
    assert len({each["id"] for each in told["to"]}) == 100
    assert "paging" not in rest


def test_an_unknown_type_in_associations_is_refused() -> None:
    """An independent emulator, measured 2026-08-21."""
    call = account()
    made = create(call, "contacts")["id"]
    heard = call("GET", f"{V3}/contacts/{made}?associations=widgets")
    assert heard.status == 400
    assert heard.json["message"] == "Unable to infer object type from: widgets"


def test_history_is_newest_first_and_the_current_value_stays_in_properties() -> None:
    """Recorded: https://github.com/HubSpot/hubspot-api-nodejs/issues/154."""
    call = account()
    made = create(call, "contacts", firstname="Ann")["id"]
    call.clock.advance(60)
    call("PATCH", f"{V3}/contacts/{made}", {"properties": {"firstname": "Bea"}})
    body = read(call, "contacts", made, "propertiesWithHistory=firstname,lastname")
    assert body["properties"]["firstname"] == "Bea"
    source = {"sourceType": "INTEGRATION", "sourceId": "7654321"}
    assert body["propertiesWithHistory"] == {
        "firstname": [
            {"value": "Bea", "timestamp": "2026-01-01T09:01:00Z", **source},
            {"value": "Ann", "timestamp": "2026-01-01T09:00:00Z", **source},
        ],
        "lastname": [],
    }


def test_a_cleared_value_stays_in_the_history() -> None:
    call = account()
    made = create(call, "contacts", firstname="Ann")["id"]
    call.clock.advance(1)
    call("PATCH", f"{V3}/contacts/{made}", {"properties": {"firstname": ""}})
    past = read(call, "contacts", made, "propertiesWithHistory=firstname")["propertiesWithHistory"]
    assert [entry["value"] for entry in past["firstname"]] == ["", "Ann"]
