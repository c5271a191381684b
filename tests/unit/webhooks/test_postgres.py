"""The inbox in PostgreSQL with PgQueuer: many receivers and workers, one order per record."""

from __future__ import annotations

import asyncio
import itertools
import os
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from hubwire.webhooks import App, Backoff, Retry, Service
from hubwire.webhooks.inbox import Batch, Selection, Settled
from hubwire.webhooks.postgres import PgQueuerEngine, PostgresInbox
from hubwire.webhooks.receiver import arrival
from hubwire.webhooks.service import Trust
from hubwire.webhooks.signature import Secrets
from hubwire.webhooks.stores import PostgresStore
from hubwire.webhooks.worker import Working
from tests.services import POSTGRES
from tests.unit.webhooks.senders import NOW, SECRET, URL, body, event, signed

pytestmark = pytest.mark.postgres
BOUND = 30.0
MILLIS = int(NOW * 1000)


def tried_on(work: Callable[[str], Coroutine[Any, Any, None]]) -> None:
    """In a schema of its own, which is dropped afterwards."""
    if not asyncio.run(reachable()):
        pytest.skip(f"PostgreSQL does not answer at {POSTGRES}")
    schema = f"hw_{os.getpid()}_{os.urandom(4).hex()}"

    async def main() -> None:
        try:
            await work(schema)
        finally:
            await drop(schema)

    asyncio.run(main())


async def reachable() -> bool:
    import asyncpg

    try:
        await (await asyncpg.connect(POSTGRES, timeout=2)).close()
    except (OSError, TimeoutError, asyncpg.PostgresError):
        return False
    return True


async def drop(schema: str) -> None:
    import asyncpg

    db = await asyncpg.connect(POSTGRES)
    try:
        await db.execute("SET client_min_messages = warning")
        await db.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
    finally:
        await db.close()


@asynccontextmanager
async def opened(schema: str) -> AsyncIterator[PostgresInbox]:
    inbox = PostgresInbox(POSTGRES, schema=schema)
    PgQueuerEngine(inbox)
    await inbox.open()
    try:
        yield inbox
    finally:
        await inbox.close()


def service(app: App, schema: str, **working: Any) -> Service:
    return Service(
        app,
        inbox=PostgresStore(POSTGRES, schema, heartbeat=2.0),
        trust=Trust(secrets=Secrets(SECRET), public_url=URL),
        working=Working(retention=None, grace=1.0, **working),
        clock=ticking(),
    )


def ticking() -> Callable[[], float]:
    """A clock that goes on by a hundredth of a second whenever somebody looks."""
    ticks = itertools.count()
    return lambda: NOW + next(ticks) / 100


def batch(events: Iterable[dict[str, Any]]) -> Batch:
    content = body(*events)
    import json

    every = [arrival(json.dumps(each).encode()) for each in json.loads(content)]
    return Batch(MILLIS, os.urandom(16), len(content), every)


async def until(inbox: Any, **counts: int) -> None:
    stats: Any = None
    for _ in range(int(BOUND / 0.02)):
        stats = await inbox.stats()
        if all(getattr(stats, name) == number for name, number in counts.items()):
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"{counts} was not reached: {stats}")


def test_two_services_share_the_work_and_each_record_keeps_its_order() -> None:
    app, seen = App(), []

    @app.on("contact.*")
    async def note(told: Any, context: Any) -> None:
        seen.append((told.object_id, told.occurred_at))

    async def work(schema: str) -> None:
        async with service(app, schema, workers=4) as one, service(app, schema, workers=4) as two:
            for start in range(0, 400, 40):
                content = body(*(event(start + each, objectId=each % 7) for each in range(40)))
                for each in (one, two):
                    assert (await each.receiver.receive(signed(content))).status == 204
            await until(one.inbox, received=400, duplicates=400, done=400, pending=0)

    tried_on(work)
    assert len(seen) == 400
    for record in range(7):
        order = [at for number, at in seen if number == str(record)]
        assert order == sorted(order)


def test_requests_with_the_same_events_in_another_order_do_not_block_each_other() -> None:
    async def work(schema: str) -> None:
        async with opened(schema) as inbox:
            events = [event(number, objectId=number) for number in range(60)]
            batches = [batch(events), batch(reversed(events)), batch(events[30:] + events[:30])] * 4
            done = await asyncio.gather(*(inbox.put(each) for each in batches))
            assert sum(each.accepted for each in done) == 60
            stats = await inbox.stats()
            assert (stats.received, stats.duplicates) == (60, 60 * 11)

    tried_on(work)


def test_what_a_handler_writes_and_its_success_are_one_commit() -> None:
    app, attempts = App(backoff=Backoff(attempts=3, first=0.0, most=0.0)), []

    @app.on("contact.*", transaction=True)
    async def note(told: Any, context: Any) -> None:
        await context.tx.execute("INSERT INTO shop (customer) VALUES ($1)", told.object_id)
        attempts.append(context.attempt)
        if context.attempt == 1:
            raise Retry(after=0)

    async def work(schema: str) -> None:
        async with opened(schema) as inbox, inbox.transaction() as db:
            await db.execute("CREATE TABLE shop (customer text NOT NULL)")
        async with service(app, schema, workers=2) as running:
            await running.receiver.receive(signed(body(event(1, objectId=5), event(2, objectId=6))))
            await until(running.inbox, done=2)
        async with opened(schema) as inbox, inbox.transaction() as db:
            rows = await db.fetch("SELECT customer FROM shop ORDER BY customer")
        assert [row["customer"] for row in rows] == ["5", "6"]

    tried_on(work)
    assert sorted(attempts) == [1, 1, 2, 2]


def test_a_result_under_a_lost_loan_undoes_what_the_handler_wrote() -> None:
    async def work(schema: str) -> None:
        async with opened(schema) as inbox:
            await inbox.put(batch([event(1)]))
            lane = arrival(b'{"subscriptionType":"contact.creation","portalId":62515,"objectId":1}').lane
            (zombie,) = await inbox.begin([lane], MILLIS, 10)
            (heir,) = await inbox.begin([lane], MILLIS, 10)
            assert heir.events[0].crashes == 1
            number = zombie.events[0].id
            async with inbox.transaction() as tx:
                late = Settled(lane, zombie.token, number, "done", tx=tx)
                assert await inbox.settle([late]) == [False]
            assert await inbox.settle([Settled(lane, heir.token, number, "done")]) == [True]
            assert (await inbox.stats()).done == 1

    tried_on(work)


def test_a_lane_that_nobody_was_told_of_is_found_by_the_sweep() -> None:
    async def work(schema: str) -> None:
        async with opened(schema) as inbox:
            engine = PgQueuerEngine(inbox, clock=lambda: NOW)
            ring, inbox.on_ring = inbox.on_ring, None
            await inbox.put(batch(event(number, objectId=number) for number in range(5)))
            assert await engine.live_lanes() == set()
            inbox.on_ring = ring
            assert await engine.sweep() == 5
            assert len(await engine.live_lanes()) == 5
            assert await engine.sweep() == 0

    tried_on(work)


def test_the_log_of_jobs_does_not_grow_for_ever() -> None:
    async def work(schema: str) -> None:
        async with opened(schema) as inbox:
            engine = PgQueuerEngine(inbox, clock=lambda: NOW)
            await inbox.put(batch(event(number, objectId=number) for number in range(5)))
            async with inbox.transaction() as db:
                old = "UPDATE pgqueuer_log SET created = now() - interval '2 hours' WHERE job_id % 5 < 2"
                await db.execute(old)
            await engine.sweep()
            async with inbox.transaction() as db:
                assert await db.fetchval("SELECT count(*) FROM pgqueuer_log") == 3

    tried_on(work)


def test_what_tells_of_work_is_found_again_after_a_crash_and_is_not_kept_for_one() -> None:
    async def work(schema: str) -> None:
        kind = "SELECT relpersistence FROM pg_class WHERE oid = 'pgqueuer'::regclass"
        async with opened(schema) as inbox:
            engine = PgQueuerEngine(inbox, clock=lambda: NOW)
            await inbox.put(batch(event(number, objectId=number) for number in range(5)))
            async with inbox.transaction() as db:
                assert await db.fetchval(kind) == b"u"
                # As PostgreSQL does it when it comes back.
                await db.execute("TRUNCATE pgqueuer")
            assert await engine.sweep() == 5
            async with inbox.transaction() as db:
                await db.execute("ALTER TABLE pgqueuer SET LOGGED")
        # One made by an earlier version.
        async with opened(schema) as inbox, inbox.transaction() as db:
            assert await db.fetchval(kind) == b"u"

    tried_on(work)


def test_the_worker_goes_on_when_postgresql_ends_its_connections() -> None:
    app, seen = App(), []

    @app.on("contact.*")
    async def note(told: Any, context: Any) -> None:
        seen.append(told.event_id)

    async def work(schema: str) -> None:
        async with service(app, schema, workers=2) as running:
            await running.receiver.receive(signed(body(event(1))))
            await until(running.inbox, done=1)
            import asyncpg

            db = await asyncpg.connect(POSTGRES)
            sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1"
            await db.execute(sql, running.inbox.name)
            await db.close()
            # HubSpot repeats what was answered with 5xx.
            content = body(event(2), event(3))
            for _ in range(50):
                if (await running.receiver.receive(signed(content))).status == 204:
                    break
            await until(running.inbox, done=3)

    tried_on(work)
    assert sorted(set(seen)) == ["1", "2", "3"]


def test_replay_rings_and_notes_survive(capfd: pytest.CaptureFixture[str]) -> None:
    app, seen = App(), []

    @app.on("contact.*")
    async def note(told: Any, context: Any) -> None:
        seen.append(context.idempotency_key)

    async def work(schema: str) -> None:
        async with service(app, schema, workers=1) as running:
            inbox: Any = running.inbox
            await running.receiver.receive(signed(body(event(1))))
            await until(inbox, done=1)
            assert await inbox.replay(Selection(states=["done"]), MILLIS) == 1
            await until(inbox, done=1, pending=0)
            await inbox.note("place", "a")
            await inbox.note("place", "b")
            assert await inbox.noted("place") == "b"
            assert await inbox.noted("nothing") is None
            entry = await inbox.show(1)
            assert entry.generation == 1

    tried_on(work)
    assert len(set(seen)) == 2


def test_a_text_that_postgresql_cannot_hold_is_stored_all_the_same() -> None:
    async def work(schema: str) -> None:
        async with opened(schema) as inbox:
            odd = event(1, propertyName="a\0b", propertyValue="\0")
            assert (await inbox.put(batch([odd]))).accepted == 1
            (line,) = await inbox.list(Selection())
            assert line.property == "a␀b"
            entry = await inbox.show(line.id)
            assert entry is not None
            assert b"\\u0000" in entry.raw

    tried_on(work)


def test_texts_are_kept_as_they_are() -> None:
    names = ["", "NULL", 'a"b', "a\\b", "{a,b}", "a\nb", " a ", "ä€😀", "\\", '\\"']

    async def work(schema: str) -> None:
        async with opened(schema) as inbox:
            await inbox.put(
                batch([event(number, propertyName=name, objectId=name) for number, name in enumerate(names)])
            )
            lines = await inbox.list(Selection())
            assert [line.property for line in reversed(lines)] == names
            assert [line.lane for line in reversed(lines)] == [f"62515:0-1:{name}" for name in names]

    tried_on(work)


def test_a_database_that_is_not_there_is_told_without_the_password() -> None:
    from hubwire import ConfigError

    inbox = PostgresInbox("postgresql://someone:a-secret-word@127.0.0.1:1/nothing")
    with pytest.raises(ConfigError) as told:
        asyncio.run(inbox.open())
    assert "127.0.0.1:1/nothing" in str(told.value)
    assert "a-secret-word" not in str(told.value)
