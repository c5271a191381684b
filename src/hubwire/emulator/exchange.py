"""What goes in and out of the emulator: one request asked, one answer given, or a refusal on the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from hubwire.catalogue.facts import Endpoint
from hubwire.emulator.rules import Edition

JSON = "application/json;charset=utf-8"


@dataclass(slots=True)
class Grant:
    """Who calls: what a token stands for."""

    kind: str
    """`oauth`, `private-app`, `service-key` or `developer-key`."""
    portal_id: int
    app_id: int
    user_id: int
    scopes: frozenset[str]
    marketplace: bool = False
    """A marketplace-distributed OAuth app: 110 calls per 10 s and installing account, no daily quota."""


@dataclass(frozen=True, slots=True)
class Mishap:
    """What shall go wrong with a call, and how many seconds its answer shall take."""

    what: str
    delay: float


@dataclass(slots=True)
class Asked:
    """One request as received. The gates fill in what they establish; handlers read it."""

    method: str
    path: str
    query: Mapping[str, Sequence[str]]
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    now: float
    """Seconds since the epoch on the emulator's clock."""
    correlation_id: str
    endpoint: Endpoint | None = None
    version: str = ""
    places: dict[str, str] = field(default_factory=dict)
    """Path places, percent-decoded: `{"objectType": "contacts", "id": "12"}`."""
    grant: Grant | None = None
    lacks: frozenset[str] = frozenset()
    """Permissions that the user of a user-level app does not have."""
    mishap: Mishap | None = None
    raw_query: str = ""

    @property
    def edition(self) -> Edition:
        """By what the values that are sent are judged."""
        return Edition(self.version, int(self.now * 1000))

    def one(self, name: str, default: str | None = None) -> str | None:
        """The last value of a query parameter."""
        values = self.query.get(name)
        return values[-1] if values else default

    def many(self, name: str) -> list[str]:
        """All values of a query parameter, repeated or comma-joined or both; empty ones are left out.

        Blanks beside a comma are no part of a value: programs in use write `properties=firstname, lastname`
        and go on with both (assumed; none tells what HubSpot answers).
        """
        parts = (part.strip() for value in self.query.get(name, ()) for part in value.split(","))
        return [part for part in parts if part]

    def flag(self, name: str) -> bool:
        """A boolean query parameter, in any letter case (`False` arrives from Python connectors)."""
        return (self.one(name) or "").lower() == "true"


@dataclass(slots=True)
class Answer:
    status: int
    body: bytes = b""
    headers: list[tuple[str, str]] = field(default_factory=list)
    content_type: str = JSON
    fate: Literal["sent", "dropped", "lost"] = "sent"
    """What becomes of it: the connection may be closed before it, or never bring it."""
    delay: float = 0.0
    """Seconds before it is sent."""


class Cut(Exception):
    """A gate answers in the handler's place."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


class Refusal(Exception):
    """HubSpot would say no. Raised anywhere below `Emulator.answer`, rendered there."""

    def __init__(self, status: int, message: str, **more: Any) -> None:
        """`more` joins the error envelope: category, subCategory, context, errors, links, policyName …"""
        super().__init__(message)
        self.status, self.message, self.more = status, message, more
