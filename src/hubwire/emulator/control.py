"""What tests and people do to an emulator as a whole: fill it, keep it, bring it back."""

from __future__ import annotations

from collections.abc import Mapping

from hubwire.emulator.account import Account, World

MOST = 2_000_000
"""Records of one type that one call may seed."""


def seed(
    world: World, name: str = "empty", *, numbers: Mapping[str, int] | None = None, at: Account | None = None
) -> None:
    """Fills an account, the first unless told which. No webhooks tell of it."""
    if name == "empty" and not numbers:
        return
    # Read only where it is used: tests open empty accounts by the thousand.
    from hubwire.emulator import crowd
    from hubwire.emulator.seed import sow

    portal = (at or world.first).portal
    with portal.quietly():
        sow(portal, name, world.clock.now())
        if numbers:
            crowd.gather(portal, numbers, world.clock.now())


def snapshot(world: World, name: str) -> None:
    """Keeps the state under that name; an older one of the name is replaced."""
    world.copies[name] = world.store.copy()


def restore(world: World, name: str) -> None:
    """Brings the state of that name back; KeyError if there is none."""
    world.store.become(world.copies[name])
    world.load()


def reset(world: World) -> None:
    """As started: same credentials, same seed; other accounts, apps, faults and the request log are gone."""
    identity = world.first.identity
    world.store.wipe()
    world.faults.clear()
    world.requests.clear()
    world.load(identity)
    seed(world, world.start.seed)
