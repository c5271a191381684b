"""Lists: what they answer, and that their filters are evaluated.

Guide: https://developers.hubspot.com/docs/api-reference/crm-lists-v3/guide. Live facts of August 2026:
jackemcpherson/terraform-provider-hubspot (.scratch research). Shapes: hubspot-api-client 12.0.0.
"""

from __future__ import annotations

from typing import Any

import pytest

from hubwire.emulator import list_times
from tests.contract.crm import account, create, demo_properties
from tests.contract.edge import NINE_IN_LONDON, Caller, Heard

LISTS = "/crm/v3/lists"
WRONG_TYPE = "ListError.INVALID_OPERATION_FOR_PROPERTY_TYPE"
SPRING = {"lowerBound": 1735689600000, "upperBound": 1746057600000}


def root(*filters: dict[str, Any], branches: list[Any] | None = None) -> dict[str, Any]:
    """An OR branch with one AND branch of these filters."""
    inner = {"filterBranchType": "AND", "filterBranchOperator": "AND", "filterBranches": branches or []}
    return {
        "filterBranchType": "OR",
        "filterBranchOperator": "OR",
        "filterBranches": [{**inner, "filters": list(filters)}],
        "filters": [],
    }


def on(name: str, kind: str, operator: str, **more: Any) -> dict[str, Any]:
    operation = {"operationType": kind, "operator": operator, **more}
    return {"filterType": "PROPERTY", "property": name, "operation": operation}


def make(call: Caller, name: str, processing: str = "MANUAL", branch: Any = None, kind: str = "0-1") -> Any:
    body = {"name": name, "objectTypeId": kind, "processingType": processing}
    heard = call("POST", f"{LISTS}/", body | ({"filterBranch": branch} if branch else {}))
    assert heard.status == 200, heard.text
    return heard.json["list"]


def members(call: Caller, list_id: str) -> set[str]:
    heard = call("GET", f"{LISTS}/{list_id}/memberships")
    assert heard.status == 200, heard.text
    assert heard.json["total"] == len(heard.json["results"])
    return {row["recordId"] for row in heard.json["results"]}


def test_a_new_list_is_answered_with_200_and_all_that_is_known_of_it() -> None:
    """SDK: 200 `ListCreateResponse`; recorded key order: amp-labs/connectors."""
    heard = account()("POST", f"{LISTS}/", {"name": "A", "objectTypeId": "0-1", "processingType": "MANUAL"})
    assert heard.status == 200
    made = heard.json["list"]
    assert list(made)[:2] == ["listId", "listVersion"]
    assert made["listVersion"] == 1
    assert (made["processingType"], made["processingStatus"]) == ("MANUAL", "COMPLETE")
    assert (made["objectTypeId"], made["name"], made["size"]) == ("0-1", "A", 0)
    assert made["createdAt"] == made["updatedAt"] == "2026-01-01T09:00:00Z"
    assert "filterBranch" not in made


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"name": "A", "objectTypeId": "0-1"}, "Some required fields were not set: [processingType]"),
        ({"name": "a", "objectTypeId": "0-1", "processingType": "MANUAL"}, "already exists"),
        ({"name": "B", "objectTypeId": "0-1", "processingType": "STATIC"}, "STATIC"),
        ({"name": "B", "objectTypeId": "widgets", "processingType": "MANUAL"}, "Unable to infer object type"),
        ({"name": "B", "objectTypeId": "0-1", "processingType": "DYNAMIC"}, "filterBranch"),
    ],
)
def test_what_is_no_list_is_refused(body: dict[str, str], said: str) -> None:
    """Names are unique in the account (guide); words other than `Unable to infer` are ours."""
    call = account()
    make(call, "A")
    heard = call("POST", LISTS, body)
    assert heard.status == 400
    assert said in heard.json["message"]


def test_a_dynamic_list_follows_every_write() -> None:
    call = account()
    made = make(call, "Berlin", "DYNAMIC", root(on("city", "STRING", "IS_EQUAL_TO", value="Berlin")))
    contact = create(call, "contacts", city="berlin")["id"]
    create(call, "contacts", city="Bern")
    read = f"{LISTS}/{made['listId']}"
    assert call("GET", read).json["list"]["size"] == 1
    assert members(call, made["listId"]) == {contact}
    call("PATCH", f"/crm/v3/objects/contacts/{contact}", {"properties": {"city": "Bonn"}})
    assert call("GET", read).json["list"]["size"] == 0
    call("PATCH", f"/crm/v3/objects/contacts/{contact}", {"properties": {"city": "Berlin"}})
    assert call("GET", read).json["list"]["size"] == 1
    call("DELETE", f"/crm/v3/objects/contacts/{contact}")
    assert call("GET", read).json["list"]["size"] == 0


def test_a_snapshot_keeps_who_matched_when_it_was_made() -> None:
    call = account()
    first = create(call, "contacts", city="Berlin")["id"]
    made = make(call, "Then", "SNAPSHOT", root(on("city", "STRING", "IS_EQUAL_TO", value="Berlin")))
    assert made["size"] == 1
    second = create(call, "contacts", city="Berlin")["id"]
    assert members(call, made["listId"]) == {first}
    call("PUT", f"{LISTS}/{made['listId']}/memberships/add", [second])
    assert members(call, made["listId"]) == {first, second}


OPERATIONS = [
    (("city", "STRING", "IS_EQUAL_TO", {"value": "berlin"}), "a"),
    (("city", "STRING", "IS_NOT_EQUAL_TO", {"value": "Berlin"}), "b"),
    (("city", "STRING", "IS_NOT_EQUAL_TO", {"value": "x", "includeObjectsWithNoValueSet": True}), "abc"),
    (("city", "STRING", "CONTAINS", {"value": "ER"}), "ab"),
    (("city", "STRING", "DOES_NOT_CONTAIN", {"value": "lin"}), "b"),
    (("city", "STRING", "STARTS_WITH", {"value": "Ber"}), "ab"),
    (("city", "STRING", "ENDS_WITH", {"value": "LIN"}), "a"),
    (("city", "MULTISTRING", "IS_EQUAL_TO", {"values": ["Bern", "Bonn"]}), "b"),
    (("city", "MULTISTRING", "IS_NOT_EQUAL_TO", {"values": ["Bern", "Bonn"]}), "a"),
    (("city", "STRING", "HAS_EVER_BEEN_EQUAL_TO", {"value": "Paris"}), "b"),
    (("city", "STRING", "HAS_NEVER_BEEN_EQUAL_TO", {"value": "Paris"}), "a"),
    (("city", "STRING", "HAS_EVER_CONTAINED", {"value": "ari"}), "b"),
    (("city", "ALL_PROPERTY", "IS_KNOWN", {}), "ab"),
    (("city", "ALL_PROPERTY", "IS_UNKNOWN", {}), "c"),
    (("lifecyclestage", "ENUMERATION", "IS_ANY_OF", {"values": ["lead", "customer"]}), "abc"),
    (("lifecyclestage", "ENUMERATION", "IS_NONE_OF", {"values": ["lead"]}), "b"),
    (("lifecyclestage", "ENUMERATION", "HAS_EVER_BEEN_ANY_OF", {"values": ["lead"]}), "ac"),
    (("product_interests", "ENUMERATION", "CONTAINS_ALL", {"values": ["software", "support"]}), "a"),
    (("product_interests", "ENUMERATION", "IS_EXACTLY", {"values": ["support"]}), "b"),
    (("product_interests", "ENUMERATION", "IS_NOT_EXACTLY", {"values": ["support"]}), "a"),
    (("vip", "BOOL", "IS_EQUAL_TO", {"value": True}), "a"),
    (("vip", "BOOL", "IS_NOT_EQUAL_TO", {"value": True}), "b"),
    (("customer_since", "DATE", "IS_EQUAL_TO", {"day": 5, "month": "JANUARY", "year": 2025}), "a"),
    (("customer_since", "DATE", "IS_AFTER", {"day": 5, "month": "1", "year": 2025}), "b"),
    (("customer_since", "DATETIME", "IS_BEFORE", {"timestamp": 1746057600000}), "a"),
    (("customer_since", "RANGED_DATE", "IS_BETWEEN", SPRING), "a"),
    (("customer_since", "ROLLING_DATE_RANGE", "IS_LESS_THAN_X_DAYS_AGO", {"numberOfDays": 60}), "b"),
    (("customer_since", "ROLLING_DATE_RANGE", "IS_MORE_THAN_X_DAYS_AGO", {"numberOfDays": 60}), "a"),
    (("customer_since", "COMPARATIVE_DATE", "IS_BEFORE", {"comparisonPropertyName": "createdate"}), "ab"),
    (("customer_since", "CALENDAR_DATE", "IN_LAST_TIME_UNIT", {"timeUnit": "MONTH"}), "b"),
    (("city", "ROLLING_PROPERTY_UPDATED", "UPDATED_IN_LAST_X_DAYS", {"numberOfDays": 1}), "ab"),
]  # fmt: skip


def people() -> tuple[Caller, dict[str, str]]:
    call = demo_properties(account())
    berlin = {"city": "Berlin", "lifecyclestage": "lead", "product_interests": "software;support"}
    bern = {"city": "Paris", "lifecyclestage": "customer", "product_interests": "support", "vip": "false"}
    ids = {
        "a": create(call, "contacts", **berlin, vip="true", customer_since="2025-01-05")["id"],
        "b": create(call, "contacts", **bern, customer_since="2025-12-05")["id"],
        "c": create(call, "contacts")["id"],
    }
    call("PATCH", f"/crm/v3/objects/contacts/{ids['b']}", {"properties": {"city": "Bern"}})
    return call, ids


@pytest.mark.parametrize(("wanted", "who"), OPERATIONS)
def test_every_operation_is_evaluated(wanted: tuple[str, str, str, dict[str, Any]], who: str) -> None:
    """Operators: the guide to list filters. The clock shows 1 January 2026."""
    call, ids = people()
    name, kind, operator, more = wanted
    made = make(call, "List", "DYNAMIC", root(on(name, kind, operator, **more)))
    assert members(call, made["listId"]) == {ids[letter] for letter in who}


ZONE = {"timezoneSource": "CUSTOM", "zoneId": "US/Eastern"}
POINTS = [
    ({"operator": "IS_AFTER", "timePoint": {"timeType": "DATE", **ZONE, "year": 2025, "month": 3, "day": 4,
      "hour": 23, "minute": 59, "second": 59, "millisecond": 999}}, "b"),
    ({"operator": "IS_BEFORE", "timePoint": {"timeType": "INDEXED", **ZONE, "indexReference":
      {"referenceType": "TODAY"}, "offset": {"days": -60}}}, "a"),
    ({"operator": "IS_BEFORE", "timePoint": {"timeType": "PROPERTY_REFERENCED", **ZONE,
      "property": "createdate", "referenceType": "VALUE"}}, "ab"),
]  # fmt: skip


@pytest.mark.parametrize(("operation", "who"), POINTS)
def test_points_in_time_are_evaluated(operation: dict[str, Any], who: str) -> None:
    """Examples of the guide: TIME_POINT by date, by days from today, by another property."""
    call, ids = people()
    more = {"propertyParser": "VALUE", "endpointBehavior": "EXCLUSIVE", "type": "TIME_POINT"}
    branch = root(on("customer_since", "TIME_POINT", **{**operation, **more}))
    made = make(call, "List", "DYNAMIC", branch)
    assert members(call, made["listId"]) == {ids[letter] for letter in who}


REFERENCES = [
    ({"referenceType": "WEEK", "dayOfWeek": "MONDAY"}, "2025-12-29T00:00:00.000"),
    ({"referenceType": "WEEK", "dayOfWeek": "SUNDAY", "hour": 8}, "2026-01-04T08:00:00.000"),
    ({"referenceType": "MONTH", "day": 2, "minute": 5}, "2026-01-02T00:05:00.000"),
    ({"referenceType": "QUARTER", "month": 2, "day": 31}, "2026-02-28T00:00:00.000"),
    ({"referenceType": "FISCAL_QUARTER", "month": 3, "day": 1}, "2026-03-01T00:00:00.000"),
    ({"referenceType": "YEAR", "month": 12, "day": 31}, "2026-12-31T00:00:00.000"),
    ({"referenceType": "FISCAL_YEAR", "month": 1, "day": 1}, "2026-01-01T00:00:00.000"),
]
WRONG_REFERENCES = [
    {"referenceType": "WEEK", "dayOfWeek": "DOOMSDAY"},
    {"referenceType": "QUARTER", "month": 4, "day": 1},
    {"referenceType": "YEAR", "month": 1, "day": 0},
    {"referenceType": "MONTH"},
    {"referenceType": "CENTURY"},
    {},
]


@pytest.mark.parametrize(("reference", "moment"), REFERENCES)
def test_points_in_the_current_week_month_quarter_and_year(reference: dict[str, Any], moment: str) -> None:
    """Assumed; the form is that of `hubspot-sdk`. The clock shows Thursday, 1 January 2026."""
    given = {"timeType": "INDEXED", "zoneId": "UTC", "indexReference": reference}
    assert list_times.point(given, int(NINE_IN_LONDON * 1000)) == moment
    moved = {**given, "offset": {"days": -1, "hours": 25}}
    assert (
        list_times.point(moved, int(NINE_IN_LONDON * 1000))[:13]
        == f"{moment[:11]}{int(moment[11:13]) + 1:02}"
    )


@pytest.mark.parametrize("reference", WRONG_REFERENCES)
def test_a_point_that_is_in_no_calendar_is_refused(reference: dict[str, Any]) -> None:
    call = account()
    when = {"timeType": "INDEXED", **ZONE, "indexReference": reference}
    more = {"propertyParser": "VALUE", "endpointBehavior": "EXCLUSIVE", "timePoint": when}
    body = root(on("createdate", "TIME_POINT", "IS_BEFORE", **more))
    sent = {"name": "L", "objectTypeId": "0-1", "processingType": "DYNAMIC", "filterBranch": body}
    assert call("POST", LISTS, sent).status == 400


FISCAL = [
    ("YEAR", "JANUARY", True, "2026-01-01"),
    ("YEAR", "APRIL", True, "2025-04-01"),
    ("YEAR", "APRIL", False, "2026-01-01"),
    ("QUARTER", "FEBRUARY", True, "2025-11-01"),
    ("MONTH", "APRIL", True, "2026-01-01"),
]


@pytest.mark.parametrize(("unit", "start", "fiscal", "day"), FISCAL)
def test_a_fiscal_year_begins_when_the_filter_says(unit: str, start: str, fiscal: bool, day: str) -> None:
    operation = {"timeUnit": unit, "useFiscalYear": fiscal, "fiscalYearStart": start}
    now = int(NINE_IN_LONDON * 1000)
    assert (
        list_times.calendar_test("x", "IN_THIS_TIME_UNIT", operation, now).values[0] == f"{day}T00:00:00.000"
    )


def test_lists_by_fiscal_years_are_made() -> None:
    call = account()
    made = create(call, "contacts")["id"]
    more = {"timeUnit": "YEAR", "useFiscalYear": True, "fiscalYearStart": "JULY"}
    branch = root(on("createdate", "CALENDAR_DATE", "IN_THIS_TIME_UNIT", **more))
    assert members(call, make(call, "L", "DYNAMIC", branch)["listId"]) == {made}
    branch = root(
        on("createdate", "CALENDAR_DATE", "IN_THIS_TIME_UNIT", **{**more, "fiscalYearStart": "Never"})
    )
    sent = {"name": "M", "objectTypeId": "0-1", "processingType": "DYNAMIC", "filterBranch": branch}
    assert call("POST", LISTS, sent).status == 400


def test_an_updated_at_range_looks_at_when_a_property_was_written() -> None:
    """Guide: TIME_RANGED with propertyParser UPDATED_AT between TODAY minus 7 days and NOW."""
    call, ids = people()
    call.clock.advance(20 * 86_400)
    call("PATCH", f"/crm/v3/objects/contacts/{ids['c']}", {"properties": {"city": "Rome"}})
    lower = {
        "timeType": "INDEXED",
        **ZONE,
        "indexReference": {"referenceType": "TODAY"},
        "offset": {"days": -7},
    }
    upper = {"timeType": "INDEXED", **ZONE, "indexReference": {"referenceType": "NOW"}}
    more = {"propertyParser": "UPDATED_AT", "lowerBoundTimePoint": lower, "upperBoundTimePoint": upper}
    made = make(call, "List", "DYNAMIC", root(on("city", "TIME_RANGED", "IS_BETWEEN", **more)))
    assert members(call, made["listId"]) == {ids["c"]}


def test_numbers_are_compared_as_numbers() -> None:
    call = account()
    small, large = (create(call, "deals", amount=amount)["id"] for amount in ("9", "100.5"))
    for number, (operator, more, who) in enumerate(
        [
            ("IS_GREATER_THAN", {"value": 9}, {large}),
            ("IS_LESS_THAN_OR_EQUAL_TO", {"value": 100.5}, {small, large}),
            ("IS_EQUAL_TO", {"value": 9.0}, {small}),
        ]
    ):
        made = make(call, f"N{number}", "DYNAMIC", root(on("amount", "NUMBER", operator, **more)), "0-3")
        assert members(call, made["listId"]) == who
    between = root(on("amount", "NUMBER_RANGED", "IS_BETWEEN", lowerBound=50, upperBound=200))
    assert members(call, make(call, "R", "DYNAMIC", between, "0-3")["listId"]) == {large}


def test_and_branches_are_ored_and_their_filters_anded() -> None:
    call, ids = people()
    branch = root(
        on("city", "STRING", "IS_EQUAL_TO", value="Berlin"), on("vip", "BOOL", "IS_EQUAL_TO", value=False)
    )
    made = make(call, "None", "DYNAMIC", branch)
    assert members(call, made["listId"]) == set()
    branch["filterBranches"] += root(on("city", "ALL_PROPERTY", "IS_UNKNOWN"))["filterBranches"]
    heard = call("PUT", f"{LISTS}/{made['listId']}/update-list-filters", {"filterBranch": branch})
    assert heard.json["updatedList"]["listVersion"] == 2
    assert heard.json["updatedList"]["size"] == 1
    assert members(call, made["listId"]) == {ids["c"]}


def test_a_list_can_be_made_of_other_lists_and_of_associations() -> None:
    call, ids = people()
    company = create(call, "companies", name="Acme")["id"]
    call("PUT", f"/crm/v4/objects/contacts/{ids['a']}/associations/default/companies/{company}")
    one = make(call, "One")["listId"]
    call("PUT", f"{LISTS}/{one}/memberships/add", [ids["b"]])
    inside = {"filterType": "IN_LIST", "listId": one, "operator": "IN_LIST"}
    in_list = make(call, "In", "DYNAMIC", root(inside))["listId"]
    outside = make(call, "Out", "DYNAMIC", root({**inside, "operator": "NOT_IN_LIST"}))["listId"]
    assert (members(call, in_list), members(call, outside)) == ({ids["b"]}, {ids["a"], ids["c"]})
    linked = {
        "filterBranchType": "ASSOCIATION",
        "filterBranchOperator": "AND",
        "objectTypeId": "0-2",
        "operator": "IN_LIST",
        "associationTypeId": 279,
        "associationCategory": "HUBSPOT_DEFINED",
        "filterBranches": [],
        "filters": [on("name", "STRING", "IS_EQUAL_TO", value="acme")],
    }
    assert members(call, make(call, "Linked", "DYNAMIC", root(branches=[linked]))["listId"]) == {ids["a"]}
    call("PUT", f"{LISTS}/{one}/memberships/remove", [ids["b"]])
    assert members(call, in_list) == set()


@pytest.mark.parametrize(
    ("item", "sub"),
    [
        (on("city", "ENUMERATION", "IS_ANY_OF", values=["x"]), WRONG_TYPE),
        (on("lifecyclestage", "STRING", "IS_EQUAL_TO", value="x"), WRONG_TYPE),
        (on("city", "ALL_PROPERTY", "IS_NOT_KNOWN"), "ListError.ENUM_CONVERSION"),
    ],
)  # fmt: skip
def test_operations_that_do_not_suit_are_list_errors(item: dict[str, Any], sub: str) -> None:
    """Live: texts refuse ENUMERATION, selects take only that, the guide's IS_NOT_KNOWN is unknown."""
    body = {"name": "A", "objectTypeId": "0-1", "processingType": "DYNAMIC", "filterBranch": root(item)}
    heard = account()("POST", LISTS, body)
    assert (heard.status, heard.json["category"], heard.json["subCategory"]) == (400, "VALIDATION_ERROR", sub)


@pytest.mark.parametrize(
    "branch",
    [
        {"filterBranchType": "OR", "filterBranches": [], "filters": []},
        {**root(), "filterBranchType": "AND"},
        root({"property": "city"}),
        root(on("nosuch", "STRING", "IS_EQUAL_TO", value="x")),
        root(on("city", "STRING", "IS_EQUAL_TO")),
        root({"filterType": "IN_LIST", "listId": "99", "operator": "NEAR_LIST"}),
    ],
)
def test_malformed_branches_are_refused(branch: dict[str, Any]) -> None:
    """Live facts: every branch needs type, operator, branches and filters; an OR branch at the root."""
    body = {"name": "A", "objectTypeId": "0-1", "processingType": "DYNAMIC", "filterBranch": branch}
    assert account()("POST", LISTS, body).status == 400


def listed(call: Caller, branch: Any) -> Heard:
    body = {"name": "A", "objectTypeId": "0-1", "processingType": "DYNAMIC", "filterBranch": branch}
    return call("POST", LISTS, body)


ABSENT = [
    {"filterType": "FORM_SUBMISSION", "operator": "FILLED_OUT"},
    {"filterType": "FORM_SUBMISSION_ON_PAGE", "operator": "FILLED_OUT", "pageId": "1"},
    {
        "filterType": "EMAIL_EVENT",
        "operator": "OPENED",
        "level": "EMAIL_CAMPAIGN",
        "appId": "1",
        "emailId": "2",
    },
    {"filterType": "EMAIL_SUBSCRIPTION", "subscriptionIds": ["1"], "acceptedStatuses": ["OPT_IN"]},
    {
        "filterType": "COMMUNICATION_SUBSCRIPTION",
        "subscriptionType": "PORTAL_WIDE",
        "subscriptionIds": ["1"],
        "channel": "SMS",
        "acceptedOptStates": ["OPT_IN"],
    },
    {"filterType": "PAGE_VIEW", "operator": "HAS_PAGEVIEW_EQ", "pageUrl": "https://example.com"},
    {"filterType": "CTA", "operator": "HAS_CLICKED_CTA", "ctaName": "x"},
    {"filterType": "EVENT", "operator": "HAS_EVENT", "eventId": "x"},
    {"filterType": "PRIVACY", "operator": "PRIVACY_CONSENT_GRANTED", "privacyName": "x"},
    {"filterType": "SURVEY_MONKEY", "operator": "HAS_RESPONDED_TO_SURVEY", "surveyId": "1"},
    {"filterType": "WEBINAR", "operator": "HAS_WEBINAR_ATTENDANCE"},
    {"filterType": "CAMPAIGN_INFLUENCED", "campaignId": "1"},
    {"filterType": "ADS_TIME", "pruningRefineBy": {"type": "ALL_HISTORY"}},
    {
        "filterType": "ADS_SEARCH",
        "operator": "CONTAINS",
        "searchTerms": ["x"],
        "entityType": "AD",
        "adNetwork": "ALL",
        "searchTermType": "x",
    },
    {"filterType": "INTEGRATION_EVENT", "eventTypeId": 1, "filterLines": []},
    {"filterType": "UNIFIED_EVENTS", "filterLines": []},
    {
        "filterType": "SURVEY_MONKEY_VALUE",
        "operator": "HAS_ANSWERED_SURVEY_QUESTION_WITH_VALUE",
        "surveyId": "1",
        "surveyQuestion": "x",
        "valueComparison": {},
    },
    {
        "filterType": "IN_LIST",
        "listId": "1",
        "operator": "IN_LIST",
        "metadata": {"id": "1", "inListType": "WORKFLOWS_ACTIVE"},
    },
]


@pytest.mark.parametrize("item", ABSENT, ids=lambda item: item["filterType"])
def test_nobody_did_what_the_account_has_no_data_of(item: dict[str, Any]) -> None:
    """The official SDKs' models give the fields; that it is nobody follows from there being no such data."""
    call, _ = people()
    heard = listed(call, root(item))
    assert heard.status == 200, heard.text
    assert members(call, heard.json["list"]["listId"]) == set()
    shown = call("GET", f"{LISTS}/{heard.json['list']['listId']}?includeFilters=true").json["list"]
    assert shown["filterBranch"]["filterBranches"][0]["filters"] == [item]


@pytest.mark.parametrize(
    "item",
    [
        {"filterType": "FORM_SUBMISSION", "operator": "NOT_FILLED_OUT"},
        {"filterType": "PAGE_VIEW", "operator": "NOT_HAS_PAGEVIEW_EQ", "pageUrl": "https://example.com"},
        {"filterType": "CTA", "operator": "HAS_NOT_OPENED_CTA_PLACEMENT", "ctaName": "x"},
    ],
)
def test_everybody_did_not_do_it(item: dict[str, Any]) -> None:
    call, ids = people()
    assert members(call, listed(call, root(item)).json["list"]["listId"]) == set(ids.values())


@pytest.mark.parametrize(
    ("item", "said"),
    [
        ({"filterType": "PAGE_VIEW", "operator": "HAS_PAGEVIEW_EQ"}, "[pageUrl]"),
        ({"filterType": "PAGE_VIEW", "operator": "SAW", "pageUrl": "x"}, "SAW is not a known operator"),
        ({"filterType": "FORM_SUBMISSION"}, "[operator]"),
        ({"filterType": "MOON_PHASE"}, "MOON_PHASE is not a known filterType"),
    ],
)
def test_filters_of_that_kind_must_be_well_formed(item: dict[str, Any], said: str) -> None:
    heard = listed(account(), root(item))
    assert heard.status == 400
    assert said in heard.json["message"]


def test_branches_of_events_and_restricted_ones() -> None:
    call, ids = people()
    branch: dict[str, Any] = {
        "filterBranchType": "UNIFIED_EVENTS",
        "filterBranchOperator": "AND",
        "filterBranches": [],
    }
    branch |= {"filters": [], "eventTypeId": "4-1", "operator": "HAS_NOT_COMPLETED"}
    made = listed(call, root(branches=[branch])).json["list"]["listId"]
    assert members(call, made) == set(ids.values())
    # HubSpot shows these in place of branches that the reader may not see; nothing can be filtered by one.
    for wrong in (
        root(branches=[{**branch, "filterBranchType": "RESTRICTED"}]),
        {**root(), "filterBranchType": "RESTRICTED"},
    ):
        refused = listed(account(), wrong)
        assert (refused.status, refused.json["category"]) == (400, "VALIDATION_ERROR")
        assert "RESTRICTED" in refused.json["message"]


def test_records_are_found_by_an_id_that_a_property_of_theirs_holds() -> None:
    call, ids = people()
    company = create(call, "companies", name="Acme")["id"]
    call("PATCH", f"/crm/v3/objects/contacts/{ids['b']}", {"properties": {"jobtitle": company}})
    branch: dict[str, Any] = {
        "filterBranchType": "PROPERTY_ASSOCIATION",
        "filterBranchOperator": "AND",
        "filterBranches": [],
    }
    branch |= {"objectTypeId": "0-2", "propertyWithObjectId": "jobtitle", "operator": "IN_LIST"}
    branch |= {"filters": [on("name", "STRING", "IS_EQUAL_TO", value="Acme")]}
    assert members(call, listed(call, root(branches=[branch])).json["list"]["listId"]) == {ids["b"]}
    firms = make(call, "Firms", kind="0-2")["listId"]
    call("PUT", f"{LISTS}/{firms}/memberships/add", [company])
    item: dict[str, Any] = {
        "filterType": "PROPERTY_ASSOCIATION",
        "propertyWithObjectId": "jobtitle",
        "toObjectTypeId": "0-2",
    }
    item |= {"listId": firms, "coalescingRefineBy": {"type": "SET_OCCURRENCES", "setType": "ANY"}}
    out = make(call, "Out", "DYNAMIC", root({**item, "operator": "NOT_IN_LIST"}))["listId"]
    assert members(call, out) == {ids["a"], ids["c"]}


@pytest.mark.parametrize(
    ("set_type", "who"),
    [
        ("ANY", "a"),
        ("ANY_INCLUDE_EMPTY", "ac"),
        ("ALL", ""),
        ("ALL_INCLUDE_EMPTY", "c"),
        ("NONE", "bc"),
        ("NONE_EXCLUDE_EMPTY", "b"),
    ],
)
def test_how_many_of_the_associated_records_are_in_a_list(set_type: str, who: str) -> None:
    """hubspot-sdk: public_set_occurrences_refine_by.py."""
    call, ids = people()
    inside, outside = (create(call, "companies", name=name)["id"] for name in ("In", "Out"))
    firms = make(call, "Firms", kind="0-2")["listId"]
    call("PUT", f"{LISTS}/{firms}/memberships/add", [inside])
    for who_is, company in (("a", inside), ("a", outside), ("b", outside)):
        call("PUT", f"/crm/v4/objects/contacts/{ids[who_is]}/associations/default/companies/{company}")
    item: dict[str, Any] = {
        "filterType": "ASSOCIATION",
        "listId": firms,
        "operator": "IN_LIST",
        "toObjectTypeId": "0-2",
    }
    item |= {"associationTypeId": 279, "associationCategory": "HUBSPOT_DEFINED"}
    item |= {"coalescingRefineBy": {"type": "SET_OCCURRENCES", "setType": set_type}}
    assert members(call, listed(call, root(item)).json["list"]["listId"]) == {ids[one] for one in who}


OFFSET = {"amount": 3, "timeUnit": "DAYS", "offsetDirection": "PAST"}
IN_COMPANY = {
    "filterType": "NUM_ASSOCIATIONS",
    "associationTypeId": 279,
    "associationCategory": "HUBSPOT_DEFINED",
}


def test_the_whole_history_of_associations_is_no_refinement() -> None:
    """hubspot-sdk: public_all_history_refine_by.py."""
    call, ids = people()
    company = create(call, "companies", name="Acme")["id"]
    call("PUT", f"/crm/v4/objects/contacts/{ids['b']}/associations/default/companies/{company}")
    made = listed(call, root({**IN_COMPANY, "coalescingRefineBy": {"type": "ALL_HISTORY"}}))
    assert members(call, made.json["list"]["listId"]) == {ids["b"]}


@pytest.mark.parametrize(
    ("refine", "said"),
    [
        ({"type": "RELATIVE_COMPARATIVE", "comparison": "AFTER", "timeOffset": OFFSET}, "pruningRefineBy"),
        ({"type": "ABSOLUTE_COMPARATIVE", "comparison": "AFTER", "timestamp": 1}, "pruningRefineBy"),
        (
            {
                "type": "ABSOLUTE_RANGED",
                "rangeType": "BETWEEN",
                "lowerTimestamp": 1,
                "upperTimestamp": 2,
            },
            "pruningRefineBy",
        ),
        (
            {
                "type": "RELATIVE_RANGED",
                "rangeType": "BETWEEN",
                "lowerBoundOffset": OFFSET,
                "upperBoundOffset": OFFSET,
            },
            "pruningRefineBy",
        ),
        ({"type": "RELATIVE_COMPARATIVE", "comparison": "AFTER"}, "[timeOffset]"),
        ({"type": "OFTEN"}, "OFTEN is not a known type"),
        ("often", "must be an object"),
    ],
)
def test_how_often_is_counted_and_not_when(refine: Any, said: str) -> None:
    """The guide: coalescing says how often a filter must be met, pruning in which time."""
    heard = listed(account(), root({**IN_COMPANY, "coalescingRefineBy": refine}))
    assert heard.status == 400
    assert said in heard.json["message"]


def test_an_in_list_filter_about_something_else_is_refused() -> None:
    """Specification: `inListType` is WORKFLOWS_…, IMPORT, DATASET or DATASETS."""
    item = {"filterType": "IN_LIST", "operator": "IN_LIST", "metadata": {"id": "1", "inListType": "MOON"}}
    heard = listed(account(), root(item))
    assert (heard.status, heard.json["subCategory"]) == (400, "ListError.ENUM_CONVERSION")


def test_a_list_is_read_by_id_by_name_and_with_others() -> None:
    """Spec: filters only with includeFilters; the name in any letter case."""
    call = account()
    branch = root(on("city", "ALL_PROPERTY", "IS_KNOWN"))
    first, second = make(call, "My List", "DYNAMIC", branch), make(call, "B")
    read = call("GET", f"{LISTS}/{first['listId']}")
    assert "filterBranch" not in read.json["list"]
    full = call("GET", f"{LISTS}/{first['listId']}?includeFilters=true")
    told = full.json["list"]["filterBranch"]
    operation = told["filterBranches"][0]["filters"][0]["operation"]
    # Spec: required of every operation that is read.
    assert operation.pop("includeObjectsWithNoValueSet") is False
    assert told == branch
    named = call("GET", f"{LISTS}/object-type-id/0-1/name/my%20list")
    assert named.json["list"]["listId"] == first["listId"]
    many = call("GET", f"{LISTS}/?listIds={first['listId']}&listIds={second['listId']}&listIds=99")
    assert [one["name"] for one in many.json["lists"]] == ["My List", "B"]
    assert call("GET", f"{LISTS}/99").status == 404
    assert call("GET", f"{LISTS}/object-type-id/0-1/name/none").status == 404
    assert call("GET", f"/crm/lists/2026-09/{first['listId']}").json == read.json


def test_renaming_is_a_new_version() -> None:
    call = account()
    made = make(call, "Old")
    heard = call("PUT", f"{LISTS}/{made['listId']}/update-list-name?listName=New")
    assert heard.status == 200
    assert (heard.json["updatedList"]["name"], heard.json["updatedList"]["listVersion"]) == ("New", 2)
    make(call, "Old")
    assert call("PUT", f"{LISTS}/{made['listId']}/update-list-name?listName=old").status == 400


def test_a_deleted_list_stays_readable_and_can_be_restored_for_90_days() -> None:
    """Live fact: a tombstone with deletedAt; guide: 90 days."""
    call = account()
    made = make(call, "A")
    path = f"{LISTS}/{made['listId']}"
    assert (call("DELETE", path).status, call("DELETE", path).status) == (204, 404)
    assert call("GET", path).json["list"]["deletedAt"] == "2026-01-01T09:00:00Z"
    assert call("POST", f"{LISTS}/search", {}).json["total"] == 0
    assert call("GET", f"{path}/memberships").status == 404
    assert call("PUT", f"{path}/restore").status == 204
    assert "deletedAt" not in call("GET", path).json["list"]
    call("DELETE", path)
    call.clock.advance(90 * 86_400)
    assert call("PUT", f"{path}/restore").status == 404


def test_a_list_whose_name_is_taken_meanwhile_is_not_restored() -> None:
    """Guide: names are unique in an account; how the restoring is refused is assumed."""
    call = account()
    first = make(call, "A")["listId"]
    call("DELETE", f"{LISTS}/{first}")
    second = make(call, "a")["listId"]
    assert call("PUT", f"{LISTS}/{first}/restore").status == 400
    assert call("PUT", f"{LISTS}/{second}/update-list-name?listName=B").status == 200
    assert call("PUT", f"{LISTS}/{first}/restore").status == 204


def test_a_search_pages_and_tells_sizes_as_text() -> None:
    """Recorded (amp-labs/connectors): `additionalProperties:{hs_list_size:"4993", …}`, the next offset."""
    call = account()
    contact = create(call, "contacts")["id"]
    for name in ("Alpha one", "Alpha two", "Beta"):
        make(call, name)
    call("PUT", f"{LISTS}/2/memberships/add", [contact])
    heard = call("POST", f"{LISTS}/search", {"query": "alpha", "count": 1, "processingTypes": ["MANUAL"]})
    assert heard.status == 200
    assert list(heard.json) == ["offset", "hasMore", "lists", "total"]
    assert (heard.json["offset"], heard.json["hasMore"], heard.json["total"]) == (1, True, 2)
    rest = call("POST", f"{LISTS}/search", {"query": "alpha", "offset": 1, "count": 500})
    assert (rest.json["offset"], rest.json["hasMore"]) == (2, False)
    (found,) = rest.json["lists"]
    assert found["name"] == "Alpha two"
    assert "size" not in found
    assert found["additionalProperties"]["hs_list_size"] == "1"
    assert call("POST", f"{LISTS}/search", {"count": 1_000}).status == 200
    assert call("POST", f"{LISTS}/search", {"listIds": ["3"]}).json["lists"][0]["name"] == "Beta"
