"""Search: what it takes, refuses and answers."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.crm import V3, account, create, search
from tests.contract.edge import Caller, Heard


def ask(call: Caller, kind: str = "contacts", **body: Any) -> Heard:
    return call("POST", f"{V3}/{kind}/search", body)


def condition(name: str = "email", operator: str = "HAS_PROPERTY", **more: Any) -> dict[str, Any]:
    return {"propertyName": name, "operator": operator, **more}


def filled(number: int) -> tuple[Caller, list[str]]:
    """So many contacts, one a second; their ids in order of creation."""
    call, ids = account(), []
    for place in range(number):
        ids.append(create(call, "contacts", email=f"c{place:03}@example.com")["id"])
        call.clock.advance(1)
    return call, ids


def test_an_empty_search_finds_all_in_order_of_creation_ten_a_page() -> None:
    """HubSpot's search guide; recorded: NangoHQ search-tickets (creation order, not id order)."""
    call, ids = filled(12)
    assert sorted(ids, key=int) != ids
    page = search(call, "contacts")
    assert list(page) == ["total", "results", "paging"]
    assert page["total"] == 12
    assert [record["id"] for record in page["results"]] == ids[:10]
    assert page["paging"] == {"next": {"after": "10"}}
    rest = search(call, "contacts", after="10")
    assert [record["id"] for record in rest["results"]] == ids[10:]
    assert "paging" not in rest


@pytest.mark.parametrize(
    "body",
    [{"after": "", "limit": "3"}, {"after": 0, "limit": 3}, {"filterGroups": [{"filters": []}], "limit": 3}],
)
def test_connectors_odd_spellings_are_taken(body: dict[str, Any]) -> None:
    """Recorded: NangoHQ search-tickets (limit as a string, after \"\", an empty group)."""
    call, ids = filled(4)
    page = search(call, "contacts", **body)
    assert [record["id"] for record in page["results"]] == ids[:3]
    assert page["total"] == 4


def test_results_show_the_default_set_or_what_is_named() -> None:
    """HubSpot's search guide."""
    call, _ = filled(1)
    assert sorted(search(call, "contacts")["results"][0]["properties"]) == [
        "createdate", "email", "firstname", "hs_object_id", "lastmodifieddate", "lastname",
    ]  # fmt: skip
    props = search(call, "contacts", properties=["city", "nonsense"])["results"][0]["properties"]
    assert props["city"] is None
    assert sorted(props) == ["city", "createdate", "hs_object_id", "lastmodifieddate"]


@pytest.mark.parametrize(
    ("sorts", "expected"),
    [
        (["email"], [0, 1, 2]),
        (["-email"], [2, 1, 0]),
        ([{"propertyName": "email", "direction": "DESCENDING"}], [2, 1, 0]),
        ([{"propertyName": "email", "direction": "ASCENDING"}], [0, 1, 2]),
        ([{"propertyName": "email"}], [0, 1, 2]),
        (["-createdate"], [2, 1, 0]),
    ],
)
def test_sorts_come_as_objects_and_as_strings(sorts: list[Any], expected: list[int]) -> None:
    """HubSpot's search guide; SDK models type it as strings; no direction means ascending."""
    call, ids = filled(3)
    found = [record["id"] for record in search(call, "contacts", sorts=sorts)["results"]]
    assert found == [ids[place] for place in expected]


def test_numbers_sort_as_numbers_and_unset_ones_come_last() -> None:
    """HubSpot's search guide types filters by property; the place of unset values is assumed."""
    call = account()
    made = {amount: create(call, "deals", amount=amount)["id"] for amount in ("9", "100", "", "20")}
    up = [record["id"] for record in search(call, "deals", sorts=["amount"])["results"]]
    down = [record["id"] for record in search(call, "deals", sorts=["-amount"])["results"]]
    assert up == [made["9"], made["20"], made["100"], made[""]]
    assert down == [made["100"], made["20"], made["9"], made[""]]


@pytest.mark.parametrize(
    "body",
    [
        {"limit": 201},
        {"limit": "many"},
        {"after": "x"},
        {"after": "10000"},
        {"after": "9990", "limit": 11},
        {"sorts": ["email", "city"]},
        {"sorts": ["no_such"]},
        {"sorts": [{"propertyName": "email", "direction": "UP"}]},
        {"filterGroups": [{"filters": [condition()]}] * 6},
        {"filterGroups": [{"filters": [condition()] * 7}]},
        {"filterGroups": [{"filters": [condition()] * 5}] * 4},
        {"filters": [condition("no_such")]},
        {"filters": [condition("email", "EQ")]},
        {"filters": [condition("email", "BETWEEN", value="1")]},
        {"filters": [condition("email", "IN")]},
        {"filters": [condition("email", "IN", values=[])]},
        {"filters": [condition("email", value="x")]},
        {"filters": [condition("createdate", "GT", value="soon")]},
        {"query": "x" * 3_001},
    ],
    ids=str,
)
def test_searches_beyond_the_limits_are_refused(body: dict[str, Any]) -> None:
    """HubSpot's search guide (limits) and error handling; the texts are not known."""
    heard = ask(account(), **body)
    assert heard.status == 400
    assert heard.json["category"] == "VALIDATION_ERROR"


def test_the_last_page_that_can_be_asked_for_is_answered() -> None:
    """HubSpot's search guide: 10,000 results a query."""
    page = ask(account(), after="9800", limit=200)
    assert (page.status, page.json) == (200, {"total": 0, "results": []})


def test_five_groups_of_filters_and_18_filters_are_taken() -> None:
    """HubSpot's search guide of 2026-03-30."""
    sizes = (6, 6, 4, 1, 1)
    groups = [{"filters": [condition("email", "HAS_PROPERTY")] * size} for size in sizes]
    assert ask(account(), filterGroups=groups).status == 200


def test_an_incomplete_filter_names_what_it_lacks() -> None:
    """Recorded: https://github.com/HubSpot/hubspot-api-nodejs/issues/226."""
    heard = ask(account(), filterGroups=[{"filters": [{"value": "x"}]}])
    assert heard.status == 400
    assert heard.json["message"].endswith(
        "Cannot build Filter, some of required attributes are not set [propertyName, operator]"
    )


def test_an_unknown_operator_is_a_shape_error() -> None:
    heard = ask(account(), filters=[condition("email", "LIKE", value="x")])
    assert heard.status == 400
    assert heard.json["message"].startswith("Invalid input JSON on line 1, column ")


def test_an_unknown_type_cannot_be_searched() -> None:
    """Recorded: amp-labs/connectors search/error-invalid-object.json."""
    heard = ask(account(), "butterflies")
    assert (heard.status, heard.json["message"]) == (400, "Unable to infer object type from: butterflies")


def test_query_wants_every_word_as_the_beginning_of_some_word() -> None:
    """HubSpot's search guide lists the properties; prefix and all words are inferred."""
    call = account()
    ann = create(call, "contacts", firstname="Ann-Marie", lastname="Çelik", email="am@acme.example")["id"]
    create(call, "contacts", firstname="Joanna", lastname="Berg", email="jb@acme.example")

    def found(query: str) -> list[str]:
        return [record["id"] for record in search(call, "contacts", query=query)["results"]]

    assert found("ann") == found("MAR") == found("çel") == found("am@acme") == found("ann ÇELIK") == [ann]
    assert found("arie") == found("ann berg") == found("Oslo") == []
    assert len(found("acme")) == len(found("")) == len(found("  ")) == 2


def test_query_and_filters_must_both_hold() -> None:
    call = account()
    create(call, "contacts", firstname="Ann", city="Oslo")
    rome = create(call, "contacts", firstname="Ann", city="Rome")["id"]
    page = search(call, "contacts", query="ann", filters=[condition("city", "EQ", value="Rome")])
    assert [record["id"] for record in page["results"]] == [rome]


def test_a_created_record_is_found_at_once_and_a_changed_one_by_its_new_value() -> None:
    """The emulator's index has no lag (HubSpot's is seconds)."""
    call = account()
    made = create(call, "contacts", city="Oslo")["id"]
    oslo = condition("city", "EQ", value="Oslo")
    assert search(call, "contacts", filters=[oslo])["total"] == 1
    call("PATCH", f"{V3}/contacts/{made}", {"properties": {"city": "Rome"}})
    assert search(call, "contacts", filters=[oslo])["total"] == 0


def test_a_search_carries_no_quota_headers() -> None:
    """HubSpot's usage guidelines."""
    heard = ask(Caller())
    assert not [name for name in heard.headers if name.startswith("X-HubSpot-RateLimit")]
