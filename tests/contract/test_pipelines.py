"""Pipelines and stages written through the API.

A live account on 2026-09 (October 2026): https://github.com/scopiousdigital/kalup docs/hubspot.md; the
refusal of stages in use: https://developers.hubspot.com/docs/api-reference/latest/crm/pipelines/guide
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.contract.edge import Caller, Heard

DEALS = "/crm/v3/pipelines/deals"
STAGES: list[dict[str, Any]] = [
    {"stageId": "asked", "label": "Asked", "displayOrder": 0, "metadata": {"probability": "0.2"}},
    {"stageId": "sold", "label": "Sold", "displayOrder": 1, "metadata": {"probability": 1}},
    {"label": "Lost", "displayOrder": 2, "metadata": {"probability": "0.00"}},
]


def add(caller: Caller, base: str = DEALS, **changed: Any) -> Heard:
    body = {"pipelineId": "partners", "label": "Partners", "displayOrder": 1, "stages": STAGES}
    return caller("POST", base, {**body, **changed})


def deal(caller: Caller, **properties: str) -> Heard:
    return caller("POST", "/crm/v3/objects/deals", {"properties": {"dealname": "D", **properties}})


def test_a_created_pipeline_keeps_given_ids_and_numbers_the_rest() -> None:
    caller = Caller()
    made = add(caller)
    assert made.status == 201
    assert list(made.json) == ["label", "displayOrder", "id", "stages", "createdAt", "updatedAt", "archived"]
    assert made.json["id"] == "partners"
    ids = [one["id"] for one in made.json["stages"]]
    assert ids[:2] == ["asked", "sold"]
    assert ids[2].isdecimal()
    assert made.json["createdAt"] == "2026-01-01T09:00:00Z"
    assert [one["id"] for one in caller("GET", DEALS).json["results"]] == ["default", "partners"]


def test_only_a_read_shows_the_metadata_as_stored() -> None:
    """Observed: the answer to a write echoes the request."""
    caller = Caller()
    made = add(caller)
    assert [one["metadata"]["probability"] for one in made.json["stages"]] == ["0.2", "1", "0.00"]
    read = caller("GET", f"{DEALS}/partners").json
    assert [one["metadata"] for one in read["stages"]] == [
        {"isClosed": "false", "probability": "0.2"},
        {"isClosed": "true", "probability": "1.0"},
        {"isClosed": "true", "probability": "0.0"},
    ]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"stages": []}, "Pipeline must have at least one stage"),
        ({"stages": None}, "Pipeline must have at least one stage"),
        ({"label": " sales PIPELINE "}, "An active pipeline with label  sales PIPELINE  already exists."),
        ({"pipelineId": "default"}, "There's another pipeline in this portal with pipelineId (default)."),
        (
            {"stages": [{"label": "A", "displayOrder": 0, "metadata": {}}]},
            "must specify probability when writing a dealstage",
        ),
        (
            {"stages": [{"label": "A", "displayOrder": 0, "metadata": {"probability": "1.1"}}]},
            "dealstage probability is not valid, must be between 0.0 and 1.0 (inclusive)",
        ),
        (
            {"stages": [STAGES[0], {**STAGES[1], "label": "ASKED "}]},
            "Stage with label ASKED  already exists",
        ),
    ],
)
def test_what_a_pipeline_cannot_be(changed: dict[str, Any], message: str) -> None:
    heard = add(Caller(), **changed)
    assert (heard.status, heard.json["message"]) == (400, message)


def test_a_stage_id_belongs_to_one_pipeline() -> None:
    """Each of the four refusals differs."""
    caller = Caller()
    taken = {"stageId": "closedwon", "label": "Won", "displayOrder": 0, "metadata": {"probability": "1"}}
    heard = add(caller, stages=[taken])
    assert heard.status == 409
    assert heard.json["subCategory"] == "PipelineError.STAGE_ID_EXISTS_IN_ANOTHER_PIPELINE"
    assert add(caller, pipelineId="0").status == 409
    add(caller)
    stage = caller("POST", f"{DEALS}/partners/stages", taken)
    assert stage.status == 400
    assert "already using stage id closedwon" in stage.json["message"]
    assert "category" not in stage.json


@pytest.mark.parametrize(
    ("base", "status"), [("/crm/v3/pipelines/deals", 201), ("/crm/pipelines/2026-09/deals", 400)]
)
def test_a_negative_place_means_last_before_2026_09(base: str, status: int) -> None:
    caller = Caller()
    assert add(caller, base, displayOrder=-1).status == status
    add(caller)
    stage = {"label": "Late", "displayOrder": -1, "metadata": {"probability": "0.9"}}
    assert caller("POST", f"{base}/partners/stages", stage).status == status
    if status == 201:
        stages = caller("GET", f"{base}/partners/stages").json["results"]
        assert [(one["label"], one["displayOrder"]) for one in stages][-1] == ("Late", 3)


def test_a_stage_at_a_taken_place_comes_after_its_holder() -> None:
    caller = Caller()
    add(caller)
    stage = {"label": "Between", "displayOrder": 0, "metadata": {"probability": "0.5"}}
    made = caller("POST", f"{DEALS}/partners/stages", stage)
    assert (made.status, made.json["displayOrder"]) == (201, 1)
    free = {"label": "Far", "displayOrder": 10, "metadata": {"probability": "0.5"}}
    caller("POST", f"{DEALS}/partners/stages", free)
    stages = caller("GET", f"{DEALS}/partners/stages").json["results"]
    assert [(one["label"], one["displayOrder"]) for one in stages] == [
        ("Asked", 0),
        ("Between", 1),
        ("Sold", 2),
        ("Lost", 3),
        ("Far", 10),
    ]


def test_a_stage_changes_only_in_what_is_sent() -> None:
    caller = Caller()
    add(caller)
    caller.clock.advance(60)
    assert caller("PATCH", f"{DEALS}/partners/stages/asked", {"metadata": {}}).status == 200
    heard = caller("PATCH", f"{DEALS}/partners/stages/asked", {"label": "Asked twice"})
    assert heard.status == 200
    read = caller("GET", f"{DEALS}/partners/stages/asked").json
    assert (read["label"], read["metadata"]["probability"], read["displayOrder"]) == ("Asked twice", "0.2", 0)
    assert (read["createdAt"], read["updatedAt"]) == ("2026-01-01T09:00:00Z", "2026-01-01T09:01:00Z")
    nothing = caller("PATCH", f"{DEALS}/partners/stages/asked", {"metadata": {"probability": None}})
    assert nothing.status == 400
    label = caller("PATCH", f"{DEALS}/partners/stages/asked", {"label": "sold"})
    assert label.json["subCategory"] == "PipelineError.STAGE_LABEL_EXISTS"
    assert caller("PATCH", f"{DEALS}/partners/stages/none", {"label": "x"}).status == 404
    put = {"label": "Asked", "displayOrder": 2, "metadata": {"probability": "0.3"}}
    assert caller("PUT", f"{DEALS}/partners/stages/asked", put).status == 200
    order = [one["id"] for one in caller("GET", f"{DEALS}/partners/stages").json["results"]]
    assert order[0] == "sold"
    assert order[2] == "asked"


def test_a_pipeline_changes_in_label_and_place() -> None:
    caller = Caller()
    add(caller)
    caller.clock.advance(60)
    heard = caller("PATCH", f"{DEALS}/partners", {"label": "Resellers"})
    assert (heard.status, heard.json["label"], heard.json["displayOrder"]) == (200, "Resellers", 1)
    assert {one["updatedAt"] for one in heard.json["stages"]} == {"2026-01-01T09:01:00Z"}
    assert caller("PATCH", f"{DEALS}/none", {"label": "x"}).status == 404


def test_a_replaced_pipeline_keeps_the_stages_it_names() -> None:
    caller = Caller()
    add(caller)
    stages = [STAGES[0], {"label": "New", "displayOrder": 1, "metadata": {"probability": "0.7"}}]
    body = {"label": "Partners", "displayOrder": 4, "stages": stages}
    heard = caller("PUT", f"{DEALS}/partners", body)
    assert (heard.status, heard.json["displayOrder"]) == (200, 4)
    ids = [one["id"] for one in caller("GET", f"{DEALS}/partners/stages").json["results"]]
    assert ids[0] == "asked"
    assert ids[1].isdecimal()
    assert "sold" not in ids


def test_deleting_is_for_good() -> None:
    caller = Caller()
    add(caller)
    assert caller("DELETE", f"{DEALS}/partners/stages/sold").status == 204
    assert caller("DELETE", f"{DEALS}/partners/stages/sold").status == 204
    assert caller("GET", f"{DEALS}/partners/stages/sold").status == 404
    assert caller("DELETE", f"{DEALS}/partners").status == 204
    assert caller("DELETE", f"{DEALS}/partners").json["category"] == "OBJECT_NOT_FOUND"
    assert [one["id"] for one in caller("GET", DEALS).json["results"]] == ["default"]
    assert add(caller).status == 201


def test_the_last_stage_stays() -> None:
    caller = Caller()
    add(caller, stages=STAGES[:1])
    heard = caller("DELETE", f"{DEALS}/partners/stages/asked")
    assert (heard.status, heard.json["message"]) == (400, "Pipeline must have at least one stage")


@pytest.mark.parametrize(
    ("base", "flags", "refused"),
    [
        ("/crm/v3/pipelines/deals", "", False),
        ("/crm/v3/pipelines/deals", "?validateReferencesBeforeDelete=true", True),
        ("/crm/v3/pipelines/deals", "?validateDealStageUsagesBeforeDelete=true", True),
        ("/crm/pipelines/2026-03/deals", "?validateReferencesBeforeDelete=false", False),
        ("/crm/pipelines/2026-09/deals", "", True),
    ],
)
def test_stages_in_use_are_kept_where_asked_and_always_on_2026_09(
    base: str, flags: str, refused: bool
) -> None:
    caller = Caller()
    add(caller)
    number = deal(caller, pipeline="partners", dealstage="sold").json["id"]
    put = {"label": "Partners", "displayOrder": 1, "stages": STAGES[:1]}
    for method, path, body in (
        ("PUT", f"{base}/partners", put),
        ("DELETE", f"{base}/partners/stages/sold", None),
        ("DELETE", f"{base}/partners", None),
    ):
        heard = caller(method, path + flags, body)
        if not refused:
            assert heard.status in (200, 204)
            continue
        assert heard.status == 400
        assert heard.json["message"] == f"Stage IDs: [sold] are being referenced by object IDs: [{number}]"
        assert heard.json["context"] == {"stageIds": ["[sold]"], "objectIds": [f"[{number}]"]}
        assert (heard.json["category"], heard.json["subCategory"]) == (
            "VALIDATION_ERROR",
            "PipelineError.STAGE_ID_IN_USE",
        )
    if refused:
        caller("DELETE", f"/crm/v3/objects/deals/{number}")
        assert caller("DELETE", f"{base}/partners{flags}").status == 204


def test_records_follow_the_pipelines() -> None:
    caller = Caller()
    unknown = deal(caller, dealstage="sold")
    assert unknown.json["errors"][0]["code"] == "INVALID_OPTION"
    add(caller)
    made = deal(caller, dealstage="sold").json["properties"]
    assert (made["pipeline"], made["dealstage"]) == ("partners", "sold")
    assert (made["hs_is_closed_won"], made["hs_is_closed_lost"]) == ("true", "false")
    stray = deal(caller, pipeline="partners", dealstage="closedwon")
    assert stray.status == 400
    assert stray.json["errors"][0]["message"].startswith(
        "closedwon was not one of the allowed options: [asked, sold, "
    )


def test_a_ticket_pipeline_keeps_a_closed_stage() -> None:
    caller = Caller()
    base = "/crm/v3/pipelines/tickets"
    opened = [{"label": "In", "displayOrder": 0, "metadata": {}}]
    heard = add(caller, base, stages=opened)
    assert heard.json["subCategory"] == "PipelineError.MISSING_CLOSED_STAGE"
    closed = {"stageId": "out", "label": "Out", "displayOrder": 1, "metadata": {"ticketState": "CLOSED"}}
    assert add(caller, base, stages=[*opened, closed]).status == 201
    stages = caller("GET", f"{base}/partners/stages").json["results"]
    assert [one["metadata"] for one in stages] == [
        {"ticketState": "OPEN", "isClosed": "false"},
        {"ticketState": "CLOSED", "isClosed": "true"},
    ]
    assert caller("DELETE", f"{base}/partners/stages/out").status == 400
    wrong = caller("PATCH", f"{base}/partners/stages/out", {"metadata": {"ticketState": "closed"}})
    assert wrong.json["subCategory"] == "PipelineError.INVALID_PIPELINE_STAGE_METADATA"
    made = caller(
        "POST", "/crm/v3/objects/tickets", {"properties": {"subject": "S", "hs_pipeline_stage": "out"}}
    )
    assert made.json["properties"]["hs_is_closed"] == "true"


def test_the_audit_tells_changes_newest_first() -> None:
    """https://developers.hubspot.com/docs/api-reference/latest/crm/pipelines/guide"""
    caller = Caller()
    add(caller)
    caller("PATCH", f"{DEALS}/partners", {"label": "Resellers"})
    caller("PATCH", f"{DEALS}/partners/stages/sold", {"label": "Won"})
    results = caller("GET", f"{DEALS}/partners/audit").json["results"]
    assert [one["action"] for one in results] == ["UPDATE", "CREATE"]
    assert list(results[0]) == [
        "portalId",
        "identifier",
        "action",
        "timestamp",
        "message",
        "rawObject",
        "fromUserId",
    ]
    assert [one["message"] for one in results] == ["Pipeline update", "User defined. pipeline created"]
    raw, first = (json.loads(one["rawObject"]) for one in results)
    assert (raw["label"], raw["pipelineId"], raw["objectType"]) == ("Resellers", "partners", "DEAL")
    assert (raw["objectTypeId"], raw["version"], first["version"]) == ("0-3", 1, 0)
    assert (raw["active"], raw["default"]) == (True, False)
    assert (first["createdAt"], first["updatedAt"]) == (1_767_258_000_000, None)
    assert [one["stageId"] for one in raw["stages"]][:2] == ["asked", "sold"]
    assert raw["stages"][0]["metadata"] == {"isClosed": "false", "probability": "0.2"}
    stage = caller("GET", f"{DEALS}/partners/stages/sold/audit").json["results"]
    assert [one["action"] for one in stage] == ["UPDATE"]
    assert json.loads(stage[0]["rawObject"])["label"] == "Won"
    caller("DELETE", f"{DEALS}/partners")
    assert caller("GET", f"{DEALS}/partners/audit").json["results"][0]["action"] == "DELETE"
    assert caller("GET", f"{DEALS}/default/audit").json == {"results": []}
    assert caller("GET", f"{DEALS}/none/audit").status == 404


def test_the_lifecycle_of_contacts_is_a_pipeline_and_a_choice() -> None:
    caller = Caller()
    base = "/crm/v3/pipelines/contacts/contacts-lifecycle-pipeline"
    stage = {"stageId": "partner", "label": "Partner", "displayOrder": 20, "metadata": {}}
    assert caller("POST", f"{base}/stages", stage).status == 201
    body = {"properties": {"lifecyclestage": "partner"}}
    assert caller("POST", "/crm/v3/objects/contacts", body).status == 201
    caller("DELETE", f"{base}/stages/partner")
    assert caller("POST", "/crm/v3/objects/contacts", body).status == 400


@pytest.mark.parametrize(
    ("kind", "type_id", "name"),
    [
        ("contacts", "0-1", "contacts-lifecycle-pipeline"),
        ("companies", "0-2", "companies-lifecycle-pipeline"),
    ],
)
def test_contacts_and_companies_have_a_pipeline_of_lifecycle_stages(
    kind: str, type_id: str, name: str
) -> None:
    """Recorded ids: NangoHQ/integration-templates, create-company.test.json and amp-labs/connectors."""
    caller = Caller()
    for spelling in (kind, type_id):
        (only,) = caller("GET", f"/crm/v3/pipelines/{spelling}").json["results"]
        assert (only["id"], only["label"]) == (name, "Lifecycle Stage Pipeline")
        assert [stage["id"] for stage in only["stages"]][:3] == [
            "subscriber",
            "lead",
            "marketingqualifiedlead",
        ]
    other = "deals" if kind == "contacts" else "tickets"
    assert name not in caller("GET", f"/crm/v3/pipelines/{other}").text


def test_ids_that_are_too_long_are_refused() -> None:
    """The lengths are ours: no source tells HubSpot's."""
    caller, path = Caller(), "/crm/v3/pipelines/deals"
    stage = {"stageId": "s" * 101, "label": "Won", "displayOrder": 0, "metadata": {"probability": "1.0"}}
    heard = caller("POST", f"{path}/default/stages", stage)
    assert (heard.status, heard.json["context"]) == (400, {"stageId": ["s" * 101]})
    made = {"pipelineId": "p" * 37, "label": "New", "displayOrder": 1, "stages": [{**stage, "stageId": "s"}]}
    assert caller("POST", path, made).status == 400
    assert caller("POST", path, {**made, "pipelineId": "p" * 36}).status == 201


def test_a_stages_id_is_in_lower_case() -> None:
    """https://github.com/HubSpot/hubspot-api-php/issues/295"""
    stage = {"stageId": "Won", "label": "Won", "displayOrder": 0, "metadata": {"probability": "1.0"}}
    heard = Caller()("POST", "/crm/v3/pipelines/deals/default/stages", stage)
    assert (heard.status, heard.json["category"]) == (400, "VALIDATION_ERROR")
    assert (
        Caller()("POST", "/crm/v3/pipelines/deals/default/stages", {**stage, "stageId": "won"}).status == 201
    )


@pytest.mark.parametrize(
    ("kind", "most", "metadata"), [("deals", 100, {"probability": "0.5"}), ("leads", 30, {})]
)
def test_a_pipeline_has_only_so_many_stages(kind: str, most: int, metadata: dict[str, str]) -> None:
    """Guide to pipelines: 100 for deals, tickets and custom objects, 30 for the others."""
    caller = Caller()
    stages = [{"label": f"s{n}", "displayOrder": n, "metadata": metadata} for n in range(most + 1)]
    full = {"label": "Full", "displayOrder": 1, "stages": stages}
    path = f"/crm/pipelines/2026-09/{kind}"
    assert caller("POST", path, full).status == 400
    made = caller("POST", path, {**full, "stages": stages[:-1]})
    assert made.status == 201
    assert caller("POST", f"{path}/{made.json['id']}/stages", stages[-1]).status == 400


OPEN, WON = {"isClosed": "false"}, {"isClosed": "true"}
LIFE = [
    ("subscriber", "Subscriber"),
    ("lead", "Lead"),
    ("marketingqualifiedlead", "Marketing Qualified Lead"),
    ("salesqualifiedlead", "Sales Qualified Lead"),
    ("opportunity", "Opportunity"),
    ("customer", "Customer"),
    ("evangelist", "Evangelist"),
    ("other", "Other"),
]
LIFE_STAGES = [(*stage, {**OPEN, "state": "OPEN"}) for stage in LIFE]
FIRST: dict[str, tuple[str, str, list[tuple[str, str, dict[str, str]]]]] = {
    "deals": (
        "default",
        "Sales Pipeline",
        [
            ("appointmentscheduled", "Appointment Scheduled", {**OPEN, "probability": "0.2"}),
            ("qualifiedtobuy", "Qualified To Buy", {**OPEN, "probability": "0.4"}),
            ("presentationscheduled", "Presentation Scheduled", {**OPEN, "probability": "0.6"}),
            ("decisionmakerboughtin", "Decision Maker Bought-In", {**OPEN, "probability": "0.8"}),
            ("contractsent", "Contract Sent", {**OPEN, "probability": "0.9"}),
            ("closedwon", "Closed Won", {**WON, "probability": "1.0"}),
            ("closedlost", "Closed Lost", {**WON, "probability": "0.0"}),
        ],
    ),
    "tickets": (
        "0",
        "Support Pipeline",
        [
            ("1", "New", {**OPEN, "ticketState": "OPEN"}),
            ("2", "Waiting on contact", {**OPEN, "ticketState": "OPEN"}),
            ("3", "Waiting on us", {**OPEN, "ticketState": "OPEN"}),
            ("4", "Closed", {**WON, "ticketState": "CLOSED"}),
        ],
    ),
    "contacts": ("contacts-lifecycle-pipeline", "Lifecycle Stage Pipeline", LIFE_STAGES),
    "companies": ("companies-lifecycle-pipeline", "Lifecycle Stage Pipeline", LIFE_STAGES),
}
"""Deals: recorded (NangoHQ/integration-templates, fetch-pipelines.test.json). Tickets:
https://github.com/damianh/hubspot. Contacts: recorded up to customer (amp-labs/connectors). Companies: only
the id is recorded."""


@pytest.mark.parametrize("kind", FIRST)
def test_a_new_account_has_these_stages(kind: str) -> None:
    name, label, stages = FIRST[kind]
    (only,) = Caller()("GET", f"/crm/v3/pipelines/{kind}").json["results"]
    assert (only["id"], only["label"], only["createdAt"]) == (name, label, "1970-01-01T00:00:00Z")
    assert [(one["id"], one["label"], one["metadata"]) for one in only["stages"]] == stages
    assert [one["displayOrder"] for one in only["stages"]] == list(range(len(stages)))
