"""Rows of the data files made into the records of `facts`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hubwire.catalogue.facts import AssociationType, Endpoint, ObjectType, Pipeline, Stage, Tier
from hubwire.catalogue.tables import BadTable, Row

DATED = ("2026-03", "2026-09")
LANES = {"burst", "search", "associations", "free"}
SAFETIES = {"read", "repeat", "once"}


def scopes_by_type(rows: list[Row]) -> dict[str, Row]:
    """The scope row of every object type, by the type's plural name."""
    return {name: row for row in rows for name in row["types"].split()}


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
    if "dated" in base:
        for version in DATED:
            paths[version] = _words(base["dated"].replace("{date}", version))
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


def pipeline(row: Row) -> Pipeline:
    return Pipeline(
        source=row["source"],
        grade=row["grade"],
        id=row["id"],
        label=row["label"],
        object_type=row["object_type"],
        stages=tuple(Stage(id=id, label=label, metadata=metadata) for id, label, metadata in row["stages"]),
    )


def tier(row: Row) -> Tier:
    return Tier(**row)


def _words(text: str | None) -> tuple[str, ...]:
    return tuple(text.split()) if text else ()


def _scope(template: Any, name: str) -> tuple[str, ...]:
    return tuple(word.replace("{name}", name) for word in _words(template))
