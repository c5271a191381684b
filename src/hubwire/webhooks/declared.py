"""Which subscriptions an application's handlers need."""

from __future__ import annotations

from hubwire.catalogue.load import webhooks
from hubwire.errors import ConfigError
from hubwire.webhooks.app import App, Pattern
from hubwire.webhooks.subscriptions import CHANGE, Subscription, expand, together


def declared(app: App) -> tuple[list[Subscription], list[str]]:
    """What handlers listen to and `subscribe` adds; a line for every pattern that names no subscription."""
    wanted = set(app.subscriptions)
    open_ends: list[str] = []
    for handler in app.handlers.values():
        for pattern in handler.patterns:
            found, left = _of(pattern)
            wanted |= found
            covered = any(_covers(pattern, each) for each in app.subscriptions)
            if left and not covered:
                open_ends.append(f"{handler.name} listens to {pattern}: {left}")
    return list(together(wanted)), open_ends


def _of(pattern: Pattern) -> tuple[set[Subscription], str]:
    family, _, action = pattern.kind.partition(".")
    if "*" in family or ("*" in action and action != "*"):
        return set(), "it hears what is subscribed to otherwise; add what is missing with app.subscribe(…)"
    if f"{family}.{action}" not in webhooks().events and action != "*":
        return set(), "HubSpot has no such subscription"
    if family == "object" and not pattern.object_type:
        return set(), 'name the object types: app.subscribe("object.creation", object_type="0-1")'
    if action == CHANGE and not pattern.property:
        return set(), f'name the properties: app.subscribe("{family}.{CHANGE}", property="…"), once for each'
    options = {"property": pattern.property or "", "object_type": pattern.object_type or ""}
    try:
        found = set(expand(pattern.kind, **options))
    except ConfigError as problem:
        return set(), str(problem)
    silent = action == "*" and not pattern.property and f"{family}.{CHANGE}" in webhooks().events
    left = f'of changes only those it subscribes to: app.subscribe("{family}.{CHANGE}", property="…")'
    return found, left if silent else ""


def _covers(pattern: Pattern, each: Subscription) -> bool:
    """Is it one of those that the handler hears of?"""
    family = pattern.kind.partition(".")[0]
    return "*" in family or each.event.partition(".")[0] == family
