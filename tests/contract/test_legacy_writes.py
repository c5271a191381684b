"""Writes of the first two generations: definitions, pipelines, batches. Read from the requests of
https://github.com/MadKudu/node-hubspot and https://github.com/jpetrucciani/hubspot3.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.crm import V3, account, create, read, value
from tests.contract.edge import Caller

PROPERTIES = "/properties/v1/contacts/properties"
GROUPS = "/properties/v1/contacts/groups"
OLD = "/crm-objects/v1/objects/tickets"
SHADE = {
    "name": "shade",
    "label": "Shade",
    "description": "",
    "groupName": "contactinformation",
    "type": "enumeration",
    "fieldType": "select",
    "formField": True,
    "displayOrder": 6,
    "options": [{"label": "Red", "value": "r", "displayOrder": 1, "hidden": False, "readOnly": False}],
}


def test_a_property_is_made_changed_and_put_away() -> None:
    call = account()
    made = call("POST", PROPERTIES, SHADE)
    assert (made.status, made.json["name"], made.json["formField"]) == (200, "shade", True)
    assert [one["value"] for one in made.json["options"]] == ["r"]
    assert call("GET", "/crm/v3/properties/contacts/shade").json["label"] == "Shade"
    assert call("POST", PROPERTIES, SHADE).status == 409
    changed = call("PUT", f"{PROPERTIES}/named/shade", {**SHADE, "label": "Tone"})
    assert (changed.status, changed.json["label"]) == (200, "Tone")
    assert call("DELETE", f"{PROPERTIES}/named/shade").status == 204
    assert call("DELETE", f"{PROPERTIES}/named/shade").status == 404
    assert call("GET", f"{PROPERTIES}/named/shade").status == 404


def test_a_name_and_a_group_make_a_property() -> None:
    """Recorded: hubspot-ruby, create_property.yml and update_property.yml."""
    call = account()
    sent = {"name": "fax_number", "groupName": "companyinformation", "options": []}
    made = call("POST", "/properties/v1/companies/properties", sent)
    assert (made.status, made.json["name"], made.json["type"]) == (200, "fax_number", "string")
    named = {**sent, "name": "fax_two", "label": "fax number label", "type": "string"}
    assert call("POST", "/properties/v1/companies/properties", named).json["label"] == "fax number label"
    assert call("POST", "/properties/v1/companies/properties", {"name": "fax_three"}).status == 400


@pytest.mark.parametrize(
    "body", [{}, [], {**SHADE, "name": None}, {**SHADE, "type": "colour"}, {**SHADE, "options": "r"}]
)
def test_a_property_that_cannot_be_is_refused(body: Any) -> None:
    assert account()("POST", PROPERTIES, body).status == 400


def test_a_property_group_is_made_changed_and_put_away() -> None:
    call = account()
    made = call("POST", GROUPS, {"name": "extras", "displayName": "Extras"})
    assert (made.status, made.json) == (
        200,
        {"name": "extras", "displayName": "Extras", "displayOrder": -1, "hubspotDefined": False},
    )
    changed = call("PUT", f"{GROUPS}/named/extras", {"displayName": "More", "displayOrder": 3})
    assert (changed.status, changed.json["displayName"], changed.json["displayOrder"]) == (200, "More", 3)
    assert call("GET", f"{GROUPS}/named/extras").json["displayName"] == "More"
    assert "extras" in [one["name"] for one in call("GET", GROUPS).json]
    assert call("DELETE", f"{GROUPS}/named/extras").status == 204
    assert call("GET", f"{GROUPS}/named/extras").status == 404


def test_definitions_are_written_with_the_right_to_the_schema() -> None:
    """As by today's path: a right on records is not enough."""
    call = account()
    records = Caller(limits=False)
    records.token = records.emulator.token(scopes=["crm.objects.contacts.write"])
    heard = records("POST", PROPERTIES, SHADE)
    assert (heard.status, heard.json["errors"][0]["context"]["requiredGranularScopes"]) == (
        403,
        ["crm.schemas.contacts.write"],
    )
    assert call("POST", PROPERTIES, SHADE).status == 200


def test_a_pipeline_is_made_changed_and_deleted() -> None:
    call = account()
    path = "/crm-pipelines/v1/pipelines/deals"
    stages = [{"label": "Open", "displayOrder": 1, "active": True, "metadata": {"probability": 0.5}}]
    made = call("POST", path, {"label": "Partners", "displayOrder": 2, "active": True, "stages": stages})
    assert made.status == 200
    (stage,) = made.json["stages"]
    assert (made.json["label"], stage["label"], stage["metadata"]["probability"]) == (
        "Partners",
        "Open",
        "0.5",
    )
    one = f"{path}/{made.json['pipelineId']}"
    changed = call("PUT", one, {**made.json, "label": "Resellers"})
    assert (changed.status, changed.json["label"]) == (200, "Resellers")
    assert changed.json["stages"][0]["stageId"] == stage["stageId"]
    assert call("DELETE", one).status == 204
    assert call("DELETE", one).status == 404


def tickets(call: Caller, *subjects: str) -> list[int]:
    rows = [
        [
            {"name": "subject", "value": subject},
            {"name": "hs_pipeline", "value": "0"},
            {"name": "hs_pipeline_stage", "value": "1"},
        ]
        for subject in subjects
    ]
    heard = call("POST", f"{OLD}/batch-create", rows)
    assert heard.status == 200, heard.text
    return [one["objectId"] for one in heard.json]


def test_tickets_are_written_and_read_in_batches() -> None:
    call = account()
    first, second = tickets(call, "One", "Two")
    assert value(call, "tickets", str(first), "subject") == "One"
    changes = [
        {"objectId": each, "properties": [{"name": "subject", "value": f"S{each}"}]}
        for each in (first, second)
    ]
    assert call("POST", f"{OLD}/batch-update", changes).status == 204
    heard = call("POST", f"{OLD}/batch-read?properties=subject", {"ids": [first, second, 1]})
    assert heard.status == 200
    told = {key: one["properties"]["subject"]["value"] for key, one in heard.json.items()}
    assert told == {str(first): f"S{first}", str(second): f"S{second}"}
    assert call("POST", f"{OLD}/batch-delete", {"ids": [first, 1]}).status == 204
    assert list(call("POST", f"{OLD}/batch-read", {"ids": [first, second]}).json) == [str(second)]


def test_an_old_batch_is_written_whole_or_not_at_all() -> None:
    call = account()
    (only,) = tickets(call, "One")
    good = {"objectId": only, "properties": [{"name": "subject", "value": "New"}]}
    unknown = {"objectId": 1, "properties": [{"name": "subject", "value": "x"}]}
    bad = {"objectId": only, "properties": [{"name": "no_such_thing", "value": "x"}]}
    assert call("POST", f"{OLD}/batch-update", [good, unknown]).status == 404
    assert call("POST", f"{OLD}/batch-update", [good, bad]).status == 400
    assert value(call, "tickets", str(only), "subject") == "One"
    assert call("POST", f"{OLD}/batch-create", [[]] * 101).status == 400
    assert call("POST", f"{OLD}/batch-read", {"ids": list(range(101))}).status == 400


def test_companies_and_deals_are_updated_in_batches() -> None:
    call = account()
    company = int(create(call, "companies", name="Acme")["id"])
    deal = int(create(call, "deals", dealname="D")["id"])
    for path, number, name in (
        ("/companies/v1/batch-async/update", company, "city"),
        ("/deals/v1/batch-async/update", deal, "dealname"),
    ):
        body = [{"objectId": number, "properties": [{"name": name, "value": "Oslo"}]}]
        heard = call("POST", path, body)
        assert (heard.status, heard.text) == (202, "")
    assert value(call, "companies", str(company), "city") == "Oslo"
    assert value(call, "deals", str(deal), "dealname") == "Oslo"


def test_the_deals_of_a_contact_are_told_in_full() -> None:
    call = account()
    contact = create(call, "contacts")["id"]
    deals = [create(call, "deals", dealname=name)["id"] for name in ("A", "B")]
    for deal in deals:
        assert call("PUT", f"/deals/v1/deal/{deal}/associations/CONTACT?id={contact}").status == 204
    path = f"/deals/v1/deal/associated/Contact/{contact}/paged?limit=1&properties=dealname"
    page = call("GET", path).json
    assert (page["deals"][0]["properties"]["dealname"]["value"], page["hasMore"]) == ("A", True)
    rest = call("GET", f"{path}&offset={page['offset']}").json
    assert (rest["deals"][0]["dealId"], rest["hasMore"]) == (int(deals[1]), False)


def test_a_contact_is_changed_by_its_address() -> None:
    call = account()
    made = create(call, "contacts", email="a@example.com")["id"]
    body = {"properties": [{"property": "city", "value": "Oslo"}]}
    assert call("POST", "/contacts/v1/contact/email/a@example.com/profile", body).status == 204
    assert value(call, "contacts", made, "city") == "Oslo"
    assert call("POST", "/contacts/v1/contact/email/b@example.com/profile", body).status == 404


def test_a_search_by_domain_needs_no_body() -> None:
    call = account()
    made = create(call, "companies", domain="acme.example")["id"]
    heard = call("POST", "/companies/v2/domains/acme.example/companies")
    assert [one["companyId"] for one in heard.json["results"]] == [int(made)]


def test_one_owner_is_told_as_in_the_list() -> None:
    call = account(seed="demo")
    every = call("GET", "/owners/v2/owners").json
    heard = call("GET", f"/owners/v2/owners/{every[0]['ownerId']}")
    assert (heard.status, heard.json) == (200, every[0])
    assert call("GET", "/owners/v2/owners/1").status == 404


def test_what_a_call_may_come_to_has_ids_and_labels() -> None:
    call = account()
    rows = call("GET", "/calling/v1/dispositions").json
    (connected,) = [row for row in rows if row["label"] == "Connected"]
    assert connected == {"id": "f240bbac-87c9-4f6e-bf70-924b57d47db7", "label": "Connected", "deleted": False}
    made = create(call, "calls", hs_timestamp="1767258000000", hs_call_disposition=connected["id"])
    assert read(call, "calls", made["id"])["id"] == made["id"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/contacts/v1/lists"),
        ("GET", "/contacts/v1/lists/1"),
        ("POST", "/contacts/v1/lists/1/add"),
        ("POST", "/contacts/v1/lists/1/remove"),
        ("GET", "/contacts/v1/lists/1/contacts/recent"),
        ("DELETE", "/contacts/v1/lists/1"),
    ],
)
def test_the_first_lists_are_gone(method: str, path: str) -> None:
    """https://developers.hubspot.com/changelog: 404 since 30 April 2026."""
    assert account()(method, path, None if method in ("GET", "DELETE") else {"vids": [1]}).status == 404


def test_the_first_workflows_and_forms_are_there_and_empty() -> None:
    call = account()
    assert call("GET", "/automation/v2/workflows/enrollments/contacts/1").json == []
    for method, path in (
        ("GET", "/automation/v3/workflows/1"),
        ("POST", "/automation/v2/workflows/1/enrollments/contacts/a@example.com"),
        ("DELETE", "/automation/v2/workflows/1/enrollments/contacts/a@example.com"),
        ("GET", "/forms/v2/fields/-1"),
        ("GET", "/contacts/v1/contact/utk/0/profile"),
        ("GET", "/marketing-emails/v1/emails/1"),
    ):
        assert call(method, path).status == 404
    assert call("GET", f"{V3}/contacts").json["results"] == []
