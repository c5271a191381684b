"""The nouns of HubSpot, as plain records. Facts only: nothing here parses, validates, counts or sends.

A row is read once and compared by identity: generated comparisons would double what importing this costs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal


class Grade(StrEnum):
    """How well a fact is known, best first."""

    RECORDED = "recorded"
    SPEC = "spec"
    DOCS = "docs"
    THIRD_PARTY = "third-party"
    ASSUMED = "assumed"


Version = Literal["v3", "2026-03", "2026-09"]
"""An API generation. `v3` stands for all numeric ones (v1, v3 and v4 paths); the others are dated."""

Lane = Literal["burst", "search", "associations", "free"]
"""Quota that a call spends: 10-second window and day; 5 searches a second and day; only the day; none."""

Safety = Literal["read", "repeat", "once"]
"""What sending a call twice does: nothing, the same as once, or perhaps a second record."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fact:
    """What every row of the catalogue tells: where it comes from and how well it is known."""

    source: str
    grade: Grade


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ObjectType(Fact):
    """A standard object type. Custom objects are a portal's own and no fact about HubSpot."""

    id: str
    """`0-1`."""
    name: str
    """Plural, as in paths: `contacts`."""
    singular: str
    """`contact`."""
    aliases: tuple[str, ...] = ()
    created: str
    """Name of the creation-time property: `createdate` or `hs_createdate`."""
    modified: str
    """`lastmodifieddate` for contacts, `hs_lastmodifieddate` for all others."""
    defaults: tuple[str, ...]
    """Properties of a read that names none."""
    query: tuple[str, ...] = ()
    """Properties that the `query` of a search looks in."""
    unique: tuple[str, ...] = ()
    """Built-in properties usable as `idProperty` besides `hs_object_id`."""
    engagement: bool = False
    scope_read: tuple[str, ...] = ()
    """Scopes of which any one permits reading."""
    scope_write: tuple[str, ...] = ()
    writable: bool = True

    @property
    def upper(self) -> str:
        """The name inside HubSpot's error texts: `CONTACT`, `LINE_ITEM`."""
        return self.singular.upper()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Endpoint(Fact):
    """An operation, with its path in every version that has it."""

    op: str
    """`objects.batch.upsert`."""
    method: str
    paths: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Version → path templates with `{name}` places; a client uses the first, the rest are aliases."""
    lane: Lane
    safety: Safety
    limit: int | None = None
    """Largest number of inputs (batch) or of results a page."""

    def path(self, version: str, **places: str) -> str:
        """The path in `version`, places filled in (already percent-encoded by the caller)."""
        return self.paths[version][0].format(**places)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AssociationType(Fact):
    """One direction of a way to link records of two types."""

    id: int
    category: Literal["HUBSPOT_DEFINED", "USER_DEFINED", "INTEGRATOR_DEFINED"] = "HUBSPOT_DEFINED"
    from_type: str
    """Object type id of the from side: `0-1`."""
    to_type: str
    name: str
    """Definition name in lower snake case: `contact_to_company_unlabeled`."""
    label: str | None
    """None for the unlabeled type, `Primary` for the primary company."""
    inverse: int
    """Id of the type that the other direction gets."""
    unlabeled: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Option:
    """An allowed value of an enumeration."""

    value: str
    label: str
    order: int = -1
    hidden: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Property(Fact):
    """The definition of a built-in property."""

    name: str
    label: str
    type: str
    """bool, enumeration, date, datetime, string, number, phone_number, object_coordinates, json."""
    field_type: str
    """booleancheckbox, checkbox, radio, select, date, file, text, textarea, html, phonenumber, number,
    calculation_*."""
    group: str
    description: str = ""
    options: tuple[Option, ...] = ()
    calculated: bool = False
    read_only: bool = False
    unique: bool = False
    hidden: bool = False
    external_options: bool = False

    @property
    def multiple(self) -> bool:
        return self.type == "enumeration" and self.field_type == "checkbox"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stage:
    """A stage of a pipeline."""

    id: str
    label: str
    metadata: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pipeline(Fact):
    """A pipeline that a new account has."""

    id: str
    label: str
    object_type: str
    stages: tuple[Stage, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tier(Fact):
    """Request quota of privately distributed apps and keys in an account of this tier."""

    name: Literal["free", "starter", "professional", "enterprise"]
    burst: int
    """Requests per rolling `window` seconds and app."""
    daily: int
    """Requests per account and day."""
    association_burst: int
    association_daily: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EventType(Fact):
    """Something that webhooks can tell of."""

    name: str
    """`contact.propertyChange`."""
    object: str
    """`contact`; `object` for any type of record."""
    action: str
    """`propertyChange`."""
    type_id: str | None
    """Object type id; None where it is not one type of record."""
    scope: str | None
    """What an app needs to be told of it."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WebhookFacts:
    """All that is known of the events that webhooks tell of."""

    events: dict[str, EventType]
    associations: frozenset[tuple[str, str]]
    """Singular names of the pairs whose associations the older format tells."""
    generic: frozenset[str]
    """Singular names of the types that `object.*` covers."""
    silent: frozenset[str]
    """Properties that cannot be subscribed to."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sunset(Fact):
    """Something of HubSpot's that ends."""

    day: str
    """`2027-02-16`; `2027-09-00` where only the month is known."""
    what: str
    touches: str
    """What a program has that this concerns; the words are in `data/sunsets.toml`."""
    instead: str
