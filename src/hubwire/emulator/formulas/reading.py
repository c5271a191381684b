"""A formula's text, read from left to right."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, DecimalException, localcontext

from hubwire.emulator.formulas.functions import (
    added,
    arithmetic,
    both,
    called,
    compared,
    constant,
    either,
    flag,
    nothing,
    text_of,
)
from hubwire.emulator.formulas.values import (
    DIGITS,
    BadFormula,
    Lookup,
    NoValue,
    Term,
    Value,
    as_number,
    needs,
    number_of,
    number_text,
)

DEEPEST = 60
KEYWORDS = frozenset(["if", "then", "elseif", "else", "endif", "and", "or", "not", "equals"])
TOKEN = re.compile(
    r"""\s*(?:(?P<number>\d+(?:\.\d*)?|\.\d+)|(?P<string>'[^']*'|"[^"]*")"""
    r"""|(?P<word>[A-Za-z_]\w*)|(?P<sign><=|>=|!=|[-+*/<>=(),!&|])|(?P<end>$))""",
    re.ASCII,
)


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
            term = either(needs("bool", term), needs("bool", self._both()))
        return term

    def _both(self) -> Term:
        term = self._negated()
        while self._take("and", "&"):
            term = both(needs("bool", term), needs("bool", self._negated()))
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
        return compared(sign, left, self._sum()) if sign else left

    def _sum(self) -> Term:
        term = self._product()
        while sign := self._take("+", "-"):
            term = added(term, self._product()) if sign == "+" else arithmetic(sign, term, self._product())
        return term

    def _product(self) -> Term:
        term = self._signed()
        while sign := self._take("*", "/"):
            term = arithmetic(sign, term, self._signed())
        return term

    def _signed(self) -> Term:
        minus = 0
        while sign := self._take("-", "+"):
            minus += sign == "-"
        term = self._factor()
        if not minus % 2:
            return term
        inner = needs("number", term)
        return Term("number", lambda lookup: -as_number(inner.work(lookup)))

    def _factor(self) -> Term:
        kind, text = self._tokens[self._at]
        if kind == "number":
            self._at += 1
            term = constant("number", Decimal(text))
            # `10property` is `10 * property`.
            if (self._tokens[self._at][0] == "word" and self._word() not in KEYWORDS) or self._word() == "(":
                return arithmetic("*", term, self._factor())
            return term
        if kind == "string":
            self._at += 1
            return constant("string", text[1:-1])
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
            return constant("bool", text.lower() == "true")
        if text.lower() == "null":
            return Term("any", nothing)
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
        return Term("bool", lambda lookup: flag(lookup(name))) if sort == "bool" else text_of(name)


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
