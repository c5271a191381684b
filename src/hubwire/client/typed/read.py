"""Stored texts as Python values. What cannot be understood is odd, and stops no reader of pages.

https://developers.hubspot.com/docs/guides/api/crm/properties: every value is text; dates are midnight UTC, as
`YYYY-MM-DD` or in milliseconds since the epoch; several choices are joined with `;`.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

MILLISECONDS = re.compile(r"[+-]?\d{1,17}", re.ASCII)
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class Other(str):
    """A choice that the module does not know: it was added to the account later, or outlived its option."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"Other({str(self)!r})"


class Odd(NamedTuple):
    """A stored value that is not of its property's type."""

    property: str
    value: str
    """As it is stored."""
    reason: str


class Unreadable(ValueError):
    """Why a text is no value of a type."""


def number(text: str) -> Decimal:
    """Exactly the digits that are stored."""
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        raise Unreadable("not a number") from None
    if not value.is_finite():
        raise Unreadable("not a number")
    return value


def boolean(text: str) -> bool:
    """`true` or `false`, in any letter case."""
    known = {"true": True, "false": False}.get(text.strip().lower())
    if known is None:
        raise Unreadable("neither true nor false")
    return known


def moment(text: str) -> dt.datetime:
    """A moment in UTC; one without a zone is UTC already."""
    text = text.strip()
    try:
        if MILLISECONDS.fullmatch(text):
            return EPOCH + dt.timedelta(milliseconds=int(text))
        value = dt.datetime.fromisoformat(text)
        return value.astimezone(dt.UTC) if value.tzinfo else value.replace(tzinfo=dt.UTC)
    except (ValueError, OverflowError):
        raise Unreadable("not a moment") from None


def day(text: str) -> dt.date:
    """A calendar day, which HubSpot keeps as midnight UTC."""
    try:
        value = moment(text)
    except Unreadable:
        raise Unreadable("not a date") from None
    if value.time() != dt.time():
        raise Unreadable("not at midnight UTC")
    return value.date()


def several(text: str) -> tuple[str, ...]:
    """The parts of a `;`-joined text, each once."""
    return tuple(dict.fromkeys(part for part in (each.strip() for each in text.split(";")) if part))
