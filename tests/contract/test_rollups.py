"""Properties that count associated records."""

from __future__ import annotations

from tests.contract.crm import V3, account, create, hits, link, read, value
from tests.contract.edge import Caller


def tie(call: Caller, kind: str, one: str, other_kind: str, other: str) -> None:
    path = f"/crm/v4/objects/{kind}/{one}/associations/default/{other_kind}/{other}"
    assert call("PUT", path).status == 200


def untie(call: Caller, kind: str, one: str, other_kind: str, other: str) -> None:
    assert call("DELETE", f"/crm/v4/objects/{kind}/{one}/associations/{other_kind}/{other}").status == 204


def test_a_company_counts_its_contacts_and_deals() -> None:
    call = account()
    company = create(call, "companies", name="Acme")
    first = create(call, "contacts", [link(279, company["id"])], email="a@example.com")["id"]
    second = create(call, "contacts", email="b@example.com")["id"]
    assert value(call, "companies", company["id"], "num_associated_contacts") == "1"
    tie(call, "contacts", second, "companies", company["id"])
    assert value(call, "companies", company["id"], "num_associated_contacts") == "2"
    assert hits(call, "companies", ("num_associated_contacts", "EQ", "2")) == [company["id"]]
    untie(call, "companies", company["id"], "contacts", second)
    assert value(call, "companies", company["id"], "num_associated_contacts") == "1"
    deal = create(call, "deals")["id"]
    tie(call, "deals", deal, "companies", company["id"])
    tie(call, "deals", deal, "contacts", first)
    assert value(call, "companies", company["id"], "num_associated_deals") == "1"
    assert value(call, "contacts", first, "num_associated_deals") == "1"
    assert value(call, "deals", deal, "num_associated_contacts") == "1"
    assert read(call, "companies", company["id"])["updatedAt"] == company["updatedAt"]


def primary(call: Caller, contact: str) -> str | None:
    found: str | None = value(call, "contacts", contact, "associatedcompanyid")
    return found


def test_contacts_deals_and_tickets_name_their_primary_company() -> None:
    """Recorded for contacts: github.com/grouparoo/grouparoo, @grouparoo/hubspot/__tests__/fixtures."""
    call = account()
    first, second = create(call, "companies")["id"], create(call, "companies")["id"]
    ann = create(call, "contacts", email="a@example.com")["id"]
    assert primary(call, ann) is None
    tie(call, "contacts", ann, "companies", first)
    tie(call, "contacts", ann, "companies", second)
    assert primary(call, ann) == first
    labels = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 1}]
    call("PUT", f"/crm/v4/objects/contacts/{ann}/associations/companies/{second}", labels)
    assert primary(call, ann) == second
    assert hits(call, "contacts", ("associatedcompanyid", "EQ", second)) == [ann]
    untie(call, "contacts", ann, "companies", second)
    assert primary(call, ann) is None
    for kind, name in (("deals", "hs_primary_associated_company"), ("tickets", "hs_primary_company_id")):
        made = create(call, kind)["id"]
        tie(call, kind, made, "companies", first)
        assert value(call, kind, made, name) == first
        assert call("DELETE", f"{V3}/companies/{first}").status == 204
        assert value(call, kind, made, name) is None
        first = create(call, "companies")["id"]


def test_a_company_written_to_a_contact_is_associated() -> None:
    """n8n's node, and forms of several CRM plugins, associate contacts so."""
    call = account()
    first, second = create(call, "companies")["id"], create(call, "companies")["id"]
    ann = create(call, "contacts", email="a@example.com", associatedcompanyid=first)["id"]
    path = f"/crm/v4/objects/contacts/{ann}/associations/companies"

    def linked() -> dict[int, set[int]]:
        return {
            each["toObjectId"]: {one["typeId"] for one in each["associationTypes"]}
            for each in call("GET", path).json["results"]
        }

    assert (primary(call, ann), linked()) == (first, {int(first): {1, 279}})
    call("PATCH", f"{V3}/contacts/{ann}", {"properties": {"associatedcompanyid": second}})
    assert (primary(call, ann), linked()) == (second, {int(first): {279}, int(second): {1, 279}})
    call("PATCH", f"{V3}/contacts/{ann}", {"properties": {"associatedcompanyid": "9"}})
    assert (primary(call, ann), set(linked())) == (second, {int(first), int(second)})
    call("PATCH", f"{V3}/contacts/{ann}", {"properties": {"associatedcompanyid": ""}})
    assert set(linked()) == {int(first)}


def test_archived_and_erased_records_do_not_count() -> None:
    call = account()
    company = create(call, "companies")["id"]
    gone, erased = (create(call, "contacts", [link(279, company)])["id"] for _ in range(2))
    assert value(call, "companies", company, "num_associated_contacts") == "2"
    call("DELETE", f"{V3}/contacts/{gone}")
    assert value(call, "companies", company, "num_associated_contacts") == "1"
    call("POST", f"{V3}/contacts/gdpr-delete", {"objectId": erased})
    assert value(call, "companies", company, "num_associated_contacts") == "0"


def test_two_records_merged_count_once() -> None:
    call = account()
    company = create(call, "companies")["id"]
    one, other = (create(call, "contacts", [link(279, company)])["id"] for _ in range(2))
    deal = create(call, "deals", [link(3, other)])["id"]
    made = call("POST", f"{V3}/contacts/merge", {"primaryObjectId": one, "objectIdToMerge": other}).json
    assert value(call, "companies", company, "num_associated_contacts") == "1"
    assert value(call, "contacts", made["id"], "num_associated_deals") == "1"
    assert value(call, "deals", deal, "num_associated_contacts") == "1"


def test_activities_line_items_and_children_count() -> None:
    call = account()
    deal, ticket = create(call, "deals")["id"], create(call, "tickets")["id"]
    parent, child = create(call, "companies")["id"], create(call, "companies")["id"]
    note = create(call, "notes", hs_note_body="x")["id"]
    create(call, "line_items", [link(20, deal)], name="x")
    for kind, record in (("deals", deal), ("tickets", ticket), ("companies", parent)):
        tie(call, "notes", note, kind, record)
        assert value(call, kind, record, "num_notes") == "1"
    assert value(call, "deals", deal, "hs_num_of_associated_line_items") == "1"
    tie(call, "tickets", ticket, "companies", parent)
    assert value(call, "tickets", ticket, "hs_num_associated_companies") == "1"
    call(
        "PUT",
        f"/crm/v4/objects/companies/{parent}/associations/companies/{child}",
        [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 13}],
    )
    assert value(call, "companies", parent, "hs_num_child_companies") == "1"
    assert value(call, "companies", child, "hs_num_child_companies") == "0"


def test_formulas_follow_the_counts() -> None:
    call = account()
    call(
        "POST",
        "/crm/v3/properties/companies",
        {
            "name": "twice",
            "label": "Twice",
            "groupName": "companyinformation",
            "type": "number",
            "fieldType": "calculation_equation",
            "calculationFormula": "2num_associated_contacts",
        },
    )
    company = create(call, "companies")["id"]
    create(call, "contacts", [link(279, company)])
    assert value(call, "companies", company, "twice") == "2"


def test_a_seeded_crowd_is_counted() -> None:
    call = account()
    call.emulator.seed(contacts=6, companies=2, deals=3)
    found = call("GET", f"{V3}/companies?properties=num_associated_contacts&associations=contacts").json
    counts = [one["properties"]["num_associated_contacts"] for one in found["results"]]
    assert counts == ["3", "3"]
