"""The planner's shortcuts change nothing: whatever it does, it finds what looking at every record finds."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hubwire.catalogue.facts import Grade, Property
from hubwire.emulator import Clock, Emulator, Identity, indexes, moments, planner
from hubwire.emulator.columns import as_words, column
from hubwire.emulator.seed import add_properties

RECORDS = 240
STAGES = ["lead", "customer", "opportunity"]
OPTIONS = ["software", "hardware", "support"]
NAMES = [
    "Ann",
    "ann lee",
    "ANN-Marie",
    "Zoë",
    "zoË Kim",
    "李 雷",
    "O'Brien",
    "x",
    "Berg 7",
    "lee@ann.example",
]
NUMBERS = ["1", "2", "10", "9.5", "-3", "1e2", "100", "0"]
DAYS = ["2020-01-01", "2021-06-15", "2021-06-16", "2026-01-01"]


def score() -> Property:
    return Property(
        name="score",
        label="Score",
        type="number",
        field_type="number",
        group="contactinformation",
        source="a test",
        grade=Grade.ASSUMED,
    )


class World:
    """An account, and what a naive reader knows of it."""

    def __init__(self) -> None:
        self.emulator = Emulator(limits=False, clock=Clock.at(1_767_258_000), identity=Identity.for_tests())
        portal = self.emulator.account.portal
        add_properties(portal, 0)
        portal.definitions.add("0-1", score(), 0)
        random = Random(7)
        self.records: list[dict[str, Any]] = []
        for _ in range(RECORDS // 4):
            rows = [self._values(random) for _ in range(4)]
            answer = self.ask("batch/create", {"inputs": [{"properties": row} for row in rows]})
            self.records += [made["properties"] for made in answer["results"]]
            self.emulator.clock.advance(1)
        for place in range(0, RECORDS, 17):
            self.ask("batch/archive", {"inputs": [{"id": self.records[place]["hs_object_id"]}]})
        self.records = [record for place, record in enumerate(self.records) if place % 17]

    @staticmethod
    def _values(random: Random) -> dict[str, str]:
        values = {
            "lastname": random.choice(NAMES),
            "lifecyclestage": random.choice(STAGES),
            "score": random.choice(NUMBERS),
            "customer_since": random.choice(DAYS),
            "product_interests": ";".join(random.sample(OPTIONS, random.randint(1, 3))),
        }
        return {name: value for name, value in values.items() if random.random() < 0.8}

    def ask(self, what: str, body: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.emulator.identity.access_token}"}
        answer = self.emulator.ask(
            "POST", f"/crm/v3/objects/contacts/{what}", headers=headers, body=json.dumps(body).encode()
        )
        assert answer.status in (200, 201, 204), answer.body
        return json.loads(answer.body) if answer.body else None


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """Thresholds so low that 200 records count as many."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(indexes, "FEW", 20)
        patch.setattr(planner, "FEW", 20)
        made = World()
        yield made
        made.emulator.close()


KIND = {
    "lastname": "text", "lifecyclestage": "option", "score": "number", "customer_since": "moment",
    "product_interests": "multi", "createdate": "moment", "hs_object_id": "number",
}  # fmt: skip
POOL = {
    "lastname": [*NAMES, "ann", "ZOË", "nobody"],
    "lifecyclestage": [*STAGES, "Lead"],
    "score": [*NUMBERS, "9.50"],
    "customer_since": [*DAYS, "1623801600000"],
    "product_interests": OPTIONS,
    "createdate": ["2026-01-01T09:00:10Z", "1767258030000", "2026-01-01"],
    "hs_object_id": ["341147790100", "341147790003"],
}


@st.composite
def filters(draw: st.DrawFn) -> dict[str, Any]:
    name = draw(st.sampled_from(sorted(KIND)))
    value = st.sampled_from(POOL[name])
    operators = ["EQ", "NEQ", "IN", "NOT_IN", "HAS_PROPERTY", "NOT_HAS_PROPERTY"]
    if KIND[name] != "multi":
        operators += ["LT", "LTE", "GT", "GTE", "BETWEEN"]
    if KIND[name] == "text":
        operators += ["CONTAINS_TOKEN", "NOT_CONTAINS_TOKEN"]
    operator = draw(st.sampled_from(operators))
    made: dict[str, Any] = {"propertyName": name, "operator": operator}
    if operator in ("IN", "NOT_IN"):
        made["values"] = draw(st.lists(value, min_size=1, max_size=3))
    elif "TOKEN" in operator:
        made["value"] = draw(
            st.sampled_from(["ann", "an*", "*ee", "zoë", "a*n", "ann-marie", "*@ann.example"])
        )
    elif "HAS" not in operator:
        made["value"] = draw(value)
        if operator == "BETWEEN":
            made["highValue"] = draw(value)
    return made


TOKENS = {
    "ann": {"Ann", "ann lee", "ANN-Marie", "lee@ann.example"},
    "an*": {"Ann", "ann lee", "ANN-Marie", "lee@ann.example"},
    "*ee": {"ann lee", "lee@ann.example"},
    "zoë": {"Zoë", "zoË Kim"},
    "a*n": {"Ann", "ann lee", "ANN-Marie", "lee@ann.example"},
    "ann-marie": {"ANN-Marie"},
    "*@ann.example": {"lee@ann.example"},
}


def comparable(name: str, text: str) -> Any:
    match KIND[name]:
        case "number":
            return float(text)
        case "moment":
            return moments.parse(text)
        case "text":
            return text.casefold()
    return text


def holds(record: dict[str, str], wanted: dict[str, Any]) -> bool:
    """The meaning of one filter, told without a database."""
    name, operator = wanted["propertyName"], wanted["operator"]
    stored = record.get(name)
    if operator.startswith("NOT_") or operator == "NEQ":
        opposite = "EQ" if operator == "NEQ" else operator.removeprefix("NOT_")
        return not holds(record, {**wanted, "operator": opposite})
    if operator == "HAS_PROPERTY" or stored is None:
        return stored is not None
    if operator == "CONTAINS_TOKEN":
        return stored in TOKENS[wanted["value"]]
    if KIND[name] == "multi":
        return not set(wanted.get("values") or [wanted["value"]]).isdisjoint(stored.split(";"))
    have = comparable(name, stored)
    if operator == "IN":
        if KIND[name] == "text":
            return have in wanted["values"]
        return have in [comparable(name, value) for value in wanted["values"]]
    low = comparable(name, wanted["value"])
    match operator:
        case "EQ":
            return bool(have == low)
        case "LT":
            return bool(have < low)
        case "LTE":
            return bool(have <= low)
        case "GT":
            return bool(have > low)
        case "GTE":
            return bool(have >= low)
    return bool(low <= have <= comparable(name, wanted["highValue"]))


def ordered(records: list[dict[str, str]], sort: str | None) -> list[str]:
    def age(record: dict[str, str]) -> tuple[Any, int]:
        return moments.parse(record["createdate"]), int(record["hs_object_id"])

    if sort is None:
        return [record["hs_object_id"] for record in sorted(records, key=age)]
    name, down = sort.removeprefix("-"), sort.startswith("-")
    given = [record for record in records if name in record]
    given.sort(key=lambda record: (comparable(name, record[name]), age(record)), reverse=down)
    unset = sorted((record for record in records if name not in record), key=age, reverse=down)
    return [record["hs_object_id"] for record in given + unset]


SORTS = [None, *(f"{way}{name}" for name in sorted(KIND) for way in ("", "-"))]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    groups=st.lists(st.lists(filters(), max_size=3), max_size=3),
    sort=st.sampled_from(SORTS),
    after=st.sampled_from([0, 0, 1, 5, 40, 300]),
    limit=st.sampled_from([1, 5, 50, 200]),
)
def test_it_finds_what_a_scan_finds(
    world: World, groups: list[list[dict[str, Any]]], sort: str | None, after: int, limit: int
) -> None:
    compare(world, groups, sort, after, limit)


def compare(
    world: World, groups: list[list[dict[str, Any]]], sort: str | None, after: int, limit: int
) -> None:
    body: dict[str, Any] = {
        "filterGroups": [{"filters": group} for group in groups],
        "after": str(after),
        "limit": limit,
        "sorts": [sort] if sort else [],
    }
    page = world.ask("search", body)
    expected = [
        record
        for record in world.records
        if not groups or any(all(holds(record, one) for one in group) for group in groups)
    ]
    assert page["total"] == len(expected)
    assert [found["id"] for found in page["results"]] == ordered(expected, sort)[after : after + limit]


def condition(name: str, operator: str, value: str) -> dict[str, Any]:
    made: dict[str, Any] = {"propertyName": name, "operator": operator}
    if operator in ("IN", "NOT_IN"):
        return {**made, "values": [value]}
    if "HAS" in operator:
        return made
    return {**made, "value": value, **({"highValue": "z"} if operator == "BETWEEN" else {})}


SINGLE = [
    *(("lastname", operator, "ann") for operator in ("CONTAINS_TOKEN", "NOT_CONTAINS_TOKEN", "LT", "NEQ")),
    *(("lastname", operator, "zoë") for operator in ("CONTAINS_TOKEN", "EQ", "GTE", "NOT_IN", "BETWEEN")),
    *(("lifecyclestage", operator, "lead") for operator in ("EQ", "NEQ", "IN", "NOT_IN", "HAS_PROPERTY")),
    *(("product_interests", operator, "software") for operator in ("EQ", "NEQ", "IN", "NOT_HAS_PROPERTY")),
    *(("score", operator, "9.5") for operator in ("EQ", "GT", "LTE", "NEQ", "NOT_HAS_PROPERTY")),
    *(("customer_since", operator, "2021-06-15") for operator in ("EQ", "GT", "NOT_IN", "HAS_PROPERTY")),
]  # fmt: skip


@pytest.mark.parametrize("given", SINGLE, ids=str)
@pytest.mark.parametrize("sort", [None, "-createdate", "lastname", "-score"])
def test_each_kind_of_condition_alone(world: World, given: tuple[str, str, str], sort: str | None) -> None:
    for after, limit in ((0, 1), (0, 200), (7, 20)):
        compare(world, [[condition(*given)]], sort, after, limit)


@pytest.mark.parametrize("first", [("lifecyclestage", "EQ", "lead"), ("score", "GT", "0")], ids=str)
@pytest.mark.parametrize("second", SINGLE, ids=str)
@pytest.mark.parametrize("sort", [None, "-lastname"])
def test_two_conditions_together_and_either(
    world: World, first: tuple[str, str, str], second: tuple[str, str, str], sort: str | None
) -> None:
    """Asked twice: the second time an index over both may be built."""
    both = [condition(*first), condition(*second)]
    for after, limit in ((0, 3), (2, 200)):
        compare(world, [both], sort, after, limit)
        compare(world, [[one] for one in both], sort, after, limit)


def test_the_low_threshold_makes_it_use_columns(world: World) -> None:
    """Else the tests above would try the scan only."""
    world.ask("search", {"filters": [condition("lastname", "EQ", "ann")]})
    assert "0-1" in world.emulator.account.portal.columns


@pytest.mark.parametrize(
    "pattern", ["3*", "34114779*", "341147790003*", "3411477900030*", "*3", "*77*", "9*", "0*", "*"]
)
def test_a_pattern_of_ids_finds_those_that_are_written_so(world: World, pattern: str) -> None:
    """As text: `3*` is no number, and a longer one than any id finds none."""
    body = {"filters": [condition("hs_object_id", "CONTAINS_TOKEN", pattern)], "limit": 200}
    wanted = re.compile(pattern.replace("*", r"\d*"))
    expected = [one for one in world.records if wanted.fullmatch(one["hs_object_id"])]
    page = world.ask("search", body)
    assert page["total"] == len(expected)
    assert [found["id"] for found in page["results"]] == ordered(expected, None)[:200]


def test_a_query_sees_the_text_of_a_choice_in_any_letter_case(world: World) -> None:
    """`hs_pipeline` of a ticket is a choice, and is searched by words."""
    portal = world.emulator.account.portal
    kind = portal.kind("contacts")
    columns = planner.columns(portal, kind)
    columns.of(column(kind, portal.definitions.all(kind.id)["lifecyclestage"]))
    words = columns.of(as_words("lifecyclestage"))
    alive = columns.rows.alive
    found = columns.rows.ids[words.worded("word", "le") & alive].tolist()
    expected = [int(one["hs_object_id"]) for one in world.records if one.get("lifecyclestage") == "lead"]
    assert sorted(found) == sorted(expected)
