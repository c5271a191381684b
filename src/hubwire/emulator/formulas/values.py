"""Values of formulas, and how texts become numbers and back."""

from __future__ import annotations

from collections.abc import Callable
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


class BadFormula(Exception):
    """The text is no formula."""


class NoValue(Exception):
    """A property that is needed is unset, or the operation has no result."""


@dataclass(frozen=True, slots=True)
class Term:
    """A part of a formula: what it yields, and how."""

    sort: Sort
    work: Callable[[Lookup], Value]


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


def product(*texts: str | None) -> str:
    """The texts multiplied; nothing where one of them is no number."""
    found = Decimal(1)
    try:
        with localcontext(prec=DIGITS):
            for text in texts:
                found *= number_of(text)
            return number_text(found)
    except (NoValue, DecimalException):
        return ""


def difference(text: str, less: str) -> str:
    """The first without the second; nothing where the first is no number."""
    try:
        with localcontext(prec=DIGITS):
            return number_text(number_of(text) - number_of(less or "0"))
    except (NoValue, DecimalException):
        return ""


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


def as_number(value: Value) -> Decimal:
    if not isinstance(value, Decimal):
        raise NoValue
    return value
