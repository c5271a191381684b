"""Switches of an app, and where they stand in each account.

Shapes: HubSpot-public-api-spec-collection, CRM/Public App Feature Flags V3. What is not set is ABSENT, in an
account and in the app; that a deleted flag takes its accounts' states with it is assumed.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from hubwire.emulator import refusals, render
from hubwire.emulator.account import Account
from hubwire.emulator.app_papers import Papers, app_of
from hubwire.emulator.exchange import Answer, Asked
from hubwire.emulator.legacy import count, start
from hubwire.emulator.shapes import decode

State = Literal["ABSENT", "OFF", "ON"]
FLAG, PAGE, LARGEST = "flag", 100, 1_000


class Flag(msgspec.Struct, rename="camel", omit_defaults=True):
    default_state: State
    override_state: State | None = None


class PortalState(msgspec.Struct, rename="camel"):
    flag_state: State


class PortalEntry(PortalState, rename="camel"):
    portal_id: int


class Entries(msgspec.Struct, rename="camel"):
    portal_states: list[PortalEntry]


class PortalIds(msgspec.Struct, rename="camel"):
    portal_ids: list[int]


def list_(account: Account, asked: Asked) -> Answer:
    """GET …/flags/all: their names."""
    papers = Papers(account, app_of(account, asked))
    return render.answer({"flagsForApp": sorted(papers.all(FLAG, Flag))})


def read(account: Account, asked: Asked) -> Answer:
    """GET …/flags/{flagName}."""
    return _flag(asked, _found(account, asked))


def set_(account: Account, asked: Asked) -> Answer:
    """PUT …/flags/{flagName}: made, or changed."""
    papers = Papers(account, app_of(account, asked))
    sent = decode(asked.body, Flag, "FlagPutRequest")
    papers.put(FLAG, sent, asked.places["flagName"])
    return _flag(asked, sent)


def delete(account: Account, asked: Asked) -> Answer:
    """DELETE …/flags/{flagName}: 200 with the flag as it was."""
    found = _found(account, asked)
    papers = Papers(account, app_of(account, asked))
    papers.drop(FLAG, asked.places["flagName"])
    for portal_id in papers.all(_of_portals(asked), str):
        papers.drop(_of_portals(asked), portal_id)
    return _flag(asked, found)


def list_portals(account: Account, asked: Asked) -> Answer:
    """GET …/portals: those with a state of their own, by id, from `startPortalId` on."""
    _found(account, asked)
    size, first = count(asked, "limit", PAGE, LARGEST), start(asked, "startPortalId")
    states = Papers(account, app_of(account, asked)).all(_of_portals(asked), str)
    rest = [(int(portal_id), state) for portal_id, state in states.items() if int(portal_id) >= first]
    return _states(asked, rest[:size])


def read_portal(account: Account, asked: Asked) -> Answer:
    """GET …/portals/{portalId}."""
    _found(account, asked)
    portal_id = _portal(asked)
    state = Papers(account, app_of(account, asked)).find(_of_portals(asked), str, str(portal_id))
    return render.answer(_state(asked, portal_id, state or "ABSENT"))


def set_portal(account: Account, asked: Asked) -> Answer:
    """PUT …/portals/{portalId}."""
    _found(account, asked)
    portal_id, sent = _portal(asked), decode(asked.body, PortalState, "PortalFlagStatePutRequest")
    Papers(account, app_of(account, asked)).put(_of_portals(asked), sent.flag_state, str(portal_id))
    return render.answer(_state(asked, portal_id, sent.flag_state))


def delete_portal(account: Account, asked: Asked) -> Answer:
    """DELETE …/portals/{portalId}: 200 with the state as it is now."""
    _found(account, asked)
    portal_id = _portal(asked)
    Papers(account, app_of(account, asked)).drop(_of_portals(asked), str(portal_id))
    return render.answer(_state(asked, portal_id, "ABSENT"))


def set_portals(account: Account, asked: Asked) -> Answer:
    """POST …/portals/batch/upsert."""
    _found(account, asked)
    papers = Papers(account, app_of(account, asked))
    entries = decode(asked.body, Entries, "PortalFlagStateBatchPutRequest").portal_states
    for each in entries:
        papers.put(_of_portals(asked), each.flag_state, str(each.portal_id))
    return _states(asked, [(each.portal_id, each.flag_state) for each in entries])


def delete_portals(account: Account, asked: Asked) -> Answer:
    """POST …/portals/batch/delete."""
    _found(account, asked)
    papers = Papers(account, app_of(account, asked))
    ids = decode(asked.body, PortalIds, "PortalFlagStateBatchDeleteRequest").portal_ids
    for portal_id in ids:
        papers.drop(_of_portals(asked), str(portal_id))
    return _states(asked, [(portal_id, "ABSENT") for portal_id in ids])


def _found(account: Account, asked: Asked) -> Flag:
    name = asked.places["flagName"]
    found = Papers(account, app_of(account, asked)).find(FLAG, Flag, name)
    if found is None:
        raise refusals.nothing_there(f"No feature flag found with name {name}", context={"flagName": [name]})
    return found


def _portal(asked: Asked) -> int:
    text = asked.places["portalId"]
    if not (text.isascii() and text.isdigit()) or len(text) > 18:
        raise refusals.validation(f"{text} is not a valid portal id", context={"portalId": [text]})
    return int(text)


def _of_portals(asked: Asked) -> str:
    return f"flag {asked.places['flagName']}"


def _flag(asked: Asked, flag: Flag) -> Answer:
    body = {"appId": int(asked.places["appId"]), "flagName": asked.places["flagName"]}
    return render.answer({**body, **msgspec.to_builtins(flag)})


def _state(asked: Asked, portal_id: int, state: str) -> dict[str, Any]:
    app_id, name = int(asked.places["appId"]), asked.places["flagName"]
    return {"appId": app_id, "flagName": name, "flagState": state, "portalId": portal_id}


def _states(asked: Asked, states: list[tuple[int, str]]) -> Answer:
    return render.answer({"portalFlagStates": [_state(asked, *each) for each in states]})


ACCOUNT_HANDLERS = {
    "flags.list": list_,
    "flags.read": read,
    "flags.set": set_,
    "flags.delete": delete,
    "flags.portals.list": list_portals,
    "flags.portals.read": read_portal,
    "flags.portals.set": set_portal,
    "flags.portals.delete": delete_portal,
    "flags.portals.batch.upsert": set_portals,
    "flags.portals.batch.delete": delete_portals,
}
