"""Who gets which part of a deal.

https://developers.hubspot.com/docs/api-reference/crm-deal-splits-v3/guide and
https://developers.hubspot.com/changelog/public-beta-new-dealsplits-api. HubSpot has them in Sales Hub
Enterprise, once they are turned on; here every account has them. Texts of refusals are ours.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec

from hubwire.catalogue.load import association_types
from hubwire.emulator import refusals, render
from hubwire.emulator.associations import End
from hubwire.emulator.exchange import Answer, Asked
from hubwire.emulator.handlers.batches import at_most, distinct, not_found
from hubwire.emulator.intake import actual, write
from hubwire.emulator.portal import Archive, Change, Create, NewLink, Portal
from hubwire.emulator.records import Record
from hubwire.emulator.shapes import ObjectRef, decode

DEAL, SPLIT = "0-3", "0-72"
SHARE, OWNER = "hs_deal_split_percentage", "hubspot_owner_id"
PLACES = 8


class Part(msgspec.Struct, rename="camel"):
    owner_id: int
    percentage: Decimal


class Parts(msgspec.Struct):
    id: int | str
    splits: list[Part]


class Several(msgspec.Struct):
    inputs: list[Parts]


class Deals(msgspec.Struct):
    inputs: list[ObjectRef]


def read(portal: Portal, asked: Asked) -> Answer:
    """POST …/batch/read: by the ids of deals; unknown ones are reported (207)."""
    inputs = decode(asked.body, Deals, "BatchInputPublicObjectId").inputs
    at_most(inputs)
    deals = _deals(portal, [str(each.id) for each in inputs])
    return _told(portal, asked, deals)


def upsert(portal: Portal, asked: Asked) -> Answer:
    """POST …/batch/upsert: in place of the splits that a deal had. One bad deal refuses all."""
    inputs = decode(asked.body, Several, "PublicDealSplitsBatchCreateRequest").inputs
    at_most(inputs)
    deals = _deals(portal, [str(each.id) for each in inputs])
    owners = {str(owner["id"]) for owner in portal.owners()}
    kind, changes = portal.kind(SPLIT), list[Change]()
    link = association_types(SPLIT, DEAL)[:1]
    for each in inputs:
        deal = deals[str(each.id)]
        _check(each, deal, owners)
        if deal is None:
            continue
        if former := _splits(portal, deal.id):
            changes.append(Archive(kind, [split.id for split in former]))
        for part in each.splits:
            values = {SHARE: _text(part.percentage), OWNER: str(part.owner_id)}
            changes.append(Create(kind, values, (NewLink(End(DEAL, deal.id), link),)))
    write(portal, asked, changes)
    return _told(portal, asked, deals)


def _check(each: Parts, deal: Record | None, owners: set[str]) -> None:
    context = {"id": [str(each.id)]}
    named = [str(part.owner_id) for part in each.splits]
    for part in each.splits:
        if (
            not part.percentage.is_finite()
            or not 0 < part.percentage <= 1
            or part.percentage != round(part.percentage, PLACES)
        ):
            raise refusals.validation(
                f"{part.percentage} is not a split percentage: it is above 0, at most 1,"
                f" and has up to {PLACES} decimal places",
                context=context,
            )
    if unknown := [owner for owner in named if owner not in owners]:
        raise refusals.validation(f"There is no owner with ID {unknown[0]}", context=context)
    if len(set(named)) != len(named):
        raise refusals.validation("An owner can have one split of a deal only", context=context)
    if sum(part.percentage for part in each.splits) != 1:
        raise refusals.validation(f"Split percentages of deal {each.id} must sum up to 1.0", context=context)
    owner = deal.props.get(OWNER) if deal else None
    if owner and owner not in named:
        raise refusals.validation(f"The owner of deal {each.id} must be among its splits", context=context)


def _deals(portal: Portal, given: list[str]) -> dict[str, Record | None]:
    """By the ids as they were sent."""
    distinct(given)
    kind = portal.kind(DEAL)
    numbers = {text: actual(portal, kind, text) for text in given}
    found = portal.table(kind).fetch([number for number in numbers.values() if number is not None])
    return {text: found.get(number) if number is not None else None for text, number in numbers.items()}


def _splits(portal: Portal, deal: int) -> list[Record]:
    """Live ones, in the order they were made."""
    edges = portal.edges.of(End(DEAL, deal), SPLIT)
    found = portal.table(portal.kind(SPLIT)).fetch(sorted({edge.to for edge in edges}))
    return sorted(found.values(), key=lambda split: (split.created, split.id))


def _told(portal: Portal, asked: Asked, deals: dict[str, Record | None]) -> Answer:
    results = []
    for deal in deals.values():
        if deal is not None:
            shown = [_body(portal, split) for split in _splits(portal, deal.id)]
            results.append({"id": str(deal.id), "splits": shown})
    errors = not_found(portal.kind(DEAL), [text for text, deal in deals.items() if deal is None])
    body = render.batch(asked.now, asked.now, render.scrambled(results), errors)
    return render.answer(body, 207 if errors else 200)


def _body(portal: Portal, split: Record) -> dict[str, Any]:
    shown = {name: split.props.get(name) for name in (SHARE, OWNER)}
    body = render.envelope(portal, portal.kind(SPLIT), split, shown)
    del body["url"]
    return body


def _text(share: Decimal) -> str:
    text = f"{share:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


HANDLERS = {"splits.read": read, "splits.upsert": upsert}
