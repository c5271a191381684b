"""Properties that only apps with a scope for them may read or write.

https://developers.hubspot.com/docs/api-reference/latest/crm/properties/sensitive-data. That the others see
no trace of a value, and are refused with the scope they need when they write one, is assumed; so is that a
filter on one of which they see nothing is refused as if it did not exist.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from hubwire.catalogue.facts import ObjectType
from hubwire.emulator.exchange import Asked
from hubwire.emulator.portal import Portal
from hubwire.emulator.records import Record
from hubwire.emulator.refusals import missing_scopes, validation


def hidden(portal: Portal, asked: Asked, kind: ObjectType) -> frozenset[str]:
    """The properties whose values the caller may not read."""
    return _beyond(portal, asked, kind, "read")


def unseen(portal: Portal, kind: ObjectType, scopes: Collection[str]) -> frozenset[str]:
    """The properties whose values nobody with only these scopes may read."""
    return _without(portal, kind, scopes, "read")


def visible(portal: Portal, asked: Asked, kind: ObjectType, record: Record) -> Record:
    """The record without the values that the caller may not read."""
    if not (names := hidden(portal, asked, kind)):
        return record
    shown = {name: record.props[name] for name in record.props if name not in names}
    return replace(record, props=shown, cleared=record.cleared.difference(names))


def readable(portal: Portal, asked: Asked, kind: ObjectType, names: Iterable[str]) -> None:
    """Refuses what is found or sorted by properties that the caller may not read."""
    for name in sorted(hidden(portal, asked, kind).intersection(names)):
        raise validation(f'Property "{name}" does not exist')


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
