"""Engagements v1, bare arrays of definitions, and marketing data there are none of. Shapes:
https://github.com/HubspotCommunity/hubspot-ruby, spec/fixtures/vcr_cassettes (engagement_*,
deal_all_properties, find_deal_pipeline, owner_all) and https://legacydocs.hubspot.com/docs/methods/engagements/engagements-overview.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.crm import V3, account, create, read

ENGAGEMENTS = "/engagements/v1/engagements"


def test_a_note_is_an_engagement_and_a_record() -> None:
    call = account()
    contact = int(create(call, "contacts")["id"])
    sent = {
        "engagement": {"type": "NOTE"},
        "associations": {"contactIds": [contact]},
        "metadata": {"body": "note"},
    }
    heard = call("POST", ENGAGEMENTS, sent)
    assert heard.status == 200
    made = heard.json
    assert list(made) == [
        "associationCreateFailures",
        "engagement",
        "associations",
        "attachments",
        "scheduledTasks",
        "metadata",
    ]
    assert made["metadata"] == {"body": "note"}
    assert (made["associations"]["contactIds"], made["associations"]["dealIds"]) == ([contact], [])
    head = made["engagement"]
    assert (head["type"], head["active"], head["timestamp"]) == ("NOTE", True, 1_767_258_000_000)
    told = read(call, "notes", str(head["id"]), "properties=hs_note_body")
    assert told["properties"]["hs_note_body"] == "note"


def test_a_task_has_what_it_is_not_told() -> None:
    """Recorded in August 2025: n8n-io/n8n, nodes/Hubspot/__test__/fixtures/engagements.json."""
    call = account()
    sent = {
        "engagement": {"type": "TASK"},
        "metadata": {"body": "Hello <b>world</b>", "subject": "Title"},
        "associations": {},
    }
    made = call("POST", ENGAGEMENTS, sent).json
    assert made["associationCreateFailures"] == []
    head = made["engagement"]
    assert (head["allAccessibleTeamIds"], head["queueMembershipIds"]) == ([], [])
    assert (head["bodyPreview"], head["bodyPreviewIsTruncated"]) == ("Hello world", False)
    assert "Hello <b>world</b>" in head["bodyPreviewHtml"]
    assert set(made["associations"]) == {
        "contactIds",
        "companyIds",
        "dealIds",
        "ownerIds",
        "workflowIds",
        "ticketIds",
        "contentIds",
        "quoteIds",
        "marketingEventIds",
        "partnerClientIds",
        "orderIds",
        "cartIds",
    }
    assert made["metadata"] == {
        "body": "Hello <b>world</b>",
        "status": "NOT_STARTED",
        "forObjectType": "OWNER",
        "subject": "Title",
        "taskType": "TODO",  # HubSpot's word, nothing left to do here
        "reminders": [],
        "priority": "NONE",
        "isAllDay": False,
    }
    later = call("GET", f"{ENGAGEMENTS}/{head['id']}").json
    assert (later["metadata"], later["engagement"]) == (made["metadata"], head)
    bare = call("POST", ENGAGEMENTS, {"engagement": {"type": "NOTE"}, "metadata": {}}).json
    assert "bodyPreview" not in bare["engagement"]


@pytest.mark.parametrize(
    ("word", "metadata"),
    [
        (
            "CALL",
            {
                "body": "talk",
                "toNumber": "+4712345678",
                "durationMilliseconds": 38_000,
                "status": "COMPLETED",
            },
        ),
        ("MEETING", {"title": "Plan", "startTime": 1_767_258_000_000, "endTime": 1_767_261_600_000}),
        ("TASK", {"subject": "Call back", "status": "NOT_STARTED", "body": "soon"}),
        ("EMAIL", {"subject": "Hi", "text": "Hello", "status": "SENT", "from": {"email": "a@example.com"}}),
    ],
)
def test_metadata_comes_back_as_sent(word: str, metadata: dict[str, Any]) -> None:
    call = account()
    heard = call(
        "POST",
        ENGAGEMENTS,
        {"engagement": {"type": word, "timestamp": 1_767_000_000_000}, "metadata": metadata},
    )
    assert heard.status == 200, heard.text
    told = call("GET", f"{ENGAGEMENTS}/{heard.json['engagement']['id']}").json
    assert told["engagement"]["timestamp"] == 1_767_000_000_000
    assert {name: told["metadata"][name] for name in metadata} == metadata


def test_an_engagement_is_changed_and_deleted() -> None:
    call = account()
    note = create(call, "notes", hs_note_body="a", hs_timestamp="1767258000000")["id"]
    heard = call("PATCH", f"{ENGAGEMENTS}/{note}", {"metadata": {"body": "b"}})
    assert (heard.status, heard.json["metadata"]["body"]) == (200, "b")
    assert call("DELETE", f"{ENGAGEMENTS}/{note}").status == 204
    assert call("GET", f"{ENGAGEMENTS}/{note}").status == 404


def test_all_types_come_in_one_list_page_by_page() -> None:
    call = account()
    made = []
    for kind in ("notes", "calls", "tasks", "notes", "meetings", "emails", "calls"):
        made.append(int(create(call, kind, hs_timestamp="1767258000000")["id"]))
    ids: list[int] = []
    offset: Any = ""
    for _ in range(3):
        page = call("GET", f"{ENGAGEMENTS}/paged?limit=3&offset={offset}").json
        ids += [one["engagement"]["id"] for one in page["results"]]
        offset = page["offset"]
    assert page["hasMore"] is False
    assert ids == sorted(made)


def test_the_last_changed_engagements_come_first() -> None:
    call = account()
    note = create(call, "notes", hs_timestamp="1767258000000")["id"]
    call.clock.advance(5)
    task = create(call, "tasks", hs_timestamp="1767258000000")["id"]
    call.clock.advance(5)
    call("PATCH", f"{V3}/notes/{note}", {"properties": {"hs_note_body": "x"}})
    page = call("GET", f"{ENGAGEMENTS}/recent/modified?count=1").json
    assert (page["results"][0]["engagement"]["id"], page["hasMore"], page["total"]) == (int(note), True, 2)
    rest = call("GET", f"{ENGAGEMENTS}/recent/modified?count=1&offset={page['offset']}").json
    assert (rest["results"][0]["engagement"]["id"], rest["hasMore"]) == (int(task), False)


def test_engagements_are_found_by_what_they_are_linked_to() -> None:
    call = account()
    company = create(call, "companies")["id"]
    note = create(call, "notes", hs_timestamp="1767258000000")["id"]
    path = f"{ENGAGEMENTS}/associated/COMPANY/{company}/paged"
    assert call("GET", path).json["results"] == []
    assert call("PUT", f"{ENGAGEMENTS}/{note}/associations/company/{company}").status == 204
    assert [one["engagement"]["id"] for one in call("GET", path).json["results"]] == [int(note)]


def test_an_unknown_object_type_is_an_unknown_constant() -> None:
    heard = account()("GET", f"{ENGAGEMENTS}/associated/FAKE_TYPE/1/paged")
    assert (heard.status, heard.json["message"]) == (
        400,
        "Invalid enum constant 'FAKE_TYPE' for class ObjectType",
    )


@pytest.mark.parametrize(
    "path",
    [
        "/properties/v1/deals/properties",
        "/properties/v2/deals/properties",
        "/deals/v1/properties",
        "/companies/v2/properties",
        "/contacts/v1/properties",
    ],
)
def test_property_definitions_are_a_bare_array(path: str) -> None:
    told = account()("GET", path).json
    assert isinstance(told, list)
    assert {"name", "label", "type", "fieldType", "groupName", "options", "hubspotDefined"} <= set(told[0])
    assert "hs_lastmodifieddate" in {one["name"] for one in told} or path.startswith("/contacts")


def test_one_property_and_none() -> None:
    call = account()
    named = "/properties/v1/companies/properties/named"
    assert call("GET", f"{named}/domain").json["name"] == "domain"
    heard = call("GET", f"{named}/non-existent")
    assert (heard.status, heard.json["message"]) == (
        404,
        "Couldn't find a Property with the given name 'non-existent'",
    )


def test_groups_hold_their_properties_if_asked() -> None:
    call = account()
    told = call("GET", "/properties/v2/deals/groups?includeProperties=true").json
    group = next(one for one in told if one["name"] == "dealinformation")
    assert "dealname" in {one["name"] for one in group["properties"]}
    assert "properties" not in call("GET", "/properties/v2/deals/groups").json[0]


def test_deal_pipelines_are_a_bare_array_with_probabilities() -> None:
    call = account()
    (pipeline,) = call("GET", "/deals/v1/pipelines").json
    assert list(pipeline) == ["pipelineId", "stages", "label", "active", "displayOrder", "staticDefault"]
    won = next(stage for stage in pipeline["stages"] if stage["closedWon"])
    assert (won["stageId"], won["probability"]) == ("closedwon", 1.0)
    assert call("GET", "/deals/v1/pipelines/default").json == pipeline
    assert call("GET", "/deals/v1/pipelines/none").status == 404


def test_ticket_pipelines_tell_their_object_type() -> None:
    (pipeline,) = account()("GET", "/crm-pipelines/v1/pipelines/tickets").json["results"]
    assert (pipeline["objectType"], pipeline["pipelineId"]) == ("TICKET", "0")
    assert pipeline["stages"][0]["metadata"]["ticketState"] == "OPEN"


def test_owners_are_a_bare_array() -> None:
    call = account()
    (owner,) = call("GET", "/owners/v2/owners?includeInactive=false").json
    assert owner["ownerId"] == int(call("GET", "/crm/v3/owners").json["results"][0]["id"])
    assert owner["remoteList"][0]["remoteType"] == "HUBSPOT"
    assert call("GET", "/owners/v2/owners?email=nobody@example.com").json == []


def test_the_account_tells_of_itself() -> None:
    call = account()
    assert call("GET", "/integrations/v1/me").json["portalId"] == call.emulator.identity.portal_id


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/forms/v2/forms", []),
        ("/marketing/v3/forms", {"results": []}),
        ("/email/public/v1/events?limit=1000", {"events": [], "hasMore": False, "offset": ""}),
        ("/email/public/v1/campaigns/by-id", {"campaigns": [], "hasMore": False, "offset": ""}),
        ("/email/public/v1/campaigns", {"campaigns": [], "hasMore": False, "offset": ""}),
        ("/email/public/v1/subscriptions", {"subscriptionDefinitions": []}),
        ("/email/public/v1/subscriptions/timeline", {"timeline": [], "hasMore": False, "offset": ""}),
        ("/automation/v3/workflows", {"workflows": []}),
        (
            "/marketing-emails/v1/emails/with-statistics?limit=250",
            {"limit": 250, "objects": [], "offset": 0, "total": 0, "totalCount": 0},
        ),
    ],
)
def test_there_is_no_marketing_data_and_it_has_hubspots_form(path: str, body: Any) -> None:
    heard = account()("GET", path)
    assert (heard.status, heard.json) == (200, body)


@pytest.mark.parametrize(
    "path",
    [
        "/forms/v2/forms/-1",
        "/marketing/v3/forms/1",
        "/email/public/v1/campaigns/1",
        "/form-integrations/v1/submissions/forms/1",
    ],
)
def test_no_form_and_no_campaign_is_there_to_be_read(path: str) -> None:
    assert account()("GET", path).status == 404


EMPTY = {
    "/automation/v4/flows?limit=100": {"results": []},
    "/marketing/v3/emails?limit=100": {"results": [], "total": 0},
    "/marketing/v3/campaigns": {"results": [], "total": 0},
    "/marketing/v3/marketing-events/": {"results": []},
    "/events/v3/events?objectType=contact": {"results": []},
    "/events/v3/events/event-types": {"eventTypes": []},
    "/communication-preferences/v3/definitions": {"subscriptionDefinitions": []},
    "/account-info/v3/activity/audit-logs": {"results": []},
    "/account-info/2026-03/activity/login": {"results": []},
    "/account-info/v3/activity/security": {"results": []},
}


@pytest.mark.parametrize("path", EMPTY)
def test_what_connectors_read_and_the_account_has_none_of_is_empty(path: str) -> None:
    """Shapes: hubspot-api-client 12.0.0 (marketing/emails, events, communication_preferences, account)."""
    heard = account()("GET", path)
    assert (heard.status, heard.json) == (200, EMPTY[path])


def test_one_that_is_not_there_is_404() -> None:
    call = account()
    for path in ("/automation/v4/flows/1", "/marketing/v3/emails/1", "/marketing/v3/campaigns/1"):
        assert call("GET", path).status == 404


@pytest.mark.emulated
def test_the_daily_limit_is_told_under_its_old_name_too() -> None:
    (row,) = account()("GET", "/integrations/v1/limit/daily").json
    assert (row["name"], row["usageLimit"], row["fetchStatus"]) == ("api-calls-daily", 1_000_000, "SUCCESS")
    assert (row["collectedAt"], row["resetsAt"]) == (1_767_258_000_000, 1_767_330_000_000)
