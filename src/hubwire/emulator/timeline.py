"""Kinds of events that an app puts on records' timelines, and the events.

https://developers.hubspot.com/docs/api/crm/timeline; shapes: HubSpot-public-api-spec-collection,
CRM/Timeline.
"""

from __future__ import annotations

import re
from typing import Any, Literal

import msgspec

from hubwire.emulator.exchange import Refusal
from hubwire.emulator.refusals import validation

TYPES = {"contacts": "0-1", "companies": "0-2", "deals": "0-3", "tickets": "0-5"}
PLACE = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
NAME = re.compile(r"[A-Za-z0-9_.-]+")
RESERVED = frozenset({"log", "lookup"})
"""Names that the template language has for itself.
https://developers.hubspot.com/docs/api/crm/timeline (define event tokens)"""


class Choice(msgspec.Struct):
    value: str
    label: str


class Token(msgspec.Struct, rename="camel"):
    """A value that events of the kind carry."""

    name: str
    label: str
    type: Literal["date", "enumeration", "number", "string"]
    options: list[Choice] = []
    object_property_name: str | None = None
    """The property of the record that takes the value."""
    created_at: str | None = None
    updated_at: str | None = None


class Template(msgspec.Struct, rename="camel"):
    """A kind of events."""

    id: str
    name: str
    object_type: str
    tokens: list[Token]
    created_at: str
    updated_at: str
    header_template: str | None = None
    detail_template: str | None = None
    app_id: int = 0

    def body(self) -> dict[str, Any]:
        told: dict[str, Any] = msgspec.to_builtins(self)
        del told["appId"]
        told["tokens"] = [without_nulls(token) for token in told["tokens"]]
        return without_nulls(told)

    def token(self, name: str) -> Token | None:
        return next((token for token in self.tokens if token.name == name), None)


class Event(msgspec.Struct, rename="camel"):
    """One event, as it is told."""

    event_template_id: str
    object_type: str
    id: str
    tokens: dict[str, str]
    object_id: str
    timestamp: str
    created_at: str
    email: str | None = None
    domain: str | None = None
    utk: str | None = None
    extra_data: Any = None
    timeline_i_frame: Any = msgspec.field(default=None, name="timelineIFrame")

    def body(self) -> dict[str, Any]:
        return without_nulls(msgspec.to_builtins(self))


def without_nulls(told: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if value is not None}


def check_token(token: Token) -> Token:
    if not NAME.fullmatch(token.name) or token.name in RESERVED:
        raise validation(f"{token.name} is not a valid token name", context={"name": [token.name]})
    if token.type == "enumeration" and not token.options:
        raise validation(f"Token {token.name} must have options", context={"name": [token.name]})
    return token


def text_of(token: Token, value: Any) -> str:
    """A value that came with an event, checked against the token's type."""
    if isinstance(value, bool):
        text = str(value).lower()
    elif isinstance(value, float) and value.is_integer():
        text = str(int(value))
    else:
        text = str(value)
    if token.type == "number" and not _number(text):
        raise _wrong(token, text)
    if token.type == "date" and not text.lstrip("-").isdigit():
        raise _wrong(token, text)
    if token.type == "enumeration" and text not in [choice.value for choice in token.options]:
        raise _wrong(token, text)
    return text


def _number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _wrong(token: Token, text: str) -> Refusal:
    return validation(
        f"{text} is not a valid {token.type} for token {token.name}", context={"token": [token.name]}
    )


def filled(template: str, event: Event) -> str | None:
    """The text with the event's values in their places; None where it has blocks: nothing here does those."""
    known: dict[str, Any] = {**event.body(), **event.tokens}
    if any(place[:1] in ("#", "/", "^", ">", "&") for place in PLACE.findall(template)):
        return None

    def value(found: re.Match[str]) -> str:
        here: Any = known
        for step in found[1].split("."):
            here = here.get(step) if isinstance(here, dict) else None
        return "" if here is None else str(here)

    return PLACE.sub(value, template)
