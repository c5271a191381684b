"""Operators and functions of formulas."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, DecimalException

from hubwire.emulator import moments
from hubwire.emulator.formulas.values import (
    BadFormula,
    Lookup,
    NoValue,
    Sort,
    Term,
    Value,
    as_number,
    needs,
    number_of,
    number_text,
)

MOST_ARGUMENTS = 100


def constant(sort: Sort, value: Value) -> Term:
    return Term(sort, lambda lookup: value)


def nothing(lookup: Lookup) -> Value:
    raise NoValue


def text_of(name: str) -> Term:
    def work(lookup: Lookup) -> Value:
        text = lookup(name)
        if not text:
            raise NoValue
        return text

    return Term("string", work)


def flag(text: str | None) -> bool:
    if text not in ("true", "false"):
        raise NoValue
    return text == "true"


def either(left: Term, right: Term) -> Term:
    return Term("bool", lambda lookup: bool(left.work(lookup)) or bool(right.work(lookup)))


def both(left: Term, right: Term) -> Term:
    return Term("bool", lambda lookup: bool(left.work(lookup)) and bool(right.work(lookup)))


def added(left: Term, right: Term) -> Term:
    if "string" in (left.sort, right.sort):
        return called("concatenate", [left, right])
    return arithmetic("+", left, right)


def arithmetic(sign: str, left: Term, right: Term) -> Term:
    left, right = needs("number", left), needs("number", right)
    operation = ARITHMETIC[sign]
    return Term(
        "number", lambda lookup: operation(as_number(left.work(lookup)), as_number(right.work(lookup)))
    )


def compared(sign: str, left: Term, right: Term) -> Term:
    if sign not in ("=", "equals", "!="):
        left, right = needs("number", left), needs("number", right)
        test = ORDER[sign]
        return Term("bool", lambda lookup: test(as_number(left.work(lookup)), as_number(right.work(lookup))))
    if "any" not in (left.sort, right.sort) and left.sort != right.sort:
        raise BadFormula(f"a {left.sort} is compared with a {right.sort}")
    same = sign != "!="

    def work(lookup: Lookup) -> Value:
        one, other = left.work(lookup), right.work(lookup)
        # In Python True equals 1; here it does not.
        return (type(one) is type(other) and one == other) == same

    return Term("bool", work)


ARITHMETIC: dict[str, Callable[[Decimal, Decimal], Decimal]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": lambda left, right: left / right,
}
ORDER: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "<": lambda left, right: left < right,
    ">": lambda left, right: left > right,
    "<=": lambda left, right: left <= right,
    ">=": lambda left, right: left >= right,
}


# Functions


@dataclass(frozen=True, slots=True)
class Function:
    takes: Sort
    least: int
    most: int
    gives: Sort
    work: Callable[..., Value]


def called(name: str, arguments: list[Term]) -> Term:
    """A call of a function."""
    if name in ("is_present", "is_known"):
        if len(arguments) != 1:
            raise BadFormula(f"{name} takes one argument")
        return _present(arguments[0])
    known = FUNCTIONS.get(name)
    if known is None:
        raise BadFormula(f"there is no function {name}")
    if not known.least <= len(arguments) <= known.most:
        raise BadFormula(f"{name} does not take {len(arguments)} arguments")
    given = [needs(known.takes, one) for one in arguments]
    return Term(known.gives, lambda lookup: known.work(*(one.work(lookup) for one in given)))


def _present(term: Term) -> Term:
    def work(lookup: Lookup) -> Value:
        try:
            term.work(lookup)
        except (NoValue, DecimalException):
            return False
        return True

    return Term("bool", work)


def _read_number(text: str) -> Decimal:
    return number_of(text.strip())


def _year(at: Decimal) -> Decimal:
    return Decimal(_moment(at)[:4])


def _month(at: Decimal) -> Decimal:
    return Decimal(_moment(at)[5:7])


def _moment(at: Decimal) -> str:
    if not moments.LOWEST <= at <= moments.HIGHEST:
        raise NoValue
    return moments.text(int(at))


def _rounding(mode: str) -> Callable[..., Value]:
    def work(number: Decimal, places: Decimal = Decimal(0)) -> Decimal:
        if places != places.to_integral_value() or abs(places) > 16:
            raise NoValue
        return number.quantize(Decimal(1).scaleb(-int(places)), rounding=mode)

    return work


TO_STRING = Function("number", 1, 1, "string", number_text)
TO_NUMBER = Function("string", 1, 1, "number", _read_number)
FUNCTIONS: Mapping[str, Function] = {
    "max": Function("number", 2, MOST_ARGUMENTS, "number", max),
    "min": Function("number", 2, MOST_ARGUMENTS, "number", min),
    "contains": Function("string", 2, 2, "bool", lambda text, part: part in text),
    "begins_with": Function("string", 2, 2, "bool", str.startswith),
    "ends_with": Function("string", 2, 2, "bool", str.endswith),
    "concatenate": Function("string", 2, MOST_ARGUMENTS, "string", lambda *parts: "".join(parts)),
    "lowercase": Function("string", 1, 1, "string", str.lower),
    "uppercase": Function("string", 1, 1, "string", str.upper),
    "number_to_string": TO_STRING,
    "num_to_string": TO_STRING,
    "string_to_number": TO_NUMBER,
    "parse_number": TO_NUMBER,
    "abs": Function("number", 1, 1, "number", abs),
    "sqrt": Function("number", 1, 1, "number", Decimal.sqrt),
    "div": Function("number", 2, 2, "number", lambda left, right: left // right),
    "mod": Function("number", 2, 2, "number", lambda left, right: left % right),
    "round_down": Function("number", 1, 2, "number", _rounding("ROUND_FLOOR")),
    "round_up": Function("number", 1, 2, "number", _rounding("ROUND_CEILING")),
    "round_nearest": Function("number", 1, 2, "number", _rounding("ROUND_HALF_UP")),
    "time_between": Function("number", 2, 2, "number", lambda start, end: end - start),
    "year": Function("number", 1, 1, "number", _year),
    "month": Function("number", 1, 1, "number", _month),
}
