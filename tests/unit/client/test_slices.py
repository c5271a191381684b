"""Sorted searches of any number of results, against a plain sort of the same rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hubwire.catalogue import load
from hubwire.client import queries, search
from hubwire.client.calls.objects import Fields
from hubwire.client.expressions import Expression, Filter, p
from hubwire.errors import ConfigError
from hubwire.wire.message import Reply, Request
from tests.unit.client.helpers import VirtualClock, body, each, reply, session
from tests.unit.client.index import Index, Row, key


@contextmanager
def small(page: int = 4, most: int = 12) -> Iterator[None]:
    """HubSpot's limits, scaled down."""
    limits = replace(load.limits(), SEARCH_PAGE=page, SEARCH_MAX=most)
    with patch.object(load, "limits", lambda: limits):
        yield


def find(
    index: Index, sort: str, filters: Expression | None = None, limit: int | None = None, **more: Any
) -> list[int]:
    clock = VirtualClock()
    query = queries.build(filters, None, sort, Fields(tuple(more.pop("properties", ("city",)))))
    return [
        int(record.id)
        for record in each(search.results(session(clock), "contacts", query, limit), index, clock)
    ]


def in_order(index: Index, found: list[int], sort: str) -> bool:
    """Whether values go one way, those without one all first or all last."""
    values = [key(index.rows[number].get(sort.removeprefix("-"))) for number in found]
    known = [value for value in values if value is not None]
    gaps = [place for place, value in enumerate(values) if value is None]
    ends = (list(range(len(gaps))), list(range(len(values) - len(gaps), len(values))))
    return known == sorted(known, reverse=sort.startswith("-")) and gaps in ends


VALUES = st.sampled_from([None, "1", "1.0", "2", "3", "10", "a", "A", "b", "ab"])
ROWS = st.dictionaries(st.integers(1, 10_000), VALUES.map(lambda value: {"s": value}), max_size=60)


@given(rows=ROWS, descending=st.booleans(), unset_first=st.booleans())
@settings(deadline=None)
def test_every_record_comes_once_and_in_order(
    rows: dict[int, Row], descending: bool, unset_first: bool
) -> None:
    index = Index(rows, page=4, most=12, unset_first=unset_first)
    sort = "-s" if descending else "s"
    with small():
        found = find(index, sort)
    assert sorted(found) == sorted(rows)
    assert in_order(index, found, sort)


@given(rows=ROWS, limit=st.integers(0, 70), descending=st.booleans())
@settings(deadline=None)
def test_a_limit_takes_the_first_ones(rows: dict[int, Row], limit: int, descending: bool) -> None:
    index = Index(rows, page=4, most=12)
    sort = "-s" if descending else "s"
    with small():
        found = find(index, sort, limit=limit)
    assert len(found) == len(set(found)) == min(limit, len(rows))
    assert in_order(index, found, sort)
    values = sorted((key(row["s"]) for row in rows.values() if row["s"]), reverse=descending)
    assert [key(rows[number]["s"]) for number in found if rows[number]["s"]] == values[: len(found)]


CHANGES = st.lists(st.tuples(st.integers(0, 59), VALUES), max_size=40)


@given(rows=ROWS, changes=CHANGES, descending=st.booleans())
@settings(deadline=None)
def test_whatever_others_write_nothing_comes_twice_and_nothing_left_alone_is_missed(
    rows: dict[int, Row], changes: list[tuple[int, str | None]], descending: bool
) -> None:
    left, touched = list(changes), set[int]()

    def write(index: Index) -> None:
        if left and index.rows:
            place, value = left.pop()
            number = list(index.rows)[place % len(index.rows)]
            touched.add(number)
            index.rows[number] = {"s": value}
            index.rows[10_001 + len(index.asked)] = {"s": value}

    was = set(rows)
    index = Index(rows, page=4, most=12, before=write)
    with small():
        found = find(index, "-s" if descending else "s")
    assert len(found) == len(set(found))
    assert set(found) >= was - touched


def test_ties_beyond_what_hubspot_pages_through_are_all_found() -> None:
    rows: dict[int, Row] = {number: {"s": "same"} for number in range(1, 1_046)}
    rows |= {number: {"s": "other"} for number in range(2_000, 2_030)}
    index = Index(rows, page=20, most=100)
    with small(20, 100):
        assert find(index, "s") == [*range(2_000, 2_030), *range(1, 1_046)]
    assert len(index.asked) < 60


def test_distinct_values_cost_hardly_more_pages_than_there_are() -> None:
    index = Index({number: {"s": str(10_000 - number)} for number in range(1, 1_201)}, page=20, most=100)
    with small(20, 100):
        assert find(index, "s") == list(range(1_200, 0, -1))
    assert len(index.asked) <= 66


def test_a_record_that_moves_behind_the_reader_comes_last() -> None:
    def move(index: Index) -> None:
        if len(index.asked) == 2:
            index.rows[20] = {"s": "0"}

    index = Index({number: {"s": str(number)} for number in range(1, 21)}, page=4, most=12, before=move)
    with small():
        assert find(index, "s") == [*range(1, 20), 20]


def test_a_search_with_a_filter_stays_within_it() -> None:
    rows: dict[int, Row] = {number: {"s": str(number % 7), "a": str(number % 2)} for number in range(1, 60)}
    index = Index(rows, page=4, most=12)
    with small():
        found = find(index, "-s", (p.a == 1) | (p.s == 3))
    assert sorted(found) == [number for number in rows if number % 2 or number % 7 == 3]
    assert in_order(index, found, "-s")


def test_the_property_sorted_by_is_asked_for_and_the_others_stay() -> None:
    index = Index({1: {"s": "1"}})
    find(index, "s", properties=[])
    assert set(index.asked[0]["properties"]) >= {"email", "firstname", "s"}


def test_properties_too_many_for_a_body_are_read_apart() -> None:
    index = Index({number: {"s": str(number % 3)} for number in range(1, 500)})
    names = [f"a_rather_long_property_name_{n}" for n in range(200)]
    assert len(find(index, "s", properties=names)) == 499
    assert index.asked[0]["properties"] == ["hs_object_id", "s"]


def test_ids_may_be_asked_for_from_the_largest_down() -> None:
    index = Index({number: {} for number in range(1, 60)}, page=4, most=12)
    with small():
        assert find(index, "-hs_object_id") == list(range(59, 0, -1))


def test_a_sort_that_leads_nowhere_is_an_error_and_not_an_endless_search() -> None:
    """A property whose values the filters do not find again, as a multi-select's."""

    def stubborn(request: Request) -> Reply:
        index.asked.append(1)
        filters = [one for group in body(request).get("filterGroups", []) for one in group["filters"]]
        if any(one["operator"] == "EQ" for one in filters):
            return reply(200, {"total": 0, "results": []})
        rows = [{"id": str(number), "properties": {"s": "a;b"}} for number in range(1, 201)]
        return reply(200, {"total": 300, "results": rows, "paging": {"next": {"after": "200"}}})

    index = Index({})
    query = queries.build(None, None, "s", Fields(("s",)))
    with pytest.raises(ConfigError, match="another property"):
        list(each(search.results(session(), "contacts", query, None), stubborn))
    assert len(index.asked) == 2


@given(rows=ROWS, limit=st.one_of(st.none(), st.integers(0, 70)), descending=st.booleans())
@settings(deadline=None)
def test_groups_without_room_for_ids_are_searches_of_their_own(
    rows: dict[int, Row], limit: int | None, descending: bool
) -> None:
    clock = VirtualClock()
    index = Index(rows, page=4, most=12)
    groups = [[Filter("s", "NEQ", str(group))] * 5 for group in (1, 2)]
    groups.append([Filter("s", "EQ", "a")] * 5)
    query = queries.build(groups, None, "-hs_object_id" if descending else None, Fields())
    with small():
        limits = replace(load.limits(), SEARCH_FILTERS=15)
        with patch.object(load, "limits", lambda: limits):
            records = list(each(search.results(session(clock), "contacts", query, limit), index, clock))
    assert [int(record.id) for record in records] == sorted(rows, reverse=descending)[:limit]


@given(rows=ROWS, wanted=st.lists(st.integers(0, 4_000), max_size=400), limit=st.none() | st.integers(0, 50))
@settings(deadline=None, max_examples=30)
def test_a_list_of_values_may_be_as_long_as_one_likes(
    rows: dict[int, Row], wanted: list[int], limit: int | None
) -> None:
    rows = {number: {"s": str(number % 4_000)} for number in rows}
    index, clock = Index(rows, page=200), VirtualClock()
    values = [str(number) for number in (*wanted, *rows, 7_777)]
    query = queries.build(p.s.is_in(values), None, None, Fields())
    found = [
        int(one.id) for one in each(search.results(session(clock), "contacts", query, limit), index, clock)
    ]
    every = sorted(number for number, row in rows.items() if row["s"] in values)
    assert found == every[:limit]
