"""Records in batches of up to a hundred: create, read, update, upsert, archive.

https://developers.hubspot.com/docs/api-reference/error-handling (multi-status errors) and recorded answers
in https://github.com/amp-labs/connectors (providers/hubspot/test/batch).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hubwire.catalogue.facts import ObjectType
from hubwire.emulator import quick, refusals, render
from hubwire.emulator.exchange import Answer, Asked, Refusal
from hubwire.emulator.intake import (
    Draft,
    actual,
    by_property,
    clashes,
    draft,
    new_links,
    problems,
    writable,
    write,
)
from hubwire.emulator.portal import Archive, Change, Create, NewLink, Portal, Update
from hubwire.emulator.privacy import hidden, readable, writable_values
from hubwire.emulator.records import Record
from hubwire.emulator.rules import Edition
from hubwire.emulator.shapes import (
    ArchiveBatch,
    ChangeBatch,
    ChangeInput,
    CreateBatch,
    ObjectInput,
    ReadBatch,
    decode,
)

LARGEST, LARGEST_WITH_HISTORY = 100, 50


def create(portal: Portal, asked: Asked) -> Answer:
    """All or nothing, unless every input carries its own trace id: then the good ones are made (207)."""
    kind = writable(portal.kind(asked.places["objectType"]), asked)
    inputs = decode(asked.body, CreateBatch, batch_of("SimplePublicObjectBatchInputForCreate")).inputs or []
    at_most(inputs)
    writable_values(portal, asked, kind, _named(inputs))
    if any(item.associations for item in inputs):
        refusals.may_associate(asked)
    edition = asked.edition
    drafts = [draft(portal, kind, item.values(), edition) for item in inputs]
    links, refused = _refused(portal, kind, inputs, drafts)
    partial = traced(inputs)
    if refused and not partial:
        raise _whole(drafts, refused)
    good = [index for index in range(len(inputs)) if index not in refused]
    changes: list[Change] = [Create(kind, _set_values(drafts[index]), links.get(index, ())) for index in good]
    made = write(portal, asked, changes).created
    results = [
        _made(portal, kind, record, drafts[index], inputs[index])
        for index, record in zip(good, made, strict=True)
    ]
    errors = [_error(refused[index], inputs[index]) for index in sorted(refused)]
    return _answer(asked, render.scrambled(results), errors, whole=201)


def read(portal: Portal, asked: Asked) -> Answer:
    """Records by id or unique property; those that do not exist are reported together (207)."""
    kind = portal.kind(asked.places["objectType"])
    wanted = decode(asked.body, ReadBatch, "BatchReadInputSimplePublicObjectId")
    history = wanted.propertiesWithHistory or []
    if history and len(wanted.inputs or ()) > LARGEST_WITH_HISTORY:
        raise refusals.too_many_with_history(LARGEST_WITH_HISTORY)
    at_most(wanted.inputs or ())
    given = list(dict.fromkeys(str(item.id) for item in wanted.inputs or ()))
    numbers = _numbers(portal, kind, wanted.idProperty, given)
    readable(portal, asked, kind, (*(wanted.properties or ()), *history))
    view = render.View.of(portal, kind, wanted.properties or [], history, hidden(portal, asked, kind))
    shown: Mapping[int, Any]
    special = bool(history) or asked.flag("archived")
    distinct_ids = [number for number in dict.fromkeys(numbers.values()) if number is not None]
    if not special and None not in numbers.values():
        told = quick.told(portal, kind, render.scrambled(distinct_ids), view)
        if told is not None:
            return Answer(200, render.around(render.batch(asked.now, asked.now, []), told))
    if special:
        found = portal.table(kind).fetch(sorted(distinct_ids), archived=asked.flag("archived"))
        shown = {id_: render.seen(portal, kind, record, view) for id_, record in found.items()}
    else:
        shown = quick.fetched(portal, kind, sorted(distinct_ids), view)
    missing = [text for text in given if numbers[text] not in shown]
    results = [shown[number] for number in distinct_ids if number in shown]
    return _answer(asked, render.scrambled(results), not_found(kind, missing))


def update(portal: Portal, asked: Asked) -> Answer:
    """Bad values refuse the whole batch; unknown ids are reported together (207)."""
    kind = writable(portal.kind(asked.places["objectType"]), asked)
    inputs = decode(asked.body, ChangeBatch, batch_of("SimplePublicObjectBatchInput")).inputs or []
    at_most(inputs)
    writable_values(portal, asked, kind, _named(inputs))
    distinct([str(item.id) for item in inputs])
    _by_other_than_id(portal, kind, inputs)
    records = _records(portal, kind, inputs)
    distinct([str(record.id) for record in records if record is not None])
    drafts = [
        draft(portal, kind, item.values(), asked.edition, record)
        for item, record in zip(inputs, records, strict=True)
    ]
    refused = clashes(portal, kind, drafts)
    if wrong := problems(drafts):
        raise refusals.property_values(wrong)
    for index in sorted(refused):
        raise refused[index]
    good = [index for index, record in enumerate(records) if record is not None]
    changes: list[Change] = [
        Update(kind, record, drafts[index].checked.values)
        for index in good
        if (record := records[index]) is not None
    ]
    made = write(portal, asked, changes).updated
    results = [
        _updated(portal, kind, record, drafts[index], inputs[index])
        for index, record in zip(good, made, strict=True)
    ]
    missing = [str(item.id) for item, record in zip(inputs, records, strict=True) if record is None]
    return _answer(asked, render.scrambled(results), not_found(kind, missing))


def upsert(portal: Portal, asked: Asked) -> Answer:
    """Creates or updates by a unique property; `new` tells which. Partial like create, but never by email."""
    kind = writable(portal.kind(asked.places["objectType"]), asked)
    inputs = decode(asked.body, ChangeBatch, batch_of("SimplePublicObjectBatchInputUpsert")).inputs or []
    at_most(inputs)
    writable_values(portal, asked, kind, _named(inputs))
    for item in inputs:
        if not item.idProperty:
            raise refusals.validation("idProperty must be set on every input of an upsert")
        if not str(item.id).strip():
            # Assumed: nothing would be found by it, and each time another record made.
            raise refusals.validation(f"id must be a value of {item.idProperty}, but was empty")
    distinct([f"{item.id}" for item in inputs])
    records = _records(portal, kind, inputs)
    distinct([str(record.id) for record in records if record is not None])
    drafts = [
        _upsert_draft(portal, kind, item, asked.edition, record)
        for item, record in zip(inputs, records, strict=True)
    ]
    refused = _invalid(drafts) | clashes(portal, kind, drafts)
    missing = [
        index
        for index, item in enumerate(inputs)
        if item.idProperty == "hs_object_id" and records[index] is None
    ]
    partial = traced(inputs) and not any(item.idProperty == "email" for item in inputs)
    if refused and not partial:
        raise _whole(drafts, refused)
    good = [index for index in range(len(inputs)) if index not in refused and index not in missing]
    done = write(portal, asked, [_upsert_change(kind, drafts[index]) for index in good])
    created, updated = iter(done.created), iter(done.updated)
    results = []
    for index in good:
        if records[index] is None:
            body = _made(portal, kind, next(created), drafts[index], inputs[index])
            results.append({**body, "new": True})
        else:
            body = _updated(portal, kind, next(updated), drafts[index], inputs[index], keyed=True)
            results.append({**body, "new": False})
    errors = [_error(refused[index], inputs[index]) for index in sorted(refused)]
    errors += not_found(kind, [str(inputs[index].id) for index in missing])
    return _answer(asked, render.scrambled(results), errors)


def archive(portal: Portal, asked: Asked) -> Answer:
    """204, whatever the ids."""
    kind = writable(portal.kind(asked.places["objectType"]), asked)
    inputs = decode(asked.body, ArchiveBatch, batch_of("SimplePublicObjectId")).inputs or []
    at_most(inputs)
    numbers = [number for item in inputs if (number := actual(portal, kind, item.id)) is not None]
    if numbers:
        write(portal, asked, [Archive(kind, numbers)])
    return Answer(204)


# What several of them need


# A body without inputs is a batch of none, which succeeds: live, bodies that lacked the wrapper were
# taken in silence, with status COMPLETE and no results.
# https://github.com/rudderlabs/rudder-transformer/pull/5147 (April 2026);
# https://github.com/HubSpot/hubspot-api-nodejs/issues/26 and issues/85


def batch_of(item: str) -> str:
    """How HubSpot's error texts call the body of a batch."""
    return f"BatchInput$Json<{item}>"


def at_most(inputs: Sequence[Any], limit: int = LARGEST) -> None:
    if len(inputs) > limit:
        raise refusals.batch_too_large(limit)


def distinct(ids: Sequence[str]) -> None:
    """Refuses a batch that names a record twice."""
    twice = [text for text, times in Counter(ids).items() if times > 1]
    if twice:
        raise refusals.duplicate_ids(twice)


def traced(inputs: Sequence[ObjectInput]) -> bool:
    """Every input has a trace id of its own: HubSpot then answers for each apart."""
    ids = [item.objectWriteTraceId for item in inputs]
    return all(ids) and len(set(ids)) == len(ids)


def _named(inputs: Sequence[ObjectInput]) -> set[str]:
    return {name for item in inputs for name in item.values()}


def _answer(asked: Asked, results: list[Any], errors: Sequence[Any], whole: int = 200) -> Answer:
    body = render.batch(asked.now, asked.now, results, errors)
    return render.answer(body, 207 if errors else whole)


def _numbers(
    portal: Portal, kind: ObjectType, name: str | None, given: Sequence[str]
) -> dict[str, int | None]:
    if not name:
        return {text: actual(portal, kind, text) for text in given}
    found = by_property(portal, kind, name, given)
    return {text: found.get(text) for text in given}


def _records(portal: Portal, kind: ObjectType, inputs: Sequence[ChangeInput]) -> list[Record | None]:
    """The record each input names, in input order."""
    numbers: list[int | None] = [None] * len(inputs)
    for name in {item.idProperty for item in inputs}:
        chosen = [index for index, item in enumerate(inputs) if item.idProperty == name]
        # Ids of records that were merged away are good for a single update only.
        # https://developers.hubspot.com/docs/guides/crm/using-object-apis
        found = by_property(portal, kind, name or "hs_object_id", [str(inputs[index].id) for index in chosen])
        for index in chosen:
            numbers[index] = found.get(str(inputs[index].id))
    records = portal.table(kind).fetch(sorted({number for number in numbers if number is not None}))
    return [None if number is None else records.get(number) for number in numbers]


def _by_other_than_id(portal: Portal, kind: ObjectType, inputs: Sequence[ChangeInput]) -> None:
    """Refuses updates that name the record's id as a unique property: it goes without `idProperty`.

    https://github.com/segmentio/action-destinations/pull/3957; upserts are sent so and answered
    (https://github.com/rudderlabs/rudder-transformer).
    """
    if any(item.idProperty == "hs_object_id" for item in inputs):
        raise refusals.validation(
            f"Unable to perform update/upsert by non-unique {kind.id} property hs_object_id"
            f" in portal ID {portal.portal_id}"
        )


def _refused(
    portal: Portal, kind: ObjectType, inputs: Sequence[ObjectInput], drafts: Sequence[Draft]
) -> tuple[dict[int, tuple[NewLink, ...]], dict[int, Refusal]]:
    """Resolved associations of a create batch, and what is refused, by position."""
    refused = _invalid(drafts)
    links: dict[int, tuple[NewLink, ...]] = {}
    for index, item in enumerate(inputs):
        if index in refused or not item.associations:
            continue
        try:
            links[index] = new_links(portal, kind, item.associations)
        except Refusal as refusal:
            refused[index] = refusal
    return links, {**clashes(portal, kind, drafts), **refused}


def _invalid(drafts: Sequence[Draft]) -> dict[int, Refusal]:
    return {
        index: refusals.property_values(each.checked.problems)
        for index, each in enumerate(drafts)
        if each.checked.problems
    }


def _whole(drafts: Sequence[Draft], refused: dict[int, Refusal]) -> Refusal:
    """The answer to a batch of which nothing is written: every bad value, or else the first refusal."""
    wrong = problems(drafts)
    return refusals.property_values(wrong) if wrong else refused[min(refused)]


def _set_values(each: Draft) -> dict[str, str]:
    return {name: value for name, value in each.checked.values.items() if value}


def _upsert_draft(
    portal: Portal, kind: ObjectType, item: ChangeInput, edition: Edition, record: Record | None
) -> Draft:
    name, values = item.idProperty or "", item.values()
    if name != "hs_object_id" and record is None:
        # The new record gets the identifying value without being told twice.
        values = {name: str(item.id), **values}
    return draft(portal, kind, values, edition, record)


def _upsert_change(kind: ObjectType, each: Draft) -> Change:
    if each.record is None:
        return Create(kind, _set_values(each))
    return Update(kind, each.record, each.checked.values)


def _made(portal: Portal, kind: ObjectType, record: Record, each: Draft, item: ObjectInput) -> dict[str, Any]:
    body = render.created(portal, kind, record, each.checked.echo)
    return _traced(render.warned(body, each.checked), item)


def _updated(
    portal: Portal, kind: ObjectType, record: Record, each: Draft, item: ChangeInput, *, keyed: bool = False
) -> dict[str, Any]:
    # That an upsert shows the value it went by is assumed: callers match the results by it.
    key = [item.idProperty] if keyed and item.idProperty else []
    body = render.updated(portal, kind, record, [*key, *item.values()], each.checked.echo)
    return _traced(render.warned(body, each.checked), item)


def _traced(body: dict[str, Any], item: ObjectInput) -> dict[str, Any]:
    if item.objectWriteTraceId:
        body["objectWriteTraceId"] = item.objectWriteTraceId
    return body


def _error(refusal: Refusal, item: ObjectInput) -> dict[str, Any]:
    context: dict[str, list[str]] = {"objectWriteTraceId": [item.objectWriteTraceId or ""]}
    if refusal.status == 409 and "Existing ID: " in refusal.message:
        context["existingId"] = [refusal.message.rpartition(": ")[2]]
    entry = {"status": "error", "category": refusal.more.get("category"), "message": refusal.message}
    if refusal.message == refusals.VALUES_MISSING:
        # The text does not say which. That the list of them comes along is assumed: the SDKs' models have it.
        entry["errors"] = refusal.more["errors"]
    elif refusal.message.endswith(refusals.SOME_NOT_SET):
        context |= refusal.more["context"]
    return {**entry, "context": context}


def not_found(kind: ObjectType, ids: Sequence[str]) -> list[dict[str, Any]]:
    """What a batch reports of ids that no record has: one entry for all, none if there are none."""
    if not ids:
        return []
    return [
        {
            "status": "error",
            "category": "OBJECT_NOT_FOUND",
            "message": f"Could not get some {kind.upper} objects, they may be deleted or not exist. "
            "Check that ids are valid.",
            "context": {"ids": list(ids)},
        }
    ]


HANDLERS: dict[str, Callable[[Portal, Asked], Answer]] = {
    "objects.batch.create": create,
    "objects.batch.read": read,
    "objects.batch.update": update,
    "objects.batch.upsert": upsert,
    "objects.batch.archive": archive,
}
