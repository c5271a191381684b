"""Calculated properties: the language of their formulas and what records show of them.

https://developers.hubspot.com/docs/api-reference/latest/crm/properties/guide, "Create calculation
properties".
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubwire.emulator.formulas import BadFormula, parsed
from tests.contract.crm import V3, account, create, hits, read, value
from tests.contract.edge import Caller, Heard

VALUES = {
    "a": "7",
    "b": "2",
    "c": "3.5",
    "big": "10000",
    "word": "Hello",
    "yes": "true",
    "no": "false",
    "closed": "2026-01-03T00:00:00Z",
    "started": "2026-01-01",
}


def worked(formula: str, type_: str = "number", **values: str) -> str | None:
    return parsed(formula).value(type_, {**VALUES, **values}.get)


@pytest.mark.parametrize(
    ("formula", "result"),
    [
        ("1005", "1005"),
        ("1.5589", "1.5589"),
        ("a + 100", "107"),
        ("a + 100 - b", "105"),
        ("10a", "70"),
        ("10 * a", "70"),
        ("2(a + b)", "18"),
        ("a * (100 - b/(50 - 2c))", "699.6744186046511628"),
        ("-a + b", "-5"),
        ("- - a", "7"),
        ("a - -b", "9"),
        ("1/3", "0.3333333333333333"),
        ("0.1 + 0.2", "0.3"),
        ("max(a, b, c, 100)", "100"),
        ("min(a, b)", "2"),
        ("big * big * big", "1000000000000"),
        ("closed - started", "172800000"),
        ("string_to_number('1.50') * 2", "3"),
        ("if a > 5 then 1 else 2", "1"),
        ("if a < 5 then 1 elseif b = 2 then 3 else 2", "3"),
        ("IF a < 5 ThEn 1 ELSE 2 endif", "2"),
        ("if a > 5 then if b > 5 then 1 else 2 endif else 3", "2"),
        ("a\t*\n b", "14"),
        ("round_nearest(c, 0)", "4"),
        ("abs(b - a)", "5"),
        ("year(closed)", "2026"),
    ],
)
def test_what_numbers_come_to(formula: str, result: str) -> None:
    assert worked(formula) == result


@pytest.mark.parametrize(
    ("formula", "result"),
    [
        ("a < 100", "true"),
        ("a > 50", "false"),
        ("a <= 7", "true"),
        ("b >= c", "false"),
        ("(a + b - 100c * 150.652) = 150-230b", "false"),
        ("a + b - 100.2c * 150 equals 9 - 15030c", "true"),
        ("string(word) != 'test_string'", "true"),
        ("string(word) = 'hello'", "false"),
        ("a > b or b <= c", "true"),
        ("bool(yes) and bool(no)", "false"),
        ("not (bool(yes) and bool(no))", "true"),
        ("is_present(bool(yes))", "true"),
        ("is_present(bool(word))", "false"),
        ("is_present(bool(unset))", "false"),
        ("is_present(unset + 1)", "false"),
        ("contains('hello', 'ello')", "true"),
        ("contains('ello', 'hello')", "false"),
        ("a > b or unset > 1", "true"),
        ("true", "true"),
    ],
)
def test_what_conditions_come_to(formula: str, result: str) -> None:
    assert worked(formula, "bool") == result


@pytest.mark.parametrize(
    ("formula", "result"),
    [
        ("concatenate('a', 'b', string(word), \"c\")", "abHelloc"),
        ('"Number of cars: " + number_to_string(a)', "Number of cars: 7"),
        ("if bool(no) then 'x' else string(word)", "Hello"),
        ("uppercase(string(word))", "HELLO"),
    ],
)
def test_what_texts_come_to(formula: str, result: str) -> None:
    assert worked(formula, "string") == result


@pytest.mark.parametrize(
    ("formula", "type_"),
    [
        ("unset + 1", "number"),
        ("word + 1", "number"),
        ("a / 0", "number"),
        ("sqrt(0 - a)", "number"),
        ("if bool(no) then 1", "number"),
        ("string(unset)", "string"),
        ("string_to_number('x')", "number"),
        ("a > 1", "number"),
        ("if a > 1 then '' else true", "bool"),
        ("''", "string"),
        ("null", "string"),
        ("year(100000000000000000)", "number"),
    ],
)
def test_what_has_no_value(formula: str, type_: str) -> None:
    assert worked(formula, type_) is None


@pytest.mark.parametrize(
    "formula",
    [
        "",
        "1 +",
        "(1",
        "1)",
        "a b",
        "'Number of cars: ' + a",
        "string(word) < 3",
        "a and b",
        "nothing_known(a)",
        "max(a)",
        "contains('a')",
        "string(1)",
        "if a then 1 else 2",
        "if a > 1 1 else 2",
        "[a]",
        "TARGET.a",
        "a = 'x'",
        "'open",
        "(" * 200 + "1" + ")" * 200,
    ],
)
def test_what_is_no_formula(formula: str) -> None:
    with pytest.raises(BadFormula):
        parsed(formula)


@given(st.text(alphabet="ab1. ()+-*/<>=!,'\"ifthenlsorad&|", max_size=40))
def test_any_text_is_a_formula_or_is_refused(text: str) -> None:
    try:
        formula = parsed(text)
    except BadFormula:
        return
    for type_ in ("number", "bool", "string"):
        assert formula.value(type_, VALUES.get) != ""


Sum = tuple[str, Decimal]
"""An expression over whole numbers, and what Python makes of it."""


def number(value: int) -> Sum:
    return str(value), Decimal(value)


def combined(parts: tuple[Sum, str, Sum]) -> Sum:
    (left, one), sign, (right, other) = parts
    result = {"+": one + other, "-": one - other, "*": one * other}[sign]
    return f"({left}) {sign} ({right})", result


SUMS = st.recursive(
    st.integers(0, 999).map(number),
    lambda inner: st.tuples(inner, st.sampled_from("+-*"), inner).map(combined),
    max_leaves=12,
)


@given(SUMS)
def test_whole_numbers_are_exact(sum_: Sum) -> None:
    text, result = sum_
    if abs(result) < 10**15:
        assert worked(text) == str(int(result))


@given(st.decimals(-(10**9), 10**9, places=4), st.decimals(-(10**9), 10**9, places=4))
def test_decimals_add_up_as_written(one: Decimal, other: Decimal) -> None:
    shown = worked("a + b", a=str(one), b=str(other))
    assert shown is not None
    assert Decimal(shown) == one + other
    assert "E" not in shown


# On records


def define(caller: Caller, name: str, formula: str, **more: Any) -> Heard:
    body = {"name": name, "label": name, "type": "number", "fieldType": "calculation_equation"}
    return caller(
        "POST",
        "/crm/v3/properties/deals",
        {**body, "groupName": "dealinformation", "calculationFormula": formula, **more},
    )


def test_a_record_shows_what_its_formula_yields_from_its_creation_on() -> None:
    call = account()
    assert define(call, "twice", "2amount").status == 201
    made = create(call, "deals", amount="10.5")
    assert made["properties"]["twice"] == "21"
    call("PATCH", f"{V3}/deals/{made['id']}", {"properties": {"amount": "4"}})
    assert value(call, "deals", made["id"], "twice") == "8"
    assert hits(call, "deals", ("twice", "GT", "7")) == [made["id"]]
    call("PATCH", f"{V3}/deals/{made['id']}", {"properties": {"amount": ""}})
    assert value(call, "deals", made["id"], "twice") is None
    past = read(call, "deals", made["id"], "propertiesWithHistory=twice")["propertiesWithHistory"]["twice"]
    assert [one["value"] for one in past] == ["", "8", "21"]
    assert {one["sourceType"] for one in past} == {"CALCULATED"}


def test_formulas_may_read_formulas() -> None:
    call = account()
    define(call, "plus_one", "amount + 1")
    define(call, "a_tenth", "plus_one / 10")
    made = create(call, "deals", amount="99")
    assert made["properties"]["a_tenth"] == "10"
    heard = call("PATCH", "/crm/v3/properties/deals/plus_one", {"calculationFormula": "a_tenth"})
    assert heard.status == 400


def test_records_that_were_there_get_the_value_too() -> None:
    call = account()
    made = create(call, "deals", amount="3")
    define(call, "twice", "amount * 2")
    assert value(call, "deals", made["id"], "twice") == "6"
    call("PATCH", "/crm/v3/properties/deals/twice", {"calculationFormula": "amount * 20"})
    assert value(call, "deals", made["id"], "twice") == "60"
    assert read(call, "deals", made["id"])["updatedAt"] == made["updatedAt"]


def test_a_formula_reads_what_hubspot_sets() -> None:
    call = account()
    define(call, "noted", "num_notes + 5")
    define(
        call,
        "lost",
        "if bool(hs_is_closed_lost) then 'lost' else 'open'",
        type="string",
        hasUniqueValue=False,
    )
    made = create(call, "deals", dealstage="closedlost")["properties"]
    assert (made["noted"], made["lost"]) == ("5", "lost")


def test_a_text_that_is_no_formula_is_refused() -> None:
    heard = define(account(), "twice", "amount + 'x'")
    assert (heard.status, heard.json["category"]) == (400, "VALIDATION_ERROR")
    assert "cannot be parsed" in heard.json["message"]
