"""Companies v2, deals v1, crm-objects v1, crm-associations v1. Shapes and texts:
https://github.com/HubspotCommunity/hubspot-ruby, spec/fixtures/vcr_cassettes (Hubspot_Company_*, company_*,
deal_*) and https://developers.hubspot.com/docs/api-reference/legacy; paging as
https://github.com/singer-io/tap-hubspot follows it.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.crm import V3, account, create, link, read
from tests.contract.edge import Caller

COMPANIES, DEALS, TICKETS = "/companies/v2/companies", "/deals/v1/deal", "/crm-objects/v1/objects/tickets"


def named(**values: Any) -> dict[str, Any]:
    return {"properties": [{"name": name, "value": value} for name, value in values.items()]}


def test_a_company_is_created_changed_and_deleted_with_200() -> None:
    call = account()
    heard = call("POST", f"{COMPANIES}/", named(name="Ada & Co", domain="example.com"))
    assert heard.status == 200
    made = heard.json
    assert (made["portalId"], made["isDeleted"]) == (call.emulator.identity.portal_id, False)
    assert list(made["properties"]["name"]) == ["value", "timestamp", "source", "sourceId", "versions"]
    number = made["companyId"]
    changed = call("PUT", f"{COMPANIES}/{number}", named(name="Ada"))
    assert (changed.status, changed.json["properties"]["name"]["value"]) == (200, "Ada")
    assert read(call, "companies", str(number))["properties"]["name"] == "Ada"
    assert call("DELETE", f"{COMPANIES}/{number}").json == {"companyId": number, "deleted": True}
    assert call("GET", f"{COMPANIES}/{number}").json["message"] == "resource not found"


@pytest.mark.parametrize(
    ("method", "path", "message"),
    [
        ("GET", "0", "resource not found"),
        ("PUT", "0", "Couldn't find a company with the ID '0' in portal '{portal}'"),
        ("PUT", "1/contacts/1", "Couldn't find a company with the ID '1' in portal '{portal}'"),
    ],
)
def test_a_company_that_is_not_there(method: str, path: str, message: str) -> None:
    call = account()
    heard = call(
        method, f"{COMPANIES}/{path}", None if "contacts" in path or method == "GET" else named(name="x")
    )
    portal = call.emulator.identity.portal_id
    assert (heard.status, heard.json["message"]) == (404, message.format(portal=portal))


@pytest.mark.parametrize(
    ("path", "kind", "more", "key"),
    [
        (f"{COMPANIES}/paged", "companies", "has-more", "companyId"),
        (f"{DEALS}/paged", "deals", "hasMore", "dealId"),
        (f"{TICKETS}/paged", "tickets", "hasMore", "objectId"),
    ],
)
def test_all_records_come_page_by_page_and_none_twice(path: str, kind: str, more: str, key: str) -> None:
    call = account()
    made = sorted(int(create(call, kind)["id"]) for _ in range(7))
    ids: list[int] = []
    offset: Any = ""
    for _ in range(3):
        heard = call("GET", f"{path}?limit=3&offset={offset}").json
        ids += [one[key] for one in heard["objects" if kind == "tickets" else kind]]
        offset = heard["offset"]
    assert heard[more] is False
    assert ids == made


@pytest.mark.emulated
def test_a_page_shows_the_properties_asked_for_and_no_others() -> None:
    call = account()
    create(call, "companies", name="Ada", city="Oslo")
    (bare,) = call("GET", f"{COMPANIES}/paged").json["companies"]
    assert bare["properties"] == {}
    query = "properties=createdate&properties=hs_lastmodifieddate"
    (told,) = call("GET", f"{COMPANIES}/paged?{query}").json["companies"]
    # https://github.com/singer-io/tap-hubspot reads row["properties"]["hs_lastmodifieddate"]["timestamp"].
    assert told["properties"]["hs_lastmodifieddate"]["timestamp"] == 1_767_258_000_000
    assert sorted(told["properties"]) == ["createdate", "hs_lastmodifieddate"]


def test_a_history_shows_where_it_is_asked_for() -> None:
    call = account()
    deal = create(call, "deals", dealname="One")["id"]
    call.clock.advance(1)
    call("PATCH", f"{V3}/deals/{deal}", {"properties": {"dealname": "Two"}})
    (plain,) = call("GET", f"{DEALS}/paged?properties=dealname").json["deals"]
    assert [one["value"] for one in plain["properties"]["dealname"]["versions"]] == ["Two"]
    (told,) = call("GET", f"{DEALS}/paged?propertiesWithHistory=dealname").json["deals"]
    assert [one["value"] for one in told["properties"]["dealname"]["versions"]] == ["Two", "One"]
    every = "includeAllProperties=True&allPropertiesFetchMode=latest_version"
    (whole,) = call("GET", f"{DEALS}/paged?{every}").json["deals"]
    assert {"dealname", "hs_lastmodifieddate", "createdate"} <= set(whole["properties"])


@pytest.mark.parametrize(
    ("path", "kind", "key"), [(COMPANIES, "companies", "companyId"), (DEALS, "deals", "dealId")]
)
def test_the_last_changed_and_the_last_created_come_first(path: str, kind: str, key: str) -> None:
    call = account()
    made = []
    for _ in range(3):
        made.append(int(create(call, kind)["id"]))
        call.clock.advance(10)
    call("PATCH", f"{V3}/{kind}/{made[0]}", {"properties": {"description": "new"}})
    heard = call("GET", f"{path}/recent/modified?count=2").json
    assert ([one[key] for one in heard["results"]], heard["hasMore"], heard["offset"], heard["total"]) == (
        [made[0], made[2]],
        True,
        2,
        3,
    )
    rest = call("GET", f"{path}/recent/modified?count=2&offset=2").json
    assert ([one[key] for one in rest["results"]], rest["hasMore"]) == ([made[1]], False)
    newest = call("GET", f"{path}/recent/created").json["results"]
    assert [one[key] for one in newest] == made[::-1]
    since = call("GET", f"{path}/recent/modified?since=1767258030000").json
    assert [one[key] for one in since["results"]] == [made[0]]


def test_companies_are_found_by_domain() -> None:
    call = account()
    nothing = call("POST", "/companies/v2/domains/asdf.example/companies", {"limit": 100}).json
    assert nothing == {"results": [], "hasMore": False, "offset": {"companyId": 0, "isPrimary": True}}
    made = sorted(int(create(call, "companies", domain="example.com")["id"]) for _ in range(2))
    path = "/companies/v2/domains/example.com/companies"
    sent = {
        "limit": 1,
        "requestOptions": {"properties": ["domain"]},
        "offset": {"isPrimary": True, "companyId": None},
    }
    first = call("POST", path, sent).json
    assert ([one["companyId"] for one in first["results"]], first["hasMore"]) == (made[:1], True)
    assert first["results"][0]["properties"]["domain"]["value"] == "example.com"
    second = call("POST", path, {**sent, "offset": first["offset"]}).json
    assert ([one["companyId"] for one in second["results"]], second["hasMore"]) == (made[1:], False)


@pytest.mark.parametrize("offset", [{"companyId": "x"}, {"companyId": [1]}, {"companyId": -1}, {}, None])
def test_a_strange_offset_begins_anew(offset: Any) -> None:
    call = account()
    create(call, "companies", domain="example.com")
    heard = call("POST", "/companies/v2/domains/example.com/companies", {"offset": offset})
    assert len(heard.json["results"]) == 1


def test_a_contact_joins_and_leaves_a_company() -> None:
    call = account()
    company, contact = create(call, "companies")["id"], create(call, "contacts", firstname="Ada")["id"]
    assert call("GET", f"{COMPANIES}/{company}/vids").json == {"vids": [], "vidOffset": 0, "hasMore": False}
    heard = call("PUT", f"{COMPANIES}/{company}/contacts/{contact}")
    assert (heard.status, heard.json["companyId"]) == (200, int(company))
    assert call("GET", f"{COMPANIES}/{company}/vids").json["vids"] == [int(contact)]
    assert call("GET", f"{COMPANIES}/{company}/contacts").json["contacts"][0]["vid"] == int(contact)
    linked = call("GET", f"/crm/v4/objects/contacts/{contact}/associations/companies").json["results"]
    assert [one["toObjectId"] for one in linked] == [int(company)]
    missing = call("PUT", f"{COMPANIES}/{company}/contacts/1")
    assert missing.json["message"].startswith("Couldn't find a Contact with the vid '1'")
    assert call("DELETE", f"{COMPANIES}/{company}/contacts/{contact}").status == 204
    assert call("GET", f"{COMPANIES}/{company}/vids").json["vids"] == []


def test_a_deal_is_born_with_its_associations() -> None:
    call = account()
    company, contact = int(create(call, "companies")["id"]), int(create(call, "contacts")["id"])
    sent = {
        "associations": {"associatedCompanyIds": [company], "associatedVids": [contact]},
        **named(dealname="D"),
    }
    made = call("POST", DEALS, sent).json
    assert made["associations"]["associatedVids"] == [contact]
    assert made["associations"]["associatedCompanyIds"] == [company]
    number = made["dealId"]
    assert call("GET", f"{DEALS}/{number}").json["associations"] == made["associations"]
    found = call("GET", f"{DEALS}/associated/company/{company}").json
    assert found == {"results": [number], "hasMore": False, "offset": number}
    (bare,) = call("GET", f"{DEALS}/paged").json["deals"]
    assert bare["associations"]["associatedVids"] == []
    (told,) = call("GET", f"{DEALS}/paged?includeAssociations=true").json["deals"]
    assert told["associations"]["associatedVids"] == [contact]
    assert call("DELETE", f"{DEALS}/{number}/associations/CONTACT?id={contact}").status == 204
    assert call("GET", f"{DEALS}/{number}").json["associations"]["associatedVids"] == []
    assert call("PUT", f"{DEALS}/{number}/associations/CONTACT?id={contact}").status == 204
    assert call("GET", f"{DEALS}/{number}").json["associations"]["associatedVids"] == [contact]
    assert call("DELETE", f"{DEALS}/{number}").status == 204


def test_tickets_are_written_as_a_bare_array() -> None:
    call = account()
    made = call(
        "POST", TICKETS, [{"name": "subject", "value": "Help"}, {"name": "hs_pipeline_stage", "value": "1"}]
    )
    assert made.status == 200
    number = made.json["objectId"]
    assert (made.json["objectType"], made.json["isDeleted"]) == ("TICKET", False)
    assert call("PUT", f"{TICKETS}/{number}", [{"name": "subject", "value": "Thanks"}]).status == 200
    told = call("GET", f"{TICKETS}/{number}?properties=subject").json
    assert told["properties"]["subject"]["value"] == "Thanks"
    assert call("DELETE", f"{TICKETS}/{number}").status == 204
    assert call("GET", f"{TICKETS}/{number}").status == 404


def test_a_bad_value_is_told_in_validation_results() -> None:
    heard = account()("POST", DEALS, named(amount="much"))
    assert (heard.status, heard.json["validationResults"][0]["name"]) == (400, "amount")


ASSOCIATIONS = "/crm-associations/v1/associations"


def definition(contact: str, ticket: str, number: int = 15) -> dict[str, Any]:
    return {
        "fromObjectId": int(contact),
        "toObjectId": int(ticket),
        "category": "HUBSPOT_DEFINED",
        "definitionId": number,
    }


def tickets_of(call: Caller, contact: str) -> list[int]:
    found = call("GET", f"{ASSOCIATIONS}/{contact}/HUBSPOT_DEFINED/15").json
    assert found["hasMore"] is False
    ids: list[int] = found["results"]
    return ids


def test_associations_are_made_and_ended_by_definition_id() -> None:
    """https://developers.hubspot.com/docs/api-reference/legacy/crm/associations/v1/create-associations-batch:
    15 is contact to ticket."""
    call = account()
    contact = create(call, "contacts")["id"]
    tickets = [create(call, "tickets", hs_pipeline_stage="1")["id"] for _ in range(3)]
    assert call("PUT", ASSOCIATIONS, definition(contact, tickets[0])).status == 204
    batch = [definition(contact, ticket) for ticket in tickets[1:]]
    heard = call("PUT", f"{ASSOCIATIONS}/create-batch", batch)
    assert (heard.status, heard.text) == (204, "")
    assert tickets_of(call, contact) == sorted(map(int, tickets))
    assert call("PUT", f"{ASSOCIATIONS}/delete", definition(contact, tickets[0])).status == 204
    assert call("PUT", f"{ASSOCIATIONS}/delete-batch", batch).status == 204
    assert tickets_of(call, contact) == []


def test_a_batch_of_associations_that_is_wrong_in_one_makes_none() -> None:
    call = account()
    contact, ticket = create(call, "contacts")["id"], create(call, "tickets", hs_pipeline_stage="1")["id"]
    good = definition(contact, ticket)
    for bad in (definition(contact, "1"), definition(contact, ticket, 99_999)):
        assert call("PUT", f"{ASSOCIATIONS}/create-batch", [good, bad]).status in (400, 404)
    assert call("PUT", f"{ASSOCIATIONS}/create-batch", [good] * 101).status == 400
    assert tickets_of(call, contact) == []


def test_engagements_of_a_contact_are_no_deals() -> None:
    call = account()
    contact = create(call, "contacts")["id"]
    create(call, "notes", [link(202, contact)], hs_note_body="Hi", hs_timestamp="1767258000000")
    assert call("GET", f"{DEALS}/associated/contact/{contact}").json["results"] == []
