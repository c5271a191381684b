"""The catalogue's front door: each table of `data/` is read once, on first use, and no other with it.

What reads and builds the rows is imported with the first table: a client that was made but not yet used
needs none of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from hubwire.catalogue.versions import NEWEST as NEWEST
from hubwire.catalogue.versions import VERSIONS as VERSIONS

if TYPE_CHECKING:
    from hubwire.catalogue.facts import (
        AssociationType,
        Endpoint,
        ObjectType,
        Pipeline,
        Property,
        Sunset,
        Tier,
        WebhookFacts,
    )
    from hubwire.catalogue.numbers import Limits
    from hubwire.catalogue.tables import Row


@cache
def object_types() -> tuple[ObjectType, ...]:
    """Every standard object type, by ascending number of its type id."""
    from hubwire.catalogue import build
    from hubwire.catalogue.tables import graded, read

    document = read("object_types")
    scopes = build.scopes_by_type([graded(row) for row in document["scopes"]])
    return tuple(build.object_type(graded(row, document), scopes) for row in document["type"])


def object_type(spelling: str) -> ObjectType | None:
    """The standard type that a path segment means: plural, singular, alias or type id, in any letter case."""
    return _object_type_by_spelling().get(spelling.lower())


@cache
def _object_type_by_spelling() -> dict[str, ObjectType]:
    return {
        spelling: kind
        for kind in object_types()
        for spelling in (kind.id, kind.name, kind.singular, *kind.aliases)
    }


@cache
def endpoints() -> tuple[Endpoint, ...]:
    """Every known endpoint, including those that nothing here emulates."""
    from hubwire.catalogue import build
    from hubwire.catalogue.tables import read, table_rows

    document = read("endpoints")
    bases = {name: build.base_paths(base) for name, base in document["bases"].items()}
    return tuple(build.endpoint(row, bases) for row in table_rows(document))


@cache
def elsewhere() -> tuple[Endpoint, ...]:
    """What HubSpot has outside the CRM and the platform: nothing here calls it or emulates it."""
    from hubwire.catalogue import build
    from hubwire.catalogue.tables import read, table_rows

    return tuple(build.endpoint_elsewhere(row) for row in table_rows(read("elsewhere")))


def endpoint(op: str) -> Endpoint:
    """The endpoint of that name; KeyError when there is none."""
    return _endpoint_by_op()[op]


@cache
def _endpoint_by_op() -> dict[str, Endpoint]:
    return {known.op: known for known in endpoints()}


def association_types(from_id: str, to_id: str) -> tuple[AssociationType, ...]:
    """HubSpot's own types from one object type to another, unlabeled first; () for an unknown pair."""
    return _association_types_by_pair().get((from_id, to_id), ())


def association_type(category: str, id: int) -> AssociationType | None:  # noqa: A002 - HubSpot's word
    """The type with that id; None for other categories than HUBSPOT_DEFINED, which belong to a portal."""
    return _association_types_by_id().get(id) if category == "HUBSPOT_DEFINED" else None


def default_association(from_id: str, to_id: str) -> AssociationType | None:
    """The unlabeled type, which a link without a label gets."""
    return next((kind for kind in association_types(from_id, to_id) if kind.unlabeled), None)


@cache
def _association_types_by_id() -> dict[int, AssociationType]:
    from hubwire.catalogue import build
    from hubwire.catalogue.tables import read, table_rows

    kinds = map(build.association_type, table_rows(read("association_types")))
    return {kind.id: kind for kind in kinds}


@cache
def _association_types_by_pair() -> dict[tuple[str, str], tuple[AssociationType, ...]]:
    pairs: dict[tuple[str, str], list[AssociationType]] = {}
    for kind in _association_types_by_id().values():
        pairs.setdefault((kind.from_type, kind.to_type), []).append(kind)
    return {pair: tuple(sorted(kinds, key=lambda kind: not kind.unlabeled)) for pair, kinds in pairs.items()}


@cache
def properties(type_id: str) -> Mapping[str, Property]:
    """Built-in property definitions of a standard type, by name; empty for an unknown type id."""
    from hubwire.catalogue import build
    from hubwire.catalogue.tables import read, table_rows

    kind = _object_type_by_spelling().get(type_id)
    if kind is None or kind.id != type_id:
        return MappingProxyType({})
    rows = (*table_rows(read("properties/common")), *table_rows(_property_table(kind.name)))
    options = build.option_sets(_property_table(kind.name).get("options", {}))
    main_group = next(iter(property_groups(type_id)))
    known = (build.property_of(row, options, main_group) for row in rows)
    return MappingProxyType({prop.name: prop for prop in sorted(known, key=lambda prop: prop.name)})


@cache
def common_properties(group: str) -> Mapping[str, Property]:
    """What records of every type have, custom ones too, by name; each in `group`."""
    from hubwire.catalogue import build
    from hubwire.catalogue.tables import read, table_rows

    rows = table_rows(read("properties/common"))
    known = (build.property_of(row, {}, group) for row in rows)
    return MappingProxyType({prop.name: prop for prop in sorted(known, key=lambda prop: prop.name)})


@cache
def property_groups(type_id: str) -> Mapping[str, str]:
    """Built-in property groups of a standard type, name to label, the main one first."""
    kind = _object_type_by_spelling().get(type_id)
    if kind is None or kind.id != type_id:
        return MappingProxyType({})
    return MappingProxyType(_property_table(kind.name)["groups"])


@cache
def _property_table(name: str) -> Row:
    from hubwire.catalogue.tables import read

    return read(f"properties/{name}")


def pipelines(type_id: str) -> tuple[Pipeline, ...]:
    """The pipelines that a new account has for that type."""
    return tuple(known for known in _pipelines() if known.object_type == type_id)


@cache
def _pipelines() -> tuple[Pipeline, ...]:
    from hubwire.catalogue import build
    from hubwire.catalogue.tables import graded, read

    document = read("pipelines")
    return tuple(build.pipeline(graded(row, document)) for row in document["pipeline"])


def tier(name: str) -> Tier:
    """Request quota of a subscription tier; KeyError when there is none of that name."""
    return _tiers()[name]


@cache
def _tiers() -> dict[str, Tier]:
    from hubwire.catalogue import build
    from hubwire.catalogue.tables import graded, read

    document = read("limits")
    return {row["name"]: build.tier(graded(row, document)) for row in document["tier"]}


@cache
def sunsets() -> tuple[Sunset, ...]:
    """What stops or loses support, in order of days."""
    from hubwire.catalogue.facts import Sunset
    from hubwire.catalogue.tables import read, table_rows

    names = ("day", "what", "touches", "instead", "source", "grade")
    rows = ({name: row[name] for name in names} for row in table_rows(read("sunsets")))
    return tuple(Sunset(**row) for row in sorted(rows, key=lambda row: row["day"]))


@cache
def webhooks() -> WebhookFacts:
    """The events of webhooks."""
    from hubwire.catalogue import build
    from hubwire.catalogue.facts import WebhookFacts
    from hubwire.catalogue.tables import read, table_rows

    document = read("webhooks")
    rows = {name: list(table_rows({"table": document[name]})) for name in document}
    scopes = {row["object"]: row["scope"] for row in rows["scopes"]}
    events = [
        build.event_type(row, action, scopes) for row in rows["events"] for action in row["actions"].split()
    ]
    return WebhookFacts(
        events={event.name: event for event in events},
        associations=frozenset(
            (row["object"], other) for row in rows["associations"] for other in row["others"].split()
        ),
        generic=frozenset(row["type"] for row in rows["generic"]),
        silent=frozenset(row["property"] for row in rows["silent"]),
    )


@cache
def limits() -> Limits:
    """The limits that do not depend on the subscription."""

    from hubwire.catalogue.numbers import Limits  # too dear a class for a client that asks for one type
    from hubwire.catalogue.tables import read, table_rows

    return Limits(**{row["name"]: int(row["value"]) for row in table_rows(read("limits"))})


@cache
def currencies() -> Mapping[str, str]:
    """HubSpot's currencies, code to name."""
    from hubwire.catalogue.tables import read, table_rows

    return MappingProxyType({row["code"]: row["name"] for row in table_rows(read("currencies"))})
