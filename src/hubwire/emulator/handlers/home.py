"""The emulator's front page: what runs here, how to call it, what was called."""

from __future__ import annotations

from hubwire.emulator.account import Account
from hubwire.emulator.exchange import Answer, Asked
from hubwire.emulator.forms import page
from hubwire.emulator.pages.home import Facts, Holding, Line, Sent, front
from hubwire.emulator.refusals import milliseconds
from hubwire.emulator.urls import base_url

SHOWN = 50


def home(account: Account, asked: Asked) -> Answer:
    """GET /: the page, without script. It shows the emulator's own made-up token, which is no secret."""
    lines = [
        Line(milliseconds(seen.at), seen.portal_id, seen.method, seen.path, seen.op or "", seen.status)
        for seen in reversed(account.world.requests)
    ]
    sent = [
        Sent(milliseconds(one.at), one.portal_id, one.url, len(one.events), one.status, one.error or "")
        for one in reversed(account.world.courier.deliveries)
    ]
    facts = Facts(
        base_url=base_url(asked),
        portal_id=account.identity.portal_id,
        access_token=account.identity.access_token,
        client_id=account.identity.client_id,
        accounts=[_holding(each, asked.now) for each in account.world.accounts.values()],
        requests=lines[:SHOWN],
        deliveries=sent[:SHOWN],
    )
    return page(front(facts))


def _holding(account: Account, now: float) -> Holding:
    day, portal = account.quota.usage(now), account.portal
    counts = ((kind.name, portal.table(kind).state()[0]) for kind in portal.kinds())
    return Holding(
        portal_id=portal.portal_id,
        tier=account.quota.tier.name,
        calls_today=day.used,
        calls_limit=day.limit,
        resets=milliseconds(day.resets),
        burst=account.quota.tier.burst,
        enforced=account.quota.enforced,
        counts={name: count for name, count in counts if count},
    )


ACCOUNT_HANDLERS = {"emulator.home": home}
