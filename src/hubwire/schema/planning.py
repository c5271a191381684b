"""Compares a schema with an account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hubwire.schema import associating, objects, pipelining, properties
from hubwire.schema.checks import check
from hubwire.schema.declared import Objects, Schema
from hubwire.schema.drafts import Draft
from hubwire.schema.plans import Plan
from hubwire.schema.state import Account, Kind

if TYPE_CHECKING:
    from hubwire import Hub


def plan(hub: Hub, schema: Schema) -> Plan:
    """What would have to be done; the account is only read."""
    check(schema)
    every: list[Objects] = [*schema.custom, *schema.standard]
    account = Account(hub, {one.sensitivity for each in every for one in each.properties if one.sensitivity})
    draft = Draft()
    present = [each for each in schema.custom if not each.absent]
    kinds: list[tuple[Objects, Kind]] = [(each, account.custom(each.name)) for each in present]
    kinds += [(each, account.standard(each.name)) for each in schema.standard]
    # In this order things can be made: an object, its properties, and what names them.
    for own in schema.custom:
        objects.create(draft, account, schema, own)
    for declared, kind in kinds:
        properties.groups(draft, declared, kind)
        properties.compare(draft, account, declared, kind)
    for own in schema.custom:
        objects.change(draft, account, own)
    for own in present:
        associating.objects(draft, account, schema, own)
    for declared, kind in kinds:
        pipelining.compare(draft, account, declared, kind)
    associating.labels(draft, account, schema)
    if schema.custom:
        objects.extra(draft, account, schema)
    return Plan(account.portal_id, [*draft.changes, *draft.removals], draft.refused, draft.extra)
