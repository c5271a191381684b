"""When two values of a property are the same to HubSpot, and which ones it is known to refuse."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation

from hubwire.mirror.push.fields import Field, tidy

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECONDS = re.compile(r"-?\d{1,17}")
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
EMAIL = re.compile(r"[^\s@,;:<>()\[\]\"\\]+@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]{0,61}[^\W_]")


def same(field: Field, wanted: str, stored: str | None) -> bool:
    """Whether writing `wanted` over `stored` would change nothing."""
    if wanted == (stored or ""):
        return True
    if not wanted or not stored:
        return False
    if field.multiple:
        return same_set(wanted, stored)
    if field.type == "number":
        return equal(number(wanted), number(stored))
    if field.type in ("date", "datetime"):
        return equal(moment(wanted), moment(stored))
    if field.boolean or field.folded:
        return wanted.lower() == stored.lower()
    return tidy(wanted) == tidy(stored)


def equal(one: object | None, other: object | None) -> bool:
    return one is not None and one == other


def same_set(wanted: str, stored: str) -> bool:
    # A leading ";" adds to what is stored.
    have, want = set(stored.strip(";").split(";")), set(wanted.strip(";").split(";"))
    return want <= have if wanted.startswith(";") else want == have


def number(text: str) -> Decimal | None:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def moment(text: str) -> datetime | None:
    """A date, a time or epoch milliseconds, as UTC; a time without a zone is taken as UTC, as HubSpot
    does.
    """
    try:
        if MILLISECONDS.fullmatch(text):
            return EPOCH + timedelta(milliseconds=int(text))
        value = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        return None
    return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


def objection(field: Field, value: str) -> str | None:
    """Why HubSpot is expected to refuse a value, for a dry run and for the order of sending; None if it
    should pass.

    A forecast only: what is sent and what HubSpot answers decides.
    """
    if not value:
        return None
    if field.name == "email" and field.folded and not EMAIL.fullmatch(value):
        return f"Email address {value} is invalid"
    if field.boolean:
        return None if value.lower() in ("true", "false") else not_allowed(field, value)
    if field.type == "enumeration" and field.options:
        parts = value.strip(";").split(";") if field.multiple else [value]
        wrong = [part for part in parts if part not in field.options]
        return not_allowed(field, wrong[0]) if wrong else None
    if field.type == "number" and not NUMBER.fullmatch(value):
        return f"{value} was not a valid number for {field.name}"
    if field.type in ("date", "datetime"):
        when = moment(value)
        if when is None or (field.type == "date" and when.time() != EPOCH.time()):
            return f"{value} is not a valid {field.type} for {field.name}: write YYYY-MM-DD"
    return None


def not_allowed(field: Field, value: str) -> str:
    allowed = ", ".join(field.options) or "true, false"
    return f"{value} was not one of the allowed options for {field.name}: [{allowed}]"
