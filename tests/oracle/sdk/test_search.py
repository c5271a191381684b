"""Search through the SDK: every operator, paging, sorts, `query`, and the refusals."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.oracle.sdk.kinds import Family

Word = Callable[[str], str]


@pytest.fixture(scope="module")
def mark(word: Word) -> str:
    return word("srch")


@pytest.fixture(scope="module")
def people(api: Any, mark: str) -> dict[str, str]:
    """Four contacts, told apart by their first names, held together by their company."""
    from tests.oracle.sdk.conftest import family
    from tests.oracle.sdk.kinds import KINDS

    contacts = family(api, KINDS[0])
    ids = {}
    for place, (name, extra) in enumerate(
        {
            "Ann": {"city": "Oslo", "numemployees": "1-5"},
            "Bob": {"city": "Paris", "numemployees": "5-25"},
            "Cid": {"city": "Oslo"},
            "Dee": {"jobtitle": "Chief Officer"},
        }.items()
    ):
        properties = {"firstname": name, "company": mark, "email": f"{mark}.{place}@example.com", **extra}
        ids[contacts.create(properties).id] = name
    return ids


def names(contacts: Family, people: dict[str, str], mark: str, *filters: dict[str, Any]) -> str:
    """First names found, in the search's own order."""
    mine = {"propertyName": "company", "operator": "EQ", "value": mark}
    found = contacts.search(filter_groups=[{"filters": [mine, *filters]}], limit=100)
    return " ".join(people[record.id] for record in found.results)


OPERATORS = [
    ("Ann Cid", {"propertyName": "city", "operator": "EQ", "value": "oslo"}),
    ("Ann Bob Cid", {"propertyName": "city", "operator": "HAS_PROPERTY"}),
    ("Dee", {"propertyName": "city", "operator": "NOT_HAS_PROPERTY"}),
    ("Bob", {"propertyName": "city", "operator": "IN", "values": ["paris", "rome"]}),
    ("Ann", {"propertyName": "firstname", "operator": "LT", "value": "Bob"}),
    ("Ann Bob", {"propertyName": "firstname", "operator": "LTE", "value": "Bob"}),
    ("Cid Dee", {"propertyName": "firstname", "operator": "GT", "value": "Bob"}),
    ("Bob Cid Dee", {"propertyName": "firstname", "operator": "GTE", "value": "Bob"}),
    ("Bob Cid", {"propertyName": "firstname", "operator": "BETWEEN", "value": "Bob", "highValue": "Cid"}),
    ("Dee", {"propertyName": "jobtitle", "operator": "CONTAINS_TOKEN", "value": "officer"}),
    ("Dee", {"propertyName": "jobtitle", "operator": "CONTAINS_TOKEN", "value": "off*"}),
    ("Ann Bob Cid Dee", {"propertyName": "createdate", "operator": "GT", "value": "1000"}),
]


@pytest.mark.parametrize(("found", "filter_"), OPERATORS, ids=lambda value: str(value)[:40])
def test_an_operator_finds(
    contacts: Family, people: dict[str, str], mark: str, found: str, filter_: dict[str, Any]
) -> None:
    assert names(contacts, people, mark, filter_) == found


@pytest.mark.parametrize(
    ("absent", "filter_"),
    [
        ("Ann", {"propertyName": "firstname", "operator": "NEQ", "value": "Ann"}),
        ("Ann", {"propertyName": "firstname", "operator": "NOT_IN", "values": ["ann"]}),
        ("Dee", {"propertyName": "jobtitle", "operator": "NOT_CONTAINS_TOKEN", "value": "chief"}),
    ],
    ids=lambda value: str(value)[:40],
)
def test_an_operator_leaves_out(
    contacts: Family, people: dict[str, str], mark: str, absent: str, filter_: dict[str, Any]
) -> None:
    found = names(contacts, people, mark, filter_).split()
    assert absent not in found
    assert len(found) == 3


def test_groups_are_alternatives(contacts: Family, people: dict[str, str], mark: str) -> None:
    groups = [
        {
            "filters": [
                {"propertyName": "company", "operator": "EQ", "value": mark},
                {"propertyName": "firstname", "operator": "EQ", "value": name},
            ]
        }
        for name in ("Ann", "Dee")
    ]
    found = contacts.search(filter_groups=groups)
    assert type(found).__name__ == "CollectionResponseWithTotalSimplePublicObjectForwardPaging"
    assert found.total == 2
    assert {people[record.id] for record in found.results} == {"Ann", "Dee"}


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("firstname", "Ann Bob Cid Dee"),
        ("-firstname", "Dee Cid Bob Ann"),
        ({"propertyName": "firstname", "direction": "DESCENDING"}, "Dee Cid Bob Ann"),
    ],
    ids=str,
)
def test_a_search_is_sorted_and_paged_by_offset(
    contacts: Family, people: dict[str, str], mark: str, sort: Any, order: str
) -> None:
    mine = [{"filters": [{"propertyName": "company", "operator": "EQ", "value": mark}]}]
    seen, after = [], "0"
    while after:
        page = contacts.search(filter_groups=mine, sorts=[sort], limit=3, after=after)
        assert page.total == 4
        seen += [people[record.id] for record in page.results]
        after = page.paging.next.after if page.paging else ""
        assert after in ("", "3")
    assert " ".join(seen) == order


def test_query_looks_in_the_searchable_properties(
    contacts: Family, people: dict[str, str], mark: str
) -> None:
    assert contacts.search(query=mark).total == 4
    assert [people[record.id] for record in contacts.search(query=f"{mark} dee").results] == ["Dee"]


def test_properties_are_those_asked_for_with_null_where_unset(
    contacts: Family, people: dict[str, str], mark: str
) -> None:
    mine = [{"filters": [{"propertyName": "email", "operator": "EQ", "value": f"{mark}.3@example.com"}]}]
    (dee,) = contacts.search(filter_groups=mine, properties=["firstname", "city"]).results
    assert dee.properties["firstname"] == "Dee"
    assert dee.properties["city"] is None


def test_every_family_is_searchable(objects: Family, word: Word) -> None:
    made = objects.create(objects.kind.properties(word("find")))
    mine = [{"filters": [{"propertyName": "hs_object_id", "operator": "EQ", "value": made.id}]}]
    found = objects.search(filter_groups=mine)
    assert [record.id for record in found.results] == [made.id]
    assert found.total == 1


def one(count: int) -> list[dict[str, str]]:
    return [{"propertyName": "firstname", "operator": "EQ", "value": str(n)} for n in range(count)]


@pytest.mark.parametrize(
    "request_",
    [
        {"limit": 201},
        {"after": "10000", "limit": 1},
        {"filter_groups": [{"filters": one(1)}] * 6},
        {"filter_groups": [{"filters": one(7)}]},
        {
            "filter_groups": [
                {"filters": [{"propertyName": "no_such_property", "operator": "EQ", "value": "1"}]}
            ]
        },
        {"query": "x" * 3001},
    ],
    ids=["limit", "beyond-10000", "groups", "filters", "unknown-property", "long-query"],
)
def test_what_search_refuses(contacts: Family, request_: dict[str, Any]) -> None:
    with pytest.raises(contacts.kind.models.ApiException) as caught:
        contacts.search(**request_)
    assert caught.value.status == 400
    assert json.loads(caught.value.body)["category"] == "VALIDATION_ERROR"
