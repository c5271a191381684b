"""Many records in one request, as the first two generations spelled it: all of them or none.

https://legacydocs.hubspot.com/docs/methods/tickets/batch-create-tickets and its neighbours;
https://legacydocs.hubspot.com/docs/methods/deals/batch-update-deals. HubSpot updates companies and deals some
time after its 202; here they are updated when it comes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from hubwire.catalogue.facts import ObjectType
from hubwire.emulator import legacy, refusals, render
from hubwire.emulator.exchange import Answer, Asked
from hubwire.emulator.handlers.legacy_records import kind_of, told
from hubwire.emulator.intake import Draft, clashes, draft, writable, write
from hubwire.emulator.legacy import Shown
from hubwire.emulator.portal import Archive, Create, Portal, Update
from hubwire.emulator.privacy import legacy_values
from hubwire.emulator.records import Record
from hubwire.emulator.shapes import decode

MOST = 100
T = TypeVar("T")


class Ids(msgspec.Struct):
    ids: list[int | str]


class Item(msgspec.Struct, rename="camel"):
    """A record and what becomes of it."""

    object_id: int | str
    properties: list[legacy.Value]


def read(portal: Portal, asked: Asked) -> Answer:
    """By id; those that are not there are left out."""
    kind, shown = kind_of(portal, asked), Shown.asked(asked)
    records = [found for one in _ids(asked) if (found := legacy.live(portal, kind, one)) is not None]
    return render.answer({str(one.id): told(portal, asked, kind, one, shown) for one in records})


def create(portal: Portal, asked: Asked) -> Answer:
    """200 with the records, in the order that they were sent."""
    kind = writable(kind_of(portal, asked), asked)
    rows = few(decode(asked.body, list[list[legacy.Value]], "ArrayList"))
    drafts = checked(portal, asked, kind, [(legacy.values_of(row), None) for row in rows])
    kept = [{name: value for name, value in one.checked.values.items() if value} for one in drafts]
    made = write(portal, asked, [Create(kind, values) for values in kept]).created
    return render.answer([told(portal, asked, kind, record, legacy.ALL) for record in made])


def update(portal: Portal, asked: Asked) -> Answer:
    """204, or 202 for companies and deals; an id that is not there refuses all."""
    kind = writable(kind_of(portal, asked), asked)
    items = few(decode(asked.body, list[Item], "ArrayList"))
    rows = [(legacy.values_of(item.properties), legacy.there(portal, kind, item.object_id)) for item in items]
    drafts = checked(portal, asked, kind, rows)
    changes = [Update(kind, one.record, one.checked.values) for one in drafts if one.record is not None]
    write(portal, asked, list(changes))
    return Answer(202 if kind.id in (legacy.COMPANY, legacy.DEAL) else 204)


def archive(portal: Portal, asked: Asked) -> Answer:
    """204; those that are not there are left out."""
    kind = writable(kind_of(portal, asked), asked)
    found = (legacy.live(portal, kind, one) for one in _ids(asked))
    write(portal, asked, [Archive(kind, [one.id for one in found if one is not None])])
    return Answer(204)


def _ids(asked: Asked) -> list[int | str]:
    return list(dict.fromkeys(few(decode(asked.body, Ids, "BatchIds").ids)))


def few(items: list[T]) -> list[T]:
    if len(items) > MOST:
        raise refusals.batch_too_large(MOST)
    return items


def checked(
    portal: Portal, asked: Asked, kind: ObjectType, rows: Sequence[tuple[Mapping[str, Any], Record | None]]
) -> list[Draft]:
    """All of them fit to be written, or the refusal of the first that is not."""
    drafts = [
        draft(portal, kind, legacy_values(portal, kind, values), asked.edition, record)
        for values, record in rows
    ]
    for one in drafts:
        if one.checked.problems:
            raise legacy.invalid(one.checked.problems)
    for refusal in clashes(portal, kind, drafts).values():
        raise refusal
    return drafts


HANDLERS = {
    "legacy.objects.batch_read": read,
    "legacy.objects.batch_create": create,
    "legacy.objects.batch_update": update,
    "legacy.objects.batch_delete": archive,
    "legacy.companies.batch": update,
    "legacy.deals.batch": update,
}
