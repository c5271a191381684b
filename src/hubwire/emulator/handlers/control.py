"""The controls under `/_emulator/`: JSON in, JSON out. Python's are the methods of `Emulator`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import msgspec

from hubwire.emulator import control, library, moments
from hubwire.emulator.account import Account, World
from hubwire.emulator.apps import App, Kind
from hubwire.emulator.describe import description
from hubwire.emulator.exchange import Answer, Asked, Refusal
from hubwire.emulator.faults import Fault
from hubwire.emulator.inputs import Input, bad, missing, read, tried
from hubwire.emulator.render import answer
from hubwire.emulator.required import Rules
from hubwire.emulator.urls import base_url


class NewAccount(Input, rename="camel"):
    tier: str = "professional"
    portal_id: int | None = None
    account_type: str = "STANDARD"


class Increases(Input):
    packs: int


class NewApp(Input, rename="camel"):
    name: str = ""
    kind: Kind = "oauth"
    scopes: tuple[str, ...] = ()
    redirect_uris: tuple[str, ...] = ()
    user_lacks: tuple[str, ...] = ()
    account: int | None = None
    """For a private app or a service key: the account it belongs to."""


class NewToken(Input):
    scopes: list[str]
    kind: Kind = "private-app"


class Seed(Input):
    name: str = "empty"
    account: int | None = None
    contacts: int = 0
    companies: int = 0
    deals: int = 0
    tickets: int = 0


class Turn(Input):
    advance: float | None = None
    to: str | None = None
    freeze: bool = False


def status(account: Account, asked: Asked) -> Answer:
    """Everything at a glance."""
    world = account.world
    return answer(
        {
            "now": _moment(world),
            "accounts": [_account(each, asked) for each in world.accounts.values()],
            "apps": [_app(app) for app in world.apps],
            "faults": [rule.as_dict() for rule in world.faults.all()],
            "snapshots": list(world.copies),
            "requests": len(world.requests),
        }
    )


def describe(account: Account, asked: Asked) -> Answer:
    """Everything that is served, as OpenAPI."""
    del account
    return answer({**description(), "servers": [{"url": base_url(asked)}]})


def list_accounts(account: Account, asked: Asked) -> Answer:
    """Every account with its credentials."""
    return answer({"results": [_account(each, asked) for each in account.world.accounts.values()]})


def add_account(account: Account, asked: Asked) -> Answer:
    """One more account."""
    wanted = read(asked, NewAccount)
    made = tried(
        lambda: account.world.add_account(
            tier=wanted.tier, portal_id=wanted.portal_id, account_type=wanted.account_type
        )
    )
    return answer(_account(made, asked), 201)


def add_token(account: Account, asked: Asked) -> Answer:
    """A token of a further app, with just these scopes."""
    wanted = read(asked, NewToken)
    holder = _holder(account.world, asked.places["portalId"])
    return answer({"access_token": holder.new_token(wanted.scopes, wanted.kind)}, 201)


def uninstall(account: Account, asked: Asked) -> Answer:
    """Puts an app out of an account: its tokens there are no good any more."""
    holder, app_id = _holder(account.world, asked.places["portalId"]), asked.places["appId"]
    if not app_id.isdecimal() or not holder.tokens.uninstall(int(app_id)):
        raise missing(f"The app {app_id} is not in account {holder.identity.portal_id}, or is built in")
    return Answer(204)


def set_library(account: Account, asked: Asked) -> Answer:
    """Turns types of the object library on or off, by name or type id; answers what is on then."""
    holder = _holder(account.world, asked.places["portalId"])
    wanted = read(asked, dict[str, bool])

    def switch() -> None:
        for name, on in wanted.items():
            library.switch(holder.portal.drawer, name, on=on)

    tried(switch)
    return answer(library.enabled(holder.portal.drawer))


def set_required(account: Account, asked: Asked) -> Answer:
    """What 2026-09 requires of a type's records: `form` on creation, `conditions` on every write."""
    world, rules = account.world, read(asked, Rules)
    holder = _holder(world, asked.places["portalId"])
    tried(lambda: control.require(world, holder, asked.places["objectType"], rules))
    return answer(msgspec.to_builtins(rules))


def set_increases(account: Account, asked: Asked) -> Answer:
    """How many API limit increases the account has; answers the quotas that come of them."""
    holder = _holder(account.world, asked.places["portalId"])
    wanted = read(asked, Increases)
    tried(lambda: control.increase_limits(holder, wanted.packs))
    quota = holder.quota
    return answer({"packs": quota.packs, "daily": quota.daily, "tier": quota.tier.name})


def list_apps(account: Account, asked: Asked) -> Answer:
    """Every app with its credentials."""
    del asked
    return answer({"results": [_app(app) for app in account.world.apps]})


def add_app(account: Account, asked: Asked) -> Answer:
    """One more app; a private one and a service key come with their static token."""
    wanted, world = read(asked, NewApp), account.world
    holder = world.first if wanted.account is None else _holder(world, str(wanted.account))
    app = tried(
        lambda: world.add_app(
            wanted.name,
            kind=wanted.kind,
            scopes=wanted.scopes,
            redirects=wanted.redirect_uris,
            user_lacks=wanted.user_lacks,
        )
    )
    told = _app(app)
    if app.static:
        told |= {"portal_id": holder.identity.portal_id, "access_token": holder.static_token(app)}
    return answer(told, 201)


def seed(account: Account, asked: Asked) -> Answer:
    """Adds records."""
    wanted, world = read(asked, Seed), account.world
    holder = world.first if wanted.account is None else _holder(world, str(wanted.account))
    numbers = {name: getattr(wanted, name) for name in ("contacts", "companies", "deals", "tickets")}
    added = {name: number for name, number in numbers.items() if number}
    tried(lambda: control.seed(world, wanted.name, numbers=added, at=holder))
    return answer({"portal_id": holder.identity.portal_id, "seed": wanted.name, "added": added})


def list_snapshots(account: Account, asked: Asked) -> Answer:
    """Their names."""
    del asked
    return answer({"results": list(account.world.copies)})


def take_snapshot(account: Account, asked: Asked) -> Answer:
    """Keeps the state; one of that name is replaced."""
    control.snapshot(account.world, asked.places["name"])
    return answer({"name": asked.places["name"]})


def drop_snapshot(account: Account, asked: Asked) -> Answer:
    """Forgets one."""
    if account.world.copies.pop(asked.places["name"], None) is None:
        raise _no_snapshot(account.world, asked.places["name"])
    return Answer(204)


def restore(account: Account, asked: Asked) -> Answer:
    """Everything as it was."""
    name = asked.places["name"]
    if name not in account.world.copies:
        raise _no_snapshot(account.world, name)
    control.restore(account.world, name)
    return answer({"name": name})


def reset(account: Account, asked: Asked) -> Answer:
    """As started."""
    world = account.world
    control.reset(world)
    return answer({"accounts": [_account(each, asked) for each in world.accounts.values()]})


def read_clock(account: Account, asked: Asked) -> Answer:
    """What time it is here."""
    del asked
    return answer({"now": _moment(account.world), "frozen": account.world.clock.frozen})


def turn_clock(account: Account, asked: Asked) -> Answer:
    """Forward by seconds or to a moment; or still."""
    wanted, clock = read(asked, Turn), account.world.clock
    if wanted.to is not None:
        ms = moments.parse(wanted.to)
        if ms is None or ms / 1000 < clock.now():
            raise bad(f"{wanted.to!r} is no moment after {_moment(account.world)}: a clock only moves on")
        clock.reach(ms / 1000)
    if wanted.advance is not None:
        seconds = wanted.advance
        tried(lambda: clock.advance(seconds))
    if wanted.freeze:
        clock.freeze()
    account.world.keep_clock()
    return read_clock(account, asked)


def list_faults(account: Account, asked: Asked) -> Answer:
    """What is set to go wrong, and how often it did."""
    del asked
    return answer({"results": [rule.as_dict() for rule in account.world.faults.all()]})


def add_fault(account: Account, asked: Asked) -> Answer:
    """Sets one."""
    fault = read(asked, Fault)
    return answer(account.world.faults.add(fault, account.world.clock.now()).as_dict(), 201)


def clear_faults(account: Account, asked: Asked) -> Answer:
    """Ends all, or the one whose number the path has."""
    text = asked.places.get("id")
    number = int(text) if text and text.isdecimal() else None
    if text is not None and (number is None or not account.world.faults.clear(number)):
        raise missing(f"There is no fault {text}")
    if text is None:
        account.world.faults.clear()
    return Answer(204)


def list_requests(account: Account, asked: Asked) -> Answer:
    """The last requests, oldest first; `op`, `status`, `portalId` narrow, `limit` takes the newest."""
    wanted = {name: asked.one(name) for name in ("op", "status", "portalId")}
    told = [
        {
            "at": moments.text(int(seen.at * 1000)),
            "method": seen.method,
            "path": seen.path,
            "op": seen.op,
            "status": seen.status,
            "correlationId": seen.correlation_id,
            "portalId": seen.portal_id,
            "quotaLeft": seen.left,
        }
        for seen in account.world.requests
    ]
    told = [
        one for one in told if all(value is None or str(one[name]) == value for name, value in wanted.items())
    ]
    limit = asked.one("limit") or ""
    return answer({"results": told[-int(limit) :] if limit.isdecimal() and int(limit) else told})


def clear_requests(account: Account, asked: Asked) -> Answer:
    """An empty log."""
    del asked
    account.world.requests.clear()
    return Answer(204)


def _no_snapshot(world: World, name: str) -> Refusal:
    return missing(f"There is no snapshot {name!r}; there are {', '.join(world.copies) or 'none'}")


def _holder(world: World, portal_id: str) -> Account:
    account = world.accounts.get(int(portal_id)) if portal_id.isdecimal() else None
    if account is None:
        raise missing(f"There is no account {portal_id}; there are {', '.join(map(str, world.accounts))}")
    return account


def _account(account: Account, asked: Asked) -> dict[str, Any]:
    return {**account.identity.as_dict(base_url(asked)), "tier": account.quota.tier.name}


def _app(app: App) -> dict[str, Any]:
    told = asdict(app) | {"redirects": sorted(app.redirects)}
    if app.kind == "service-key":
        # It is no app: nothing signs in with it, and nothing is signed for it.
        del told["client_id"], told["client_secret"]
    return told


def _moment(world: World) -> str:
    return moments.text(int(world.clock.now() * 1000))


ACCOUNT_HANDLERS = {
    "emulator.status": status,
    "emulator.description": describe,
    "emulator.accounts.list": list_accounts,
    "emulator.accounts.add": add_account,
    "emulator.accounts.token": add_token,
    "emulator.accounts.library": set_library,
    "emulator.accounts.required": set_required,
    "emulator.accounts.uninstall": uninstall,
    "emulator.accounts.increases": set_increases,
    "emulator.apps.list": list_apps,
    "emulator.apps.add": add_app,
    "emulator.seed": seed,
    "emulator.snapshots.list": list_snapshots,
    "emulator.snapshots.take": take_snapshot,
    "emulator.snapshots.drop": drop_snapshot,
    "emulator.snapshots.restore": restore,
    "emulator.reset": reset,
    "emulator.clock.read": read_clock,
    "emulator.clock.turn": turn_clock,
    "emulator.faults.list": list_faults,
    "emulator.faults.add": add_fault,
    "emulator.faults.clear": clear_faults,
    "emulator.faults.drop": clear_faults,
    "emulator.requests.list": list_requests,
    "emulator.requests.clear": clear_requests,
}
