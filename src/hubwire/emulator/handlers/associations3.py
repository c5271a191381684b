"""Associations v3, which older SDKs still call: types go by name.

https://github.com/NangoHQ/integration-templates (integrations/hubspot/tests/create-association.test.json)
and the crm.associations package of hubspot-api-client 12.0.0.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hubwire.catalogue.facts import AssociationType
from hubwire.emulator import refusals, render
from hubwire.emulator.associations import End
from hubwire.emulator.exchange import Answer, Asked
from hubwire.emulator.handlers.associations import (
    PAGE,
    cursor,
    ends,
    largest,
    nothing_linked,
    pair_kinds,
    valid_pairs,
)
from hubwire.emulator.handlers.batches import at_most, batch_of
from hubwire.emulator.handlers.objects import MOST_LINKED, next_link, page_size, rest_of
from hubwire.emulator.intake import actual, one_record, write
from hubwire.emulator.linking import linked_page
from hubwire.emulator.portal import Change, Link, Portal, Unlink
from hubwire.emulator.shapes import LinkedBatch, PairBatch, decode


def batch_create(portal: Portal, asked: Asked) -> Answer:
    """The answer tells both directions, the inverse one first."""
    kind, other = pair_kinds(portal, asked)
    inputs = decode(asked.body, PairBatch, batch_of("PublicAssociation")).inputs or []
    at_most(inputs, largest("associations.v3.batch.create"))
    pairs, errors = valid_pairs(portal, kind, other, inputs)
    changes: list[Change] = []
    results: list[Any] = []
    for item, end, target in pairs:
        known = named(portal, kind.id, other.id, item.type or "")
        back = portal.relations.type(known.category, known.inverse)
        changes.append(Link(end, target, (known,)))
        if back is not None:
            results.append(_entry(target, end, back))
        results.append(_entry(end, target, known))
    write(portal, asked, changes)
    body = render.batch(asked.now, asked.now, results, errors)
    return render.answer(body, 207 if errors else 201)


def batch_read(portal: Portal, asked: Asked) -> Answer:
    """One entry for each type between two records; the rest of many is behind `paging`."""
    kind, other = pair_kinds(portal, asked)
    inputs = decode(asked.body, LinkedBatch, batch_of("PublicObjectId")).inputs or []
    at_most(inputs, largest("associations.v3.batch.read"))
    results: list[Any] = []
    errors: list[Any] = []
    for item in inputs:
        number = actual(portal, kind, item.id)
        end = End(kind.id, number or 0)
        found, after = linked_page(portal, end, other, MOST_LINKED) if _there(portal, end) else ([], None)
        if found:
            more = rest_of(asked, end, other, after)
            results.append({"from": {"id": str(item.id)}, "to": found, **more})
        else:
            errors.append(nothing_linked(kind, other, str(item.id)))
    body = render.batch(asked.now, asked.now, results, errors)
    return render.answer(body, 207 if errors else 200)


def batch_archive(portal: Portal, asked: Asked) -> Answer:
    """Takes away the named type of each pair."""
    kind, other = pair_kinds(portal, asked)
    inputs = decode(asked.body, PairBatch, batch_of("PublicAssociation")).inputs or []
    at_most(inputs, largest("associations.v3.batch.archive"))
    changes: list[Change] = []
    for item in inputs:
        known = named(portal, kind.id, other.id, item.type or "")
        source, to = actual(portal, kind, item.source.id), actual(portal, other, item.to.id)
        if source is not None and to is not None:
            changes.append(Unlink(End(kind.id, source), End(other.id, to), (known,)))
    write(portal, asked, changes)
    return Answer(204)


def types(portal: Portal, asked: Asked) -> Answer:
    """Names and ids of the types between two object types."""
    kind, other = pair_kinds(portal, asked)
    known = portal.relations.types(kind.id, other.id)
    return render.answer({"results": [{"id": str(each.id), "name": each.name} for each in known]})


def list_linked(portal: Portal, asked: Asked) -> Answer:
    """What one record is associated with, one entry for each type; a page ends between two records."""
    kind, other = portal.kind(asked.places["objectType"]), portal.kind(asked.places["toObjectType"])
    record = one_record(portal, kind, asked.places["id"], None)
    limit, start = page_size(asked, PAGE, PAGE), cursor(asked.one("after"))
    results, after = linked_page(portal, End(kind.id, record.id), other, limit, start)
    body: dict[str, Any] = {"results": results}
    if after is not None:
        body["paging"] = {"next": {"after": after, "link": next_link(asked, after)}}
    return render.answer(body)


def link(portal: Portal, asked: Asked) -> Answer:
    """Associates a pair; the answer is the record."""
    end, other = ends(portal, asked)
    write(
        portal,
        asked,
        [Link(end, other, (named(portal, end.type, other.type, asked.places["associationType"]),))],
    )
    kind = portal.kind(asked.places["objectType"])
    record = one_record(portal, kind, asked.places["id"], None)
    body = render.seen(portal, kind, record, render.View.of(portal, kind, ()))
    target = portal.kind(other.type)
    results, after = linked_page(portal, end, target, MOST_LINKED)
    body["associations"] = {target.name: {"results": results, **rest_of(asked, end, target, after)}}
    return render.answer(body)


def unlink(portal: Portal, asked: Asked) -> Answer:
    """Takes away one type of a pair; 204 also when there was none."""
    kind, target = portal.kind(asked.places["objectType"]), portal.kind(asked.places["toObjectType"])
    known = named(portal, kind.id, target.id, asked.places["associationType"])
    number, to = actual(portal, kind, asked.places["id"]), actual(portal, target, asked.places["toId"])
    if number is not None and to is not None:
        write(portal, asked, [Unlink(End(kind.id, number), End(target.id, to), (known,))])
    return Answer(204)


def named(portal: Portal, from_type: str, to_type: str, given: str) -> AssociationType:
    """The type between two object types, by name or id."""
    for known in portal.relations.types(from_type, to_type):
        if given.lower() == known.name or given == str(known.id):
            return known
    raise refusals.validation(
        f"{given} is not a valid association type", subCategory="crm.associations.INVALID_ASSOCIATION_TYPE"
    )


def _there(portal: Portal, end: End) -> bool:
    return bool(portal.table(portal.kind(end.type)).existing([end.id]))


def _entry(end: End, other: End, known: AssociationType) -> dict[str, Any]:
    return {"from": {"id": str(end.id)}, "to": {"id": str(other.id)}, "type": known.name}


HANDLERS: dict[str, Callable[[Portal, Asked], Answer]] = {
    "associations.v3.batch.create": batch_create,
    "associations.v3.batch.read": batch_read,
    "associations.v3.batch.archive": batch_archive,
    "associations.v3.types": types,
    "associations.v3.list": list_linked,
    "associations.v3.link": link,
    "associations.v3.unlink": unlink,
}
