"""Receiving and handling over PostgreSQL, against `unnest` and a claim loop: see `benchmarks.webhooks`."""

from __future__ import annotations

import asyncio
import os
import statistics
import time
from collections.abc import Awaitable, Callable
from random import Random
from typing import Any

from benchmarks.webhooks import Case, end_to_end, posted, requests, served
from hubwire.webhooks import App
from hubwire.webhooks.postgres import PostgresInbox

DSN = os.environ.get("HUBWIRE_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/test")
MAKE = """
CREATE TABLE events (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, key bytea NOT NULL UNIQUE,
    lane text NOT NULL, at bigint NOT NULL, state smallint NOT NULL, raw bytea NOT NULL);
CREATE INDEX ON events (lane, at); CREATE INDEX ON events (state, id);
"""
INSERT = """
INSERT INTO events (key, lane, at, state, raw)
SELECT * FROM unnest($1::bytea[], $2::text[], $3::bigint[], $4::smallint[], $5::bytea[])
ON CONFLICT DO NOTHING
"""
CLAIM = """
SELECT id FROM events AS one WHERE state = 0 AND NOT EXISTS (SELECT 1 FROM events AS other
    WHERE other.lane = one.lane AND other.state = 0 AND (other.at, other.id) < (one.at, one.id))
ORDER BY id LIMIT 100 FOR UPDATE SKIP LOCKED
"""


def somewhere(measure: Callable[[str], Awaitable[Any]]) -> Any:
    """In a schema of its own."""
    return asyncio.run(within(measure))


async def within(measure: Callable[[str], Awaitable[Any]]) -> Any:
    import asyncpg

    schema = f"hubwire_bench_{os.urandom(4).hex()}"
    try:
        return await measure(schema)
    finally:
        db = await asyncpg.connect(DSN)
        await db.execute("SET client_min_messages = warning")
        await db.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
        await db.close()


async def raw(schema: str, number: int, records: int) -> tuple[float, float]:
    """Events a second: stored by `unnest`, and stored and then claimed in batches, in order per record."""
    import asyncpg

    db = await asyncpg.connect(DSN, server_settings={"search_path": schema})
    await db.execute(f"CREATE SCHEMA {schema}")
    await db.execute(MAKE)
    chance, text = Random(5), b"x" * 310
    rows = [
        (
            [os.urandom(16) for _ in range(100)],
            [f"62515:0-1:{chance.randrange(records)}" for _ in range(100)],
            list(range(start, start + 100)), [0] * 100, [text] * 100,
        )
        for start in range(0, number * 100, 100)
    ]  # fmt: skip
    begun = time.perf_counter()
    for each in rows:
        await db.execute(INSERT, *each)
    stored = time.perf_counter() - begun
    while True:
        async with db.transaction():
            claimed = [row["id"] for row in await db.fetch(CLAIM)]
            if not claimed:
                break
            await db.execute("UPDATE events SET state = 1 WHERE id = ANY($1)", claimed)
    took = time.perf_counter() - begun
    await db.close()
    return number * 100 / stored, number * 100 / took


async def acknowledging(schema: str, number: int, at_once: int) -> float:
    async with served(f"{DSN}?schema={schema}", App(), 0) as service:
        deliveries = requests(number)
        begun = time.perf_counter()
        await posted(service, deliveries, at_once)
        return number * 100 / (time.perf_counter() - begun)


def cases(number: int) -> dict[str, Case]:
    """Ratios, by name."""

    def ratio(at_once: int) -> float:
        floor, _ = somewhere(lambda schema: raw(schema, number, 5_000))
        ours: float = somewhere(lambda schema: acknowledging(schema, number, at_once))
        return ours / floor

    def through(records: int) -> float:
        _, floor = somewhere(lambda schema: raw(schema, number, records))
        ours: float = somewhere(lambda schema: end_to_end(f"{DSN}?schema={schema}", number, records))
        return ours / floor

    return {
        "PostgreSQL: acknowledge / raw": Case(lambda: ratio(1), least=0.4),
        "PostgreSQL: acknowledge, ten at once / raw": Case(lambda: ratio(10), least=0.4),
        "PostgreSQL: end to end, 32 a record / raw": Case(lambda: through(number * 100 // 32), least=0.35),
        "PostgreSQL: end to end, one a record / raw": Case(lambda: through(number * 5_000), least=0.12),
    }


def claiming(stored: int) -> float:
    """As `benchmarks.webhooks.claiming`."""

    async def beside(empty: str) -> float:
        async def measure(full: str) -> float:
            return await by_turns(empty, full, stored)

        return await within(measure)

    found: float = somewhere(beside)
    return found


async def by_turns(empty: str, full: str, stored: int) -> float:
    inboxes = ((await filled(empty, 0), 0), (await filled(full, stored), stored))
    took: tuple[list[float], list[float]] = ([], [])
    for number in range(300):
        for (inbox, start), times in zip(inboxes, took, strict=True):
            begun = time.perf_counter()
            (run,) = await inbox.begin([f"62515:0-1:{(start + number) % 100_000}"], 1, 32)
            times.append(time.perf_counter() - begun)
            if not run.token:
                raise RuntimeError("nothing was lent")
    for inbox, _ in inboxes:
        await inbox.close()
    return statistics.median(took[1]) / statistics.median(took[0])


async def filled(schema: str, stored: int) -> PostgresInbox:
    """An inbox with so many handled events, and five thousand that wait."""
    inbox = PostgresInbox(DSN, schema=schema)
    await inbox.open()
    async with inbox.transaction() as db:
        for start, many, state in ((0, stored, 1), (stored, 5_000, 0)):
            await db.execute(
                "INSERT INTO events (key, delivery, place, lane, kind, occurred, received, state, raw)"
                " SELECT convert_to(n::text, 'UTF8'), 1, 1, '62515:0-1:' || n % 100000,"
                " 'contact.creation', n, 0, $3, decode(repeat('78', 310), 'hex')"
                " FROM generate_series($1::bigint, $2::bigint) AS n",
                start, start + many - 1, state, timeout=600,
            )  # fmt: skip
    async with inbox.transaction() as db:
        await db.execute("ANALYZE events", timeout=600)
    return inbox
