"""Rows of the data files made into the records of `facts`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hubwire.catalogue.facts import (
    AssociationType,
    Endpoint,
    EventType,
    ObjectType,
    Option,
    Pipeline,
    Property,
    Stage,
    Tier,
)
from hubwire.catalogue.tables import BadTable, Row
from hubwire.catalogue.versions import DATED

LANES = {"burst", "search", "associations", "free"}
SAFETIES = {"read", "repeat", "once"}
FLAGS = "crux"
"""Calculated, read-only, unique, options that stand elsewhere (owners, teams, pipelines, the account)."""
TRUTH = (Option(value="true", label="Yes", order=0), Option(value="false", label="No", order=1))


def scopes_by_type(rows: list[Row]) -> dict[str, Row]:
    """The scope row of every object type, by the type's plural name."""
    found: dict[str, Row] = {}
    for row in rows:
        for name in row["types"].split():
            if name in found:
                raise BadTable(f"two rows tell the scopes of {name}")
            found[name] = row
    return found


def object_type(row: Row, scopes: Mapping[str, Row]) -> ObjectType:
    """An object type with its defaults completed by what every read returns."""
    created = row.get("created", "hs_createdate")
    modified = row.get("modified", "hs_lastmodifieddate")
    scope = scopes.get(row["name"], {})
    return ObjectType(
        source=row["source"],
        grade=row["grade"],
        id=row["id"],
        name=row["name"],
        singular=row["singular"],
        aliases=_words(row.get("aliases")),
        created=created,
        modified=modified,
        defaults=(*_words(row.get("defaults")), created, modified, "hs_object_id"),
        query=_words(row.get("query")),
        unique=_words(row.get("unique")),
        engagement=row.get("engagement", False),
        scope_read=_scope(scope.get("read"), row["name"]),
        scope_write=_scope(scope.get("write"), row["name"]),
        writable=row.get("writable", True),
    )


def base_paths(base: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """What stands before an endpoint's own part of the path, by version."""
    paths = {"v3": _words(base["v3"])} if "v3" in base else {}
    for version in DATED:
        # A version's own entry is for areas that were renamed between the dates.
        template = base.get(version, base.get("dated"))
        if template is not None:
            paths[version] = _words(template.replace("{date}", version))
    return paths


def endpoint(row: Row, bases: Mapping[str, Mapping[str, tuple[str, ...]]]) -> Endpoint:
    base, _, tail = row["path"].partition(":")
    if row["lane"] not in LANES or row["safety"] not in SAFETIES:
        raise BadTable(f"unknown lane or safety: {row}")
    return Endpoint(
        source=row["source"],
        grade=row["grade"],
        op=row["op"],
        method=row["method"],
        paths={version: tuple(head + tail for head in heads) for version, heads in bases[base].items()},
        lane=row["lane"],
        safety=row["safety"],
        limit=int(row["limit"]) if row["limit"] else None,
    )


def endpoint_elsewhere(row: Row) -> Endpoint:
    """One that nobody here calls: what it costs and whether it may be repeated is taken from its method."""
    method, paths = row["method"], {"v3": _words(row["numbered"])} if row["numbered"] else {}
    dates = row["dates"].split()
    for date in dates:
        # The oldest date is spelled like the next, which stands for it.
        version = date if date in DATED else DATED[0]
        if version in dates:
            paths[version] = (*paths.get(version, ()), row["dated"].replace("{date}", date))
    return Endpoint(
        source=row["source"],
        grade=row["grade"],
        op=row["op"],
        method=method,
        paths={version: tuple(sorted(found, reverse=True)) for version, found in paths.items()},
        lane="burst",
        safety="read" if method == "GET" else "once" if method == "POST" else "repeat",
    )


def event_type(row: Row, action: str, scopes: Mapping[str, str]) -> EventType:
    return EventType(
        source=row["source"],
        grade=row["grade"],
        name=f"{row['object']}.{action}",
        object=row["object"],
        action=action,
        type_id=row["type_id"] or None,
        scope=scopes.get(row["object"]),
    )


def association_type(row: Row) -> AssociationType:
    return AssociationType(
        source=row["source"],
        grade=row["grade"],
        id=int(row["id"]),
        from_type=row["from"],
        to_type=row["to"],
        name=row["name"],
        label=row["label"] or None,
        inverse=int(row["inverse"]),
        unlabeled=not row["label"],
    )


def option_sets(texts: Mapping[str, str]) -> dict[str, tuple[Option, ...]]:
    """The options of each enumeration, from lines `value | label`."""
    return {name: tuple(_options(text)) for name, text in texts.items()}


def _options(text: str) -> Iterator[Option]:
    for order, line in enumerate(text.splitlines()):
        value, _, label = line.partition("|")
        yield Option(value=value.strip(), label=label.strip(), order=order)


def property_of(row: Row, options: Mapping[str, tuple[Option, ...]], main_group: str) -> Property:
    """A property definition; a truth value has the two options that the refusal of another value names."""
    flags = row["flags"]
    if strange := set(flags) - set(FLAGS):
        raise BadTable(f"unknown flags {sorted(strange)}: {row['name']}")
    truth = row["type"] == "bool" or row["field"] == "booleancheckbox"
    return Property(
        source=row["source"],
        grade=row["grade"],
        name=row["name"],
        label=row["label"],
        type=row["type"],
        field_type=row["field"],
        group=row.get("group") or main_group,
        options=TRUTH if truth else options.get(row["name"], ()),
        calculated="c" in flags,
        read_only="r" in flags,
        unique="u" in flags,
        external_options="x" in flags,
    )


def pipeline(row: Row) -> Pipeline:
    return Pipeline(
        source=row["source"],
        grade=row["grade"],
        id=row["id"],
        label=row["label"],
        object_type=row["object_type"],
        stages=tuple(Stage(id=key, label=label, metadata=metadata) for key, label, metadata in row["stages"]),
    )


def tier(row: Row) -> Tier:
    return Tier(**row)


def _words(text: str | None) -> tuple[str, ...]:
    return tuple(text.split()) if text else ()


def _scope(template: Any, name: str) -> tuple[str, ...]:
    return tuple(word.replace("{name}", name) for word in _words(template))
