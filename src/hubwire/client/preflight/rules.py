"""Validation rules that admins set on properties, applied to a value before it is sent.

https://developers.hubspot.com/docs/api-reference/latest/crm/property-validations/guide. HubSpot enforces them
on the API since July 2023. Rules that this module does not know, and those that count from today, are left
to HubSpot.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from decimal import Decimal

from hubwire.client.preflight.shape import Rule
from hubwire.client.preflight.values import EPOCH, Refused, parsed

DOMAIN = r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_]{2,63}"
PATTERNS = {
    "DOMAIN": (DOMAIN, "INVALID_DOMAIN", "Enter a valid domain"),
    "EMAIL": (rf"[^\s@]+@{DOMAIN}", "INVALID_EMAIL", "Enter a valid email address"),
    "URL": (rf"(?:https?://)?{DOMAIN}(?::\d+)?(?:[/?#]\S*)?", "INVALID_URL", "Enter a valid URL"),
}
ALPHABETS = {
    "ALPHANUMERIC": (r"[^\W_]*", "INVALID_ALPHANUMERIC", "Enter only letters and numbers"),
    "ALPHA_ONLY": (r"[^\W\d_]*", "INVALID_ALPHA", "Enter only letters"),
    "NUMERIC_ONLY": (r"\d*", "INVALID_NUMERIC", "Enter only numbers"),
}
PHONE = r"\+\d[\d\s().-]{4,30}(?:\s*(?:ext|x)\.?\s*\d+)?"
WEEKDAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
LONGEST = 1_000
"""Characters of a value that an admin's own pattern is tried on: HubSpot's engine has no slow patterns,
Python's has."""


def kept(rules: Sequence[Rule], value: str) -> str:
    """The value after all rules, put in order where a rule does that; `Refused` when one is broken."""
    for rule in rules:
        apply = APPLY.get(rule.type)
        if apply is not None and value:
            with suppress(ArithmeticError, IndexError, ValueError):  # arguments of a form not known here
                value = apply(rule, value)
    return value


def _broken(rule: Rule, text: str) -> Refused:
    return Refused(f"INVALID_{rule.type}", text)


def _pattern(rule: Rule, value: str) -> str:
    return _full(value, *PATTERNS[rule.type])


def _alphabet(rule: Rule, value: str) -> str:
    known = ALPHABETS.get(rule.arguments[0] if rule.arguments else "")
    return _full(value, *known) if known else value


def _full(value: str, pattern: str, code: str, text: str) -> str:
    if re.fullmatch(pattern, value) is None:
        raise Refused(code, text)
    return value


def _form(rule: Rule, value: str) -> str:
    match rule.arguments[:1]:
        case ["UPPER"]:
            wanted = value.upper()
        case ["LOWER"]:
            wanted = value.lower()
        case ["CAPITALIZATION"]:
            wanted = " ".join(word[:1].upper() + word[1:] for word in value.split(" "))
        case ["TRIM"]:
            wanted = value.strip()
        case ["ALL"]:
            wanted = re.sub(r"\s+", "", value)
        case _:
            return value
    if wanted != value and not rule.normalises:
        raise _broken(rule, f"Enter the value as {wanted}")
    return wanted


def _special(rule: Rule, value: str) -> str:
    if re.search(r"[^\w\s]", value):
        raise _broken(rule, "Enter a value without special characters")
    return value


def _regex(rule: Rule, value: str) -> str:
    try:
        pattern = re.compile(rule.arguments[0])
    except (re.error, IndexError, RecursionError, OverflowError):
        return value  # RE2 and Python differ: HubSpot will tell
    if len(value) <= LONGEST and pattern.search(value) is None:
        told = rule.arguments[1:2] or ["Enter a value of the right form"]
        raise _broken(rule, told[0])
    return value


def _length(rule: Rule, value: str) -> str:
    limit = int(rule.arguments[0])
    return _within(rule, value, len(value), limit, f"Enter {{}} {limit} characters")


def _number(rule: Rule, value: str) -> str:
    limit = Decimal(rule.arguments[0])
    return _within(rule, value, Decimal(value), limit, f"Enter a number of {{}} {limit}")


def _within(rule: Rule, value: str, size: Decimal | int, limit: Decimal | int, text: str) -> str:
    """The value, if it is not beyond the limit that a MIN_ or MAX_ rule sets."""
    least = rule.type.startswith("MIN")
    if size < limit if least else size > limit:
        raise _broken(rule, text.format("at least" if least else "at most"))
    return value


def _decimal(rule: Rule, value: str) -> str:
    if len(value.partition(".")[2]) > int(rule.arguments[0]):
        raise _broken(rule, f"Enter at most {rule.arguments[0]} decimal places")
    return value


def _bound(rule: Rule, value: str) -> str:
    moment = parsed(value)
    if moment is None:
        return value
    milliseconds = (moment - EPOCH).total_seconds() * 1000
    limit = int(rule.arguments[0])
    if rule.type.startswith("START") and milliseconds < limit:
        raise _broken(rule, "Enter a later date")
    if rule.type.startswith("END") and milliseconds > limit:
        raise _broken(rule, "Enter an earlier date")
    return value


def _weekday(rule: Rule, value: str) -> str:
    moment = parsed(value)
    if moment is not None and WEEKDAYS[moment.weekday()] not in rule.arguments:
        raise _broken(rule, f"Enter a date on one of [{', '.join(rule.arguments)}]")
    return value


def _domains(rule: Rule, value: str) -> str:
    host = re.sub(r"^https?://", "", value.rpartition("@")[2].lower())
    host = re.split(r"[/?#:]", host, maxsplit=1)[0]
    listed = any(host == each.lower() or host.endswith(f".{each.lower()}") for each in rule.arguments)
    if listed != rule.type.endswith("ALLOWED_DOMAINS"):
        raise _broken(rule, f"The domain {host} is not allowed")
    return value


def _phone(rule: Rule, value: str) -> str:
    return _full(value, PHONE, "INVALID_PHONE_NUMBER", "Enter a phone number with its country code")


Apply = Callable[[Rule, str], str]
APPLY: dict[str, Apply] = {
    **dict.fromkeys(PATTERNS, _pattern),
    **dict.fromkeys(("FORMAT", "WHITESPACE"), _form),
    **dict.fromkeys(("MIN_LENGTH", "MAX_LENGTH"), _length),
    **dict.fromkeys(("MIN_NUMBER", "MAX_NUMBER"), _number),
    **dict.fromkeys(("START_DATE", "END_DATE", "START_DATETIME", "END_DATETIME"), _bound),
    **dict.fromkeys(
        ("EMAIL_ALLOWED_DOMAINS", "EMAIL_BLOCKED_DOMAINS", "URL_ALLOWED_DOMAINS", "URL_BLOCKED_DOMAINS"),
        _domains,
    ),
    "ALPHANUMERIC": _alphabet,
    "DAYS_OF_WEEK": _weekday,
    "DECIMAL": _decimal,
    "PHONE_NUMBER_WITH_EXPLICIT_COUNTRY_CODE": _phone,
    "REGEX": _regex,
    "SPECIAL_CHARACTERS": _special,
}
