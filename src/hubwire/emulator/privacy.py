"""Properties that only apps with a scope for them may read or write.

https://developers.hubspot.com/docs/api-reference/latest/crm/properties/sensitive-data: a request that names
one is refused with the scope that it needs, and the first generations of the API neither show nor write them,
whatever the scopes, and say nothing of it. Highly sensitive ones are not searched by, and no webhook tells of
them; how the search is refused is assumed, as is that lists are refused like searches.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from hubwire.catalogue.facts import ObjectType
from hubwire.emulator.exchange import Asked
from hubwire.emulator.portal import Portal
from hubwire.emulator.records import Record
from hubwire.emulator.refusals import missing_scopes, validation

HIGHLY = "highly_sensitive"


def hidden(portal: Portal, asked: Asked, kind: ObjectType) -> frozenset[str]:
    """The properties whose values the caller may not read."""
    return _beyond(portal, asked, kind, "read")


def unseen(portal: Portal, kind: ObjectType, scopes: Collection[str]) -> frozenset[str]:
    """The properties whose values nobody with only these scopes may read."""
    return _without(portal, kind, scopes, "read")


def untold(portal: Portal, kind: ObjectType) -> frozenset[str]:
    """The properties whose changes no webhook tells: the highly sensitive ones."""
    known = portal.definitions.sensitive(kind.id)
    return frozenset(name for name, level in known.items() if level == HIGHLY)


def legacy_record(portal: Portal, kind: ObjectType, record: Record) -> Record:
    """The record as the first generations show it: without any sensitive value."""
    if not (names := portal.definitions.sensitive(kind.id)):
        return record
    shown = {name: record.props[name] for name in record.props if name not in names}
    return replace(record, props=shown, cleared=record.cleared.difference(names))


def legacy_values(portal: Portal, kind: ObjectType, values: Mapping[str, Any]) -> dict[str, Any]:
    """What the first generations write of these values: no sensitive ones."""
    known = portal.definitions.sensitive(kind.id)
    return {name: value for name, value in values.items() if name not in known}


def readable(portal: Portal, asked: Asked, kind: ObjectType, names: Iterable[str]) -> None:
    """Refuses a request that names properties whose values the caller may not read."""
    denied = hidden(portal, asked, kind)
    for name in sorted(denied.intersection(names)) if denied else ():
        raise missing_scopes((_scope(kind, portal.definitions.sensitive(kind.id)[name], "read"),))


def searchable(portal: Portal, kind: ObjectType, names: Iterable[str]) -> None:
    """Refuses to search by highly sensitive properties."""
    known = portal.definitions.sensitive(kind.id)
    for name in sorted(known.keys() & set(names)) if known else ():
        if known[name] == HIGHLY:
            raise validation(f'Property "{name}" stores highly sensitive data and cannot be searched by')


def writable_values(portal: Portal, asked: Asked, kind: ObjectType, names: Iterable[str]) -> None:
    """Refuses values of properties that the caller may not write."""
    denied = _beyond(portal, asked, kind, "write").intersection(names) if names else ()
    for name in sorted(denied):
        raise missing_scopes((_scope(kind, portal.definitions.sensitive(kind.id)[name], "write"),))


def _beyond(portal: Portal, asked: Asked, kind: ObjectType, deed: str) -> frozenset[str]:
    return frozenset() if asked.grant is None else _without(portal, kind, asked.grant.scopes, deed)


def _without(portal: Portal, kind: ObjectType, scopes: Collection[str], deed: str) -> frozenset[str]:
    known = portal.definitions.sensitive(kind.id)
    return frozenset(name for name, level in known.items() if _scope(kind, level, deed) not in scopes)


def _scope(kind: ObjectType, level: str, deed: str) -> str:
    if kind.name == "tickets":
        return f"tickets.{level}.v2"
    name = "custom" if kind.id.startswith("2-") else kind.name
    return f"crm.objects.{name}.{level}.{deed}"
