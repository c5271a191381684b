"""The emulator's front page: what runs here, how to call it, what was called."""

from __future__ import annotations

from hubwire.catalogue.facts import ObjectType
from hubwire.catalogue.load import object_types
from hubwire.emulator.account import Account
from hubwire.emulator.exchange import Answer, Asked
from hubwire.emulator.forms import page
from hubwire.emulator.pages.home import Facts, Line, front
from hubwire.emulator.refusals import milliseconds
from hubwire.emulator.urls import base_url

SHOWN = 50


def home(account: Account, asked: Asked) -> Answer:
    """GET /: the page, without script. It shows the emulator's own made-up token, which is no secret."""
    lines = [
        Line(milliseconds(seen.at), seen.method, seen.path, seen.op or "", seen.status)
        for seen in reversed(account.world.requests)
    ]
    day = account.quota.usage(asked.now)
    facts = Facts(
        base_url=base_url(asked),
        portal_id=account.identity.portal_id,
        access_token=account.identity.access_token,
        client_id=account.identity.client_id,
        tier=account.quota.tier.name,
        calls_today=day.used,
        calls_limit=day.limit,
        counts={kind.name: count for kind in object_types() if (count := _count(account, kind))},
        requests=lines[:SHOWN],
    )
    return page(front(facts))


def _count(account: Account, kind: ObjectType) -> int:
    return account.portal.table(kind).state()[0]


ACCOUNT_HANDLERS = {"emulator.home": home}
