"""Reads like one that passed all gates a moment ago: straight from what was told then.

A lane holds what the gates established, and leads to the records as they were told. Every request that is no
plain read ends all lanes, and so does whatever the emulator itself is told to do: what a lane rests on cannot
have changed meanwhile. Records that change are forgotten one by one, where they are written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import msgspec

from hubwire.emulator import render
from hubwire.emulator.account import Account, Seen, World
from hubwire.emulator.exchange import Answer, Asked, Grant, Refusal
from hubwire.emulator.privacy import hidden
from hubwire.emulator.quota import left
from hubwire.emulator.scopes import READ_OPS, READS
from hubwire.emulator.shapes import DECODERS, ReadBatch

READ, BATCH = "objects.read", "objects.batch.read"
QUERIES = {READ: frozenset({"properties"}), BATCH: frozenset[str]()}
LARGEST = 100
MOST = 256
"""Lanes at a time: callers, types and sets of properties that are read in turn."""
UNSAFE = ("oauth.", "emulator.")

Told = msgspec.Raw | list[msgspec.Raw] | None
Key = tuple[str, str, str, str]
"""The method, the path (without the id of a single record), the query, and the caller's credentials."""


class One(msgspec.Struct, gc=False):
    id: str


class Several(msgspec.Struct):
    """A batch that asks for nothing special; others do not fit."""

    inputs: list[One]
    properties: list[str] | None = None
    propertiesWithHistory: Literal[None] = None
    idProperty: Literal[None] = None


_decode = msgspec.json.Decoder(Several).decode


@dataclass(frozen=True, slots=True)
class Lane:
    account: Account
    grant: Grant
    op: str
    quota: str
    """Which one its calls are counted in."""
    expires: float | None
    known: Mapping[str, msgspec.Raw]
    """Records as they are told."""
    properties: list[str] | None
    """What a batch asks for."""


class Lanes:
    """The caller holds the world's lock."""

    def __init__(self, world: World, correlation_id: Callable[[], str]) -> None:
        self._world, self._correlation_id = world, correlation_id
        self._open: dict[Key, Lane] = {}

    def close(self) -> None:
        """Something may have changed."""
        self._open.clear()

    def learn(self, account: Account, asked: Asked, answer: Answer) -> None:
        """Opens a lane for requests like this one; closes all after one that may have changed something."""
        op = asked.endpoint.op if asked.endpoint else ""
        if not (asked.method in READS or op in READ_OPS) or op.startswith(UNSAFE):
            self._open.clear()
        elif op in QUERIES and answer.status == 200 and not self._world.faults.any:
            self._learn(account, asked)

    def _learn(self, account: Account, asked: Asked) -> None:
        grant, endpoint = asked.grant, asked.endpoint
        if grant is None or endpoint is None or asked.method == "HEAD":
            return
        if asked.query.keys() - QUERIES[endpoint.op]:
            return
        portal, properties = account.portal, None
        if endpoint.op == BATCH:
            properties = DECODERS[ReadBatch].decode(asked.body).properties
        kind = portal.kind(asked.places["objectType"])
        view = render.View.of(
            portal, kind, properties or asked.many("properties"), hidden=hidden(portal, asked, kind)
        )
        known = portal.table(kind).remembered.told(tuple(view.names))
        authorization = asked.headers.get("authorization", "")
        access = account.tokens.find(authorization.strip().partition(" ")[2].strip())
        if access is None:
            return
        if len(self._open) >= MOST:
            self._open.clear()
        path = asked.path.rpartition("/")[0] if endpoint.op == READ else asked.path
        self._open[asked.method, path, asked.raw_query, authorization] = Lane(
            account, grant, endpoint.op, endpoint.lane, access.expires_at, known, properties
        )

    def answer(self, method: str, path: str, query: str, authorization: str, body: bytes) -> Answer | None:
        """None for what has to go the long way."""
        if method == "GET":
            head, _, last = path.rpartition("/")
            lane = self._open.get((method, head, query, authorization))
            told: Told = None if lane is None else lane.known.get(last)
        else:
            lane = self._open.get((method, path, query, authorization))
            told = None if lane is None or lane.op != BATCH else _several(lane, body)
        if lane is None or told is None:
            return None
        now = self._world.clock.now()
        due = lane.account.portal.next_job
        if (lane.expires is not None and now >= lane.expires) or (due is not None and now * 1000 >= due):
            return None
        try:
            lane.account.quota.spend(lane.grant, lane.quota, now)
        except Refusal:
            return None
        return self._finished(lane, method, path, told, now)

    def _finished(self, lane: Lane, method: str, path: str, told: Told, now: float) -> Answer:
        """As `Emulator.answer` would answer, and noted as it is there."""
        correlation_id = self._correlation_id()
        headers = lane.account.quota.headers(lane.grant, now)
        portal_id = lane.account.identity.portal_id
        self._world.requests.append(
            Seen(now, method, path, lane.op, 200, correlation_id, portal_id, left(headers))
        )
        text = render.batch(now, now, told) if isinstance(told, list) else told
        return Answer(200, render.encode(text), [("X-HubSpot-Correlation-Id", correlation_id), *headers])


def _several(lane: Lane, body: bytes) -> list[msgspec.Raw] | None:
    """The records of a batch in the order that it is told in, if all are known."""
    try:
        wanted = _decode(body)
        if wanted.properties != lane.properties or len(wanted.inputs) > LARGEST:
            return None
        return render.scrambled(
            list(map(lane.known.__getitem__, dict.fromkeys([one.id for one in wanted.inputs])))
        )
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, KeyError):
        return None
