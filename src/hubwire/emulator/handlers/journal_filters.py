"""Filters of journal subscriptions.

https://developers.hubspot.com/docs/api-reference/latest/webhooks-journal/subscriptions/create-filters
Texts of refusals are ours.
"""

from __future__ import annotations

from typing import Any

import msgspec

from hubwire.emulator import refusals
from hubwire.emulator.account import Account
from hubwire.emulator.exchange import Answer, Asked
from hubwire.emulator.hooks.journal import Entry
from hubwire.emulator.hooks.sieve import Filter, Kept
from hubwire.emulator.intake import record_id
from hubwire.emulator.render import answer
from hubwire.emulator.shapes import decode


class NewFilter(msgspec.Struct):
    subscriptionId: int
    filter: Filter


def create(account: Account, asked: Asked) -> Answer:
    """POST …/filters."""
    wanted = decode(asked.body, NewFilter, "FilterCreateRequest")
    entry = _entry(account, asked, str(wanted.subscriptionId))
    if entry.wish.subscriptionType != "OBJECT":
        raise refusals.validation(f"{entry.wish.subscriptionType} subscriptions have no filters")
    if not wanted.filter.conditions:
        raise refusals.validation("A filter needs at least one condition")
    wish, app_id = entry.wish, entry.app_id
    unseen = account.world.journal.unseen(app_id, wish.portalId or 0, wish.objectTypeId or "")
    for condition in wanted.filter.conditions:
        if condition.name in unseen:
            raise refusals.validation(f'Property "{condition.name}" does not exist')
        lacking = condition.lacks()
        if lacking:
            raise refusals.validation(f"{lacking} is required for the operator {condition.operator}")
    with account.store.transaction():
        kept = account.world.journal.sieve.put(entry.id, wanted.filter, int(asked.now * 1000))
    return answer({"filterId": kept.id})


def of_subscription(account: Account, asked: Asked) -> Answer:
    """GET …/filters/subscription/{subscriptionId}: a bare array."""
    entry = _entry(account, asked, asked.places["subscriptionId"])
    return answer([_told(kept) for kept in account.world.journal.sieve.of(entry.id)])


def read(account: Account, asked: Asked) -> Answer:
    """GET …/filters/{filterId}."""
    return answer(_told(_found(account, asked)))


def delete(account: Account, asked: Asked) -> Answer:
    """DELETE …/filters/{filterId}."""
    account.world.journal.sieve.drop(_found(account, asked).id)
    return Answer(204)


def _entry(account: Account, asked: Asked, text: str) -> Entry:
    number, app_id = record_id(text), asked.grant.app_id if asked.grant else 0
    entry = account.world.journal.find(app_id, number) if number is not None else None
    if entry is None:
        raise refusals.nothing_there(f"No subscription found with ID {text}")
    return entry


def _found(account: Account, asked: Asked) -> Kept:
    text = asked.places["filterId"]
    number, app_id = record_id(text), asked.grant.app_id if asked.grant else 0
    kept = account.world.journal.sieve.find(number) if number is not None else None
    if kept is None or account.world.journal.find(app_id, kept.subscription) is None:
        raise refusals.nothing_there(f"No filter found with ID {text}")
    return kept


def _told(kept: Kept) -> dict[str, Any]:
    return {"id": kept.id, "createdAt": kept.created, "filter": msgspec.to_builtins(kept.filter)}


ACCOUNT_HANDLERS = {
    "journal.filters.create": create,
    "journal.filters.list": of_subscription,
    "journal.filters.read": read,
    "journal.filters.delete": delete,
}
