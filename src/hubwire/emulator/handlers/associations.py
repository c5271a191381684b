"""Associations between records, v4 and its dated paths.

https://developers.hubspot.com/docs/api-reference/crm-associations-v4/guide, recorded answers in
https://github.com/amp-labs/connectors (providers/hubspot/test) and the copies of live ones in
https://github.com/ballerina-platform/module-ballerinax-hubspot.crm.associations.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Any

from hubwire.catalogue import load
from hubwire.catalogue.facts import AssociationType, ObjectType
from hubwire.emulator import linking, refusals, render
from hubwire.emulator.associations import Edge, End
from hubwire.emulator.columns import ID
from hubwire.emulator.exchange import Answer, Asked
from hubwire.emulator.handlers.batches import at_most, batch_of
from hubwire.emulator.handlers.objects import next_link, page_size
from hubwire.emulator.intake import actual, association, one_record, write
from hubwire.emulator.portal import Change, Link, Portal, Unlink
from hubwire.emulator.shapes import AssociationSpec, FanBatch, LinkedBatch, Pair, PairBatch, decode

PAGE = 500


def list_linked(portal: Portal, asked: Asked) -> Answer:
    """The records of one type that one record is associated with, by id."""
    kind, other = portal.kind(asked.places["objectType"]), portal.kind(asked.places["toObjectType"])
    record = one_record(portal, kind, asked.places["id"], None)
    limit = page_size(asked, PAGE, PAGE)
    body = linked(portal, End(kind.id, record.id), other, cursor(asked.one("after")), limit)
    if "paging" in body:
        body["paging"]["next"]["link"] = next_link(asked, body["paging"]["next"]["after"])
    return render.answer(body)


def link_default(portal: Portal, asked: Asked) -> Answer:
    """Associates a pair without a label; the answer tells both directions."""
    end, other = ends(portal, asked)
    known = default_type(portal, end.type, other.type)
    within_limits(portal, end, other, [known])
    write(portal, asked, [Link(end, other)])
    return render.answer(render.batch(asked.now, asked.now, both_directions(end, other, known)))


def label(portal: Portal, asked: Asked) -> Answer:
    """Gives a pair exactly these labels; the unlabeled type stays beside them."""
    specs = decode(asked.body, list[AssociationSpec], "java.util.ArrayList<AssociationSpec>")
    end, other = ends(portal, asked)
    if not specs:
        raise refusals.validation("At least one association type is required")
    types = pair_types(portal, end.type, other.type, specs)
    within_limits(portal, end, other, types)
    write(portal, asked, [Link(end, other, types, replace=True)])
    return render.answer(labels_between(end, other, types), 201)


def unlink(portal: Portal, asked: Asked) -> Answer:
    """Takes away every type between the two; 204 also when there was none."""
    kind, target = portal.kind(asked.places["objectType"]), portal.kind(asked.places["toObjectType"])
    number, to = actual(portal, kind, asked.places["id"]), actual(portal, target, asked.places["toId"])
    if number is not None and to is not None:
        write(portal, asked, [Unlink(End(kind.id, number), End(target.id, to))])
    return Answer(204)


def batch_create(portal: Portal, asked: Asked) -> Answer:
    """Adds labels to pairs; those that cannot be associated are reported (207)."""
    kind, other = pair_kinds(portal, asked)
    inputs = decode(asked.body, PairBatch, batch_of("PublicAssociationMultiPost")).inputs or []
    at_most(inputs, largest("associations.batch.create"))
    changes: list[Change] = []
    results: list[Any] = []
    pairs, errors = valid_pairs(portal, kind, other, inputs)
    for item, end, target in pairs:
        types = pair_types(portal, kind.id, other.id, item.types or [])
        if (beyond := linking.beyond_limit(portal, end, target, types)) is not None:
            errors.append(problem("LIMIT_EXCEEDED", over(beyond), {"id": [str(end.id)]}))
            continue
        changes.append(Link(end, target, types))
        results.append(labels_between(end, target, types))
    write(portal, asked, changes)
    # https://github.com/HubSpot/HubSpot-public-api-spec-collection: 201 up to 2026-03, 200 in 2026-09
    whole = 200 if asked.version == "2026-09" else 201
    body = render.batch(asked.now, asked.now, results, errors)
    return render.answer(body, 207 if errors else whole)


def batch_default(portal: Portal, asked: Asked) -> Answer:
    """Associates pairs without a label."""
    kind, other = pair_kinds(portal, asked)
    inputs = decode(asked.body, PairBatch, batch_of("PublicDefaultAssociationMultiPost")).inputs or []
    at_most(inputs, largest("associations.batch.default"))
    known = default_type(portal, kind.id, other.id)
    pairs, errors = valid_pairs(portal, kind, other, inputs)
    write(portal, asked, [Link(end, target) for _, end, target in pairs])
    results = [entry for _, end, target in pairs for entry in both_directions(end, target, known)]
    body = render.batch(asked.now, asked.now, results, errors)
    return render.answer(body, 207 if errors else 200)


def batch_read(portal: Portal, asked: Asked) -> Answer:
    """What each record is associated with; those with nothing are reported (207)."""
    kind, other = pair_kinds(portal, asked)
    inputs = decode(asked.body, LinkedBatch, batch_of("PublicFetchAssociationsBatchRequest")).inputs or []
    at_most(inputs, largest("associations.batch.read"))
    results: list[Any] = []
    errors: list[Any] = []
    for item in inputs:
        number = actual(portal, kind, item.id)
        end = End(kind.id, -1 if number is None else number)
        live = number is not None and portal.table(kind).existing([number])
        page = linked(portal, end, other, cursor(item.after), PAGE) if live else {"results": []}
        if not page["results"]:
            errors.append(nothing_linked(kind, other, str(item.id)))
            continue
        entry = {"from": {"id": str(item.id)}, "to": page["results"]}
        if "paging" in page:
            entry["paging"] = page["paging"]
        results.append(entry)
    body = render.batch(asked.now, asked.now, results, errors)
    return render.answer(body, 207 if errors else 200)


def batch_archive(portal: Portal, asked: Asked) -> Answer:
    """Takes away every type between the named pairs."""
    kind, other = pair_kinds(portal, asked)
    inputs = decode(asked.body, FanBatch, batch_of("PublicAssociationMultiArchive")).inputs or []
    at_most(inputs, largest("associations.batch.archive"))
    changes: list[Change] = [
        Unlink(End(kind.id, source), End(other.id, to))
        for item in inputs
        for ref in item.to
        if (source := actual(portal, kind, item.source.id)) is not None
        and (to := actual(portal, other, ref.id)) is not None
    ]
    write(portal, asked, changes)
    return removed(asked)


def labels_archive(portal: Portal, asked: Asked) -> Answer:
    """Takes away the named labels; taking away the unlabeled type takes away all."""
    kind, other = pair_kinds(portal, asked)
    inputs = decode(asked.body, PairBatch, batch_of("PublicAssociationMultiPost")).inputs or []
    at_most(inputs, largest("associations.batch.labels_archive"))
    changes: list[Change] = []
    for item in inputs:
        types = pair_types(portal, kind.id, other.id, item.types or [])
        source, to = actual(portal, kind, item.source.id), actual(portal, other, item.to.id)
        if source is not None and to is not None and types:
            changes.append(Unlink(End(kind.id, source), End(other.id, to), types))
    write(portal, asked, changes)
    return removed(asked)


def labels(portal: Portal, asked: Asked) -> Answer:
    """Every type that a pair of object types can have."""
    kind, other = pair_kinds(portal, asked)
    results = [
        {"category": known.category, "typeId": known.id, "label": known.label}
        for known in portal.relations.types(kind.id, other.id)
    ]
    return render.answer({"results": results})


# What several of them need


def ends(portal: Portal, asked: Asked) -> tuple[End, End]:
    """The two records that a path names; both must live and differ."""
    kind, other = portal.kind(asked.places["objectType"]), portal.kind(asked.places["toObjectType"])
    found = []
    missing = []
    for type_, text in ((kind, asked.places["id"]), (other, asked.places["toId"])):
        number = actual(portal, type_, text)
        if number is None or not portal.table(type_).existing([number]):
            missing.append(f"{type_.upper}={text} is not valid")
        else:
            found.append(End(type_.id, number))
    if missing:
        raise refusals.validation(
            "One or more associations are invalid", context={"INVALID_OBJECT_IDS": missing}
        )
    if found[0] == found[1]:
        raise refusals.validation(itself(found[0].id))
    return found[0], found[1]


def within_limits(portal: Portal, end: End, other: End, types: Sequence[AssociationType]) -> None:
    """Refuses what exceeds a limit the account set. The text is ours: HubSpot's is not known."""
    if (kind := linking.beyond_limit(portal, end, other, types)) is not None:
        raise refusals.validation(over(kind), subCategory="crm.associations.LIMIT_EXCEEDED")


def over(kind: AssociationType) -> str:
    return f"The limit of associations of type {kind.id} from {kind.from_type} to {kind.to_type} is reached"


def itself(number: int) -> str:
    return f"Object {number} cannot be associated to itself ({number})"


def pair_kinds(portal: Portal, asked: Asked) -> tuple[ObjectType, ObjectType]:
    """The object types that a batch path names."""
    return portal.kind(asked.places["fromObjectType"]), portal.kind(asked.places["toObjectType"])


def valid_pairs(
    portal: Portal, kind: ObjectType, other: ObjectType, inputs: Sequence[Pair]
) -> tuple[list[tuple[Pair, End, End]], list[dict[str, Any]]]:
    """The pairs whose records both live, and what is wrong with the rest."""
    sides = ((kind, [item.source.id for item in inputs]), (other, [item.to.id for item in inputs]))
    live = [
        portal.table(type_).existing(
            {number for id_ in ids if (number := actual(portal, type_, id_)) is not None}
        )
        for type_, ids in sides
    ]
    pairs: list[tuple[Pair, End, End]] = []
    errors: list[dict[str, Any]] = []
    for item in inputs:
        source, to = actual(portal, kind, item.source.id), actual(portal, other, item.to.id)
        if source is None or to is None:
            bad = str(item.source.id if source is None else item.to.id)
            errors.append(problem("INVALID_IDENTIFIER", f"`{bad}` is not a valid ID", {"id": [bad]}))
        elif source not in live[0]:
            errors.append(no_record("FROM", kind, source))
        elif to not in live[1]:
            errors.append(no_record("TO", other, to))
        elif kind.id == other.id and source == to:
            errors.append(problem(None, itself(source), {}))
        else:
            pairs.append((item, End(kind.id, source), End(other.id, to)))
    return pairs, errors


def problem(sub: str | None, message: str, context: dict[str, list[str]]) -> dict[str, Any]:
    """One entry of `errors` in an association batch."""
    entry: dict[str, Any] = {"status": "error", "category": "VALIDATION_ERROR"}
    if sub is not None:
        entry["subCategory"] = f"crm.associations.{sub}"
    return {**entry, "message": message, "context": context}


def no_record(side: str, kind: ObjectType, number: int) -> dict[str, Any]:
    context = {"objectType": [kind.singular], "id": [str(number)]}
    entry = problem(f"{side}_OBJECT_NOT_FOUND", f"No {kind.singular} with ID {number} exists", context)
    return {**entry, "category": "OBJECT_NOT_FOUND"}


def nothing_linked(kind: ObjectType, other: ObjectType, id_: str) -> dict[str, Any]:
    context = {"fromObjectId": [id_], "fromObjectType": [kind.singular], "toObjectType": [other.singular]}
    message = f"No {other.singular} is associated with {kind.singular} {id_}."
    return {**problem("NO_ASSOCIATIONS_FOUND", message, context), "category": "OBJECT_NOT_FOUND"}


def default_type(portal: Portal, from_type: str, to_type: str) -> AssociationType:
    """The unlabeled type of a pair of object types; refused where HubSpot has none."""
    known = portal.relations.default(from_type, to_type)
    if known is None:
        raise refusals.validation(f"No association type exists between {from_type} and {to_type}")
    return known


def pair_types(
    portal: Portal, from_type: str, to_type: str, specs: Sequence[AssociationSpec]
) -> tuple[AssociationType, ...]:
    """The named types, which must run from the one object type to the other."""
    types = tuple(association(portal, spec) for spec in specs)
    for known in types:
        if (known.from_type, known.to_type) != (from_type, to_type):
            here, there = portal.kind(from_type).upper, portal.kind(to_type).upper
            raise refusals.validation(
                f"{known.id} is not a valid association type between {here} and {there}",
                subCategory="crm.associations.INVALID_ASSOCIATION_TYPE",
            )
    return types


def linked(portal: Portal, end: End, other: ObjectType, start: int, limit: int) -> dict[str, Any]:
    """One page of a record's associations to live records of one type."""
    by_target: dict[int, list[Edge]] = {}
    edges = portal.edges.of(end, other.id, start=start)
    live = portal.table(other).existing({edge.to for edge in edges})
    for edge in edges:
        if edge.to in live:
            by_target.setdefault(edge.to, []).append(edge)
    targets = list(by_target)
    results = [
        {
            "toObjectId": to,
            "associationTypes": [
                {"category": edge.type.category, "typeId": edge.type.id, "label": edge.type.label}
                for edge in by_target[to]
            ],
        }
        for to in targets[:limit]
    ]
    body: dict[str, Any] = {"results": results}
    if len(targets) > limit:
        body["paging"] = {"next": {"after": linking.token(other.id, targets[limit])}}
    return body


def cursor(text: str | None) -> int:
    if not text:
        return 0
    try:
        start = base64.b64decode(text, validate=True).decode("ascii").rpartition("-")[2]
    except (binascii.Error, ValueError):
        start = text
    if not ID.fullmatch(start):
        raise refusals.validation(f"Invalid value for after: {text}. It must be a cursor of an earlier page")
    return int(start)


def both_directions(end: End, other: End, known: AssociationType) -> list[dict[str, Any]]:
    return [
        {
            "from": {"id": str(here.id)},
            "to": {"id": str(there.id)},
            "associationSpec": {"associationCategory": known.category, "associationTypeId": type_id},
        }
        for here, there, type_id in ((end, other, known.id), (other, end, known.inverse))
    ]


def labels_between(end: End, other: End, types: Sequence[AssociationType]) -> dict[str, Any]:
    """Ids are numbers here, unlike everywhere else."""
    return {
        "fromObjectTypeId": end.type,
        "fromObjectId": end.id,
        "toObjectTypeId": other.type,
        "toObjectId": other.id,
        "labels": [known.label for known in types if known.label],
    }


def largest(op: str) -> int:
    return load.endpoint(op).limit or 100


def removed(asked: Asked) -> Answer:
    """204 in v4; the dated versions answer an empty batch."""
    if asked.version.startswith("20"):
        return render.answer(render.batch(asked.now, asked.now, []))
    return Answer(204)


HANDLERS: dict[str, Callable[[Portal, Asked], Answer]] = {
    "associations.list": list_linked,
    "associations.default": link_default,
    "associations.label": label,
    "associations.delete": unlink,
    "associations.batch.create": batch_create,
    "associations.batch.default": batch_default,
    "associations.batch.read": batch_read,
    "associations.batch.archive": batch_archive,
    "associations.batch.labels_archive": labels_archive,
    "associations.labels.list": labels,
}
