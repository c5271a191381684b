"""Receiving and handling webhooks, against storing the same rows by hand, in one run.

`python -m benchmarks.webhooks [--full] [--peers]`: ratios to 100-row transactions of SQLite in WAL with
synchronous=FULL, and where there is a PostgreSQL (HUBWIRE_TEST_POSTGRES), to `unnest` and to a claim loop
there. End to end is from the first request to the last outcome on disk: verified, stored, handled by an
`async` handler that does nothing, recorded with handler, attempt, time and duration. `--peers` has huey, dbos
and procrastinate do what they can of the same: see `benchmarks.webhooks_peers`.
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
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from hubwire.webhooks import App, Delivery, Secrets, Service
from hubwire.webhooks.lending import begin, recover
from hubwire.webhooks.memory import Memory
from hubwire.webhooks.service import Trust
from hubwire.webhooks.statements import sort
from hubwire.webhooks.worker import Working

SECRET = "a-client-secret-for-the-benchmark"
URL = "https://hooks.example.com/webhooks/hubspot"
OBJECTS = 5_000
BLOCKING = 0.01
"""Seconds for which each handler of the last case computes, or holds its thread."""


def request(start: int, chance: Random, records: int = OBJECTS) -> Delivery:
    """A hundred events, signed."""
    import base64
    import hmac

    events = [
        {
            "eventId": number, "subscriptionId": 11, "portalId": 62515, "appId": 54321,
            "occurredAt": 1_794_999_000_000 + number, "subscriptionType": "contact.propertyChange",
            "attemptNumber": 0, "objectId": chance.randrange(records), "propertyName": "lifecyclestage",
            "propertyValue": "customer", "changeSource": "CRM_UI", "sourceId": "userId:49150885",
        }
        for number in range(start, start + 100)
    ]  # fmt: skip
    content, stamp = json.dumps(events).encode(), str(int(time.time() * 1000))
    text = f"POST{URL}".encode() + content + stamp.encode()
    signature = base64.b64encode(hmac.digest(SECRET.encode(), text, "sha256")).decode()
    headers = {"x-hubspot-signature-v3": signature, "x-hubspot-request-timestamp": stamp}
    return Delivery("POST", URL, headers, content)


def requests(number: int, records: int = OBJECTS) -> list[Delivery]:
    chance = Random(5)
    return [request(start * 100, chance, records) for start in range(number)]


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


@dataclass(frozen=True, slots=True)
class Case:
    """A number, and what it should be."""

    measure: Callable[[], float]
    least: float | None = None
    most: float | None = None

    def verdict(self, found: float) -> str:
        good = (self.least is None or found >= self.least) and (self.most is None or found <= self.most)
        limit = f">= {self.least:g}" if self.least is not None else f"<= {self.most:g}"
        return f"{limit:10} {'met' if good else 'MISSED'}"


def served(inbox: str | Path, app: App, workers: int) -> Service:
    return Service(
        app,
        inbox=inbox,
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
    async with served(folder / "inbox.db", App(), 0) as service:
        deliveries = requests(number)
        begun = time.perf_counter()
        await posted(service, deliveries, 10)
        return number * 100 / (time.perf_counter() - begun)


async def end_to_end(inbox: str | Path, number: int, records: int = OBJECTS) -> float:
    app, count = App(), 0

    @app.on("*")
    async def handler(event: Any, context: Any) -> None:
        nonlocal count
        count += 1

    async with served(inbox, app, 8) as service:
        deliveries = requests(number, records)
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
    async with served(folder / "inbox.db", app, 20 if handler else 0) as service:
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
    """Median time to lend a record's events with so many handled events in the inbox, to that without any;
    taken by turns, so that whatever else the machine does is in both.
    """
    empty, full = filled(folder / "empty.db", 0), filled(folder / "full.db", stored)
    took: tuple[list[float], list[float]] = ([], [])
    for db in (empty, full):
        db.execute("BEGIN IMMEDIATE")  # the disk is waited for once, and not measured
    lent = ((empty, Memory(), 0, took[0]), (full, Memory(), stored, took[1]))
    for number in range(500):
        for db, memory, start, times in lent:
            begun = time.perf_counter()
            runs = begin(db, memory, [f"62515:0-1:{(start + number) % 100_000}"], 1, 32)
            times.append(time.perf_counter() - begun)
            if not runs:
                raise RuntimeError("nothing was lent")
    empty.close()
    full.close()
    return statistics.median(took[1]) / statistics.median(took[0])


def filled(path: Path, stored: int) -> sqlite3.Connection:
    """An inbox with so many handled events, and five thousand that wait."""
    from hubwire.webhooks.formats import prepare

    db = sqlite3.connect(path, isolation_level=None)
    db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;")
    prepare(db)
    column = "INSERT INTO events (key, delivery, lane, kind, occurred, received, raw)"
    text = b"x" * 310
    db.execute("BEGIN")
    db.executemany(
        f"{column} VALUES (?, 1, ?, 'contact.creation', ?, 0, ?)",
        ((b"%d" % n, f"62515:0-1:{n % 100_000}", n, text) for n in range(stored + 5_000)),
    )
    db.execute("INSERT INTO outcomes (event, state) SELECT id, 1 FROM events WHERE id <= ?", (stored,))
    recover(db)
    sort(db)
    db.execute("COMMIT")
    return db


def fresh(measure: Callable[[Path], Any]) -> Any:
    with tempfile.TemporaryDirectory(prefix="hubwire-bench-") as folder:
        found = measure(Path(folder))
        return asyncio.run(found) if isinstance(found, Awaitable) else found


def embedded(number: int, stored: int) -> dict[str, Case]:
    """By name."""

    def ratio(measure: Callable[[Path], Awaitable[float]]) -> float:
        floor: float = fresh(lambda folder: raw(folder, number))
        ours: float = fresh(measure)
        return ours / floor

    def p99(handler: Callable[..., Any] | None) -> float:
        found: float = fresh(lambda folder: latency(folder, number, handler))
        return found

    def claims() -> float:
        found: float = fresh(lambda folder: claiming(folder, stored))
        return found

    return {
        "file: acknowledge / raw": Case(
            lambda: ratio(lambda folder: acknowledging(folder, number)), least=0.6
        ),
        "file: end to end / raw": Case(
            lambda: ratio(lambda folder: end_to_end(folder / "inbox.db", number)), least=0.5
        ),
        "file: p99 of ten POSTs, idle, ms": Case(lambda: p99(None), most=250),
        "file: p99 of ten POSTs, blocking handlers, ms": Case(lambda: p99(blocks), most=1000),
        "file: p99 of ten POSTs, computing handlers, ms": Case(lambda: p99(computes), most=1000),
        f"file: claiming with {stored:,} stored / empty": Case(claims, most=1.5),
    }


def over_postgres(number: int, stored: int) -> dict[str, Case]:
    """By name; none where there is no PostgreSQL."""
    from benchmarks import webhooks_postgres as postgres

    try:
        postgres.somewhere(lambda schema: postgres.raw(schema, 1, 10))
    except OSError as missing:
        print(f"PostgreSQL does not answer, and is not measured: {missing}")
        return {}
    name = f"PostgreSQL: claiming with {stored:,} stored / empty"
    claims = Case(lambda: postgres.claiming(stored), most=1.5)
    return postgres.cases(number) | {name: claims}


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="longer runs, and a million stored events")
    parser.add_argument("--peers", action="store_true", help="huey, dbos and procrastinate as well")
    options = parser.parse_args(argv)
    number, rounds, stored = (600, 5, 1_000_000) if options.full else (300, 3, 100_000)
    for name, case in (embedded(number, stored) | over_postgres(number // 5, stored)).items():
        times = 1 if "claiming" in name else rounds
        found = statistics.median(case.measure() for _ in range(times))
        print(f"{name:50} {found:8.2f}  {case.verdict(found)}", flush=True)
    if options.peers:
        from benchmarks import webhooks_peers

        webhooks_peers.main()
    return 0


if __name__ == "__main__":
    sys.exit(main())
