"""Formulas of calculated properties: read, checked and worked out.

https://developers.hubspot.com/docs/api-reference/latest/crm/properties/guide ("Create calculation
properties") gives the language. Functions that it does not list are those of the property editor.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, DecimalException, localcontext
from typing import Literal

from hubwire.emulator import moments

Value = Decimal | str | bool
Sort = Literal["number", "string", "bool", "any"]
Lookup = Callable[[str], str | None]
"""The text of a property; None where it is unset."""

DIGITS = 34
SHOWN = Decimal("1e-16")
LARGEST = 300
DEEPEST = 60
MOST_ARGUMENTS = 100
TOKEN = re.compile(
    r"""\s*(?:(?P<number>\d+(?:\.\d*)?|\.\d+)|(?P<string>'[^']*'|"[^"]*")"""
    r"""|(?P<word>[A-Za-z_]\w*)|(?P<sign><=|>=|!=|[-+*/<>=(),!&|])|(?P<end>$))""",
    re.ASCII,
)


class BadFormula(Exception):
    """The text is no formula."""


class NoValue(Exception):
    """A property that is needed is unset, or the operation has no result."""


@dataclass(frozen=True, slots=True)
class Term:
    """A part of a formula: what it yields, and how."""

    sort: Sort
    work: Callable[[Lookup], Value]


@dataclass(frozen=True, slots=True)
class Formula:
    """A whole formula."""

    term: Term
    names: tuple[str, ...]
    """The properties it reads."""

    def value(self, type_: str, lookup: Lookup) -> str | None:
        """The text a property of that type gets; None where the formula has no result that fits."""
        try:
            with localcontext(prec=DIGITS):
                return _told(self.term.work(lookup), type_)
        except (NoValue, DecimalException):
            return None


def parsed(text: str) -> Formula:
    """The formula, or `BadFormula`."""
    reader = _Reader(text)
    term = reader.expression()
    reader.expect("")
    return Formula(term, tuple(dict.fromkeys(reader.names)))


def _told(value: Value, type_: str) -> str | None:
    if type_ == "number":
        return number_text(value) if isinstance(value, Decimal) else None
    if type_ == "bool":
        return str(value).lower() if isinstance(value, bool) else None
    if isinstance(value, Decimal):
        return number_text(value)
    return (str(value).lower() if isinstance(value, bool) else value) or None


def number_text(value: Decimal) -> str:
    """Plain digits, without an exponent or idle zeros, to sixteen decimals."""
    if abs(value.adjusted()) > LARGEST and value:
        raise NoValue
    if value.adjusted() < DIGITS - 17:
        value = value.quantize(SHOWN)
    plain = f"{value:f}"
    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    return "0" if plain in ("-0", "") else plain


def number_of(text: str | None) -> Decimal:
    """A property as a number; a date counts as its milliseconds."""
    if text:
        try:
            found = Decimal(text)
            if found.is_finite() and abs(found.adjusted()) < LARGEST:
                return found
        except DecimalException:
            pass
        if (at := moments.parse(text)) is not None:
            return Decimal(at)
    raise NoValue


class _Reader:
    """Reads from left to right; each method takes what its name says, the tighter-binding parts first."""

    def __init__(self, text: str) -> None:
        self._tokens = list(_tokens(text))
        self._at = self._depth = 0
        self.names: list[str] = []

    # Tokens

    def _next(self) -> str:
        return self._tokens[self._at][1]

    def _word(self) -> str:
        kind, text = self._tokens[self._at]
        return text.lower() if kind == "word" else text if kind == "sign" else ""

    def _take(self, *wanted: str) -> str | None:
        found = self._word()
        if found and found in wanted:
            self._at += 1
            return found
        return None

    def expect(self, wanted: str) -> None:
        if not wanted and self._tokens[self._at][0] == "end":
            return
        if not wanted or self._take(wanted) is None:
            raise BadFormula(f"{wanted or 'the end'} is expected at {self._next() or 'the end'}")

    # Expressions

    def expression(self) -> Term:
        self._depth += 1
        if self._depth > DEEPEST:
            raise BadFormula("it is nested too deeply")
        term = self._conditional() if self._take("if") else self._either()
        self._depth -= 1
        return term

    def _conditional(self) -> Term:
        cases: list[tuple[Term, Term]] = []
        otherwise: Term | None = None
        while True:
            test = needs("bool", self.expression())
            self.expect("then")
            cases.append((test, self.expression()))
            if not self._take("elseif"):
                break
        if self._take("else"):
            otherwise = self.expression()
        self._take("endif")

        def work(lookup: Lookup) -> Value:
            for test, result in cases:
                if test.work(lookup):
                    return result.work(lookup)
            if otherwise is None:
                raise NoValue
            return otherwise.work(lookup)

        sorts = {result.sort for _, result in cases} | ({otherwise.sort} if otherwise else set())
        return Term(sorts.pop() if len(sorts) == 1 else "any", work)

    def _either(self) -> Term:
        term = self._both()
        while self._take("or", "|"):
            term = _either(needs("bool", term), needs("bool", self._both()))
        return term

    def _both(self) -> Term:
        term = self._negated()
        while self._take("and", "&"):
            term = _both(needs("bool", term), needs("bool", self._negated()))
        return term

    def _negated(self) -> Term:
        count = 0
        while self._take("not", "!"):
            count += 1
        if not count:
            return self._compared()
        inner = needs("bool", self._compared())
        return inner if count % 2 == 0 else Term("bool", lambda lookup: not inner.work(lookup))

    def _compared(self) -> Term:
        left = self._sum()
        sign = self._take("<", ">", "<=", ">=", "=", "!=", "equals")
        return _compared(sign, left, self._sum()) if sign else left

    def _sum(self) -> Term:
        term = self._product()
        while sign := self._take("+", "-"):
            term = _added(term, self._product()) if sign == "+" else _number(sign, term, self._product())
        return term

    def _product(self) -> Term:
        term = self._signed()
        while sign := self._take("*", "/"):
            term = _number(sign, term, self._signed())
        return term

    def _signed(self) -> Term:
        minus = 0
        while sign := self._take("-", "+"):
            minus += sign == "-"
        term = self._factor()
        if not minus % 2:
            return term
        inner = needs("number", term)
        return Term("number", lambda lookup: -_as_number(inner.work(lookup)))

    def _factor(self) -> Term:
        kind, text = self._tokens[self._at]
        if kind == "number":
            self._at += 1
            term = _constant("number", Decimal(text))
            # `10property` is `10 * property`.
            if (self._tokens[self._at][0] == "word" and self._word() not in KEYWORDS) or self._word() == "(":
                return _number("*", term, self._factor())
            return term
        if kind == "string":
            self._at += 1
            return _constant("string", text[1:-1])
        if self._take("("):
            term = self.expression()
            self.expect(")")
            return term
        if kind != "word" or text.lower() in KEYWORDS:
            raise BadFormula(f"{text or 'the end'} is unexpected")
        self._at += 1
        if self._take("("):
            return self._call(text.lower())
        if text.lower() in ("true", "false"):
            return _constant("bool", text.lower() == "true")
        if text.lower() == "null":
            return Term("any", _nothing)
        self.names.append(text)
        return Term("number", lambda lookup: number_of(lookup(text)))

    def _call(self, name: str) -> Term:
        if name in ("string", "bool"):
            return self._property(name)
        arguments = [self.expression()]
        while self._take(","):
            arguments.append(self.expression())
        self.expect(")")
        return called(name, arguments)

    def _property(self, sort: str) -> Term:
        kind, name = self._tokens[self._at]
        if kind != "word":
            raise BadFormula(f"{sort} takes the name of a property")
        self._at += 1
        self.expect(")")
        self.names.append(name)
        return Term("bool", lambda lookup: _flag(lookup(name))) if sort == "bool" else _text_of(name)


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    while True:
        found = TOKEN.match(text, at)
        if found is None:
            raise BadFormula(f"{text[at : at + 20].strip()} is not understood")
        kind = str(found.lastgroup)
        yield kind, found[kind]
        if kind == "end":
            return
        at = found.end()


KEYWORDS = frozenset(["if", "then", "elseif", "else", "endif", "and", "or", "not", "equals"])


# What the parts yield


def needs(sort: Sort, term: Term) -> Term:
    """The term, if it may yield that."""
    if term.sort not in (sort, "any"):
        raise BadFormula(f"a {sort} is expected where a {term.sort} stands")
    if term.sort == sort:
        return term
    classes = {"number": Decimal, "string": str, "bool": bool}

    def work(lookup: Lookup) -> Value:
        value = term.work(lookup)
        if not isinstance(value, classes[sort]):
            raise NoValue
        return value

    return Term(sort, work)


def _constant(sort: Sort, value: Value) -> Term:
    return Term(sort, lambda lookup: value)


def _nothing(lookup: Lookup) -> Value:
    raise NoValue


def _text_of(name: str) -> Term:
    def work(lookup: Lookup) -> Value:
        text = lookup(name)
        if not text:
            raise NoValue
        return text

    return Term("string", work)


def _flag(text: str | None) -> bool:
    if text not in ("true", "false"):
        raise NoValue
    return text == "true"


def _as_number(value: Value) -> Decimal:
    if not isinstance(value, Decimal):
        raise NoValue
    return value


def _either(left: Term, right: Term) -> Term:
    return Term("bool", lambda lookup: bool(left.work(lookup)) or bool(right.work(lookup)))


def _both(left: Term, right: Term) -> Term:
    return Term("bool", lambda lookup: bool(left.work(lookup)) and bool(right.work(lookup)))


def _added(left: Term, right: Term) -> Term:
    if "string" in (left.sort, right.sort):
        return called("concatenate", [left, right])
    return _number("+", left, right)


def _number(sign: str, left: Term, right: Term) -> Term:
    left, right = needs("number", left), needs("number", right)
    operation = ARITHMETIC[sign]
    return Term(
        "number", lambda lookup: operation(_as_number(left.work(lookup)), _as_number(right.work(lookup)))
    )


def _compared(sign: str, left: Term, right: Term) -> Term:
    if sign not in ("=", "equals", "!="):
        left, right = needs("number", left), needs("number", right)
        test = ORDER[sign]
        return Term(
            "bool", lambda lookup: test(_as_number(left.work(lookup)), _as_number(right.work(lookup)))
        )
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
