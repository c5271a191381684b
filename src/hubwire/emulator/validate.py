"""Which property values HubSpot stores, in which form, and its words for those it does not.

Codes and texts: https://developers.hubspot.com/docs/api-reference/error-handling and recorded answers in
https://github.com/amp-labs/connectors (providers/hubspot/test/batch).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from hubwire.catalogue.facts import Property
from hubwire.emulator import moments
from hubwire.emulator.rules import Broken, Rule, applied

LONGEST = 65_536
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
EMAIL = re.compile(r"[^\s@<>()\[\],;:\\\"]+@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]{0,61}[^\W_]")

TRIM = frozenset({"number", "bool", "date", "datetime", "enumeration"})
"""Types whose values must not have whitespace around them, since April 2025."""

Problem = tuple[str, str, str]
"""Property, code, message."""


@dataclass(slots=True)
class Checked:
    """What is to be stored (None clears), what the answer to this write shows instead, and what is wrong."""

    values: dict[str, str | None] = field(default_factory=dict)
    echo: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[dict[str, Any]] = field(default_factory=list)
    """What was put in order rather than refused."""


class Unfit(Exception):
    """One value is not stored: code and message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


def check(
    definitions: Mapping[str, Property],
    properties: Mapping[str, Any],
    stages: Mapping[str, Sequence[str]],
    rules: Mapping[str, Sequence[Rule]] = MappingProxyType({}),
    *,
    normalise: bool = False,
    at: int = 0,
) -> Checked:
    """Every problem of one record's values. `stages`: the options that come from pipelines; `at`: now."""
    checked = Checked()
    for name, raw in properties.items():
        definition = definitions.get(name)
        try:
            if definition is None:
                raise Unfit("PROPERTY_DOESNT_EXIST", f'Property "{name}" does not exist')
            sent = as_text(raw)
            wanted = sent
            if normalise and definition.type == "date" and (day := _start_of_day(sent)) is not None:
                wanted = str(day)
                checked.warnings.append(_normalised(name, sent, wanted))
            value = stored_form(definition, wanted, stages.get(name))
            if name in rules:
                value = applied(rules[name], value, at)
        except (Unfit, Broken) as unfit:
            checked.problems.append((name, unfit.code, unfit.message))
            continue
        checked.values[name] = value or None
        if sent != value and (not value or definition.type in ("date", "datetime")):
            # A create answer shows a moment as it was sent, a clearing "" as "".
            checked.echo[name] = sent
        elif not value:
            checked.echo[name] = ""
    return checked


def as_text(raw: Any) -> str:
    """A JSON scalar as Jackson reads it into a string; `null` clears like the empty string."""
    if raw is None:
        return ""
    if isinstance(raw, bool):
        return "true" if raw else "false"
    return raw if isinstance(raw, str) else str(raw)


def stored_form(definition: Property, sent: str, stages: Sequence[str] | None = None) -> str:
    """The value as stored; empty to clear. Raises Unfit."""
    if definition.read_only or definition.calculated:
        raise Unfit(
            "READ_ONLY_VALUE", f'"{definition.name}" is a calculated property; its value cannot be set.'
        )
    stripped = sent.strip()
    if not stripped:
        return ""
    if definition.type == "string" and not stages:
        return _string(definition, sent)
    if sent != stripped and definition.type in TRIM:
        # https://developers.hubspot.com/changelog/breaking-change-enhanced-validations-for-non-string-properties-in-hubspots-crmobject-apis
        raise Unfit("LEADING_TRAILING_WHITESPACE", f'"{sent}" includes leading or trailing whitespace.')
    match definition.type:
        case "number":
            return _number(sent)
        case "bool":
            return _bool(sent)
        case "date":
            return _date(sent)
        case "datetime":
            return _datetime(sent)
        case "enumeration":
            return _enumeration(definition, sent, stages)
        case _ if stages:
            return _option(sent, stages)
        case _:
            return _string(definition, sent)


def appended(stored: str | None, value: str) -> str:
    """A multi-select value with a leading `;` joins the stored set instead of replacing it."""
    if not value.startswith(";"):
        return value
    parts = [*(stored or "").split(";"), *value.split(";")]
    return ";".join(dict.fromkeys(part for part in parts if part))


def _number(sent: str) -> str:
    value = sent.strip()
    if not NUMBER.fullmatch(value):
        raise Unfit("INVALID_INTEGER", f"{sent} was not a valid number")
    return value


def _bool(sent: str) -> str:
    value = sent.strip().lower()
    if value not in ("true", "false"):
        raise Unfit("INVALID_OPTION", _no_option(sent, ("true", "false")))
    return value


def _date(sent: str) -> str:
    ms = moments.parse(sent)
    if ms is None:
        raise Unfit("INVALID_DATE", f"{sent} was not a valid date")
    if ms % moments.DAY:
        clock = moments.text(ms)[11:-1]
        raise Unfit("INVALID_DATE", f"{sent} is at {clock} UTC, not midnight!")
    return moments.day(ms)


def _start_of_day(sent: str) -> int | None:
    """Midnight before a moment that is not at midnight."""
    ms = moments.parse(sent)
    return None if ms is None or not ms % moments.DAY else ms - ms % moments.DAY


def _normalised(name: str, raw: str, value: str) -> dict[str, Any]:
    # https://developers.hubspot.com/changelog (write validation of 2026-09)
    return {
        "category": "PROPERTY_VALUE_NORMALIZED",
        "context": {"normalizedValue": value, "propertyName": name, "rawValue": raw},
        "message": f"{name} was normalized",
    }


def _datetime(sent: str) -> str:
    ms = moments.parse(sent)
    if ms is None:
        # Recorded: https://github.com/grouparoo/grouparoo (plugins/@grouparoo/hubspot/__tests__/fixtures).
        raise Unfit("INVALID_LONG", f"{sent} was not a valid long.")
    return moments.text(ms)


def _enumeration(definition: Property, sent: str, stages: Sequence[str] | None) -> str:
    options = stages or [option.value for option in definition.options]
    if not options or (definition.external_options and not stages):
        return sent
    if not definition.multiple:
        return _option(sent, options)
    chosen = [part.strip() for part in sent.split(";")]
    wrong = next((part for part in chosen if part and part not in options), None)
    if wrong is not None:
        raise Unfit("INVALID_OPTION", _no_option(wrong, options))
    joined = ";".join(dict.fromkeys(part for part in chosen if part))
    return f";{joined}" if sent.startswith(";") and joined else joined


def _option(sent: str, options: Sequence[str]) -> str:
    if sent not in options:
        raise Unfit("INVALID_OPTION", _no_option(sent, options))
    return sent


def _string(definition: Property, sent: str) -> str:
    if len(sent) > LONGEST:
        # The text is ours: HubSpot documents the limit, not the refusal.
        raise Unfit("INVALID_STRING", f"{definition.name} is longer than {LONGEST} characters")
    if definition.name != "email":
        return sent
    value = sent.strip().lower()
    if len(value) > 254 or not EMAIL.fullmatch(value):
        raise Unfit("INVALID_EMAIL", f"Email address {sent} is invalid")
    return value


def _no_option(sent: str, options: Sequence[str]) -> str:
    return f"{sent} was not one of the allowed options: [{', '.join(options)}]"
