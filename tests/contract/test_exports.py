"""Exports to CSV files.

Guide: https://developers.hubspot.com/docs/api-reference/crm-exports-v3/guide; models of the SDKs.
"""

from __future__ import annotations

import csv
import io
import zipfile
from typing import Any

import pytest
import xlrd

from hubwire.emulator.export_file import MOST_ROWS
from tests.contract.crm import account, create, link
from tests.contract.edge import Caller, Heard

EXPORTS = "/crm/v3/exports/export"
VIEW = {
    "exportType": "VIEW",
    "exportName": "All",
    "format": "csv",
    "language": "EN",
    "objectType": "CONTACT",
    "objectProperties": ["email", "lifecyclestage"],
    "exportInternalValuesOptions": [],
    "associatedObjectType": "COMPANY",
}


def start(call: Caller, **more: Any) -> Heard:
    return call("POST", f"{EXPORTS}/async", {**VIEW, **more})


def status(call: Caller, number: str) -> Any:
    return call("GET", f"{EXPORTS}/async/tasks/{number}/status").json


def fetch(call: Caller, url: str) -> Heard:
    """Downloads without a token."""
    return call("GET", url.removeprefix("https://api.hubapi.com"), token=None)


def exported(call: Caller, **more: Any) -> list[list[str]]:
    started = start(call, **more)
    assert started.status == 202, started.text
    call.clock.advance(60)
    heard = fetch(call, status(call, started.json["id"])["result"])
    assert heard.status == 200, heard.text
    return list(csv.reader(io.StringIO(heard.text)))


def people() -> tuple[Caller, list[str], str]:
    call = account()
    company = create(call, "companies", name="Acme")["id"]
    first = create(call, "contacts", [link(279, company)], email="a@example.com", lifecyclestage="customer")
    second = create(call, "contacts", email="b@example.com", lifecyclestage="lead")
    return call, [first["id"], second["id"]], company


def test_an_export_goes_from_processing_to_complete_on_the_clock() -> None:
    """SDK: 202 TaskLocator; spec: PROCESSING, COMPLETE with a URL."""
    call, _, _ = people()
    started = start(call)
    assert started.status == 202
    number = started.json["id"]
    assert started.json["links"]["status"].endswith(f"/async/tasks/{number}/status")
    early = status(call, number)
    assert early["status"] == "PROCESSING"
    assert "result" not in early
    assert call("GET", f"{EXPORTS}/{number}").json["exportState"] == "PROCESSING"
    call.clock.advance(60)
    over = status(call, number)
    assert over["status"] == "COMPLETE"
    assert over["completedAt"] == "2026-01-01T09:00:02Z"
    told = call("GET", f"/crm/exports/2026-09/export/{number}").json
    assert (told["exportState"], told["recordCount"], told["objectType"]) == ("DONE", 2, "0-1")
    assert told["objectProperties"] == ["email", "lifecyclestage"]


def test_the_file_has_labels_and_associated_ids() -> None:
    call, (first, second), company = people()
    assert exported(call) == [
        ["Record ID", "Email", "Lifecycle Stage", "Associated Company IDs", "Associated Company"],
        [first, "a@example.com", "Customer", company, "Acme"],
        [second, "b@example.com", "Lead", "", ""],
    ]


def test_names_of_associated_records_come_with_one_type_or_when_asked_for() -> None:
    """Guide: includePrimaryDisplayPropertyForAssociatedObjects, true by default with one type."""
    call, _, _ = people()
    two = {"associatedObjectType": ["COMPANY", "DEAL"]}
    named = "includePrimaryDisplayPropertyForAssociatedObjects"
    ids, names = (
        ["Associated Company IDs", "Associated Deal IDs"],
        ["Associated Company IDs", "Associated Company", "Associated Deal IDs", "Associated Deal"],
    )
    assert exported(call, **two)[0][3:] == ids
    assert exported(call, **two, **{named: True})[0][3:] == names
    assert exported(call, **{named: False})[0][3:] == ids[:1]


def test_associations_are_told_by_label_when_asked_for() -> None:
    """Guide: includeLabeledAssociations."""
    call, (first, _), company = people()
    other = create(call, "companies", name="Brill")["id"]
    call("PUT", f"/crm/v4/objects/contacts/{first}/associations/default/companies/{other}")
    header, row, _ = exported(call, includeLabeledAssociations=True)
    told = dict(zip(header, row, strict=True))
    assert told["Associated Company IDs"] == f"{company};{other}"
    assert (told["Associated Company"], told["Associated Company IDs (Primary)"]) == ("Acme;Brill", company)
    assert told["Associated Company (Primary)"] == "Acme"


def test_moments_owners_and_stages_are_written_for_people() -> None:
    """Guide: internal values are asked for, such as of pipeline stages, or points in time; otherwise they are
    human-readable. Moments are as in files that HubSpot exported, of the account's time zone (assumed)."""
    call = account()
    (owner,) = call("GET", "/crm/v3/owners/").json["results"]
    moment = "2026-03-12T10:05:09Z"
    create(call, "deals", dealstage="closedwon", hubspot_owner_id=owner["id"], closedate=moment)
    shown = {"objectType": "deals", "objectProperties": ["dealstage", "hubspot_owner_id", "closedate"]}
    plain = exported(call, **shown, associatedObjectType=[])[1][1:]
    assert plain == ["Closed Won", f"{owner['firstName']} {owner['lastName']}", "2026-03-12 06:05"]
    internal = exported(call, **shown, associatedObjectType=[], exportInternalValuesOptions=["VALUES"])[1][1:]
    assert internal == ["closedwon", owner["id"], moment]


def test_internal_names_and_values_can_be_asked_for() -> None:
    """Spec: exportInternalValuesOptions NAMES and VALUES."""
    call, (first, _), _ = people()
    rows = exported(call, exportInternalValuesOptions=["NAMES", "VALUES"], associatedObjectType=[])
    assert rows[:2] == [["Record ID", "email", "lifecyclestage"], [first, "a@example.com", "customer"]]


@pytest.mark.parametrize("name", ["property", "propertyName"])
def test_a_view_is_filtered_and_sorted(name: str) -> None:
    """The guide writes `property`, the spec `propertyName`; sorts are objects or text."""
    call, (first, second), _ = people()
    search = {
        "filters": [{name: "email", "operator": "HAS_PROPERTY"}],
        "sorts": [{"propertyName": "email", "order": "DES"}],
    }
    rows = exported(call, publicCrmSearchRequest=search)
    assert [row[0] for row in rows[1:]] == [second, first]
    one = {
        "filters": [{name: "email", "operator": "EQ", "value": "a@example.com"}],
        "query": "",
        "sorts": ["email"],
    }
    assert [row[0] for row in exported(call, publicCrmSearchRequest=one)[1:]] == [first]


def test_a_list_is_exported() -> None:
    call, (first, _), _ = people()
    body = {"name": "A", "objectTypeId": "0-1", "processingType": "MANUAL"}
    list_id = call("POST", "/crm/v3/lists", body).json["list"]["listId"]
    call("PUT", f"/crm/v3/lists/{list_id}/memberships/add", [first])
    assert [row[0] for row in exported(call, exportType="LIST", listId=list_id)[1:]] == [first]
    assert start(call, exportType="LIST", listId="99").status == 404
    assert start(call, exportType="LIST").status == 400


def test_a_url_dies_after_five_minutes_and_a_new_one_is_given() -> None:
    """Guide: five minutes after the request that told it."""
    call, _, _ = people()
    number = start(call).json["id"]
    call.clock.advance(60)
    url = status(call, number)["result"]
    call.clock.advance(299)
    assert fetch(call, url).status == 200
    assert fetch(call, url.replace("Expires=1", "Expires=2")).status == 403
    call.clock.advance(1)
    assert fetch(call, url).status == 403
    assert fetch(call, status(call, number)["result"]).status == 200


def test_exports_run_one_at_a_time() -> None:
    """Guide: further ones are queued."""
    call, _, _ = people()
    first, second = start(call).json["id"], start(call).json["id"]
    assert (status(call, first)["status"], status(call, second)["status"]) == ("PROCESSING", "PENDING")
    assert call("GET", f"{EXPORTS}/{second}").json["exportState"] == "ENQUEUED"
    call.clock.advance(3)
    assert (status(call, first)["status"], status(call, second)["status"]) == ("COMPLETE", "PROCESSING")


def test_thirty_exports_in_24_hours() -> None:
    """Guide: 30 in a rolling 24 hours; the 429's policy name is ours."""
    call, _, _ = people()
    assert {start(call).status for _ in range(30)} == {202}
    assert start(call).status == 429
    call.clock.advance(86_400)
    assert start(call).status == 202


def test_a_large_file_comes_zipped() -> None:
    """Guide: above 2 MB."""
    call = account()
    for _ in range(40):
        create(call, "companies", description="x" * 60_000)
    request = {"objectType": "companies", "objectProperties": ["description"], "associatedObjectType": []}
    number = start(call, **request).json["id"]
    call.clock.advance(60)
    url = status(call, number)["result"].removeprefix("https://api.hubapi.com")
    answer = call.emulator.ask("GET", url)
    assert (answer.status, answer.content_type, answer.body[:2]) == (200, "application/zip", b"PK")


def test_more_rows_than_a_file_holds_come_in_several(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guide: above 65,535 rows of XLS, or a million of the other formats, a zip file with several."""
    monkeypatch.setitem(MOST_ROWS, "XLS", 2)
    call = account()
    names = {create(call, "companies", name=f"C{number}")["properties"]["name"] for number in range(5)}
    request = {"objectType": "companies", "objectProperties": ["name"], "associatedObjectType": []}
    number = start(call, format="XLS", **request).json["id"]
    call.clock.advance(60)
    url = status(call, number)["result"].removeprefix("https://api.hubapi.com")
    answer = call.emulator.ask("GET", url)
    assert answer.content_type == "application/zip"
    assert dict(answer.headers)["Content-Disposition"].endswith('.zip"')
    with zipfile.ZipFile(io.BytesIO(answer.body)) as archive:
        assert archive.namelist() == [f"{number}-{part}.xls" for part in (1, 2, 3)]
        books = [xlrd.open_workbook(file_contents=archive.read(one)) for one in archive.namelist()]
    rows = [row for book in books for row in book.sheet_by_index(0).get_rows()]
    told = [row[1].value for row in rows]
    assert told.count("Company name") == 3
    assert set(told) - {"Company name"} == names


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"exportType": "ALL"}, 400),
        ({"exportName": None}, 400),
        ({"objectType": "widgets"}, 400),
        ({"objectProperties": ["nosuch"]}, 400),
        ({"associatedObjectType": ["COMPANY", "DEAL", "TICKET", "CALL", "NOTE"]}, 400),
        ({"publicCrmSearchRequest": {"filters": [{"operator": "EQ"}]}}, 400),
        ({"exportInternalValuesOptions": ["LABELS"]}, 400),
        ({"format": "ODS"}, 400),
        ({"language": "XX"}, 400),
    ],
)
def test_requests_that_are_no_export_are_refused(more: dict[str, Any], code: int) -> None:
    """At most four associated objects (guide); texts are ours."""
    assert start(account(), **more).status == code


def test_another_app_does_not_see_an_export() -> None:
    call, _, _ = people()
    number = start(call).json["id"]
    other = call.emulator.token(scopes=["crm.export"])
    assert call("GET", f"{EXPORTS}/async/tasks/{number}/status", token=other).status == 404
    assert (
        call("POST", f"{EXPORTS}/async", VIEW, token=call.emulator.token(scopes=["crm.import"])).status == 403
    )


def test_a_url_leads_to_nothing_when_its_export_has_no_file() -> None:
    """The emulator's own: the same number may belong to another export after a reset."""
    call, _, _ = people()
    number = start(call).json["id"]
    call.clock.advance(60)
    url = status(call, number)["result"]
    call.emulator.reset()
    assert fetch(call, url).status == 404
    assert start(call).json["id"] == number
    assert fetch(call, url).status == 404
