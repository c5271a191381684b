"""Associations of one pair: v4 and its dated paths."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.crm import account, create, link
from tests.contract.edge import Caller

V4 = "/crm/v4/objects"
BASES = [V4, "/crm/objects/2026-03", "/crm/objects/2026-09"]
UNLABELED = {"category": "HUBSPOT_DEFINED", "typeId": 279, "label": None}
PRIMARY = {"category": "HUBSPOT_DEFINED", "typeId": 1, "label": "Primary"}
BILLING = {"category": "HUBSPOT_DEFINED", "typeId": 931, "label": "Billing contact"}


def pair() -> tuple[Caller, str, str]:
    call = account()
    return call, create(call, "contacts")["id"], create(call, "companies", name="Acme")["id"]


def types(call: Caller, contact: str, company: str) -> list[Any]:
    """Association types from the contact to the company, by type id."""
    for entry in call("GET", f"{V4}/contacts/{contact}/associations/companies").json["results"]:
        if entry["toObjectId"] == int(company):
            return sorted(entry["associationTypes"], key=lambda known: known["typeId"])
    return []


def spec(type_id: int, category: str = "HUBSPOT_DEFINED") -> dict[str, Any]:
    return {"associationCategory": category, "associationTypeId": type_id}


@pytest.mark.parametrize("base", BASES)
def test_the_default_link_answers_both_directions(base: str) -> None:
    """Copied live answer: ballerina-platform/module-ballerinax-hubspot.crm.associations (341 and 342)."""
    call = account()
    deal, company = create(call, "deals")["id"], create(call, "companies", name="Acme")["id"]
    heard = call("PUT", f"{base}/deals/{deal}/associations/default/companies/{company}")
    assert heard.status == 200
    assert list(heard.json) == ["completedAt", "status", "startedAt", "results"]
    assert heard.json["results"] == [
        {"from": {"id": deal}, "to": {"id": company}, "associationSpec": spec(341)},
        {"from": {"id": company}, "to": {"id": deal}, "associationSpec": spec(342)},
    ]


def test_the_first_company_becomes_the_primary_one() -> None:
    """Recorded: NangoHQ tasks and ballerina's copy: 1 with 279, and 2 with 280 on the way back."""
    call, contact, company = pair()
    call("PUT", f"{V4}/contacts/{contact}/associations/default/companies/{company}")
    assert types(call, contact, company) == [PRIMARY, UNLABELED]
    (back,) = call("GET", f"{V4}/companies/{company}/associations/contacts").json["results"]
    assert sorted(known["typeId"] for known in back["associationTypes"]) == [2, 280]


def test_a_second_company_does_not() -> None:
    call, contact, company = pair()
    other = create(call, "companies", name="Other")["id"]
    for target in (company, other):
        call("PUT", f"{V4}/contacts/{contact}/associations/default/companies/{target}")
    assert types(call, contact, other) == [UNLABELED]
    assert types(call, contact, company) == [PRIMARY, UNLABELED]


def test_a_new_primary_demotes_the_old_one() -> None:
    """HubSpot's associations guide."""
    call, contact, company = pair()
    other = create(call, "companies", name="Other")["id"]
    call("PUT", f"{V4}/contacts/{contact}/associations/default/companies/{company}")
    assert call("PUT", f"{V4}/contacts/{contact}/associations/companies/{other}", [spec(1)]).status == 201
    assert types(call, contact, company) == [UNLABELED]
    assert types(call, contact, other) == [PRIMARY, UNLABELED]


def test_linking_from_the_company_makes_it_primary_too() -> None:
    call, contact, company = pair()
    call("PUT", f"{V4}/companies/{company}/associations/default/contacts/{contact}")
    assert types(call, contact, company) == [PRIMARY, UNLABELED]


@pytest.mark.parametrize("base", BASES)
def test_a_labelled_link_answers_201_with_numbers_and_labels(base: str) -> None:
    """Recorded: amp-labs/connectors; HubSpot's associations guide: ids are numbers on the wire."""
    call, contact, company = pair()
    heard = call("PUT", f"{base}/contacts/{contact}/associations/companies/{company}", [spec(931)])
    assert heard.status == 201
    assert heard.json == {
        "fromObjectTypeId": "0-1",
        "fromObjectId": int(contact),
        "toObjectTypeId": "0-2",
        "toObjectId": int(company),
        "labels": ["Billing contact"],
    }
    assert BILLING in types(call, contact, company)
    assert UNLABELED in types(call, contact, company)


def test_an_unlabeled_type_gives_no_labels() -> None:
    """Recorded: amp-labs/connectors."""
    call, contact, company = pair()
    heard = call("PUT", f"{V4}/contacts/{contact}/associations/companies/{company}", [spec(279)])
    assert (heard.status, heard.json["labels"]) == (201, [])


def test_labels_sent_replace_those_that_were_there() -> None:
    """HubSpot's associations guide: send old and new to append."""
    call, contact, company = pair()
    path = f"{V4}/contacts/{contact}/associations/companies/{company}"
    call("PUT", path, [spec(931)])
    call("PUT", path, [spec(279)])
    assert BILLING not in types(call, contact, company)
    call("PUT", path, [spec(279), spec(931)])
    assert BILLING in types(call, contact, company)


@pytest.mark.parametrize(
    ("specs", "fragment"),
    [
        ([spec(3)], "3 is not a valid association type between CONTACT and COMPANY"),
        ([spec(999_999)], "999999 is not a valid association type"),
        ([spec(1, "USER_DEFINED")], "1 is not a valid association type"),
        ([], "association type"),
    ],
)
def test_a_type_of_another_pair_is_refused(specs: list[Any], fragment: str) -> None:
    """Recorded of a configuration call: `0-5 is not a valid association type between CONTACT and DEAL`."""
    call, contact, company = pair()
    heard = call("PUT", f"{V4}/contacts/{contact}/associations/companies/{company}", specs)
    assert heard.status == 400
    assert fragment in heard.json["message"]
    assert types(call, contact, company) == []


def test_records_that_are_not_there_are_named() -> None:
    """Third party, 2026-09: context.INVALID_OBJECT_IDS."""
    call, contact, _ = pair()
    heard = call("PUT", f"{V4}/contacts/{contact}/associations/default/companies/838")
    assert heard.status == 400
    assert heard.json["category"] == "VALIDATION_ERROR"
    assert heard.json["context"] == {"INVALID_OBJECT_IDS": ["COMPANY=838 is not valid"]}


def test_a_record_cannot_be_linked_to_itself() -> None:
    """Recorded: amp-labs/connectors."""
    call, contact, _ = pair()
    heard = call("PUT", f"{V4}/contacts/{contact}/associations/default/contacts/{contact}")
    assert heard.status == 400
    assert heard.json["message"] == f"Object {contact} cannot be associated to itself ({contact})"


@pytest.mark.parametrize("base", BASES)
def test_deleting_a_link_takes_away_every_type_and_is_204_again(base: str) -> None:
    """Spec: 204."""
    call, contact, company = pair()
    call("PUT", f"{V4}/contacts/{contact}/associations/companies/{company}", [spec(931)])
    for _ in range(2):
        heard = call("DELETE", f"{base}/contacts/{contact}/associations/companies/{company}")
        assert (heard.status, heard.text) == (204, "")
    assert types(call, contact, company) == []
    assert call("GET", f"{V4}/companies/{company}/associations/contacts").json == {"results": []}


def test_a_list_is_paged_by_an_opaque_token() -> None:
    """HubSpot's changelog: `MC0yLTE1OTc0MDA2NTg%3D`, base64, not a number."""
    call = account()
    company = create(call, "companies", name="Acme")["id"]
    contacts = [int(create(call, "contacts", [link(279, company)])["id"]) for _ in range(5)]
    path = f"{V4}/companies/{company}/associations/contact"
    page = call("GET", f"{path}?limit=3").json
    assert [entry["toObjectId"] for entry in page["results"]] == sorted(contacts)[:3]
    after = page["paging"]["next"]["after"]
    assert not after.isdigit()
    rest = call("GET", f"{path}?limit=3&after={after}").json
    assert [entry["toObjectId"] for entry in rest["results"]] == sorted(contacts)[3:]
    assert "paging" not in rest


@pytest.mark.parametrize("query", ["limit=501", "limit=0", "after=!!"])
def test_list_limits(query: str) -> None:
    """Spec: limit at most 500. The text is assumed."""
    call, contact, _ = pair()
    assert call("GET", f"{V4}/contacts/{contact}/associations/companies?{query}").status == 400


def test_associations_of_a_missing_record_are_a_404() -> None:
    assert account()("GET", f"{V4}/contacts/1/associations/companies").status == 404


def test_labels_tell_every_type_of_a_pair() -> None:
    """HubSpot's associations guide: includes `{HUBSPOT_DEFINED, 279, null}`."""
    results = account()("GET", "/crm/v4/associations/contacts/companies/labels").json["results"]
    for known in (UNLABELED, PRIMARY, BILLING):
        assert known in results


def test_a_type_id_may_be_a_text() -> None:
    """Connectors send it so: https://github.com/segmentio/action-destinations, HubSpot Custom Object V2."""
    call = account()
    contact, company = create(call, "contacts")["id"], create(call, "companies", name="Acme")["id"]
    quoted = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": "1"}]
    path = f"/crm/v4/objects/contacts/{contact}/associations/companies/{company}"
    heard = call("PUT", path, quoted)
    assert (heard.status, heard.json["labels"]) == (201, ["Primary"])
    links = [{"to": {"id": company}, "types": [{**quoted[0], "associationTypeId": "279"}]}]
    assert create(call, "contacts", links)["id"]
    pairs = {"inputs": [{"from": {"id": contact}, "to": {"id": company}, "types": quoted}]}
    assert call("POST", "/crm/v4/associations/contacts/companies/batch/create", pairs).status == 201
    wrong = [{**quoted[0], "associationTypeId": "contact_to_company"}]
    assert call("PUT", path, wrong).json["message"].startswith("Invalid input JSON on line 1")
