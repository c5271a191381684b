"""Whatever comes in is accepted or refused: nothing forged is stored, nothing raises, nothing piles up."""

from __future__ import annotations

import asyncio
import json
import logging
import random
import sqlite3
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hubwire.errors import ConfigError
from hubwire.webhooks import App, Backoff, Delivery, Receiver, Secrets, Service
from hubwire.webhooks.adapters.asgi import asgi
from hubwire.webhooks.inbox import Batch, Put, StoreError
from hubwire.webhooks.inbox_sqlite import SqliteInbox
from hubwire.webhooks.receiver import Limits, parse
from hubwire.webhooks.service import Trust
from hubwire.webhooks.worker import Working
from tests.unit.webhooks.senders import NOW, SECRET, URL, body, event, signed


def with_inbox(tmp_path: Path, use: Callable[[SqliteInbox, Receiver], Any], **options: Any) -> None:
    async def main() -> None:
        inbox = SqliteInbox(tmp_path / "inbox.db")
        await inbox.open()
        receiver = Receiver(inbox, Secrets(SECRET), clock=lambda: NOW, **options)
        await use(inbox, receiver)
        await receiver.close()
        await inbox.close()

    asyncio.run(main())


def hostile(number: int, chance: random.Random) -> Delivery:
    """Forged, truncated, changed, late, oversized or just noise."""
    good = signed(body(event(number)))
    match number % 8:
        case 0:
            return signed(good.body, secret="guessed")
        case 1:
            return Delivery("POST", URL, good.headers, good.body[: chance.randrange(len(good.body))])
        case 2:
            return Delivery("POST", URL + "?admin=1", good.headers, good.body)
        case 3:
            return signed(good.body, at=NOW - chance.choice([301, 90_000, -301]))
        case 4:
            return Delivery("POST", URL, {}, good.body)
        case 5:
            return signed(b"[" + b" " * 70_000 + b"]")
        case 6:
            return signed(chance.randbytes(chance.randrange(200)))
        case _:
            noise = chance.randbytes(30).decode("latin-1")
            headers = dict.fromkeys((*good.headers, "x-hubspot-signature"), noise)
            return Delivery(chance.choice(["POST", "GET", noise]), noise, headers, chance.randbytes(50))


def test_ten_thousand_hostile_requests_store_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    chance = random.Random(1)
    # pytest keeps every line that is logged, which is not the memory in question.
    caplog.set_level(logging.ERROR, "hubwire.webhooks")

    async def use(inbox: SqliteInbox, receiver: Receiver) -> None:
        async def attack(numbers: range) -> set[int]:
            return {(await receiver.receive(hostile(number, chance))).status for number in numbers}

        statuses = await attack(range(2_000))
        tracemalloc.start()
        before = tracemalloc.get_traced_memory()[0]
        statuses |= await attack(range(2_000, 10_000))
        grown = tracemalloc.get_traced_memory()[0] - before
        tracemalloc.stop()
        assert statuses == {400, 401, 405, 413}
        assert grown < 200_000
        await receiver.close()
        stats = await inbox.stats()
        assert stats.received == 0
        assert 9_000 < stats.refused <= 10_000
        assert (await receiver.receive(signed(body(event(1))))).status == 204

    with_inbox(tmp_path, use, limits=Limits(body=50_000))


def test_a_captured_request_is_known_when_it_is_replayed(tmp_path: Path) -> None:
    async def use(inbox: SqliteInbox, receiver: Receiver) -> None:
        captured = signed(body(event(1), event(2)))
        for _ in range(50):
            assert (await receiver.receive(captured)).status == 204
        stats = await inbox.stats()
        assert (stats.received, stats.duplicates, stats.replayed) == (2, 98, 49)

    with_inbox(tmp_path, use)


def test_a_storm_of_duplicates_stores_each_event_once(tmp_path: Path) -> None:
    chance = random.Random(3)
    events = [event(number) for number in range(100)]

    async def use(inbox: SqliteInbox, receiver: Receiver) -> None:
        for attempt in range(20):
            chance.shuffle(events)
            again = [{**each, "attemptNumber": attempt} for each in events]
            requests = [
                signed(body(*again[start : start + 10]), at=NOW + attempt) for start in range(0, 100, 10)
            ]
            answers = await asyncio.gather(*[receiver.receive(each) for each in requests])
            assert {answer.status for answer in answers} == {204}
        stats = await inbox.stats()
        assert (stats.received, stats.duplicates) == (100, 1_900)

    with_inbox(tmp_path, use)


@pytest.mark.parametrize(
    "change",
    [
        {"objectId": 2},
        {"occurredAt": 5},
        {"propertyName": "email"},
        {"portalId": 7},
        {"subscriptionId": 12},
        {"propertyValue": "x"},
    ],
    ids=str,
)
def test_two_events_with_one_event_id_are_two(change: dict[str, Any]) -> None:
    first, second = parse(body(event(1), {**event(1), **change}))
    assert first.key != second.key


def test_keys_stand_in_the_order_of_time() -> None:
    times = (0, 255, 256, 1_794_999_000_000, 253_402_300_799_999)
    keys = [parse(body({**event(1), "occurredAt": time}))[0].key for time in times]
    assert keys == sorted(keys)


def test_the_attempt_and_unknown_fields_are_no_part_of_an_event() -> None:
    first, second = parse(body(event(1), {**event(1), "attemptNumber": 3, "somethingNew": [1]}))
    assert first.key == second.key
    assert json.loads(second.raw)["somethingNew"] == [1]


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"null", b"[", b"[1,]", b'[{"a":\xff}]', b"\xef\xbb\xbf[]", b"[" * 100_000, b'["\\ud800"'],
)
def test_what_is_no_array_of_json_is_answered_400(tmp_path: Path, content: bytes) -> None:
    async def use(inbox: SqliteInbox, receiver: Receiver) -> None:
        assert (await receiver.receive(signed(content))).status == 400
        assert (await inbox.stats()).received == 0

    with_inbox(tmp_path, use)


@pytest.mark.parametrize(
    "odd",
    [
        7, None, "text", [], {}, {"subscriptionType": "a.b"}, {**event(1), "occurredAt": "soon"},
        {**event(1), "objectId": {}}, {**event(1), "occurredAt": 1 << 63},
    ],
    ids=str,
)  # fmt: skip
def test_an_element_that_cannot_be_read_is_kept_and_does_not_spoil_the_others(
    tmp_path: Path, odd: Any
) -> None:
    async def use(inbox: SqliteInbox, receiver: Receiver) -> None:
        assert (await receiver.receive(signed(body(odd, event(2))))).status == 204
        stats = await inbox.stats()
        assert (stats.dead, stats.pending) == (1, 1)

    with_inbox(tmp_path, use)


def test_an_unknown_kind_of_event_survives(tmp_path: Path) -> None:
    (one,) = parse(body(event(1, subscriptionType="spaceship.launch", objectId="apollo")))
    assert (one.kind, one.lane, one.problem) == ("spaceship.launch", "62515:spaceship:apollo", None)


class Broken:
    """An inbox whose disk is full, or that never answers."""

    def __init__(self, how: Callable[[], Any]) -> None:
        self._how = how

    async def put(self, batch: Batch) -> Put:
        await self._how()
        raise AssertionError("unreachable")

    async def refuse(self, reasons: Any) -> None:
        return None


async def full() -> None:
    raise StoreError("database or disk is full")


async def silent() -> None:
    await asyncio.Event().wait()


@pytest.mark.parametrize("how", [full, silent])
def test_what_cannot_be_stored_is_answered_503(how: Callable[[], Any]) -> None:
    async def main() -> None:
        inbox: Any = Broken(how)
        receiver = Receiver(inbox, Secrets(SECRET), clock=lambda: NOW, limits=Limits(storing=0.01))
        answer = await receiver.receive(signed(body(event(1))))
        assert (answer.status, answer.headers["retry-after"]) == (503, "5")
        assert receiver.failing

    asyncio.run(main())


def test_more_than_can_be_stored_at_a_time_is_answered_503_at_once() -> None:
    async def main() -> None:
        inbox: Any = Broken(silent)
        receiver = Receiver(inbox, Secrets(SECRET), clock=lambda: NOW, limits=Limits(waiting=2))
        stuck = [asyncio.ensure_future(receiver.receive(signed(body(event(n))))) for n in range(2)]
        await asyncio.sleep(0)
        assert (await receiver.receive(signed(body(event(3))))).status == 503
        for task in stuck:
            task.cancel()
        await asyncio.gather(*stuck, return_exceptions=True)

    asyncio.run(main())


def test_a_full_disk_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    async def use(inbox: SqliteInbox, receiver: Receiver) -> None:
        assert (await receiver.receive(signed(body(event(1))))).status == 204
        # As SQLite tells of it when no page can be added.
        await inbox._write(lambda db: db.execute("PRAGMA max_page_count = 1").fetchall())
        big = body(*[event(number, propertyValue="x" * 5_000) for number in range(2, 60)])
        assert (await receiver.receive(signed(big))).status == 503
        assert (await inbox.stats()).received == 1
        await inbox._write(lambda db: db.execute("PRAGMA max_page_count = 1000000").fetchall())
        assert (await receiver.receive(signed(big))).status == 204
        assert (await inbox.stats()).received == 59

    with_inbox(tmp_path, use)


def test_a_database_that_turns_read_only_is_answered_503(tmp_path: Path) -> None:
    async def use(inbox: SqliteInbox, receiver: Receiver) -> None:
        await inbox._write(lambda db: db.execute("PRAGMA query_only = ON").fetchall())
        assert (await receiver.receive(signed(body(event(1))))).status == 503

    with_inbox(tmp_path, use)


def test_a_file_that_is_something_else_is_not_taken_for_an_inbox(tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as db:
        db.execute("CREATE TABLE customers (name)")
    db.close()
    (tmp_path / "text.db").write_text("no database at all, but long enough to be looked at" * 20)

    async def main(path: Path) -> None:
        with pytest.raises(ConfigError):
            await SqliteInbox(path).open()

    for path in (other, tmp_path / "text.db", tmp_path / "nowhere" / "inbox.db"):
        asyncio.run(main(path))


def test_two_processes_cannot_have_one_file(tmp_path: Path) -> None:
    async def use(inbox: SqliteInbox, receiver: Receiver) -> None:
        with pytest.raises(ConfigError, match="in use by process"):
            await SqliteInbox(tmp_path / "inbox.db").open()

    with_inbox(tmp_path, use)


def through_asgi(tmp_path: Path, chunks: list[bytes], headers: dict[str, str], **limits: Any) -> int:
    """A request in pieces; the last one never comes."""
    service = Service(
        App(), inbox=tmp_path / "inbox.db", trust=Trust(Secrets(SECRET), URL), limits=Limits(**limits),
        working=Working(workers=0), clock=lambda: NOW,
    )  # fmt: skip
    statuses: list[int] = []
    read: list[bytes] = []

    async def main() -> None:
        async def receive() -> dict[str, Any]:
            if not chunks:
                await asyncio.Event().wait()
            read.append(chunks.pop(0))
            return {"type": "http.request", "body": read[-1], "more_body": True}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])

        pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
        scope = {"type": "http", "method": "POST", "path": "/", "headers": pairs, "scheme": "https"}
        async with service:
            await asgi(service)(scope, receive, send)

    asyncio.run(main())
    return statuses[0]


def test_a_client_that_trickles_is_not_waited_for(tmp_path: Path) -> None:
    assert through_asgi(tmp_path, [b"[", b" "], {}, reading=0.01) == 408


def test_a_body_over_the_limit_is_refused_while_it_is_read(tmp_path: Path) -> None:
    left = [b"x" * 60] * 10
    assert through_asgi(tmp_path, left, {}, body=100) == 413
    assert len(left) == 8, "the rest is not read"
    assert through_asgi(tmp_path, left, {"content-length": "101"}, body=100) == 413
    assert len(left) == 8


def test_a_handler_that_never_returns_holds_up_only_its_record(tmp_path: Path) -> None:
    import threading

    app, never, others = App(backoff=Backoff(attempts=1)), threading.Event(), threading.Semaphore(0)

    @app.on("*", timeout=0.05)
    def handler(event: Any, context: Any) -> None:
        if event.object_id == "1":
            never.wait()
        others.release()

    async def main() -> None:
        service = Service(
            app, inbox=tmp_path / "inbox.db", trust=Trust(Secrets(SECRET), URL), clock=lambda: NOW,
            working=Working(workers=1, retention=None, grace=0.05),
        )  # fmt: skip
        async with service:
            events = [event(1), event(2), *[event(number, objectId=number) for number in range(3, 8)]]
            await service.receiver.receive(signed(body(*events)))
            for _ in range(5):
                assert await asyncio.to_thread(others.acquire, True, 20.0)
            for _ in range(2000):  # the others may be through a moment before it is counted
                if service.live():
                    break
                await asyncio.sleep(0.01)
            assert service.live() == ["1 handlers have not returned in time and are still running"]
            never.set()
            for _ in range(2):
                assert await asyncio.to_thread(others.acquire, True, 20.0)

    asyncio.run(main())


def test_an_async_handler_is_ended_at_its_time_and_tried_again(tmp_path: Path) -> None:
    app = App(backoff=Backoff(attempts=1))

    @app.on("*", timeout=0.01)
    async def handler(event: Any, context: Any) -> None:
        await asyncio.Event().wait()

    async def main() -> None:
        service = Service(
            app, inbox=tmp_path / "inbox.db", trust=Trust(Secrets(SECRET), URL), clock=lambda: NOW,
            working=Working(workers=1, retention=None),
        )  # fmt: skip
        async with service:
            await service.receiver.receive(signed(body(event(1))))
            for _ in range(2_000):
                assert service.inbox is not None
                if (await service.inbox.stats()).dead:
                    break
                await asyncio.sleep(0.01)
            entry = await service.inbox.show(1)
            assert entry is not None
            assert "not done within 0.01 seconds" in entry.failures[0].error

    asyncio.run(main())
