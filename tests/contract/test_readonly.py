"""Owners, pipelines, property definitions and account details: shapes as recorded."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest

from hubwire.emulator import Clock
from tests.contract.edge import Caller

OWNER_KEYS = [
    "id",
    "email",
    "type",
    "firstName",
    "lastName",
    "userId",
    "userIdIncludingInactive",
    "createdAt",
    "updatedAt",
    "archived",
]


def owner(number: int, **changed: Any) -> dict[str, Any]:
    return {
        "id": str(number),
        "email": f"Owner{number}@example.com",
        "type": "PERSON",
        "firstName": "",
        "lastName": "",
        "userId": number + 1,
        "userIdIncludingInactive": number + 1,
        "createdAt": "2023-02-09T18:56:56.063Z",
        "updatedAt": "2023-02-09T18:56:56.063Z",
        "archived": False,
        **changed,
    }


def with_owners(*owners: dict[str, Any]) -> Caller:
    caller = Caller()
    for one in owners:
        caller.emulator.account.portal.add_owner(one)
    return caller


def test_a_new_account_has_the_owner_who_opened_it() -> None:
    """Recorded: NangoHQ/integration-templates, owners.test.json; id and userId agree in a new account."""
    results = Caller()("GET", "/crm/v3/owners").json["results"]
    assert len(results) == 1
    assert list(results[0]) == OWNER_KEYS
    assert results[0]["id"] == str(results[0]["userId"]) == "55555555"
    assert results[0]["createdAt"] == "2026-01-01T09:00:00Z"


def test_owners_come_in_pages_with_the_next_id_in_base64() -> None:
    """Recorded: JupiterOne/graph-hubspot; MzI4Mzk2MDg2 is 328396086, the first id of the next page."""
    caller = with_owners(owner(317862822), owner(328396076), owner(328396086), owner(328401281))
    first = caller("GET", "/crm/v3/owners/?limit=3").json
    assert [one["id"] for one in first["results"]] == ["55555555", "317862822", "328396076"]
    assert first["paging"]["next"] == {
        "after": "MzI4Mzk2MDg2",
        "link": "https://api.hubapi.com/crm/v3/owners/?limit=3&after=MzI4Mzk2MDg2",
    }
    link = urlsplit(first["paging"]["next"]["link"])
    second = caller("GET", f"{link.path}?{link.query}").json
    assert [one["id"] for one in second["results"]] == ["328396086", "328401281"]
    assert "paging" not in second


def test_the_link_leads_back_to_whom_was_asked() -> None:
    caller = with_owners(owner(60000001))
    heard = caller("GET", "/crm/v3/owners?limit=1", headers={"host": "127.0.0.1:8765"})
    assert heard.json["paging"]["next"]["link"].startswith(
        "http://127.0.0.1:8765/crm/v3/owners?limit=1&after="
    )


def test_owners_are_found_by_email_in_any_letter_case() -> None:
    caller = with_owners(owner(60000001), owner(60000002))
    results = caller("GET", "/crm/v3/owners?email=owner60000002@EXAMPLE.com").json["results"]
    assert [one["id"] for one in results] == ["60000002"]


def test_archived_owners_are_listed_apart() -> None:
    caller = with_owners(owner(60000001, archived=True, userId=None))
    listed = caller("GET", "/crm/v3/owners?archived=true").json["results"]
    assert [(one["id"], one["userId"], one["userIdIncludingInactive"]) for one in listed] == [
        ("60000001", None, 60000002)
    ]
    # Python connectors write their booleans with a capital.
    unarchived = caller("GET", "/crm/v3/owners?archived=False").json["results"]
    assert [one["id"] for one in unarchived] == ["55555555"]


@pytest.mark.parametrize("limit", ["0", "501", "-1", "x", "1.5"])
def test_a_page_of_owners_has_one_to_five_hundred(limit: str) -> None:
    heard = Caller()("GET", f"/crm/v3/owners?limit={limit}")
    assert (heard.status, heard.json["category"]) == (400, "VALIDATION_ERROR")
    assert Caller()("GET", "/crm/v3/owners?limit=500").status == 200


@pytest.mark.parametrize("after", ["%%%", "Zm9v", "ä"])
def test_a_cursor_nobody_gave_out_is_refused(after: str) -> None:
    assert Caller()("GET", f"/crm/v3/owners?after={after}").status == 400


def test_an_owner_is_read_by_its_id_or_its_users() -> None:
    caller = with_owners(owner(60000001))
    assert caller("GET", "/crm/v3/owners/60000001").json["userId"] == 60000002
    assert caller("GET", "/crm/v3/owners/60000002?idProperty=userId").json["id"] == "60000001"
    assert caller("GET", "/crm/v3/owners/60000001?idProperty=userId").status == 404
    assert caller("GET", "/crm/v3/owners/1").json["category"] == "OBJECT_NOT_FOUND"


def test_the_pipeline_of_deals_is_as_recorded() -> None:
    """Recorded: NangoHQ/integration-templates, fetch-pipelines.test.json."""
    caller = Caller()
    results = caller("GET", "/crm/v3/pipelines/deals").json["results"]
    assert len(results) == 1
    pipeline = results[0]
    assert list(pipeline) == ["label", "displayOrder", "id", "stages", "createdAt", "updatedAt", "archived"]
    assert (pipeline["id"], pipeline["label"]) == ("default", "Sales Pipeline")
    assert pipeline["createdAt"] == "1970-01-01T00:00:00Z"
    assert [
        (s["id"], s["metadata"]["probability"], s["metadata"]["isClosed"]) for s in pipeline["stages"]
    ] == [
        ("appointmentscheduled", "0.2", "false"),
        ("qualifiedtobuy", "0.4", "false"),
        ("presentationscheduled", "0.6", "false"),
        ("decisionmakerboughtin", "0.8", "false"),
        ("contractsent", "0.9", "false"),
        ("closedwon", "1.0", "true"),
        ("closedlost", "0.0", "true"),
    ]
    assert pipeline["stages"][0] == {
        "label": "Appointment Scheduled",
        "displayOrder": 0,
        "metadata": {"isClosed": "false", "probability": "0.2"},
        "id": "appointmentscheduled",
        "createdAt": "1970-01-01T00:00:00Z",
        "updatedAt": "1970-01-01T00:00:00Z",
        "writePermissions": "CRM_PERMISSIONS_ENFORCEMENT",
        "archived": False,
    }
    assert caller("GET", "/crm/v3/pipelines/0-3/default").json == pipeline
    assert caller("GET", "/crm/pipelines/2026-03/deals/default/stages").json == {
        "results": pipeline["stages"]
    }
    one = caller("GET", "/crm/v3/pipelines/deals/default/stages/closedwon").json
    assert (one["label"], one["displayOrder"]) == ("Closed Won", 5)


def test_the_pipeline_of_tickets_has_four_stages() -> None:
    """https://github.com/damianh/hubspot; ids 0 and 1 recorded."""
    pipeline = Caller()("GET", "/crm/v3/pipelines/tickets").json["results"][0]
    assert (pipeline["id"], pipeline["label"]) == ("0", "Support Pipeline")
    assert [(s["id"], s["label"], s["metadata"]["ticketState"]) for s in pipeline["stages"]] == [
        ("1", "New", "OPEN"),
        ("2", "Waiting on contact", "OPEN"),
        ("3", "Waiting on us", "OPEN"),
        ("4", "Closed", "CLOSED"),
    ]


def test_contacts_have_their_lifecycle_as_a_pipeline() -> None:
    ids = [one["id"] for one in Caller()("GET", "/crm/v3/pipelines/contacts").json["results"]]
    assert ids == ["contacts-lifecycle-pipeline"]


@pytest.mark.parametrize("path", ["deals/none", "deals/none/stages", "deals/default/stages/none"])
def test_a_pipeline_or_stage_that_is_not_there_is_404(path: str) -> None:
    assert Caller()("GET", f"/crm/v3/pipelines/{path}").status == 404


def test_an_unknown_type_has_neither_pipelines_nor_properties() -> None:
    caller = Caller()
    for path in ("pipelines", "properties"):
        assert caller("GET", f"/crm/v3/{path}/widgets").json["message"] == (
            "Unable to infer object type from: widgets"
        )


def test_a_property_definition_has_hubspots_keys_in_order() -> None:
    """Recorded create-property answer; built-in ones are hubspotDefined and not archivable."""
    body = Caller()("GET", "/crm/v3/properties/contacts/email").json
    assert [key for key in body if key not in ("hubspotDefined", "createdUserId", "updatedUserId")] == [
        "updatedAt",
        "createdAt",
        "name",
        "label",
        "type",
        "fieldType",
        "description",
        "groupName",
        "options",
        "displayOrder",
        "calculated",
        "externalOptions",
        "archived",
        "hasUniqueValue",
        "hidden",
        "modificationMetadata",
        "formField",
        "dataSensitivity",
    ]
    assert (body["name"], body["type"], body["groupName"]) == ("email", "string", "contactinformation")
    assert body["hubspotDefined"] is True
    assert body["modificationMetadata"]["archivable"] is False


def test_definitions_are_listed_whole_and_without_pages() -> None:
    body = Caller()("GET", "/crm/properties/2026-09/contacts").json
    assert list(body) == ["results"]
    names = [one["name"] for one in body["results"]]
    assert {"email", "firstname", "lastname", "lifecyclestage", "hs_object_id", "createdate"} <= set(names)
    assert len(names) == len(set(names))


@pytest.mark.parametrize("query", ["archived=true", "dataSensitivity=sensitive"])
def test_no_definition_is_archived_or_sensitive(query: str) -> None:
    assert Caller()("GET", f"/crm/v3/properties/contacts?{query}").json == {"results": []}


def test_a_property_that_is_not_there_is_404_with_its_sub_category() -> None:
    heard = Caller()("GET", "/crm/v3/properties/contacts/nonsense")
    assert heard.status == 404
    assert heard.json["subCategory"] == "PROPERTY_DOESNT_EXIST"
    assert "links" in heard.json


def test_groups_are_listed_and_read() -> None:
    caller = Caller()
    results = caller("GET", "/crm/v3/properties/contacts/groups").json["results"]
    info = next(one for one in results if one["name"] == "contactinformation")
    assert list(info) == ["name", "label", "displayOrder", "archived"]
    assert caller("GET", "/crm/v3/properties/contacts/groups/contactinformation").json == info
    assert caller("GET", "/crm/v3/properties/contacts/groups/none").status == 404


@pytest.mark.parametrize(
    ("moment", "offset", "milliseconds"),
    [(1_767_258_000, "-05:00", -18_000_000), (1_782_900_000, "-04:00", -14_400_000)],
)
def test_account_details_tell_the_offset_of_the_day(moment: float, offset: str, milliseconds: int) -> None:
    """https://developers.hubspot.com/docs/api-reference/latest/account/account-information/guide"""
    assert Caller(clock=Clock.at(moment))("GET", "/account-info/v3/details").json == {
        "portalId": 12345678,
        "accountType": "STANDARD",
        "timeZone": "America/New_York",
        "companyCurrency": "USD",
        "additionalCurrencies": [],
        "utcOffset": offset,
        "utcOffsetMilliseconds": milliseconds,
        "uiDomain": "app.hubspot.com",
        "dataHostingLocation": "na1",
    }
