"""Whether HubSpot stores a value, as far as its property's definition tells.

https://developers.hubspot.com/docs/guides/api/crm/properties and
https://developers.hubspot.com/docs/api-reference/error-handling: codes and texts are HubSpot's where it
documents them.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from hubwire.client.definitions import PropertyDefinition

LONGEST = 65_536
NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,3})?", re.ASCII | re.I)
MILLISECONDS = re.compile(r"-?\d{1,17}", re.ASCII)
MOMENT = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)"
    r"(?:[T ](?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"\s*(?P<zone>Z|[+-]\d\d(?::?\d\d)?)?)?",
    re.ASCII | re.I,
)
EMAIL = re.compile(r"[^\s@<>()\[\],;:\\\"]+@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]{0,61}[^\W_]")
LONGEST_EMAIL = 254
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)

TRIMMED = ("number", "bool", "date", "datetime", "enumeration")


class Refused(Exception):
    """Why a value is not stored: code and text."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code, self.text = code, text


def stored(
    definition: PropertyDefinition, sent: str, choices: Sequence[str] | None, *, email: bool, lenient: bool
) -> str:
    """The value as HubSpot keeps it; `""` clears. `lenient`: a date with a time is put in order (2026-09)."""
    if definition.read_only:
        raise Refused(
            "READ_ONLY_VALUE", f'"{definition.name}" is a calculated property; its value cannot be set.'
        )
    text = sent.strip()
    if not text:
        return ""
    if text != sent and definition.type in TRIMMED:
        # https://developers.hubspot.com/changelog/breaking-change-enhanced-validations-for-non-string-properties-in-hubspots-crmobject-apis
        raise Refused("LEADING_TRAILING_WHITESPACE", f'"{sent}" includes leading or trailing whitespace.')
    match definition.type:
        case "number":
            if NUMBER.fullmatch(text) is None:
                raise Refused("INVALID_INTEGER", f"{sent} was not a valid number")
            return text
        case "bool":
            return _one_of(text.lower(), ("true", "false"), sent)
        case "date":
            return _day(sent, lenient)
        case "datetime":
            return _moment(sent, "INVALID_LONG", "long.").isoformat()
        case "enumeration":
            return _chosen(definition, sent, choices)
    if choices:
        return _one_of(sent, choices, sent)
    return _text(definition, sent, email)


def _text(definition: PropertyDefinition, sent: str, email: bool) -> str:
    if len(sent) > LONGEST:
        raise Refused("INVALID_STRING", f"{definition.name} is longer than {LONGEST} characters")
    if not email:
        return sent
    address = sent.strip().lower()
    if len(address) > LONGEST_EMAIL or EMAIL.fullmatch(address) is None:
        raise Refused("INVALID_EMAIL", f"Email address {sent} is invalid")
    return address


def _chosen(definition: PropertyDefinition, sent: str, choices: Sequence[str] | None) -> str:
    options = choices or [option.value for option in definition.options]
    if not options or (definition.external_options and not choices):
        return sent
    if definition.field_type != "checkbox":
        return _one_of(sent, options, sent)
    parts = [part for part in map(str.strip, sent.split(";")) if part]
    for part in parts:
        _one_of(part, options, part)
    return ";".join(parts)


def _one_of(value: str, options: Sequence[str], sent: str) -> str:
    if value not in options:
        raise Refused("INVALID_OPTION", f"{sent} was not one of the allowed options: [{', '.join(options)}]")
    return value


def _day(sent: str, lenient: bool) -> str:
    moment = _moment(sent, "INVALID_DATE", "date")
    if (moment - EPOCH) % DAY and not lenient:
        raise Refused("INVALID_DATE", f"{sent} is at {moment:%H:%M:%S} UTC, not midnight!")
    return moment.date().isoformat()


def _moment(sent: str, code: str, noun: str) -> dt.datetime:
    moment = parsed(sent)
    if moment is None:
        raise Refused(code, f"{sent} was not a valid {noun}")
    return moment


def parsed(sent: str) -> dt.datetime | None:
    """A moment in ISO 8601 or in milliseconds since the epoch; None for anything else."""
    text = sent.strip()
    try:
        if MILLISECONDS.fullmatch(text):
            return EPOCH + dt.timedelta(milliseconds=int(text))
        found = MOMENT.fullmatch(text)
        if found is None:
            return None
        day = dt.date.fromisoformat(found["day"])
        time = dt.time(int(found["hour"] or 0), int(found["minute"] or 0), int(found["second"] or 0))
        fraction = dt.timedelta(milliseconds=int((found["fraction"] or "").ljust(3, "0")[:3]))
        return dt.datetime.combine(day, time, dt.UTC) + fraction - _zone(found["zone"])
    except (ValueError, OverflowError):
        return None


def _zone(text: str | None) -> dt.timedelta:
    if text is None or text in "Zz":
        return dt.timedelta()
    digits = text[1:].replace(":", "").ljust(4, "0")
    away = dt.timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return -away if text[0] == "-" else away
