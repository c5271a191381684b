"""A program that shares an account with others: run by the tests as a process of its own.

Told one JSON object: the store, the app, the account, and what to do.
"""

from __future__ import annotations

import asyncio
import json
import sys
import threading
import time
from typing import Any

from hubwire import OAuthApp
from hubwire.auth import Keys, PostgresStore, RedisStore, SqliteStore, StoredTokens, Timing, TokenStore
from hubwire.errors import HubwireError
from hubwire.wire.blocking import run
from hubwire.wire.transports import default_transport

LONGEST = 60.0
AFTER = 3
"""Calls of each caller after the new token is there."""


def opened(told: dict[str, Any]) -> TokenStore:
    """The store, as a program of its own has it."""
    keys = Keys([told["key"]])
    match told["kind"]:
        case "sqlite":
            return SqliteStore(told["place"], keys)
        case "postgres":
            return PostgresStore(told["place"], keys)
        case _:
            return RedisStore(told["place"], keys, prefix=told["prefix"])


def app_of(told: dict[str, Any], store: TokenStore) -> OAuthApp:
    """The app."""
    return OAuthApp(told["client_id"], told["client_secret"], store=store, base_url=told["base_url"])


def call_through(told: dict[str, Any]) -> dict[str, int]:
    """Calls, by threads or tasks or alone, until the refresh is through and a few times after it."""
    store = opened(told)
    app = app_of(told, store)
    end = time.monotonic() + LONGEST
    counts = {"calls": 0, "failed": 0}

    def renewed() -> bool:
        kept = store.load(app.key(told["account"]))
        return kept is not None and kept.version > 1

    def left() -> int:
        if time.monotonic() > end:
            raise TimeoutError("the token was not refreshed")
        return AFTER if renewed() else -1

    def by_thread() -> None:
        hub, after = app.portal(told["account"]), -1
        while after != 0:
            after = after - 1 if after > 0 else left()
            counts["calls"] += 1
            try:
                hub.account.details()
            except HubwireError as problem:
                counts["failed"] += 1
                print(problem, file=sys.stderr)

    async def by_task() -> None:
        hub, after = app.async_portal(told["account"]), -1
        while after != 0:
            after = after - 1 if after > 0 else await asyncio.to_thread(left)
            counts["calls"] += 1
            try:
                await hub.account.details()
            except HubwireError as problem:
                counts["failed"] += 1
                print(problem, file=sys.stderr)

    async def all_tasks() -> None:
        await asyncio.gather(*(by_task() for _ in range(told["tasks"])))
        await app.aclose()

    threads = [threading.Thread(target=by_thread) for _ in range(told["threads"])]
    print("ready", flush=True)
    sys.stdin.readline()  # all begin at once
    for thread in threads:
        thread.start()
    if told["tasks"]:
        asyncio.run(all_tasks())
    for thread in threads:
        thread.join()
    return counts


def refresh_forever(told: dict[str, Any]) -> None:
    """Refreshes again and again, until it is killed."""
    store = opened(told)
    app = app_of(told, store)
    key = app.key(told["account"])
    transport = default_transport()
    print("ready", flush=True)
    while True:
        source = StoredTokens(app, store, key, Timing(lease=told["lease"], young=0.0))
        now = time.time()
        token = run(source.bearer(now), transport.send)
        source.expired(token, now)
        run(source.bearer(now), transport.send)


if __name__ == "__main__":
    order = json.loads(sys.argv[1])
    if order["do"] == "call":
        print(json.dumps(call_through(order)), flush=True)
    else:
        refresh_forever(order)
