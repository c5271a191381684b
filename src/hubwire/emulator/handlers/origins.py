"""The addresses that HubSpot's services have, and who is told when they change.

Shapes: HubSpot-public-api-spec-collection, Meta/Origins. The ranges themselves are of the emulator: those
that RFC 5737 keeps for documentation, so that no firewall opens for them.
"""

from __future__ import annotations

import msgspec

from hubwire.emulator import refusals, render
from hubwire.emulator.account import Account
from hubwire.emulator.app_papers import Papers, app_of, url
from hubwire.emulator.exchange import Answer, Asked
from hubwire.emulator.shapes import decode

KIND = "address webhook"
DIRECTIONS, SERVICES = ("EGRESS", "INGRESS"), ("API", "DNS", "EMAIL", "TEST_SERVICE", "WEB_SCRAPING")
RANGES = (
    ("192.0.2.0/24", "EGRESS", "API"),
    ("198.51.100.0/25", "EGRESS", "EMAIL"),
    ("198.51.100.128/25", "EGRESS", "WEB_SCRAPING"),
    ("203.0.113.0/25", "INGRESS", "API"),
    ("203.0.113.128/25", "INGRESS", "DNS"),
)
SAID = "A range kept for documentation: the emulator has no addresses of HubSpot's"


class NewHook(msgspec.Struct, rename="camel"):
    webhook_url: str


class Hook(msgspec.Struct, rename="camel"):
    """Times in epoch milliseconds."""

    id: int
    app_id: int
    portal_id: int
    webhook_url: str
    created_by_user_id: int
    created_at: int
    updated_at: int


def ranges(account: Account, asked: Asked) -> Answer:
    """GET …/ip-ranges, of some services or directions if those are named. Nobody signs in for it."""
    del account
    found = [
        {"cidr": cidr, "description": SAID, "direction": direction, "service": service}
        for cidr, direction, service in _wanted(asked)
    ]
    return render.answer({"results": found})


def simple(account: Account, asked: Asked) -> Answer:
    """GET …/ip-ranges/simple: one a line."""
    del account
    text = "\n".join(cidr for cidr, _, _ in _wanted(asked))
    return Answer(200, text.encode(), content_type="text/plain;charset=utf-8")


def _wanted(asked: Asked) -> list[tuple[str, str, str]]:
    directions, services = asked.many("direction"), asked.many("service")
    for name, given, known in (("direction", directions, DIRECTIONS), ("service", services, SERVICES)):
        for each in given:
            if each not in known:
                said = f"{each} was not one of the allowed options: [{', '.join(known)}]"
                raise refusals.validation(said, context={name: [each]})
    return [
        (cidr, direction, service)
        for cidr, direction, service in RANGES
        if direction in (directions or DIRECTIONS) and service in (services or SERVICES)
    ]


def list_hooks(account: Account, asked: Asked) -> Answer:
    """GET …/webhook-subscriptions/{appId}."""
    hooks = Papers(account, app_of(account, asked)).all(KIND, Hook)
    return render.answer({"results": [msgspec.to_builtins(hook) for hook in hooks.values()]})


def create_hook(account: Account, asked: Asked) -> Answer:
    """POST …/webhook-subscriptions/{appId}: 201. Nothing is ever sent there: the ranges do not change."""
    app = app_of(account, asked)
    papers, now = Papers(account, app), int(asked.now * 1000)
    target = url("webhookUrl", decode(asked.body, NewHook, "WebhookSubscriptionRequest").webhook_url)
    number, who = int(papers.number(KIND, 1)), account.identity
    hook = Hook(number, app.app_id, who.portal_id, target, who.user_id, now, now)
    papers.put(KIND, hook, str(number))
    return render.answer(msgspec.to_builtins(hook), 201)


def delete_hook(account: Account, asked: Asked) -> Answer:
    """DELETE …/webhook-subscriptions/{appId}/{subscriptionId}."""
    papers, given = Papers(account, app_of(account, asked)), asked.places["subscriptionId"]
    if papers.find(KIND, Hook, given) is None:
        raise refusals.nothing_there(
            f"No subscription found with ID {given}", context={"subscriptionId": [given]}
        )
    papers.drop(KIND, given)
    return Answer(204)


ACCOUNT_HANDLERS = {
    "origins.ranges": ranges,
    "origins.ranges.simple": simple,
    "origins.hooks.list": list_hooks,
    "origins.hooks.create": create_hook,
    "origins.hooks.delete": delete_hook,
}
