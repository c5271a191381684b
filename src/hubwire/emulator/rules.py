"""Validation rules of properties: what their arguments may be, and what they refuse of a value.

https://developers.hubspot.com/docs/api-reference/latest/crm/properties/property-validations. Enforced on
every write through the API since July 2023. Only `INVALID_ALPHA` and its text are known; other codes and
texts are ours. A duration counts from the moment of the write (the guide's "after the current" day or
time); that the end itself is allowed is assumed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import msgspec

from hubwire.emulator import moments

DAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
CASES: dict[str, Callable[[str], str]] = {
    "CAPITALIZATION": lambda text: " ".join(word[:1].upper() + word[1:] for word in text.split(" ")),
    "UPPER": str.upper,
    "LOWER": str.lower,
}
SPACES: dict[str, Callable[[str], str]] = {
    "ALL": lambda text: re.sub(r"\s+", "", text),
    "TRIM": str.strip,
}
ALPHABETS = {
    "ALPHANUMERIC": (r"[^\W_]*", "INVALID_ALPHANUMERIC", "Enter only letters and numbers"),
    "ALPHA_ONLY": (r"[^\W\d_]*", "INVALID_ALPHA", "Enter only letters"),
    "NUMERIC_ONLY": (r"\d*", "INVALID_NUMERIC", "Enter only numbers"),
}
DOMAIN = r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_]{2,63}"
EMAIL = rf"[^\s@]+@{DOMAIN}"
URL = rf"(?:https?://)?{DOMAIN}(?::\d+)?(?:[/?#]\S*)?"
DURATIONS = ("AFTER_DURATION", "BEFORE_DURATION", "AFTER_DATETIME_DURATION", "BEFORE_DATETIME_DURATION")
TYPES = {
    **dict.fromkeys(("AFTER_DURATION", "BEFORE_DURATION", "START_DATE", "END_DATE"), ("date",)),
    **dict.fromkeys(("AFTER_DATETIME_DURATION", "BEFORE_DATETIME_DURATION"), ("datetime",)),
    **dict.fromkeys(("START_DATETIME", "END_DATETIME"), ("datetime",)),
    **dict.fromkeys(("DECIMAL", "MIN_NUMBER", "MAX_NUMBER"), ("number",)),
    "DAYS_OF_WEEK": ("date", "datetime"),
}
"""The types of property a rule is for; `string` where none is named."""
FIELDS = {
    **dict.fromkeys(("ALPHANUMERIC", "FORMAT", "REGEX", "SPECIAL_CHARACTERS"), ("text", "textarea")),
    **dict.fromkeys(("MIN_LENGTH", "MAX_LENGTH"), ("text", "textarea", "phonenumber")),
    "PHONE_NUMBER_WITH_EXPLICIT_COUNTRY_CODE": ("phonenumber",),
}
"""The fields of a `string` a rule is for; `text` where none is named."""


PERIOD = re.compile(
    r"(?P<sign>-?)P(?=.)(?:(?P<years>\d{1,4})Y)?(?:(?P<months>\d{1,5})M)?(?:(?P<weeks>\d{1,5})W)?(?:(?P<days>\d{1,6})D)?"
    r"(?:T(?=.)(?:(?P<hours>\d{1,7})H)?(?:(?P<minutes>\d{1,8})M)?(?:(?P<seconds>\d{1,9})S)?)?",
    re.ASCII,
)
"""A duration as ISO 8601 writes it."""


@dataclass(frozen=True, slots=True)
class Edition:
    """By what values are judged: the version of the API, and the moment in epoch milliseconds."""

    version: str
    at: int


class Rule(msgspec.Struct, rename="camel"):
    """One rule of one property."""

    rule_type: str
    rule_arguments: list[str]
    should_apply_normalization: bool = False


class Broken(Exception):
    """A value breaks a rule: code and message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


def applied(rules: Sequence[Rule], value: str, at: int) -> str:
    """The value, put in order where a rule says so; raises Broken. `at` is now."""
    for rule in rules:
        if value and rule.rule_type in DURATIONS:
            _duration(rule, value, at)
        if value and rule.rule_type in APPLY:
            value = APPLY[rule.rule_type](rule, value)
    return value


def arguments_fit(rule_type: str, arguments: Sequence[str]) -> bool:
    """Whether these are arguments of such a rule."""
    least, most, fits = ARGUMENTS[rule_type]
    return least <= len(arguments) <= most and all(map(fits, arguments))


def fits_field(rule_type: str, type_: str, field_type: str) -> bool:
    """Whether values of such a property can be held to the rule: the guide's table of types and fields."""
    if type_ == "phone_number":
        type_, field_type = "string", "phonenumber"
    return type_ in TYPES.get(rule_type, ("string",)) and (
        type_ != "string" or field_type in FIELDS.get(rule_type, ("text",))
    )


def _alphabet(rule: Rule, value: str) -> str:
    pattern, code, message = ALPHABETS[rule.rule_arguments[0]]
    return _matching(pattern, code, message)(rule, value)


def _matching(pattern: str, code: str, message: str) -> Callable[[Rule, str], str]:
    def check(rule: Rule, value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise Broken(code, message)
        return value

    return check


def _format(rule: Rule, value: str) -> str:
    return _normal(rule, value, CASES[rule.rule_arguments[0]](value), "INVALID_FORMAT")


def _whitespace(rule: Rule, value: str) -> str:
    return _normal(rule, value, SPACES[rule.rule_arguments[0]](value), "INVALID_WHITESPACE")


def _normal(rule: Rule, value: str, wanted: str, code: str) -> str:
    if value == wanted or rule.should_apply_normalization:
        return wanted
    raise Broken(code, f"Enter the value as {wanted}")


def _special(rule: Rule, value: str) -> str:
    if re.search(r"[^\w\s]", value):
        raise Broken("INVALID_SPECIAL_CHARACTERS", "Enter a value without special characters")
    return value


def _regex(rule: Rule, value: str) -> str:
    if not re.search(rule.rule_arguments[0], value):
        told = rule.rule_arguments[1] if len(rule.rule_arguments) > 1 else "Enter a value of the right form"
        raise Broken("INVALID_REGEX", told)
    return value


def _length(rule: Rule, value: str) -> str:
    least, limit = rule.rule_type == "MIN_LENGTH", int(rule.rule_arguments[0])
    if len(value) < limit if least else len(value) > limit:
        raise Broken(
            f"INVALID_{rule.rule_type}", f"Enter at {'least' if least else 'most'} {limit} characters"
        )
    return value


def _number(rule: Rule, value: str) -> str:
    least, limit = rule.rule_type == "MIN_NUMBER", float(rule.rule_arguments[0])
    if float(value) < limit if least else float(value) > limit:
        told = f"Enter a number of at {'least' if least else 'most'} {rule.rule_arguments[0]}"
        raise Broken(f"INVALID_{rule.rule_type}", told)
    return value


def _decimal(rule: Rule, value: str) -> str:
    if len(value.partition(".")[2]) > int(rule.rule_arguments[0]):
        raise Broken("INVALID_DECIMAL", f"Enter at most {rule.rule_arguments[0]} decimal places")
    return value


def _moment(rule: Rule, value: str) -> str:
    given, limit = moments.parse(value) or 0, int(rule.rule_arguments[0])
    first = rule.rule_type.startswith("START")
    if given < limit if first else given > limit:
        told = f"Enter a date {'from' if first else 'up to'} {moments.day(limit)}"
        raise Broken(f"INVALID_{rule.rule_type}", told)
    return value


def _duration(rule: Rule, value: str, at: int) -> None:
    given, after = moments.parse(value) or 0, rule.rule_type.startswith("AFTER")
    # Days are compared with days: the present one begins at midnight UTC, like every `date`.
    now = at if "DATETIME" in rule.rule_type else at - at % moments.DAY
    limit = _moved(now, rule.rule_arguments[0], forward=after)
    if given < limit if after else given > limit:
        told = f"Enter a date {'from' if after else 'up to'} {moments.text(limit)}"
        raise Broken(f"INVALID_{rule.rule_type}", told)


def _moved(at: int, period: str, *, forward: bool) -> int:
    match = PERIOD.fullmatch(period)
    if match is None:
        return at
    parts = {name: int(text or 0) for name, text in match.groupdict().items() if name != "sign"}
    way = 1 if forward != bool(match["sign"]) else -1
    then = datetime.fromtimestamp(at / 1000, UTC)
    months = then.year * 12 + then.month - 1 + way * (parts["years"] * 12 + parts["months"])
    year = min(max(months // 12, 1), 9998)
    month = months % 12 + 1
    last = (datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC) - timedelta(days=1)).day
    moved = then.replace(year=year, month=month, day=min(then.day, last))
    rest = timedelta(
        weeks=parts["weeks"], days=parts["days"], hours=parts["hours"], minutes=parts["minutes"],
        seconds=parts["seconds"],
    )  # fmt: skip
    ms = round(moved.timestamp() * 1000) + way * round(rest.total_seconds() * 1000)
    return min(max(ms, moments.LOWEST), moments.HIGHEST)


def _day_of_week(rule: Rule, value: str) -> str:
    given = datetime.fromtimestamp((moments.parse(value) or 0) / 1000, UTC)
    if DAYS[given.weekday()] not in rule.rule_arguments:
        raise Broken("INVALID_DAYS_OF_WEEK", f"Enter a date on one of [{', '.join(rule.rule_arguments)}]")
    return value


def _domains(rule: Rule, value: str) -> str:
    own = re.sub(r"^https?://", "", value.rpartition("@")[2].lower())
    own = re.split(r"[/?#:]", own, maxsplit=1)[0]
    listed = any(own == one.lower() or own.endswith(f".{one.lower()}") for one in rule.rule_arguments)
    if listed != rule.rule_type.endswith("ALLOWED_DOMAINS"):
        raise Broken(f"INVALID_{rule.rule_type}", f"The domain {own} is not allowed")
    return value


def _phone(rule: Rule, value: str) -> str:
    if not re.fullmatch(r"\+\d[\d\s().-]{4,30}(?:\s*(?:ext|x)\.?\s*\d+)?", value):
        raise Broken("INVALID_PHONE_NUMBER", "Enter a phone number with its country code")
    return value


def _integer(low: int, high: int) -> Callable[[str], bool]:
    return lambda text: bool(re.fullmatch(r"-?\d{1,15}", text, re.ASCII)) and low <= int(text) <= high


def _among(*words: str) -> Callable[[str], bool]:
    return lambda text: text in words


def _floating(text: str) -> bool:
    return bool(re.fullmatch(r"-?\d{1,15}(?:\.\d{1,15})?", text, re.ASCII))


# https://github.com/google/re2/wiki/Syntax: neither looking around nor referring back.
BEYOND_RE2 = re.compile(r"(?<!\\)(?:\(\?(?:=|!|<=|<!|>|\(|P=)|\\[1-9])")


def _compiles(text: str) -> bool:
    if BEYOND_RE2.search(text):
        return " " in text
    try:
        re.compile(text)
    except (re.error, RecursionError, OverflowError):
        # The second argument is a message, which compiles or is at least no danger.
        return " " in text
    return len(text) <= 1_000


def _any(text: str) -> bool:
    return True


APPLY: dict[str, Callable[[Rule, str], str]] = {
    "ALPHANUMERIC": _alphabet,
    "DAYS_OF_WEEK": _day_of_week,
    "DECIMAL": _decimal,
    "DOMAIN": _matching(DOMAIN, "INVALID_DOMAIN", "Enter a valid domain"),
    "EMAIL": _matching(EMAIL, "INVALID_EMAIL", "Enter a valid email address"),
    "EMAIL_ALLOWED_DOMAINS": _domains,
    "EMAIL_BLOCKED_DOMAINS": _domains,
    "END_DATE": _moment,
    "END_DATETIME": _moment,
    "FORMAT": _format,
    "MAX_LENGTH": _length,
    "MAX_NUMBER": _number,
    "MIN_LENGTH": _length,
    "MIN_NUMBER": _number,
    "PHONE_NUMBER_WITH_EXPLICIT_COUNTRY_CODE": _phone,
    "REGEX": _regex,
    "SPECIAL_CHARACTERS": _special,
    "START_DATE": _moment,
    "START_DATETIME": _moment,
    "URL": _matching(URL, "INVALID_URL", "Enter a valid URL"),
    "URL_ALLOWED_DOMAINS": _domains,
    "URL_BLOCKED_DOMAINS": _domains,
    "WHITESPACE": _whitespace,
}

MOMENT = (1, 1, _integer(moments.LOWEST, moments.HIGHEST))
DOMAINS = (1, 20, _any)
ARGUMENTS: dict[str, tuple[int, int, Callable[[str], bool]]] = {
    **dict.fromkeys(DURATIONS, (1, 1, lambda text: bool(PERIOD.fullmatch(text)))),
    "ALPHANUMERIC": (1, 1, _among(*ALPHABETS)),
    "DAYS_OF_WEEK": (1, 7, _among(*DAYS)),
    "DECIMAL": (1, 1, _integer(0, 20)),
    "DOMAIN": (0, 0, _any),
    "EMAIL": (0, 0, _any),
    "EMAIL_ALLOWED_DOMAINS": DOMAINS,
    "EMAIL_BLOCKED_DOMAINS": DOMAINS,
    "END_DATE": MOMENT,
    "END_DATETIME": MOMENT,
    "FORMAT": (1, 1, _among(*CASES)),
    "MAX_LENGTH": (1, 1, _integer(1, 10_000)),
    "MAX_NUMBER": (1, 1, _floating),
    "MIN_LENGTH": (1, 1, _integer(1, 10_000)),
    "MIN_NUMBER": (1, 1, _floating),
    "PHONE_NUMBER_WITH_EXPLICIT_COUNTRY_CODE": (0, 1, _any),
    "REGEX": (1, 2, _compiles),
    "SPECIAL_CHARACTERS": (1, 1, _among("NOT_ALLOWED")),
    "START_DATE": MOMENT,
    "START_DATETIME": MOMENT,
    "URL": (0, 0, _any),
    "URL_ALLOWED_DOMAINS": DOMAINS,
    "URL_BLOCKED_DOMAINS": DOMAINS,
    "WHITESPACE": (1, 1, _among(*SPACES)),
}
"""Of each rule: fewest and most arguments, and what each may be."""
