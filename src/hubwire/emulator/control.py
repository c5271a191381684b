"""What tests and people do to an emulator as a whole: fill it, keep it, bring it back."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from hubwire.catalogue.load import webhooks
from hubwire.emulator import indexes
from hubwire.emulator.account import Account, World
from hubwire.emulator.calculated import Source
from hubwire.emulator.exchange import Refusal
from hubwire.emulator.hooks.courier import CONCURRENCY
from hubwire.emulator.hooks.wanted import checked, expanded, short
from hubwire.emulator.lag import settle
from hubwire.emulator.planner import keep_columns, take_up_columns
from hubwire.emulator.portal import Portal
from hubwire.emulator.quota import MOST_PACKS
from hubwire.emulator.required import Rules


def seed(
    world: World, name: str = "empty", *, numbers: Mapping[str, int] | None = None, at: Account | None = None
) -> None:
    """Fills an account, the first unless told which. No webhooks tell of it."""
    if name == "empty" and not numbers:
        return
    # Read only where it is used: tests open empty accounts by the thousand.
    from hubwire.emulator.seed import sow

    portal = (at or world.first).portal
    with portal.quietly():
        sow(portal, name, world.clock.now())
        if numbers:
            with uncollected():
                _add(portal, numbers, world.clock.now())
    with uncollected():
        keep_columns(portal)
        take_up_columns(portal)
    settle(world.store)


def _add(portal: Portal, numbers: Mapping[str, int], now: float) -> None:
    """Few records one by one, which is soon begun; many a property at a time."""
    from hubwire.emulator import crowd

    if sum(numbers.values()) > indexes.FEW:
        from hubwire.emulator.bulk import filling

        if filling.plain(portal):
            filling.fill(portal, numbers, now)
            return
    crowd.gather(portal, numbers, now)


@contextmanager
def uncollected() -> Iterator[None]:
    """Without searches for cycles: a million records have none, and looking takes a sixth of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def increase_limits(account: Account, packs: int) -> None:
    """So many API limit increases from now on, in place of those the account had."""
    if not 0 <= packs <= MOST_PACKS:
        raise ValueError(f"an account has at most {MOST_PACKS} API limit increases, not {packs}")
    account.quota.packs = packs


def set_webhooks(
    world: World,
    target: str,
    events: Sequence[str],
    app_id: int | None = None,
    concurrency: int = CONCURRENCY,
) -> int:
    """Target and subscriptions of an app, the built-in one unless told which, in place of those it had."""
    app = world.apps.built_in if app_id is None else world.apps.find(app_id)
    if app is None:
        raise ValueError(f"there is no app {app_id}")
    if app.kind == "service-key":
        raise ValueError("a service key has no webhooks: make an app")
    if not target.startswith(("http://", "https://")) or concurrency < 1:
        raise ValueError("a target is a URL, and one request at least goes there at a time")
    try:
        wanted = [checked(short(text)) for text in expanded(events)]
    except Refusal as refusal:
        raise ValueError(refusal.message) from None
    book, now = world.courier.book, int(world.clock.now() * 1000)
    with world.store.transaction():
        for old in book.all(app.app_id):
            book.drop(old)
        book.set(app.app_id, target, concurrency, now)
        for columns in wanted:
            book.add(app.app_id, columns, now)
    return app.app_id


def emit(world: World, name: str, fields: Mapping[str, Any], portal_id: int | None = None) -> int:
    """Tells subscribers of an event by hand: of conversations, say, which no record here gives rise to."""
    account = world.first if portal_id is None else world.accounts.get(portal_id)
    event = webhooks().events.get(name)
    if account is None:
        raise ValueError(f"there is no account {portal_id}")
    if event is None:
        raise ValueError(f"there is no event {name!r}; there are {', '.join(webhooks().events)}")
    if event.action == "propertyChange" and "propertyName" not in fields:
        raise ValueError(f"{name} needs a propertyName")
    if event.object == "object" and "objectTypeId" not in fields:
        raise ValueError(f"{name} needs an objectTypeId")
    now = int(world.clock.now() * 1000)
    with world.store.transaction():
        return world.courier.emit(
            account.identity.portal_id,
            name,
            dict(fields),
            now,
            Source("CRM_UI", f"userId:{account.identity.user_id}"),
        )


def require(world: World, at: Account, spelling: str, rules: Rules) -> None:
    """What that account requires of a type's records from now on; ValueError for unknown names."""
    try:
        kind = at.portal.kind(spelling)
    except Refusal as refusal:
        raise ValueError(refusal.message) from None
    named = [*rules.form, *(name for rule in rules.conditions for name in (rule.name, rule.on))]
    unknown = [name for name in named if at.portal.definitions.get(kind.id, name) is None]
    if unknown:
        raise ValueError(f"{kind.name} have no property {', '.join(dict.fromkeys(unknown))}")
    with world.store.transaction():
        at.portal.required.put(kind.id, rules)


def snapshot(world: World, name: str) -> None:
    """Keeps the state under that name; an older one of the name is replaced."""
    world.copies[name] = world.store.copy()


def restore(world: World, name: str) -> None:
    """Brings the state of that name back; KeyError if there is none."""
    world.store.become(world.copies[name])
    world.keep_clock()
    world.load()


def reset(world: World) -> None:
    """As started: same credentials, same seed; other accounts, apps, faults and the request log are gone."""
    identity = world.first.identity
    world.store.wipe()
    world.faults.clear()
    world.requests.clear()
    world.load(identity)
    world.keep_clock()
    seed(world, world.start.seed)
