"""Searches written as Python: what they become, and what is refused before it is sent."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hubwire import ConfigError, Hub, p
from hubwire.client import queries
from hubwire.client.calls.objects import Fields
from hubwire.client.expressions import Expression
from hubwire.wire.message import Reply, Request
from tests.unit.client.helpers import VirtualClock, reply
from tests.unit.client.index import COMPARED, Index, Row, key
from tests.unit.client.test_hub import Wire


def groups(expression: Expression) -> list[list[tuple[Any, ...]]]:
    query = queries.build(expression, None, None, Fields())
    return [[tuple(item.values()) for item in group] for group in query.groups]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (p.amount >= 10_000, [[("amount", "GTE", "10000")]]),
        (p["amount"] == 1.5, [[("amount", "EQ", "1.5")]]),
        ((p.a == 1) & (p.b != "x"), [[("a", "EQ", "1"), ("b", "NEQ", "x")]]),
        ((p.a == 1) & p.b.contains_token("x") | (p.c > 2),
         [[("a", "EQ", "1"), ("b", "CONTAINS_TOKEN", "x")], [("c", "GT", "2")]]),
        (((p.a == 1) | (p.b == 2)) & (p.c == 3),
         [[("a", "EQ", "1"), ("c", "EQ", "3")], [("b", "EQ", "2"), ("c", "EQ", "3")]]),
        (p.a.is_in("x", "y"), [[("a", "IN", ["x", "y"])]]),
        (p.a.not_in(["x", "y", "x"]), [[("a", "NOT_IN", ["x", "y"])]]),
        (p.a == None, [[("a", "NOT_HAS_PROPERTY")]]),  # noqa: E711 - an expression, not a comparison
        (p.a != None, [[("a", "HAS_PROPERTY")]]),  # noqa: E711
        (p.a.between(1, 2), [[("a", "BETWEEN", "1", "2")]]),
        ((p.a >= 1) & (p.b == 0) & (p.a <= 2), [[("a", "BETWEEN", "1", "2"), ("b", "EQ", "0")]]),
        (~(p.a < 1), [[("a", "GTE", "1")], [("a", "NOT_HAS_PROPERTY")]]),
        (~((p.a == 1) & p.b.is_known()), [[("a", "NEQ", "1")], [("b", "NOT_HAS_PROPERTY")]]),
        (p.on == True, [[("on", "EQ", "true")]]),  # noqa: E712
        (p.day > dt.date(2026, 1, 2), [[("day", "GT", "2026-01-02")]]),
        (p.at < dt.datetime(2026, 1, 2, tzinfo=dt.UTC), [[("at", "LT", "2026-01-02T00:00:00.000Z")]]),
        (p.linked_to("companies", 12), [[("associations.company", "EQ", "12")]]),
        (p.linked_to("0-3", 1, 2), [[("associations.deal", "IN", ["1", "2"])]]),
    ],
)  # fmt: skip
def test_an_expression_becomes_groups_of_filters(expression: Expression, expected: Any) -> None:
    assert groups(expression) == expected


def test_alternatives_of_one_property_share_a_group_where_groups_are_scarce() -> None:
    either = p.stage == "0"
    for number in range(1, 8):
        either = either | (p.stage == str(number))
    assert groups(either & (p.a == 1)) == [[("a", "EQ", "1"), ("stage", "IN", [str(n) for n in range(8)])]]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: groups(any_of("abcdef")), "5 groups"),
        (lambda: groups(all_of("abcdefg")), "6 filters"),
        (lambda: groups(((p.a == 1) | (p.b == 1) | (p.c == 1) | (p.x == 2)) & all_of("defg")), "18 filters"),
        (lambda: p.a == [1, 2], "is_in"),
        (lambda: p.a == "", "is_unknown"),
        (lambda: p.a.is_in(), "empty"),
        (lambda: p.a > float("nan"), "nan"),
        (lambda: p.at > dt.datetime(2026, 1, 1), "time zone"),  # noqa: DTZ001 - that it has none is the point
        (lambda: p.linked_to("p123_cars", 1), "standard types"),
        (lambda: ~p.linked_to("companies", 1), "not for the others"),
        (lambda: queries.build([p.a == 1], None, None, Fields()), "combined with &"),
    ],
)  # fmt: skip
def test_what_hubspot_cannot_do_is_refused_at_once(make: Any, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        make()


def any_of(names: str) -> Expression:
    found: Expression = p[names[0]] == 1
    for name in names[1:]:
        found = found | (p[name] == 1)
    return found


def all_of(names: str) -> Expression:
    found: Expression = p[names[0]] == 1
    for name in names[1:]:
        found = found & (p[name] == 1)
    return found


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: p.a == 1 and p.b == 2, "instead of and"),
        (lambda: bool(p.a == 1), "instead of and"),
        (lambda: 1 < p.a < 2, "instead of and"),
        (lambda: (p.a == 1) & True, "parentheses"),
    ],
)
def test_python_that_would_mean_something_else_is_refused(make: Any, words: str) -> None:
    with pytest.raises(TypeError, match=words):
        make()


def test_an_expression_can_be_read() -> None:
    assert repr((p.a == 1) & p.b.is_in("x", "y") | ~p.c.is_known()) == (
        "a EQ '1' & b IN 'x' 'y' | c NOT_HAS_PROPERTY"
    )
    assert (repr(p.a), repr(p["a b"])) == ("p.a", "p['a b']")


NAMES = {"==": "EQ", "<": "LT", "<=": "LTE", ">": "GT", ">=": "GTE"}
VALUES = st.sampled_from(["1", "2", "3", "a"])
LEAVES = st.one_of(
    st.tuples(st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), st.sampled_from("xy"), VALUES),
    st.tuples(st.just("in"), st.sampled_from("xy"), st.tuples(VALUES, VALUES)),
    st.tuples(st.just("between"), st.sampled_from("xy"), st.tuples(VALUES, VALUES)),
    st.tuples(st.just("known"), st.sampled_from("xy"), st.none()),
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.tuples(st.just("not"), inner),
        st.tuples(st.just("and"), inner, inner),
        st.tuples(st.just("or"), inner, inner),
    ),
    max_leaves=6,
)
ROWS = st.fixed_dictionaries({"x": st.none() | VALUES, "y": st.none() | VALUES})


def expression(tree: Any) -> Expression:
    match tree:
        case ("not", inner):
            return ~expression(inner)
        case ("and", left, right):
            return expression(left) & expression(right)
        case ("or", left, right):
            return expression(left) | expression(right)
        case ("in", name, values):
            return p[name].is_in(values)
        case ("between", name, (low, high)):
            return p[name].between(low, high)
        case ("known", name, _):
            return p[name].is_known()
        case (operator, name, value):
            made: Expression = {
                "==": p[name].__eq__, "!=": p[name].__ne__, "<": p[name].__lt__,
                "<=": p[name].__le__, ">": p[name].__gt__, ">=": p[name].__ge__,
            }[operator](value)  # fmt: skip
            return made
    raise AssertionError(tree)


def holds(tree: Any, row: Row) -> bool:
    """What the tree means, told without filters."""
    match tree:
        case ("not", inner):
            return not holds(inner, row)
        case ("and", left, right):
            return holds(left, row) and holds(right, row)
        case ("or", left, right):
            return holds(left, row) or holds(right, row)
        case ("known", name, _):
            return row[name] is not None
        case ("!=", name, value):
            return row[name] != value
        case (operator, name, value):
            have = key(row[name])
            if have is None:
                return False
            if operator == "in":
                return row[name] in value
            if operator == "between":
                return bool(key(value[0]) <= have <= key(value[1]))
            return COMPARED[NAMES[operator]](have, key(value))
    raise AssertionError(tree)


@given(tree=TREES, row=ROWS)
@settings(max_examples=400)
def test_the_groups_mean_what_the_expression_says(tree: Any, row: Row) -> None:
    index = Index({1: row})
    found = [[queries._condition(item) for item in group] for group in expression(tree).groups()]
    assert any(index.all(1, {"filters": group}) for group in found) is holds(tree, row)


class Server(Index):
    """Also lists records, and knows what kind of property `city` and `stage` are."""

    def __call__(self, request: Request) -> Reply:
        if "/properties/" in request.path:
            kinds = {"city": "string", "stage": "enumeration"}
            name = request.path.rsplit("/", 1)[-1]
            self.asked.append(f"property {name}")
            if name not in kinds:
                return reply(403, {"category": "MISSING_SCOPES"})
            return reply(200, {"name": name, "type": kinds[name]})
        if request.method == "GET":
            self.asked.append("list")
            return reply(200, {"results": [{"id": str(number)} for number in sorted(self.rows)]})
        if request.path.endswith("/batch/read"):
            self.asked.append("batch read")
        return super().__call__(request)


def hub(server: Server) -> Hub:
    return Hub("token", transport=Wire(server), clock=VirtualClock())


@pytest.mark.parametrize(
    ("name", "sent", "lookups"),
    [
        ("city", ["bonn", "ulm"], 1),
        ("stage", ["Bonn", "ulm"], 1),
        ("secret", ["Bonn", "ulm", "bonn"], 1),
    ],
)
def test_lists_of_texts_are_sent_as_hubspot_finds_them(name: str, sent: list[str], lookups: int) -> None:
    """HubSpot finds texts of a list in lower case only, options only as they are spelled."""
    server = Server({})
    made = hub(server)
    for _ in range(2):
        assert list(made.contacts.where(p[name].is_in("Bonn", "ulm"))) == []
    searches = [asked for asked in server.asked if not isinstance(asked, str)]
    assert [asked["filterGroups"][0]["filters"][0]["values"] for asked in searches] == [sent, sent]
    told = server.asked.count(f"property {name}")
    assert told == (lookups if name != "secret" else 2)


def test_a_property_that_no_search_looks_at_is_refused() -> None:
    with pytest.raises(ConfigError, match="hs_email_html"):
        hub(Server({})).emails.where(p.hs_email_html == "x")
    with pytest.raises(ConfigError, match="custom objects"):
        hub(Server({})).objects("2-77").where(p.linked_to("contacts", 1))


@pytest.mark.parametrize(
    ("expression", "options", "way", "asked"),
    [
        (None, {}, "list", ["list"]),
        (p.hs_object_id.is_in(3, 1, 9), {}, "batch read", ["batch read"]),
        (p.hs_object_id == 2, {}, "batch read", ["batch read"]),
        (p.a == 1, {}, "search", None),
        (None, {"sort": "-a"}, "search slices", None),
        (None, {"query": "ada"}, "search", None),
    ],
)
def test_a_selection_is_read_in_the_way_that_costs_least(
    expression: Expression | None, options: dict[str, Any], way: str, asked: Any
) -> None:
    server = Server({number: {"a": "1"} for number in range(1, 4)})
    selection = hub(server).contacts.where(expression, **options)
    found = [int(record.id) for record in selection]
    assert sorted(found) == [number for number in (1, 2, 3) if way != "batch read" or number in found]
    assert asked is None or server.asked == asked
    assert selection.explain(matches=3).way == way


def test_a_plan_tells_calls_and_time_without_a_call() -> None:
    server = Server({})
    plan = hub(server).contacts.where(p.a == 1).explain(matches=1_000_000)
    assert (plan.calls, plan.searches, plan.seconds) == (5_000, 5_000, 1_000.0)
    assert str(plan).splitlines()[1] == "1,000,000 records, 5,000 calls (5,000 searches), at least 16.7 min"
    assert server.asked == []


def test_a_plan_counts_first_unless_told() -> None:
    server = Server({number: {"a": "1"} for number in range(450)})
    plan = hub(server).contacts.where(p.a == 1).explain()
    assert (plan.matches, plan.calls) == (450, 3)
    assert [asked["limit"] for asked in server.asked] == [1]


def test_a_plan_of_a_long_list_of_values_counts_its_parts() -> None:
    server = Server({number: {"a": str(number)} for number in range(500)})
    selection = hub(server).contacts.where(p.a.is_in(range(450)))
    plan = selection.explain()
    assert (plan.way, plan.matches, plan.searches) == ("search slices", 450, 5)
    assert len(list(selection)) == 450


def test_the_first_of_a_selection_and_how_many_there_are() -> None:
    server = Server({number: {"a": "1"} for number in range(5, 9)})
    selection = hub(server).contacts.where(p.a == 1)
    first = selection.first()
    assert first is not None
    assert (first.id, selection.count()) == ("5", 4)
    assert hub(server).contacts.where(p.a == 2).first() is None


@pytest.mark.parametrize(
    "sort",
    [
        ["amount", "createdate"],
        ("amount", "-createdate"),
        [],
        "amount,createdate",
        "",
        "-",
        {},
        {"amount": "DESCENDING"},
        {"propertyName": "amount", "direction": "UPWARDS"},
        p.amount,
        7,
    ],
)
def test_a_sort_that_hubspot_has_not_is_refused_before_the_call(sort: Any) -> None:
    with pytest.raises(ConfigError, match="sort"):
        queries.build(None, None, sort, Fields())


@pytest.mark.parametrize("sort", ["-amount", ["-amount"], p.amount.desc(), [p.amount.desc()]])
def test_a_sort_may_be_in_a_list_as_it_is_in_hubspots_body(sort: Any) -> None:
    wanted = {"propertyName": "amount", "direction": "DESCENDING"}
    assert queries.build(None, None, sort, Fields()).sort == wanted
    assert queries.build(None, None, [wanted], Fields()).sort == wanted


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"operator": "LIKE", "value": "1"}, "no operator 'LIKE'"),
        ({"operator": "eq", "value": "1"}, "no operator 'eq'"),
        ({"operator": "IN", "value": "1"}, "takes values, not value"),
        ({"operator": "IN", "values": "won"}, "takes a list of values"),
        ({"operator": "NOT_IN", "values": []}, "takes a list of values"),
        ({"operator": "BETWEEN", "value": "1"}, "takes value and highValue, not value"),
        ({"operator": "HAS_PROPERTY", "value": "1"}, "takes no value, not value"),
        ({"operator": "GT"}, "takes value, not nothing"),
        ({}, "takes value, not nothing"),
    ],
)
def test_a_filter_that_is_not_whole_is_refused_before_the_call(given: dict[str, Any], word: str) -> None:
    with pytest.raises(ConfigError, match=word):
        queries.build([{"propertyName": "amount", **given}], None, None, Fields())
