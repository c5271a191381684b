"""The log of changes of v1, which connectors poll for tickets, products and line items.

https://legacydocs.hubspot.com/docs/methods/tickets/get-ticket-changes
"""

from __future__ import annotations

from typing import Any, NamedTuple

from hubwire.emulator import legacy, render
from hubwire.emulator.exchange import Answer, Asked
from hubwire.emulator.portal import Portal

MOST = 1_000
DAY = 24 * 60 * 60 * 1000


class Change(NamedTuple):
    """In the order in which they are told."""

    at: int
    id: int
    kind: str
    names: tuple[str, ...]


def changes(portal: Portal, asked: Asked) -> Answer:
    """A bare array of what happened to live and archived records in the last 24 hours, least recent first.

    Told is what comes after the three values of the last change of the answer before; of `timestamp` alone
    what comes after that moment. If over a thousand records changed, earlier changes of one may be left out.
    """
    kind = portal.kind(asked.places["objectType"])
    moment, number = legacy.start(asked, "timestamp"), legacy.start(asked, "objectId")
    reached = (moment, number, asked.one("changeType") or "") if number else (moment, 10**18, "")
    since = max(moment - (1 if number else 0), int(asked.now * 1000) - DAY)
    found = [one for one in _changes(portal, kind.id, since) if one[:3] > reached]
    return render.answer([_told(one) for one in sorted(found)[:MOST]])


def _changes(portal: Portal, type_id: str, since: int) -> list[Change]:
    kind = portal.kind(type_id)
    table, found = portal.table(kind), list[Change]()
    if not table.made:
        return found
    for where, gone in (("{live}", False), ("{gone}", True)):
        column = "archived" if gone else "updated"
        sql = f"SELECT id FROM {where} WHERE {column} > ? ORDER BY {column}, id LIMIT ?"
        ids = [row[0] for row in table.rows(sql, (since, MOST))]
        for record in table.fetch(ids, archived=gone).values():
            if record.created > since:
                found.append(Change(record.created, record.id, "CREATED", tuple(sorted(record.props))))
            if record.archived is not None:
                found.append(Change(record.archived, record.id, "DELETED", ()))
        found += [
            Change(at, id_, "CHANGED", names) for id_, at, names in portal.history.since(type_id, ids, since)
        ]
    return found


def _told(one: Change) -> dict[str, Any]:
    """Associations and lists are named and never filled, as in HubSpot."""
    return {
        "timestamp": one.at,
        "changeType": one.kind,
        "objectId": one.id,
        "changes": {
            "changedProperties": list(one.names),
            "newAssociations": [],
            "removedAssociations": [],
            "newListMemberships": [],
            "removedListMemberships": [],
        },
    }


HANDLERS = {"legacy.objects.changes": changes}
