"""Who is on a list, and which lists a record is on.

https://developers.hubspot.com/docs/api-reference/crm-lists-v3/guide; shapes as in `hubspot-api-client` 12.0.0
(crm/lists/models). Cursors are opaque there; ours are numbers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import msgspec

from hubwire.emulator import moments, refusals, render
from hubwire.emulator.exchange import Answer, Asked
from hubwire.emulator.handlers.lists import lists
from hubwire.emulator.handlers.objects import next_link, page_size
from hubwire.emulator.intake import record_id
from hubwire.emulator.lists import Changed, Listed, Lists, no_list
from hubwire.emulator.portal import Portal
from hubwire.emulator.shapes import Id, decode

LARGEST_PAGE, DEFAULT_PAGE, LARGEST_BATCH = 250, 100, 100
CURSOR = re.compile(r"(?:(\d{1,17})-)?(\d{1,18})", re.ASCII)


class MembershipChange(msgspec.Struct):
    recordIdsToAdd: list[Id] | None = None
    recordIdsToRemove: list[Id] | None = None


class RecordRef(msgspec.Struct):
    objectTypeId: str
    recordId: Id


class RecordBatch(msgspec.Struct):
    inputs: list[RecordRef] | None = None


def page(portal: Portal, asked: Asked) -> Answer:
    """Members by record id; `before` counts down from its cursor."""
    return _page(portal, asked, "record", lambda record, last: str(record))


def join_order(portal: Portal, asked: Asked) -> Answer:
    """Members by when they joined."""
    return _page(portal, asked, "last, record", lambda record, last: f"{last}-{record}")


def _page(portal: Portal, asked: Asked, order: str, cursor: Any) -> Answer:
    known = lists(portal, asked)
    one = known.live(asked.places["listId"])
    limit = page_size(asked, LARGEST_PAGE, DEFAULT_PAGE)
    after, before = asked.one("after"), asked.one("before")
    back = before is not None and after is None
    where, values = _from(order, after or before, back)
    ways = ", ".join(f"{name.strip()}{' DESC' if back else ''}" for name in order.split(","))
    rows = known.page(one, f"{where} ORDER BY {ways}", values, limit + 1)
    body: dict[str, Any] = {
        "results": [
            {"recordId": str(record), "membershipTimestamp": moments.text(last)}
            for record, last in rows[:limit]
        ]
    }
    if len(rows) > limit:
        mark = cursor(*rows[limit - 1])
        name, key = ("prev", "before") if back else ("next", "after")
        link = next_link(asked, mark)
        body["paging"] = {name: {key: mark, "link": link.replace("after=", "before=") if back else link}}
    body["total"] = known.size(one)
    return render.answer(body)


def _from(order: str, text: str | None, back: bool) -> tuple[str, list[int]]:
    if text is None or text == "":
        return "1", []
    match = CURSOR.fullmatch(text)
    if match is None or (match[1] is None) != (order == "record"):
        raise refusals.validation(f"Invalid value for after: {text}. It must be a cursor of an earlier page")
    values = [int(part) for part in match.groups() if part is not None]
    return f"({order}) {'<' if back else '>'} ({', '.join('?' * len(values))})", values


def add(portal: Portal, asked: Asked) -> Answer:
    """Records that are on the list already, or do not exist, are left out."""
    known, one = _editable(portal, asked)
    return _changed(known.edit(one, _ids(asked), []))


def remove(portal: Portal, asked: Asked) -> Answer:
    known, one = _editable(portal, asked)
    return _changed(known.edit(one, [], _ids(asked)))


def change(portal: Portal, asked: Asked) -> Answer:
    """Adds and removes in one step."""
    known, one = _editable(portal, asked)
    sent = decode(asked.body, MembershipChange, "MembershipChangeRequest")
    plus, minus = ([str(each) for each in ids or ()] for ids in (sent.recordIdsToAdd, sent.recordIdsToRemove))
    return _changed(known.edit(one, plus, minus))


def clear(portal: Portal, asked: Asked) -> Answer:
    """Takes everybody off the list."""
    known, one = _editable(portal, asked)
    known.clear(one)
    return Answer(204)


def add_from(portal: Portal, asked: Asked) -> Answer:
    """Adds the members of another list."""
    known, one = _editable(portal, asked)
    source = known.live(asked.places["sourceListId"])
    if source.type != one.type:
        raise refusals.validation(f"The lists are of different types: {one.type} and {source.type}")
    known.add_from(one, source)
    return Answer(204)


def of_record(portal: Portal, asked: Asked) -> Answer:
    """The lists one record is on."""
    known = lists(portal, asked)
    results = _lists_of(portal, known, asked.places["objectTypeId"], asked.places["recordId"])
    return render.answer({"results": results, "total": len(results)})


def batch(portal: Portal, asked: Asked) -> Answer:
    """The lists of up to 100 records."""
    inputs = decode(asked.body, RecordBatch, "BatchInputRecordIdInput").inputs
    if inputs is None:
        raise refusals.attributes_not_set("BatchInputRecordIdInput", ["inputs"])
    if len(inputs) > LARGEST_BATCH:
        raise refusals.batch_too_large(LARGEST_BATCH)
    known = lists(portal, asked)
    results = [
        {
            "objectTypeId": portal.kind(item.objectTypeId).id,
            "recordId": str(item.recordId),
            "recordListMemberships": _lists_of(portal, known, item.objectTypeId, str(item.recordId)),
        }
        for item in inputs
    ]
    return render.answer(render.batch(asked.now, asked.now, results))


def _lists_of(portal: Portal, known: Lists, type_id: str, record: str) -> list[dict[str, Any]]:
    number = record_id(record)
    found = [] if number is None else known.of_record(portal.kind(type_id), number)
    return [
        {
            "listId": str(one.id),
            "listVersion": one.version,
            "firstAddedTimestamp": moments.text(first),
            "lastAddedTimestamp": moments.text(last),
        }
        for one, first, last in found
    ]


def mapping(portal: Portal, asked: Asked) -> Answer:
    """The id of a list by the one it had in the v1 API: they are alike here."""
    given = asked.one("legacyListId") or ""
    if not lists(portal, asked).find([given]):
        raise no_list(f"List does not exist with legacy ID {given}.", given)
    return render.answer({"listId": given, "legacyListId": given})


def mappings(portal: Portal, asked: Asked) -> Answer:
    """The same of many."""
    ids = _ids(asked)
    there = {str(one.id) for one in lists(portal, asked).find(ids)}
    return render.answer(
        {
            "missingLegacyListIds": [each for each in ids if each not in there],
            "legacyListIdsToIdsMapping": [
                {"listId": each, "legacyListId": each} for each in ids if each in there
            ],
        }
    )


def _ids(asked: Asked) -> list[str]:
    return [str(each) for each in decode(asked.body, list[Id], "java.util.HashSet")]


def _editable(portal: Portal, asked: Asked) -> tuple[Lists, Listed]:
    known = lists(portal, asked)
    one = known.live(asked.places["listId"])
    if one.processing == "DYNAMIC":
        # HubSpot's text is not known.
        raise refusals.validation(
            "Memberships of a list of processing type DYNAMIC cannot be changed by hand"
        )
    return known, one


def _changed(done: Changed) -> Answer:
    """`recordsIdsAdded` is HubSpot's own spelling."""
    return render.answer(
        {
            "recordIdsRemoved": _texts(done.removed),
            "recordsIdsAdded": _texts(done.added),
            "recordIdsMissing": done.missing,
        }
    )


def _texts(numbers: Sequence[int]) -> list[str]:
    return [str(number) for number in numbers]


HANDLERS = {
    "lists.memberships.list": page,
    "lists.memberships.joined": join_order,
    "lists.memberships.add": add,
    "lists.memberships.remove": remove,
    "lists.memberships.change": change,
    "lists.memberships.clear": clear,
    "lists.memberships.add_from": add_from,
    "lists.records.memberships": of_record,
    "lists.records.batch_read": batch,
    "lists.idmapping.read": mapping,
    "lists.idmapping.batch": mappings,
}
