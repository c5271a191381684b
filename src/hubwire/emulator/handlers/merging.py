"""Merging two records, and erasing a person for good.

https://developers.hubspot.com/docs/guides/api/crm/objects/contacts. What HubSpot says of a record merged
with itself is not known.
"""

from __future__ import annotations

import msgspec

from hubwire.catalogue.facts import ObjectType
from hubwire.emulator import refusals, render
from hubwire.emulator.exchange import Answer, Asked, Refusal
from hubwire.emulator.intake import actual, one_record, write
from hubwire.emulator.merging import MERGEABLE, MOST_IDENTITIES, identities
from hubwire.emulator.portal import Erase, Merge, Portal
from hubwire.emulator.records import Record
from hubwire.emulator.shapes import Id, decode


class MergeInput(msgspec.Struct, rename="camel"):
    primary_object_id: Id
    object_id_to_merge: Id


class EraseInput(msgspec.Struct, rename="camel"):
    object_id: Id
    id_property: str | None = None


def merge(portal: Portal, asked: Asked) -> Answer:
    """POST …/merge: a new record; the ids of both lead to it from now on."""
    kind = portal.kind(asked.places["objectType"])
    if kind.id not in MERGEABLE and not kind.id.startswith("2-"):
        raise refusals.method_not_allowed(asked.method, [])
    sent = decode(asked.body, MergeInput, "PublicMergeInput")
    primary = one_record(portal, kind, str(sent.primary_object_id), None)
    other = one_record(portal, kind, str(sent.object_id_to_merge), None)
    if primary.id == other.id:
        raise refusals.validation(f"Object {primary.id} cannot be merged with itself")
    if len(identities(primary)) + len(identities(other)) > MOST_IDENTITIES:
        raise Refusal(414, f"Cannot have more than {MOST_IDENTITIES} identities on a profile")
    made = write(portal, asked, [Merge(kind, primary, other)]).merged[0]
    return render.answer(
        render.seen(portal, kind, made, render.View.of(portal, kind, ["hs_merged_object_ids"]))
    )


def erase(portal: Portal, asked: Asked) -> Answer:
    """POST …/gdpr-delete: gone for good, archived or not; an email nobody has is blocked all the same."""
    kind = portal.kind(asked.places["objectType"])
    if kind.id != "0-1" and asked.version != "2026-09":
        raise refusals.method_not_allowed(asked.method, [])
    sent = decode(asked.body, EraseInput, "PublicGdprDeleteInput")
    given = str(sent.object_id)
    email = given if sent.id_property == "email" and kind.id == "0-1" else ""
    records = _named(portal, kind, given, sent.id_property)
    if not records and not email:
        raise refusals.not_found(given)
    write(portal, asked, [Erase(kind, tuple(records), email)])
    return Answer(204)


def _named(portal: Portal, kind: ObjectType, given: str, name: str | None) -> list[Record]:
    if name:
        try:
            return [one_record(portal, kind, given, name)]
        except Refusal as refusal:
            if refusal.status != 404:
                raise
            return []
    number = actual(portal, kind, given)
    if number is None:
        return []
    table = portal.table(kind)
    return [*table.fetch([number]).values(), *table.fetch([number], archived=True).values()]


HANDLERS = {"objects.merge": merge, "objects.gdpr_delete": erase}
