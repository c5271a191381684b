"""Filters of journal subscriptions, and who came onto a list.

https://developers.hubspot.com/docs/api-reference/latest/webhooks-journal/subscriptions/create-filters
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubwire.emulator.hooks.sieve import Condition, meets
from tests.contract.test_journal import CONTACTS, PORTAL, SUBSCRIPTIONS, App

FILTERS = f"{SUBSCRIPTIONS}/filters"
LISTS = "/crm/v3/lists"
MEMBERS: dict[str, Any] = {"subscriptionType": "LIST_MEMBERSHIP", "portalId": PORTAL, "actions": []}


def condition(name: str, operator: str, value: Any = None) -> dict[str, Any]:
    given = {} if value is None else {"values" if isinstance(value, list) else "value": value}
    return {"filterType": "CRM_OBJECT_PROPERTY", "property": name, "operator": operator, **given}


def subscribed(*filters: list[dict[str, Any]]) -> tuple[App, int]:
    """An app that hears of contacts that meet all of these."""
    app = App(CONTACTS)
    number = app.mine("GET", SUBSCRIPTIONS).json["results"][0]["id"]
    for conditions in filters:
        heard = app.mine("POST", FILTERS, {"subscriptionId": number, "filter": {"conditions": conditions}})
        assert heard.status == 200, heard.text
    return app, number


def test_a_filter_is_made_read_listed_and_deleted() -> None:
    """Shapes: hubspot-sdk 0.1.0a9, FilterCreateResponse and FilterResponse."""
    wanted = condition("email", "ENDS_WITH", "@example.com")
    app, number = subscribed([wanted])
    (one,) = app.mine("GET", f"{FILTERS}/subscription/{number}").json
    assert one == {"id": one["id"], "createdAt": 1767258000000, "filter": {"conditions": [wanted]}}
    assert app.mine("GET", f"{FILTERS}/{one['id']}").json == one
    assert app.mine("DELETE", f"{FILTERS}/{one['id']}").status == 204
    assert app.mine("GET", f"{FILTERS}/{one['id']}").status == 404
    assert app.mine("GET", f"{FILTERS}/subscription/{number}").json == []


def test_only_records_that_meet_the_filter_are_told_of() -> None:
    app, _ = subscribed([condition("email", "ENDS_WITH", "@example.com")])
    ada = app.create("ada@example.com")
    app.create("bob@example.org")
    app.update(ada, firstname="Ada")
    app.update(ada, email="ada@example.org")
    assert [(event["objectId"], event["action"]) for event in app.events()] == [
        (ada, "CREATE"),
        (ada, "UPDATE"),
    ]


def test_every_condition_of_every_filter_must_be_met() -> None:
    app, _ = subscribed(
        [condition("email", "CONTAINS", "example"), condition("firstname", "EQ", "Ada")],
        [condition("lastname", "IS_EMPTY")],
    )
    first = app.create("ada@example.com")
    app.update(first, firstname="Ada")
    app.update(first, lastname="Lovelace")
    assert [event["propertyChanges"]["firstname"] for event in app.events()] == ["Ada"]


def test_filters_go_with_their_subscription_and_survive_a_restart(tmp_path: Path) -> None:
    app = App(CONTACTS, state=str(tmp_path / "state.db"))
    number = app.mine("GET", SUBSCRIPTIONS).json["results"][0]["id"]
    body = {"subscriptionId": number, "filter": {"conditions": [condition("email", "IS_NOT_EMPTY")]}}
    made = app.mine("POST", FILTERS, body).json["filterId"]
    app.emulator.close()
    again = App(state=str(tmp_path / "state.db"))
    assert again.mine("GET", f"{FILTERS}/{made}").status == 200
    again.mine("DELETE", f"{SUBSCRIPTIONS}/{number}")
    assert again.mine("GET", f"{FILTERS}/{made}").status == 404
    again.mine("POST", SUBSCRIPTIONS, CONTACTS)
    assert again.mine("GET", f"{FILTERS}/{made}").status == 404


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        [condition("email", "LIKE", "x")],
        [condition("email", "EQ")],
        [condition("email", "IN", "x")],
        [{**condition("email", "EQ", "x"), "filterType": "OTHER"}],
        [{"filterType": "CRM_OBJECT_PROPERTY", "operator": "EQ", "value": "x"}],
        "email",
    ],
)
def test_a_filter_that_makes_no_sense_is_refused(wrong: Any) -> None:
    app, number = subscribed()
    heard = app.mine("POST", FILTERS, {"subscriptionId": number, "filter": {"conditions": wrong}})
    assert heard.status == 400
    assert app.mine("GET", f"{FILTERS}/subscription/{number}").json == []


def test_an_app_cannot_filter_what_is_not_its_own() -> None:
    app, number = subscribed([condition("email", "IS_NOT_EMPTY")])
    body = {"subscriptionId": number, "filter": {"conditions": [condition("email", "IS_EMPTY")]}}
    assert (
        app("POST", FILTERS, body, token=app.emulator.token(scopes=JOURNAL_SCOPES, kind="oauth")).status
        == 404
    )
    assert (
        app("GET", f"{FILTERS}/6000001", token=app.emulator.token(scopes=JOURNAL_SCOPES, kind="oauth")).status
        == 404
    )
    assert app.mine("POST", FILTERS, {**body, "subscriptionId": 1}).status == 404


JOURNAL_SCOPES = (
    "developer.webhooks_journal.read",
    "developer.webhooks_journal.subscriptions.read",
    "developer.webhooks_journal.subscriptions.write",
)


@pytest.mark.parametrize(
    ("operator", "value", "met"),
    [
        ("EQ", "ten", ["TEN"]),
        ("EQ", "10.0", ["10"]),
        ("N_EQ", "10", ["", "TEN", "9"]),
        ("LT", "10", ["9"]),
        ("LTE", "10", ["9", "10"]),
        ("GT", "9", ["TEN", "10"]),
        ("GTE", "10", ["TEN", "10"]),
        ("CONTAINS", "e", ["TEN"]),
        ("STARTS_WITH", "1", ["10"]),
        ("ENDS_WITH", "n", ["TEN"]),
        ("IN", ["10", "ten"], ["TEN", "10"]),
        ("NOT_IN", ["10", "ten"], ["", "9"]),
        ("IS_EMPTY", None, [""]),
        ("IS_NOT_EMPTY", None, ["TEN", "9", "10"]),
    ],
)
def test_each_operator_means_what_it_says(operator: Any, value: Any, met: list[str]) -> None:
    several = value if isinstance(value, list) else None
    wanted = Condition("CRM_OBJECT_PROPERTY", "size", operator, None if several else value, several)
    assert [one for one in ("", "TEN", "9", "10") if meets(wanted, {"size": one})] == met


@given(st.text(max_size=6), st.text(max_size=6))
def test_a_value_meets_an_operator_or_its_opposite(here: str, there: str) -> None:
    pairs = [("EQ", "N_EQ"), ("IS_EMPTY", "IS_NOT_EMPTY")]
    for one, other in pairs:
        wanted = [Condition("CRM_OBJECT_PROPERTY", "p", operator, there) for operator in (one, other)]
        if here or one == "IS_EMPTY":
            assert meets(wanted[0], {"p": here}) != meets(wanted[1], {"p": here})


# Lists


BRANCH = ("filterBranchType", "filterBranchOperator")


def new_list(app: App, processing: str = "MANUAL") -> str:
    firstname = {
        "filterType": "PROPERTY",
        "property": "firstname",
        "operation": {"operationType": "MULTISTRING", "operator": "IS_EQUAL_TO", "values": ["Ada"]},
    }
    inner = {"filterBranches": [], "filters": [firstname]} | dict.fromkeys(BRANCH, "AND")
    branch = {"filterBranches": [inner], "filters": []} | dict.fromkeys(BRANCH, "OR")
    body = {"name": f"{processing} list", "objectTypeId": "0-1", "processingType": processing}
    heard = app("POST", LISTS, body if processing == "MANUAL" else {**body, "filterBranch": branch})
    assert heard.status == 200, heard.text
    return str(heard.json["list"]["listId"])


def told(app: App) -> list[tuple[str, int, int]]:
    return [(event["action"], event["listId"], event["objectId"]) for event in app.events()]


def test_who_comes_onto_a_list_and_who_leaves_is_told() -> None:
    app = App(MEMBERS)
    number, ada, bob = new_list(app), app.create("ada@example.com"), app.create("bob@example.com")
    app("PUT", f"{LISTS}/{number}/memberships/add", [ada, bob])
    app("PUT", f"{LISTS}/{number}/memberships/add", [ada])
    app("PUT", f"{LISTS}/{number}/memberships/remove", [bob])
    app("DELETE", f"{LISTS}/{number}/memberships")
    here = int(number)
    assert told(app) == [
        ("ADDED_TO_LIST", here, ada),
        ("ADDED_TO_LIST", here, bob),
        ("REMOVED_FROM_LIST", here, bob),
        ("REMOVED_FROM_LIST", here, ada),
    ]
    (first, *_) = app.events()
    assert first["type"] == "listMembership"
    assert (first["portalId"], first["objectTypeId"]) == (PORTAL, "0-1")


def test_members_of_a_dynamic_list_are_told_as_their_records_change() -> None:
    app = App(MEMBERS)
    number, ada = int(new_list(app, "DYNAMIC")), app.create("ada@example.com")
    assert told(app) == []
    app.update(ada, firstname="Ada")
    assert told(app) == [("ADDED_TO_LIST", number, ada)]
    app.update(ada, firstname="Grace")
    assert told(app) == [("ADDED_TO_LIST", number, ada), ("REMOVED_FROM_LIST", number, ada)]


def test_who_was_on_the_list_before_is_not_told() -> None:
    app = App()
    ada = app.create("ada@example.com")
    app.update(ada, firstname="Ada")
    new_list(app, "DYNAMIC")
    app.mine("POST", SUBSCRIPTIONS, MEMBERS)
    assert told(app) == []


def test_lists_records_and_actions_narrow() -> None:
    app = App()
    first = new_list(app)
    body = {"name": "second", "objectTypeId": "0-1", "processingType": "MANUAL"}
    second = str(app("POST", LISTS, body).json["list"]["listId"])
    ada, bob = app.create("ada@example.com"), app.create("bob@example.com")
    wish = {**MEMBERS, "listIds": [int(second)], "objectIds": [ada], "actions": ["REMOVED_FROM_LIST"]}
    assert app.mine("POST", SUBSCRIPTIONS, wish).status == 200
    for number in (first, second):
        app("PUT", f"{LISTS}/{number}/memberships/add", [ada, bob])
        app("DELETE", f"{LISTS}/{number}/memberships")
    assert told(app) == [("REMOVED_FROM_LIST", int(second), ada)]
