"""The webhooks journal: subscriptions, and the files with what happened.

https://developers.hubspot.com/docs/api-reference/latest/webhooks-journal; shapes:
HubSpot-public-api-spec-collection, Webhooks Journal. Texts of refusals are ours. Assumed: how long the
address of a file is good, and the largest batch.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from hubwire.emulator import moments, refusals
from hubwire.emulator.account import Account
from hubwire.emulator.exchange import Answer, Asked, Refusal
from hubwire.emulator.hooks.journal import INSTALL, UNINSTALL, Entry, File, Journal, Wish, number_of
from hubwire.emulator.intake import record_id
from hubwire.emulator.lists import Lists
from hubwire.emulator.render import answer, batch
from hubwire.emulator.shapes import decode
from hubwire.emulator.urls import base_url

GOOD_FOR = 3_600_000
"""Milliseconds that the address of a file works."""
MOST_FILES = 100
NEEDED = {
    "OBJECT": ("portalId", "objectTypeId"),
    "ASSOCIATION": ("portalId", "objectTypeId"),
    "GDPR_PRIVACY_DELETION": ("portalId", "objectTypeId"),
    "LIST_MEMBERSHIP": ("portalId",),
    "APP_LIFECYCLE_EVENT": ("eventTypeId",),
}
ACTIONS = frozenset(
    [
        "CREATE",
        "UPDATE",
        "DELETE",
        "MERGE",
        "RESTORE",
        "ASSOCIATION_ADDED",
        "ASSOCIATION_REMOVED",
        "SNAPSHOT",
        "APP_INSTALL",
        "APP_UNINSTALL",
        "ADDED_TO_LIST",
        "REMOVED_FROM_LIST",
        "GDPR_DELETE",
    ]
)


class Offsets(msgspec.Struct):
    inputs: list[str]


class SnapshotRequest(msgspec.Struct):
    portalId: int
    objectId: int
    objectTypeId: str
    properties: list[str] = []


class SnapshotRequests(msgspec.Struct):
    snapshotRequests: list[SnapshotRequest]


# Reading


def earliest(account: Account, asked: Asked) -> Answer:
    """GET …/earliest."""
    return _one(account, asked, _journal(account, asked).files(_app(asked), portal_id=_portal(asked)))


def latest(account: Account, asked: Asked) -> Answer:
    """GET …/latest."""
    return _one(account, asked, _journal(account, asked).latest(_app(asked), portal_id=_portal(asked)))


def following(account: Account, asked: Asked) -> Answer:
    """GET …/offset/{offset}/next."""
    files = _journal(account, asked).files(_app(asked), after=_offset(asked), portal_id=_portal(asked))
    return _one(account, asked, files)


def earliest_batch(account: Account, asked: Asked) -> Answer:
    """GET …/batch/earliest/{count}."""
    limit, journal = _count(asked), _journal(account, asked)
    return _several(account, asked, journal.files(_app(asked), portal_id=_portal(asked), limit=limit))


def latest_batch(account: Account, asked: Asked) -> Answer:
    """GET …/batch/latest/{count}."""
    limit, journal = _count(asked), _journal(account, asked)
    return _several(account, asked, journal.latest(_app(asked), portal_id=_portal(asked), limit=limit))


def following_batch(account: Account, asked: Asked) -> Answer:
    """GET …/batch/{offset}/next/{count}."""
    limit, start, journal = _count(asked), _offset(asked), _journal(account, asked)
    files = journal.files(_app(asked), after=start, portal_id=_portal(asked), limit=limit)
    return _several(account, asked, files)


def read_batch(account: Account, asked: Asked) -> Answer:
    """POST …/batch/read: files by their own offsets; unknown ones are reported (207)."""
    journal = _journal(account, asked)
    results: list[Any] = []
    errors: list[Any] = []
    for offset in decode(asked.body, Offsets, "BatchInputString").inputs:
        number = number_of(offset)
        file = journal.file(_app(asked), number) if number is not None else None
        if file is None:
            errors.append(
                {
                    "status": "error",
                    "category": "OBJECT_NOT_FOUND",
                    "message": f"No journal entry found for offset {offset}",
                    "context": {"offset": [offset]},
                }
            )
        else:
            results.append(_told(account, asked, file))
    return answer(batch(asked.now, asked.now, results, errors), 207 if errors else 200)


def download(account: Account, asked: Asked) -> Answer:
    """The file itself, to whoever has its address: no token is asked for."""
    app_id, number = asked.one("app") or "", number_of(asked.places["offset"])
    expires = asked.one("expires") or ""
    app = account.world.apps.find(int(app_id)) if app_id.isdecimal() else None
    right = _signature(account, app.app_id, asked.places["offset"], expires) if app else ""
    given = (asked.one("signature") or "").encode()
    if not right or not hmac.compare_digest(right.encode(), given) or int(expires) <= asked.now * 1000:
        raise Refusal(403, "Request has expired, or its signature does not match")
    file = account.world.journal.file(int(app_id), number) if number is not None else None
    if file is None:
        raise refusals.nothing_there("The journal file is gone")
    return Answer(200, file.content(), content_type="application/json")


# Subscriptions


def list_subscriptions(account: Account, asked: Asked) -> Answer:
    """GET …/subscriptions."""
    entries = _journal(account, asked).of_app(_app(asked))
    return answer({"results": [_entry(each) for each in entries]})


def put_subscription(account: Account, asked: Asked) -> Answer:
    """POST …/subscriptions: one for the same thing is changed."""
    wish = decode(asked.body, Wish, "SubscriptionUpsertRequest")
    _check(account, asked, wish)
    if wish.subscriptionType == "LIST_MEMBERSHIP" and wish.portalId is not None:
        holder = account.world.accounts[wish.portalId]
        with holder.portal.quietly():
            # Who is on the lists already did not come onto them later.
            _work_out(holder, wish.listIds or None, asked)
    with account.store.transaction():
        entry = _journal(account, asked).put(_app(asked), wish, int(asked.now * 1000))
    return answer(_entry(entry))


def read_subscription(account: Account, asked: Asked) -> Answer:
    """GET …/subscriptions/{subscriptionId}."""
    return answer(_entry(_found(account, asked)))


def drop_subscription(account: Account, asked: Asked) -> Answer:
    """DELETE …/subscriptions/{subscriptionId}."""
    _journal(account, asked).drop(_app(asked), number=_found(account, asked).id)
    return Answer(204)


def drop_of_portal(account: Account, asked: Asked) -> Answer:
    """DELETE …/subscriptions/portals/{portalId}."""
    number = record_id(asked.places["portalId"])
    if number is not None:
        _journal(account, asked).drop(_app(asked), portal_id=number)
    return Answer(204)


# Snapshots


def take_snapshots(account: Account, asked: Asked) -> Answer:
    """POST …/snapshots/{version}/crm: records as they are now, told in the journal at once."""
    now, app_id, journal = int(asked.now * 1000), _app(asked), _journal(account, asked)
    responses = []
    with account.store.transaction():
        for wanted in decode(asked.body, SnapshotRequests, "CrmObjectSnapshotBatchRequest").snapshotRequests:
            number = str(UUID(int=account.world.random.getrandbits(128), version=4))
            event = _snapshot(account, app_id, wanted, now)
            journal.note_snapshot(number, app_id, now, None if event else "VALIDATION_ERROR")
            if event:
                journal.write(app_id, wanted.portalId, [event], now)
            responses.append(
                {
                    "portalId": wanted.portalId,
                    "objectId": wanted.objectId,
                    "objectTypeId": wanted.objectTypeId,
                    "snapshotStatusId": number,
                }
            )
    return answer({"snapshotResponses": responses})


def snapshot_status(account: Account, asked: Asked) -> Answer:
    """GET …/status/{statusId}. The specification says SUCCESS in one place, COMPLETED in the others."""
    number = asked.places["statusId"]
    found = _journal(account, asked).snapshot(_app(asked), number)
    if found is None:
        raise refusals.nothing_there(f"No snapshot found with status ID {number}")
    at, problem = found
    told = {
        "id": number,
        "status": "FAILED" if problem else "COMPLETED",
        "initiatedAt": at,
        "completedAt": at,
    }
    if problem:
        told |= {"errorCode": problem, "message": "There is no such record that the app may see"}
    return answer(told)


def _snapshot(account: Account, app_id: int, wanted: SnapshotRequest, now: int) -> dict[str, Any] | None:
    holder = account.world.accounts.get(wanted.portalId)
    if holder is None or holder.tokens.scopes_of(app_id) is None:
        return None
    try:
        kind = holder.portal.kind(wanted.objectTypeId)
    except Refusal:
        return None
    record = holder.portal.table(kind).fetch([wanted.objectId]).get(wanted.objectId)
    if record is None:
        return None
    unseen = account.world.journal.unseen(app_id, wanted.portalId, kind.id)
    names = [name for name in wanted.properties or sorted(record.props) if name not in unseen]
    return {
        "type": "crmObject",
        "portalId": wanted.portalId,
        "occurredAt": moments.text(now),
        "action": "SNAPSHOT",
        "objectTypeId": kind.id,
        "objectId": record.id,
        "propertyChanges": {name: record.props[name] for name in names if name in record.props},
    }


# What several of them need


def _journal(account: Account, asked: Asked) -> Journal:
    journal = account.world.journal
    journal.forget(int(asked.now * 1000))
    for holder in account.world.accounts.values():
        for wanted in journal.follows_lists(holder.identity.portal_id):
            _work_out(holder, wanted, asked)
    return journal


def _work_out(holder: Account, wanted: Sequence[int] | None, asked: Asked) -> None:
    """Who is on dynamic lists is worked out when somebody asks, and so are the events of it."""
    known = Lists(holder.portal, int(asked.now * 1000))
    for one in known.all():
        if wanted is None or one.id in wanted:
            known.sync(one)


def _app(asked: Asked) -> int:
    return asked.grant.app_id if asked.grant else 0


def _portal(asked: Asked) -> int | None:
    text = asked.one("installPortalId")
    if text is None:
        return None
    number = record_id(text)
    if number is None:
        raise refusals.validation(f"installPortalId must be a number, but was {text}")
    return number


def _offset(asked: Asked) -> int:
    text = asked.places["offset"]
    number = number_of(text)
    if number is None:
        raise refusals.validation(f"{text} is not a valid offset")
    return number


def _count(asked: Asked) -> int:
    text = asked.places["count"]
    number = record_id(text)
    if number is None or not 1 <= number <= MOST_FILES:
        raise refusals.validation(f"count must be between 1 and {MOST_FILES}, but was {text}")
    return number


def _one(account: Account, asked: Asked, files: Sequence[File]) -> Answer:
    return answer(_told(account, asked, files[0])) if files else Answer(204)


def _several(account: Account, asked: Asked, files: Sequence[File]) -> Answer:
    results = [_told(account, asked, file) for file in files]
    return answer(batch(asked.now, asked.now, results)) if files else Answer(204)


def _told(account: Account, asked: Asked, file: File) -> dict[str, Any]:
    app_id, offset, expires = _app(asked), file.offset, str(int(asked.now * 1000) + GOOD_FOR)
    signature = _signature(account, app_id, offset, expires)
    return {
        "url": f"{base_url(asked)}/_journal/{offset}?app={app_id}&expires={expires}&signature={signature}",
        "expiresAt": moments.text(int(expires)),
        "currentOffset": offset,
    }


def _signature(account: Account, app_id: int, offset: str, expires: str) -> str:
    app = account.world.apps.find(app_id)
    key = app.client_secret if app else ""
    return hmac.digest(key.encode(), f"{offset}:{expires}".encode(), "sha256").hex() if key else ""


def _found(account: Account, asked: Asked) -> Entry:
    text = asked.places["subscriptionId"]
    number = record_id(text)
    entry = _journal(account, asked).find(_app(asked), number) if number is not None else None
    if entry is None:
        raise refusals.nothing_there(f"No subscription found with ID {text}")
    return entry


def _check(account: Account, asked: Asked, wish: Wish) -> None:
    needed = NEEDED.get(wish.subscriptionType)
    if needed is None:
        raise refusals.validation(f"{wish.subscriptionType} is not a valid subscriptionType")
    for name in needed:
        if getattr(wish, name) is None:
            raise refusals.validation(f"{name} is required for {wish.subscriptionType} subscriptions")
    strange = [action for action in wish.actions if action not in ACTIONS]
    if strange:
        raise refusals.validation(f"{strange[0]} is not a valid action")
    if wish.eventTypeId is not None and wish.eventTypeId not in (INSTALL, UNINSTALL):
        raise refusals.validation(f"{wish.eventTypeId} is not a valid eventTypeId")
    if wish.portalId is not None:
        holder = account.world.accounts.get(wish.portalId)
        if holder is None or holder.tokens.scopes_of(_app(asked)) is None:
            raise refusals.validation(f"The app is not installed in account {wish.portalId}")
        if wish.objectTypeId is not None:
            wish.objectTypeId = holder.portal.kind(wish.objectTypeId).id


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "appId": entry.app_id,
        **msgspec.to_builtins(entry.wish),
        "actions": entry.wish.actions,
        "createdAt": moments.text(entry.created),
        "updatedAt": moments.text(entry.updated),
    }


ACCOUNT_HANDLERS = {
    "journal.earliest": earliest,
    "journal.latest": latest,
    "journal.next": following,
    "journal.batch.earliest": earliest_batch,
    "journal.batch.latest": latest_batch,
    "journal.batch.next": following_batch,
    "journal.batch.read": read_batch,
    "journal.status": snapshot_status,
    "journal.subscriptions.list": list_subscriptions,
    "journal.subscriptions.create": put_subscription,
    "journal.subscriptions.read": read_subscription,
    "journal.subscriptions.delete": drop_subscription,
    "journal.subscriptions.clear": drop_of_portal,
    "journal.snapshots.create": take_snapshots,
    "emulator.journal_file": download,
}
