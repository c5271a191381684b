"""Searches: any number of results, and none lost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from hubwire.client import queries, search
from hubwire.client.calls.objects import Fields
from hubwire.client.expressions import Filter
from hubwire.client.queries import Filters, Query
from hubwire.client.records import Record
from hubwire.errors import ConfigError
from hubwire.wire.message import Reply, Request
from tests.unit.client.helpers import VirtualClock, body, each, reply, run, session


class Index:
    """Records with ids that ascend; a search ends where HubSpot's does."""

    def __init__(self, count: int, step: int = 7) -> None:
        self.ids = [1_000 + step * n for n in range(count)]
        self.asked: list[Any] = []

    def __call__(self, request: Request) -> Reply:
        asked = body(request)
        if request.path.endswith("/batch/read"):
            rows = [{"id": row["id"], "properties": {"filled": "yes"}} for row in reversed(asked["inputs"])]
            return reply(200, {"results": rows})
        self.asked.append(asked)
        start, size = int(asked.get("after", 0)), asked["limit"]
        assert start + size <= 10_000
        beyond = self.beyond(asked.get("filterGroups", []))
        found = [each_id for each_id in self.ids if each_id > beyond] if beyond else self.ids
        if asked["sorts"][0]["direction"] == "DESCENDING":
            found = found[::-1]
        page = [{"id": str(each_id), "properties": {}} for each_id in found[start : start + size]]
        more = {"paging": {"next": {"after": str(start + size)}}} if start + size < len(found) else {}
        return reply(200, {"total": len(found), "results": page, **more})

    def beyond(self, groups: list[Any]) -> int:
        """The id that every group starts after; a group that does not would bring the first records again."""
        starts = set()
        for group in groups:
            after = [one["value"] for one in group["filters"] if one["operator"] == "GT"]
            assert len(group["filters"]) <= 6
            starts.add(int(after[0]) if after else 0)
        assert len(starts) <= 1
        return max(starts, default=0)


def find(index: Index, filters: Filters | None = None, limit: int | None = None, **more: Any) -> list[int]:
    fields = Fields(tuple(more.pop("properties", ())))
    query = queries.build(filters, more.pop("query", None), more.pop("sort", None), fields)
    return [int(record.id) for record in results(index, query, limit)]


def results(index: Index, query: Query, limit: int | None = None) -> Iterator[Record]:
    clock = VirtualClock()
    return each(search.results(session(clock), "contacts", query, limit), index, clock)


def full(groups: int = 1, size: int = 6) -> list[list[Filter]]:
    return [[Filter("color", "EQ", "red")] * size for _ in range(groups)]


@pytest.mark.parametrize("filters", [None, [Filter("color", "EQ", "red")], full(3, 5), full(5, 2)])
def test_more_than_ten_thousand_results_are_all_found(filters: Filters | None) -> None:
    index = Index(10_450)
    assert find(index, filters) == index.ids
    assert len(index.asked) == 53


def test_a_record_that_stops_matching_hides_no_other() -> None:
    index = Index(600)
    seen = []
    query = queries.build([Filter("color", "EQ", "red")], None, None, Fields())
    for record in results(index, query):
        seen.append(int(record.id))
        index.ids.remove(int(record.id))
    assert len(seen) == 600


@pytest.mark.parametrize("limit", [0, 1, 199, 200, 201, 450])
def test_no_more_are_asked_for_than_wanted(limit: int) -> None:
    index = Index(1_000)
    assert find(index, limit=limit) == index.ids[:limit]
    assert sum(asked["limit"] for asked in index.asked) == limit


@pytest.mark.parametrize("filters", [full(1, 6), full(3, 6)])
def test_a_search_whose_filters_leave_no_room_ends_in_an_error(filters: Filters) -> None:
    assert find(Index(500), filters) == Index(500).ids
    index = Index(10_001)
    with pytest.raises(ConfigError, match="no room"):
        find(index, filters)
    assert len(index.asked) <= len(queries.build(filters, None, None, Fields()).groups)
    assert find(index, filters, limit=300) == index.ids[:300]


def test_pages_that_do_not_ascend_are_counted_instead() -> None:
    index = Index(500)
    index.ids.reverse()
    assert sorted(find(index)) == sorted(index.ids)


@pytest.mark.parametrize(
    ("filters", "groups"),
    [
        ([Filter("a", "EQ", True)], [[{"propertyName": "a", "operator": "EQ", "value": "true"}]]),
        (Filter("a", value=1), [[{"propertyName": "a", "operator": "EQ", "value": "1"}]]),
        ([[Filter("a", "HAS_PROPERTY")]], [[{"propertyName": "a", "operator": "HAS_PROPERTY"}]]),
        (
            [Filter("a", "BETWEEN", 1, 2)],
            [[{"propertyName": "a", "operator": "BETWEEN", "value": "1", "highValue": "2"}]],
        ),
        (
            [Filter("a", "IN", values=[1, "b"])],
            [[{"propertyName": "a", "operator": "IN", "values": ["1", "b"]}]],
        ),
        (
            [{"propertyName": "a", "operator": "EQ", "value": "x"}],
            [[{"propertyName": "a", "operator": "EQ", "value": "x"}]],
        ),
        ([{"property": "a", "value": "x"}], [[{"propertyName": "a", "operator": "EQ", "value": "x"}]]),
        (
            [{"filters": [{"propertyName": "a", "value": "x"}]}, {"filters": []}],
            [[{"propertyName": "a", "operator": "EQ", "value": "x"}], []],
        ),
        ([], []),
        (None, []),
    ],
)
def test_filters_may_be_said_in_several_ways(filters: Any, groups: Any) -> None:
    query = queries.build(filters, None, None, Fields())
    assert [list(group) for group in query.groups] == groups


@pytest.mark.parametrize(
    ("filters", "words"),
    [
        (full(6, 1), "5 groups"),
        (full(1, 7), "6 filters"),
        (full(4, 5), "18 filters in all"),
        ([{"value": "x"}], "names a property"),
        ([[5]], "a filter is"),
    ],
)
def test_what_hubspot_would_refuse_is_refused_first(filters: Any, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        find(Index(1), filters)


def test_a_body_too_long_for_hubspot_is_refused_with_its_length() -> None:
    with pytest.raises(ConfigError, match="HubSpot takes 3,000"):
        find(Index(1), [Filter("email", "NOT_IN", values=[f"{n}@example.com" for n in range(200)])])


def test_properties_too_many_for_a_body_are_read_apart() -> None:
    index = Index(250)
    names = [f"a_rather_long_property_name_{n}" for n in range(200)]
    query = queries.build(None, None, None, Fields(tuple(names)))
    found = list(results(index, query))
    assert [int(record.id) for record in found] == index.ids
    assert found[0]["filled"] == "yes"


def test_a_count_reads_one_record_at_most() -> None:
    index = Index(12_345)
    query = queries.build(None, "ada", None, Fields())
    assert run(search.count(session(), "contacts", query), index) == 12_345
    assert index.asked[0]["limit"] == 1
    assert index.asked[0]["query"] == "ada"
