"""What can be said of filters only once the account's definitions are known."""

from __future__ import annotations

from typing import Any

import msgspec

from hubwire.client.calls import definitions
from hubwire.client.execute import execute
from hubwire.client.queries import Query, Terms, fitting
from hubwire.client.session import Session
from hubwire.errors import Forbidden, NotFound
from hubwire.wire.flow import Flow

LISTS = ("IN", "NOT_IN")
TEXT = "string"


def settled(session: Session, kind: str, query: Query) -> Flow[Query]:
    """The query as HubSpot has to be asked.

    In lists, HubSpot finds texts in lower case only, and options as they are spelled: one call tells which a
    property holds, where it matters.
    """
    query = fitting(query, kind)
    groups = []
    for group in query.groups:
        groups.append((yield from _settled(session, kind, group)))
    return msgspec.structs.replace(query, groups=tuple(groups))


def _settled(session: Session, kind: str, group: Terms) -> Flow[Terms]:
    found: list[dict[str, Any]] = []
    for item in group:
        values = item.get("values") or ()
        if item["operator"] in LISTS and any(value != value.lower() for value in values):
            lower = [value.lower() for value in values]
            holds = yield from _type(session, kind, item["propertyName"])
            wanted = lower if holds == TEXT else values if holds else [*values, *lower]
            item = {**item, "values": list(dict.fromkeys(wanted))}
        found.append(item)
    return tuple(found)


def _type(session: Session, kind: str, name: str) -> Flow[str]:
    """The property's type; nothing where the token may not know it."""
    if (kind, name) not in session.types:
        try:
            definition = yield from execute(definitions.property_(session.version, kind, name), session)
        except (Forbidden, NotFound):
            return ""
        session.types[kind, name] = definition.type
    return session.types[kind, name]
