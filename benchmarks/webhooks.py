"""Receiving and handling webhooks, against writing the same rows into SQLite by hand, in one run.

`python -m benchmarks.webhooks [--full]`: ratios to 100-row transactions in WAL with synchronous=FULL.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from random import Random
from typing import Any

from hubwire.webhooks import App, Delivery, Secrets, Service
from hubwire.webhooks.service import Trust
from hubwire.webhooks.statements import begin
from hubwire.webhooks.worker import Working

SECRET = "a-client-secret-for-the-benchmark"
URL = "https://hooks.example.com/webhooks/hubspot"
OBJECTS = 5_000
BLOCKING = 0.01
"""Seconds for which each handler of the last case computes, or holds its thread."""


def request(start: int, chance: Random) -> Delivery:
    """A hundred events, signed."""
    import base64
    import hmac

    events = [
        {
            "eventId": number, "subscriptionId": 11, "portalId": 62515, "appId": 54321,
            "occurredAt": 1_794_999_000_000 + number, "subscriptionType": "contact.propertyChange",
            "attemptNumber": 0, "objectId": chance.randrange(OBJECTS), "propertyName": "lifecyclestage",
            "propertyValue": "customer", "changeSource": "CRM_UI", "sourceId": "userId:49150885",
        }
        for number in range(start, start + 100)
    ]  # fmt: skip
    content, stamp = json.dumps(events).encode(), str(int(time.time() * 1000))
    text = f"POST{URL}".encode() + content + stamp.encode()
    signature = base64.b64encode(hmac.digest(SECRET.encode(), text, "sha256")).decode()
    headers = {"x-hubspot-signature-v3": signature, "x-hubspot-request-timestamp": stamp}
    return Delivery("POST", URL, headers, content)


def requests(number: int) -> list[Delivery]:
    chance = Random(5)
    return [request(start * 100, chance) for start in range(number)]


def raw(folder: Path, number: int) -> float:
    """Events a second, with a unique key and two indexes."""
    db = sqlite3.connect(folder / "raw.db", isolation_level=None)
    db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;")
    db.executescript(
        "CREATE TABLE events (id INTEGER PRIMARY KEY, key BLOB UNIQUE, lane TEXT, at INTEGER, state INTEGER,"
        " raw BLOB);"
        "CREATE INDEX lanes ON events (lane, at); CREATE INDEX states ON events (state, id);"
    )
    chance, text = Random(5), b"x" * 310
    rows = [
        [(os.urandom(16), f"62515:0-1:{chance.randrange(OBJECTS)}", at, 0, text) for at in range(100)]
        for _ in range(number)
    ]
    begun = time.perf_counter()
    for batch in rows:
        db.execute("BEGIN IMMEDIATE")
        db.executemany(
            "INSERT INTO events VALUES (NULL, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            batch,
        )
        db.execute("COMMIT")
    took = time.perf_counter() - begun
    db.close()
    return number * 100 / took


def running(folder: Path, app: App, workers: int) -> Service:
    return Service(
        app,
        inbox=folder / "inbox.db",
        trust=Trust(secrets=Secrets(SECRET), public_url=URL),
        working=Working(workers=workers, retention=None, grace=0.5),
    )


async def posted(service: Service, deliveries: list[Delivery], at_once: int) -> list[float]:
    """Seconds that each took."""
    took: list[float] = []
    left = iter(deliveries)

    async def client() -> None:
        for delivery in left:
            begun = time.perf_counter()
            with service.guard.received():
                answer = await service.receiver.receive(delivery)
            if answer.status != 204:
                raise RuntimeError(f"answered {answer.status}: {answer.body!r}")
            took.append(time.perf_counter() - begun)

    await asyncio.gather(*[client() for _ in range(at_once)])
    return took


async def acknowledging(folder: Path, number: int) -> float:
    async with running(folder, App(), 0) as service:
        deliveries = requests(number)
        begun = time.perf_counter()
        await posted(service, deliveries, 10)
        return number * 100 / (time.perf_counter() - begun)


async def end_to_end(folder: Path, number: int) -> float:
    app, count = App(), 0

    @app.on("*")
    async def handler(event: Any, context: Any) -> None:
        nonlocal count
        count += 1

    async with running(folder, app, 8) as service:
        deliveries = requests(number)
        begun = time.perf_counter()
        await posted(service, deliveries, 10)
        while count < number * 100:  # noqa: ASYNC110  # handlers run on another thread
            await asyncio.sleep(0.005)
        while service.inbox is not None and (await service.inbox.stats()).done < number * 100:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
        return number * 100 / (time.perf_counter() - begun)


async def latency(folder: Path, number: int, handler: Callable[..., Any] | None) -> float:
    """99th percentile of ten concurrent requests, in milliseconds."""
    app = App()
    if handler:
        app.on("*")(handler)
    async with running(folder, app, 20 if handler else 0) as service:
        took = await posted(service, requests(number), 10)
    return statistics.quantiles(took, n=100)[98] * 1000


def computes(event: Any, context: Any) -> None:
    """A handler that holds the interpreter."""
    end = time.perf_counter() + BLOCKING
    while time.perf_counter() < end:
        pass


def blocks(event: Any, context: Any) -> None:
    """A handler that waits for somebody else."""
    time.sleep(BLOCKING)


def claiming(folder: Path, stored: int) -> float:
    """Median milliseconds to lend a record's events, with so many handled events in the inbox."""
    from hubwire.webhooks.inbox_sqlite import prepare

    db = sqlite3.connect(folder / f"claim{stored}.db", isolation_level=None)
    db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;")
    prepare(db)
    column = "INSERT INTO events (key, delivery, lane, kind, occurred, received, state, raw)"
    text = b"x" * 310
    db.execute("BEGIN")
    for start, many, state in ((0, stored, 1), (stored, 5_000, 0)):
        db.executemany(
            f"{column} VALUES (?, 1, ?, 'contact.creation', ?, 0, {state}, ?)",
            ((b"%d" % n, f"62515:0-1:{n % 100_000}", n, text) for n in range(start, start + many)),
        )
    db.execute("COMMIT")
    took = []
    for number in range(500):
        begun = time.perf_counter()
        begin(db, [f"62515:0-1:{(stored + number) % 100_000}"], 1, 32)
        took.append(time.perf_counter() - begun)
    db.close()
    return statistics.median(took) * 1000


def fresh(measure: Callable[[Path], Any]) -> Any:
    with tempfile.TemporaryDirectory(prefix="hubwire-bench-") as folder:
        found = measure(Path(folder))
        return asyncio.run(found) if isinstance(found, Awaitable) else found


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="longer runs, and a million stored events")
    options = parser.parse_args(argv)
    number, rounds, stored = (500, 5, 1_000_000) if options.full else (60, 3, 100_000)
    ratios: dict[str, list[float]] = {"acknowledge / raw": [], "end to end / raw": []}
    for _ in range(rounds):
        floor = fresh(lambda folder: raw(folder, number))
        ratios["acknowledge / raw"].append(fresh(lambda folder: acknowledging(folder, number)) / floor)
        ratios["end to end / raw"].append(fresh(lambda folder: end_to_end(folder, number)) / floor)
    told: dict[str, float] = {name: statistics.median(values) for name, values in ratios.items()}
    for name, handler in (("idle", None), ("blocking handlers", blocks), ("computing handlers", computes)):
        told[f"p99 of ten POSTs, {name}, ms"] = fresh(
            lambda folder, how=handler: latency(folder, number, how)
        )
    empty = fresh(lambda folder: claiming(folder, 0))
    told[f"claiming with {stored:,} stored / empty"] = fresh(lambda folder: claiming(folder, stored)) / empty
    for name, value in told.items():
        print(f"{name:45} {value:8.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
