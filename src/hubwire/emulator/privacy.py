"""Properties that only apps with a scope for them may read or write.

https://developers.hubspot.com/docs/api-reference/latest/crm/properties/sensitive-data. That the others see
no trace of a value, and are refused with the scope they need when they write one, is assumed.
"""

from __future__ import annotations

from collections.abc import Iterable

from hubwire.catalogue.facts import ObjectType
from hubwire.emulator.exchange import Asked
from hubwire.emulator.portal import Portal
from hubwire.emulator.refusals import missing_scopes


def hidden(portal: Portal, asked: Asked, kind: ObjectType) -> frozenset[str]:
    """The properties whose values the caller may not read."""
    return _beyond(portal, asked, kind, "read")


def writable_values(portal: Portal, asked: Asked, kind: ObjectType, names: Iterable[str]) -> None:
    """Refuses values of properties that the caller may not write."""
    denied = _beyond(portal, asked, kind, "write").intersection(names) if names else ()
    for name in sorted(denied):
        raise missing_scopes((_scope(kind, portal.definitions.sensitive(kind.id)[name], "write"),))


def _beyond(portal: Portal, asked: Asked, kind: ObjectType, deed: str) -> frozenset[str]:
    known = portal.definitions.sensitive(kind.id)
    if not known or asked.grant is None:
        return frozenset()
    scopes = asked.grant.scopes
    return frozenset(name for name, level in known.items() if _scope(kind, level, deed) not in scopes)


def _scope(kind: ObjectType, level: str, deed: str) -> str:
    if kind.name == "tickets":
        return f"tickets.{level}.v2"
    name = "custom" if kind.id.startswith("2-") else kind.name
    return f"crm.objects.{name}.{level}.{deed}"
