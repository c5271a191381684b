"""Associations v3: types by name."""

from __future__ import annotations

from tests.contract.crm import V3, account, create
from tests.contract.edge import Caller

BASE = "/crm/v3/associations"


def pair() -> tuple[Caller, str, str]:
    call = account()
    return call, create(call, "contacts")["id"], create(call, "companies", name="Acme")["id"]


def row(source: str, target: str) -> dict[str, object]:
    return {"from": {"id": source}, "to": {"id": target}, "type": "contact_to_company"}


def test_create_answers_both_directions_the_inverse_first() -> None:
    """Recorded: NangoHQ/integration-templates create-association.test.json."""
    call, contact, company = pair()
    heard = call("POST", f"{BASE}/contacts/companies/batch/create", {"inputs": [row(contact, company)]})
    assert heard.status == 201
    assert list(heard.json) == ["completedAt", "status", "startedAt", "results"]
    assert heard.json["results"] == [
        {"from": {"id": company}, "to": {"id": contact}, "type": "company_to_contact"},
        {"from": {"id": contact}, "to": {"id": company}, "type": "contact_to_company"},
    ]


def test_create_reports_records_that_are_not_there() -> None:
    """Recorded: `No contact with ID N exists`, context{objectType, id}."""
    call, contact, company = pair()
    inputs = [row("5", company), row(contact, "6")]
    heard = call("POST", f"{BASE}/contacts/companies/batch/create", {"inputs": inputs})
    assert heard.status == 207
    assert [error["subCategory"] for error in heard.json["errors"]] == [
        "crm.associations.FROM_OBJECT_NOT_FOUND",
        "crm.associations.TO_OBJECT_NOT_FOUND",
    ]
    assert heard.json["errors"][0]["message"] == "No contact with ID 5 exists"


def test_read_lists_id_and_type() -> None:
    """Spec: `{from:{id}, to:[{id, type}]}`."""
    call, contact, company = pair()
    call("POST", f"{BASE}/contacts/companies/batch/create", {"inputs": [row(contact, company)]})
    heard = call("POST", f"{BASE}/contacts/companies/batch/read", {"inputs": [{"id": contact}]})
    assert heard.status == 200
    (result,) = heard.json["results"]
    assert result["from"] == {"id": contact}
    assert {"id": company, "type": "contact_to_company"} in result["to"]


def test_archive_takes_the_association_away() -> None:
    """Spec: 204."""
    call, contact, company = pair()
    inputs = {"inputs": [row(contact, company)]}
    call("POST", f"{BASE}/contacts/companies/batch/create", inputs)
    heard = call("POST", f"{BASE}/contacts/companies/batch/archive", inputs)
    assert (heard.status, heard.text) == (204, "")
    listed = call("GET", f"{V3}/contacts/{contact}/associations/companies").json["results"]
    assert {"id": company, "type": "contact_to_company"} not in listed


def test_types_are_listed_by_name() -> None:
    """Spec: `GET …/types`."""
    results = account()("GET", f"{BASE}/contacts/companies/types").json["results"]
    assert {"id": "1", "name": "contact_to_company"} in results


def test_a_pair_is_linked_and_unlinked_by_path() -> None:
    """Older SDKs and the schemas guide: PUT and DELETE with the type's name or id."""
    call, contact, company = pair()
    path = f"{V3}/contacts/{contact}/associations/companies/{company}"
    heard = call("PUT", f"{path}/279")
    assert (heard.status, heard.json["id"]) == (200, contact)
    assert heard.json["associations"]["companies"]["results"][0]["id"] == company
    assert call("DELETE", f"{path}/contact_to_company_unlabeled").status == 204
    assert call("GET", f"{V3}/contacts/{contact}/associations/companies").json == {"results": []}
    assert call("PUT", f"{path}/contact_to_deal").status == 400


def test_the_list_of_one_record_has_pages() -> None:
    """Spec: `limit` and `after`; the cursor is opaque."""
    call = account()
    contact = create(call, "contacts")["id"]
    companies = [create(call, "companies")["id"] for _ in range(5)]
    for company in companies:
        call("PUT", f"/crm/v4/objects/contacts/{contact}/associations/default/companies/{company}")
    found: list[str] = []
    path = f"{V3}/contacts/{contact}/associations/companies?limit=2"
    pages = 0
    while path:
        page = call("GET", path).json
        found += dict.fromkeys(one["id"] for one in page["results"])
        path = page.get("paging", {}).get("next", {}).get("link", "").replace("https://api.hubapi.com", "")
        pages += 1
    assert pages == 3
    assert found == sorted(companies, key=int)
    assert call("GET", f"{V3}/contacts/{contact}/associations/companies?limit=501").status == 400
    assert call("GET", f"{V3}/contacts/{contact}/associations/companies?after=x").status == 400
