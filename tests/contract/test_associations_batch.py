"""Associations in batches: v4, its dated paths, and v3."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.crm import account, create, link
from tests.contract.edge import Caller, Heard

V4 = "/crm/v4/associations"
BASES = [V4, "/crm/associations/2026-03", "/crm/associations/2026-09"]


def people(number: int = 2) -> tuple[Caller, list[str], str]:
    call = account()
    contacts = [create(call, "contacts")["id"] for _ in range(number)]
    return call, contacts, create(call, "companies", name="Acme")["id"]


def send(call: Caller, verb: str, inputs: list[Any], base: str = V4) -> Heard:
    return call("POST", f"{base}/contacts/companies/batch/{verb}", {"inputs": inputs})


def row(source: str, target: str, *type_ids: int) -> dict[str, Any]:
    types = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": known} for known in type_ids]
    body: dict[str, Any] = {"from": {"id": source}, "to": {"id": target}}
    return {**body, "types": types} if types else body


def linked(call: Caller, contact: str) -> list[int]:
    """Type ids from a contact to its companies."""
    results = call("GET", f"/crm/v4/objects/contacts/{contact}/associations/companies").json["results"]
    return sorted(known["typeId"] for entry in results for known in entry["associationTypes"])


@pytest.mark.parametrize(("base", "status"), list(zip(BASES, (201, 201, 200), strict=True)))
def test_create_labels_pairs(base: str, status: int) -> None:
    """Spec: 201 in v4 and 2026-03, 200 in 2026-09; LabelsBetweenObjectPair."""
    call, (ann, bea), company = people()
    heard = send(call, "create", [row(ann, company, 931), row(bea, company, 279)], base)
    assert heard.status == status
    assert [result["labels"] for result in heard.json["results"]] == [["Billing contact"], []]
    assert heard.json["results"][0]["fromObjectId"] == int(ann)
    assert linked(call, ann) == [1, 279, 931]


def test_create_reports_what_cannot_be_linked() -> None:
    """Recorded: amp-labs/connectors (INVALID_IDENTIFIER, itself); v3's FROM_OBJECT_NOT_FOUND: NangoHQ."""
    call, (ann, _), company = people()
    heard = send(
        call,
        "create",
        [row(ann, company, 279), row("abc", company, 279), row("5", company, 279), row(ann, "6", 279)],
    )
    assert heard.status == 207
    assert len(heard.json["results"]) == 1
    assert heard.json["numErrors"] == 3
    assert [(error.get("subCategory"), error["message"]) for error in heard.json["errors"]] == [
        ("crm.associations.INVALID_IDENTIFIER", "`abc` is not a valid ID"),
        ("crm.associations.FROM_OBJECT_NOT_FOUND", "No contact with ID 5 exists"),
        ("crm.associations.TO_OBJECT_NOT_FOUND", "No company with ID 6 exists"),
    ]
    assert heard.json["errors"][0]["context"] == {"id": ["abc"]}
    assert heard.json["errors"][1]["context"] == {"objectType": ["contact"], "id": ["5"]}


def test_a_record_linked_to_itself_is_an_error_without_subcategory() -> None:
    """Recorded: amp-labs/connectors."""
    call, (ann, _), _ = people()
    heard = call("POST", f"{V4}/contacts/contacts/batch/associate/default", {"inputs": [row(ann, ann)]})
    (error,) = heard.json["errors"]
    assert error["message"] == f"Object {ann} cannot be associated to itself ({ann})"
    assert "subCategory" not in error


@pytest.mark.parametrize("base", BASES)
def test_default_links_pairs(base: str) -> None:
    """HubSpot's associations guide: 200."""
    call, (ann, bea), company = people()
    heard = send(call, "associate/default", [row(ann, company), row(bea, company)], base)
    assert heard.status == 200
    specs = [result["associationSpec"]["associationTypeId"] for result in heard.json["results"]]
    assert specs == [279, 280, 279, 280]
    assert linked(call, bea) == [1, 279]


def test_read_answers_pairs_and_reports_those_without() -> None:
    """Recorded: amp-labs/connectors contacts-to-companies.json."""
    call, (ann, bea), company = people()
    send(call, "associate/default", [row(ann, company)])
    heard = send(call, "read", [{"id": ann}, {"id": bea}])
    assert heard.status == 207
    (result,) = heard.json["results"]
    assert result["from"] == {"id": ann}
    (entry,) = result["to"]
    assert entry["toObjectId"] == int(company)
    assert sorted(entry["associationTypes"], key=lambda known: known["typeId"]) == [
        {"category": "HUBSPOT_DEFINED", "typeId": 1, "label": "Primary"},
        {"category": "HUBSPOT_DEFINED", "typeId": 279, "label": None},
    ]
    assert heard.json["errors"] == [
        {
            "status": "error",
            "category": "OBJECT_NOT_FOUND",
            "subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND",
            "message": f"No company is associated with contact {bea}.",
            "context": {"fromObjectId": [bea], "fromObjectType": ["contact"], "toObjectType": ["company"]},
        }
    ]


def test_read_takes_1000_inputs() -> None:
    """HubSpot's changelog of 2025-02-10."""
    call = account()
    ids = [{"id": str(number)} for number in range(1, 1002)]
    assert send(call, "read", ids[:1000]).status == 207
    assert send(call, "read", ids).status == 400


def test_read_without_gaps_is_200() -> None:
    call, (ann, _), company = people()
    send(call, "associate/default", [row(ann, company)])
    assert send(call, "read", [{"id": ann}]).status == 200


def test_read_goes_on_where_a_page_ended() -> None:
    """HubSpot's changelog of 2025-02-10: `inputs[].after`; 500 a page."""
    call = account()
    company = create(call, "companies", name="Acme")["id"]
    for _ in range(6):
        inputs = [{"properties": {}, "associations": [link(279, company)]} for _ in range(100)]
        assert call("POST", "/crm/v3/objects/contacts/batch/create", {"inputs": inputs}).status == 201
    path = f"{V4}/companies/contacts/batch/read"
    (first,) = call("POST", path, {"inputs": [{"id": company}]}).json["results"]
    assert len(first["to"]) == 500
    after = first["paging"]["next"]["after"]
    (rest,) = call("POST", path, {"inputs": [{"id": company, "after": after}]}).json["results"]
    assert len(rest["to"]) == 100
    assert "paging" not in rest
    assert not {e["toObjectId"] for e in first["to"]} & {e["toObjectId"] for e in rest["to"]}


@pytest.mark.parametrize("verb", ["archive", "labels/archive"])
@pytest.mark.parametrize(("base", "status"), list(zip(BASES, (204, 200, 200), strict=True)))
def test_archive_answers_204_in_v4_and_an_empty_batch_later(verb: str, base: str, status: int) -> None:
    """Spec: BatchResponseVoid in the dated versions."""
    call, (ann, _), company = people()
    send(call, "associate/default", [row(ann, company)])
    gone = {"from": {"id": ann}, "to": [{"id": company}]} if verb == "archive" else row(ann, company, 279)
    heard = send(call, verb, [gone], base)
    assert heard.status == status
    assert (heard.json["results"] if status == 200 else heard.text) in ([], "")
    assert linked(call, ann) == []


def test_labels_archive_takes_only_the_labels_named() -> None:
    """HubSpot's associations guide."""
    call, (ann, _), company = people()
    send(call, "create", [row(ann, company, 931)])
    send(call, "labels/archive", [row(ann, company, 931)])
    assert linked(call, ann) == [1, 279]


def test_an_unknown_type_of_object_is_refused() -> None:
    """Recorded."""
    heard = account()("POST", f"{V4}/contacts/widgets/batch/read", {"inputs": []})
    assert (heard.status, heard.json["message"]) == (400, "Unable to infer object type from: widgets")
