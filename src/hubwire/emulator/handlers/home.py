"""The emulator's front page: what runs here, how to call it, what was called."""

from __future__ import annotations

from dataclasses import asdict

import msgspec

from hubwire.emulator.account import Account
from hubwire.emulator.apps import App
from hubwire.emulator.exchange import Answer, Asked
from hubwire.emulator.faults import Fault, Rule
from hubwire.emulator.forms import page
from hubwire.emulator.hooks.courier import Courier, Delivery
from hubwire.emulator.pages.home import Facts, Holding, Line, Sent, Told, front
from hubwire.emulator.refusals import milliseconds
from hubwire.emulator.urls import base_url

SHOWN = 50


def home(account: Account, asked: Asked) -> Answer:
    """GET /: the page, without script. It shows the emulator's own made-up tokens, which are no secrets."""
    world = account.world
    lines = [
        Line(
            milliseconds(seen.at),
            seen.portal_id,
            seen.method,
            seen.path,
            seen.op or "",
            seen.left,
            seen.status,
        )
        for seen in list(world.requests)[: -SHOWN - 1 : -1]
    ]
    frozen = " (frozen)" if world.clock.frozen else ""
    facts = Facts(
        base_url=base_url(asked),
        now=f"{milliseconds(asked.now)}{frozen}",
        portal_id=account.identity.portal_id,
        accounts=[_holding(each, asked.now) for each in world.accounts.values()],
        apps=[_told(app, world.courier) for app in world.apps],
        faults=[_fault(rule) for rule in world.faults.all()],
        requests=lines,
        deliveries=[_sent(one) for one in list(world.courier.deliveries)[: -SHOWN - 1 : -1]],
        waiting=world.courier.outbox.pending(int(asked.now * 1000))[0],
    )
    return page(front(facts))


def _holding(account: Account, now: float) -> Holding:
    day, portal = account.quota.usage(now), account.portal
    counts = ((kind.name, portal.table(kind).state()[0]) for kind in portal.kinds())
    return Holding(
        portal_id=portal.portal_id,
        tier=account.quota.tier.name,
        access_token=account.identity.access_token,
        calls_today=day.used,
        calls_limit=day.limit,
        resets=milliseconds(day.resets),
        burst=account.quota.tier.burst,
        enforced=account.quota.enforced,
        counts={name: count for name, count in counts if count},
    )


def _told(app: App, courier: Courier) -> Told:
    settings = courier.book.settings(app.app_id)
    wishes = [each for each in courier.book.all(app.app_id) if each.active]
    events = [
        each.event_name
        + (f":{each.property_name}" if each.property_name else "")
        + (f"@{each.object_type}" if each.object_type else "")
        for each in wishes
    ]
    client_id = "" if app.kind == "service-key" else app.client_id
    return Told(app.app_id, app.name, app.kind, client_id, settings.target if settings else "", events)


def _fault(rule: Rule) -> str:
    """As it was set, without what is so anyway, and how often it happened."""
    usual = asdict(Fault(do=rule.fault.do))
    told = {name: value for name, value in asdict(rule.fault).items() if name == "do" or value != usual[name]}
    return " ".join(f"{name}={value}" for name, value in {**told, "fired": rule.fired}.items())


def _sent(one: Delivery) -> Sent:
    events = [msgspec.json.encode(event).decode() for event in one.events]
    attempt = max((int(event.get("attemptNumber", 0)) for event in one.events), default=0)
    return Sent(milliseconds(one.at), one.portal_id, one.url, events, attempt, one.status, one.error or "")


ACCOUNT_HANDLERS = {"emulator.home": home}
