"""Records and their associations through the dated paths: as in v3 and v4 but for what is said here.

HubSpot-public-api-spec-collection @99893791, PublicApiSpecs/CRM; that both dated versions answer like v3 and
v4 but for 2026-09's write rules: https://developers.hubspot.com/changelog
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.edge import Caller, Heard

DATES = ["2026-03", "2026-09"]
PLAIN = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 279}
PRIMARY = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 1}


class Dated:
    """An account without quotas, asked through one dated version."""

    def __init__(self, date: str) -> None:
        self.caller, self.date = Caller(limits=False), date

    def objects(self, method: str, tail: str, body: Any = None) -> Heard:
        return self.caller(method, f"/crm/objects/{self.date}/{tail}", body)

    def associations(self, method: str, tail: str, body: Any = None) -> Heard:
        return self.caller(method, f"/crm/associations/{self.date}/{tail}", body)

    def made(self, kind: str, **properties: str) -> str:
        heard = self.objects("POST", kind, {"properties": properties})
        assert heard.status == 201, heard.text
        record_id: str = heard.json["id"]
        return record_id


@pytest.fixture(params=DATES)
def dated(request: pytest.FixtureRequest) -> Dated:
    return Dated(request.param)


def inputs(*items: Any) -> dict[str, Any]:
    return {"inputs": list(items)}


def test_an_archived_record_is_read_only_with_archived(dated: Dated) -> None:
    made = dated.made("contacts", email="ann@example.com")
    for record_id in (made, made, "1234567890"):
        heard = dated.objects("DELETE", f"contacts/{record_id}")
        assert (heard.status, heard.text) == (204, "")
    assert dated.objects("GET", f"contacts/{made}").json["message"] == "resource not found"
    shown = dated.objects("GET", f"contacts/{made}?archived=true").json
    assert (shown["archived"], "archivedAt" in shown) == (True, True)
    listed = dated.objects("GET", "contacts?archived=true").json["results"]
    assert [record["id"] for record in listed] == [made]


def test_a_merge_makes_a_record_that_both_old_ids_lead_to(dated: Dated) -> None:
    for kind in ("contacts", "0-2", "deals", "tickets", "projects", "appointments", "courses", "services"):
        first, second = dated.made(kind), dated.made(kind)
        heard = dated.objects("POST", f"{kind}/merge", {"primaryObjectId": first, "objectIdToMerge": second})
        assert heard.status == 200
        merged = heard.json["id"]
        assert merged not in (first, second)
        for old in (first, second):
            read = dated.objects("GET", f"{kind}/{old}?properties=hs_merged_object_ids").json
            assert (read["id"], read["properties"]["hs_merged_object_ids"]) == (merged, f"{first};{second}")
        assert dated.objects("GET", f"{kind}?archived=true").json["results"] == []


def test_batch_updates_name_the_strangers_and_keep_trace_ids(dated: Dated) -> None:
    made = dated.made("companies", name="Acme")
    rows = inputs(
        {"id": made, "properties": {"city": "Oslo"}, "objectWriteTraceId": "a"},
        {"id": "77777", "properties": {"city": "Oslo"}, "objectWriteTraceId": "b"},
    )
    heard = dated.objects("POST", "companies/batch/update", rows)
    assert heard.status == 207
    assert [one["objectWriteTraceId"] for one in heard.json["results"]] == ["a"]
    assert heard.json["numErrors"] == 1
    assert heard.json["errors"][0]["message"] == (
        "Could not get some COMPANY objects, they may be deleted or not exist. Check that ids are valid."
    )
    bad = inputs({"id": made, "properties": {"city": "Bonn"}}, {"id": made, "properties": {"nope": "1"}})
    assert dated.objects("POST", "companies/batch/update", bad).status == 400
    read = dated.objects("GET", f"companies/{made}?properties=city").json
    assert read["properties"]["city"] == "Oslo"


def test_batch_archive_answers_204_whatever_the_ids(dated: Dated) -> None:
    made = dated.made("tickets", subject="Broken")
    heard = dated.objects("POST", "tickets/batch/archive", inputs({"id": made}, {"id": "1"}))
    assert (heard.status, heard.text) == (204, "")
    assert dated.objects("GET", "tickets").json == {"results": []}
    old = dated.objects("POST", "tickets/batch/read?archived=true", inputs({"id": made}))
    assert [record["archived"] for record in old.json["results"]] == [True]


def test_the_first_company_is_the_primary_one_until_another_is_made_so(dated: Dated) -> None:
    person, first, second = dated.made("contacts"), dated.made("companies"), dated.made("companies")
    path = f"contacts/{person}/associations/companies"
    dated.objects("PUT", f"contacts/{person}/associations/default/companies/{first}")
    heard = dated.objects("PUT", f"{path}/{second}", [PRIMARY])
    assert heard.status == 201
    assert heard.json["labels"] == ["Primary"]
    assert isinstance(heard.json["toObjectId"], int)
    shown = {
        one["toObjectId"]: {kind["typeId"] for kind in one["associationTypes"]}
        for one in dated.objects("GET", path).json["results"]
    }
    assert shown == {int(first): {279}, int(second): {1, 279}}
    page = dated.objects("GET", f"{path}?limit=1").json["paging"]["next"]
    rest = dated.objects("GET", f"{path}?limit=1&after={page['after']}").json
    assert ([one["toObjectId"] for one in rest["results"]], "paging" in rest) == ([int(second)], False)
    assert dated.objects("GET", f"{path}?limit=501").status == 400


def test_a_batch_of_links_is_read_with_what_has_none(dated: Dated) -> None:
    person, lonely, firm = dated.made("contacts"), dated.made("contacts"), dated.made("companies")
    pair = {"from": {"id": person}, "to": {"id": firm}}
    made = dated.associations("POST", "contacts/companies/batch/create", inputs({**pair, "types": [PLAIN]}))
    assert made.status == {"2026-03": 201, "2026-09": 200}[dated.date]
    heard = dated.associations(
        "POST", "contacts/companies/batch/read", inputs({"id": person}, {"id": lonely})
    )
    assert heard.status == 207
    assert [one["from"] for one in heard.json["results"]] == [{"id": person}]
    (error,) = heard.json["errors"]
    assert error["subCategory"] == "crm.associations.NO_ASSOCIATIONS_FOUND"
    assert error["message"] == f"No company is associated with contact {lonely}."
    gone = dated.associations(
        "POST", "contacts/companies/batch/archive", inputs({"from": pair["from"], "to": [pair["to"]]})
    )
    assert (gone.status, gone.json["results"]) == (200, [])


def test_labels_are_made_renamed_used_and_deleted(dated: Dated) -> None:
    person, firm = dated.made("contacts"), dated.made("companies")
    sent = {"name": "manager_of", "label": "Manager", "inverseLabel": "Employee"}
    heard = dated.associations("POST", "contacts/companies/labels", sent)
    assert heard.status == 200
    back, there = heard.json["results"]
    assert (back["label"], there["label"]) == ("Employee", "Manager")
    spec = {"associationCategory": "USER_DEFINED", "associationTypeId": there["typeId"]}
    dated.objects("PUT", f"contacts/{person}/associations/companies/{firm}", [spec])
    assert dated.associations("DELETE", f"contacts/companies/labels/{there['typeId']}").status == 400
    change = {"associationTypeId": there["typeId"], "label": "Head", "inverseLabel": "Staff"}
    put = dated.associations("PUT", "contacts/companies/labels", change)
    assert (put.status, put.text) == (204, "")
    listed = dated.associations("GET", "companies/contacts/labels").json["results"]
    assert "Staff" in {one["label"] for one in listed}
    dated.objects("DELETE", f"contacts/{person}/associations/companies/{firm}")
    assert dated.associations("DELETE", f"contacts/companies/labels/{there['typeId']}").status == 204


def test_the_guides_way_to_link_by_name_is_a_2026_03_path() -> None:
    """Guide to custom objects, edition of 2026-03: PUT …/associations/{type}/{id}/{name or number}."""
    dated = Dated("2026-03")
    person, firm = dated.made("contacts"), dated.made("companies")
    path = f"contacts/{person}/associations/companies/{firm}"
    assert dated.objects("PUT", f"{path}/contact_to_company").status == 200
    linked = dated.objects("GET", f"contacts/{person}?associations=companies").json
    assert [one["id"] for one in linked["associations"]["companies"]["results"]] == [firm, firm]
    assert dated.objects("DELETE", f"{path}/279").status == 204
    assert "associations" not in dated.objects("GET", f"contacts/{person}?associations=companies").json


def test_the_report_of_much_used_associations_is_ordered(dated: Dated) -> None:
    user = dated.caller.emulator.identity.user_id
    heard = dated.associations("POST", f"usage/high-usage-report/{user}")
    assert heard.status == 200
    assert set(heard.json) == {"enqueueTime", "userId", "userEmail"}
    assert heard.json["enqueueTime"]["dateOnly"] is False
