"""From a request to a handled event, in one process."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest

from hubwire.webhooks import App, Backoff, Retry, Service
from hubwire.webhooks.inbox import Selection
from hubwire.webhooks.service import Trust
from hubwire.webhooks.signature import Secrets
from hubwire.webhooks.worker import Working
from tests.unit.webhooks.senders import NOW, SECRET, URL, body, event, signed

BOUND = 20.0


def service(app: App, tmp_path: Path, **working: Any) -> Service:
    return Service(
        app,
        inbox=tmp_path / "inbox.db",
        trust=Trust(secrets=Secrets(SECRET), public_url=URL),
        working=Working(retention=None, **working),
        clock=lambda: NOW,
    )


async def settled(running: Service, **counts: int) -> None:
    """Returns when the inbox says so."""
    assert running.inbox is not None
    stats: Any = None
    for _ in range(int(BOUND / 0.01)):
        stats = await running.inbox.stats()
        if all(getattr(stats, name) == number for name, number in counts.items()):
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"{counts} was not reached: {stats}")


def test_every_event_of_a_request_is_handled_once_and_in_order(tmp_path: Path) -> None:
    app, seen = App(), []

    @app.on("contact.propertyChange", property="lifecyclestage")
    def moved(event: Any, context: Any) -> None:
        seen.append((event.object_id, event.value, event.raw["changeSource"]))

    async def main() -> None:
        async with service(app, tmp_path) as running:
            content = body(event(3), event(1), event(2), event(1))
            for _ in range(2):
                assert (await running.receiver.receive(signed(content))).status == 204
            await settled(running, received=3, duplicates=5, done=3, pending=0)

    asyncio.run(main())
    assert seen == [("1", "v1", "CRM"), ("1", "v2", "CRM"), ("1", "v3", "CRM")]


def test_a_handler_that_fails_is_tried_again_and_then_given_up_with_its_traceback(tmp_path: Path) -> None:
    app, attempts = App(backoff=Backoff(attempts=3, first=0.001, most=0.001)), []

    @app.on("contact.*")
    async def fails(event: Any, context: Any) -> None:
        attempts.append((context.attempt, context.idempotency_key))
        if context.attempt == 1:
            raise Retry(after=0.0)
        raise ValueError("no such customer")

    async def main() -> None:
        # The clock stands still, so what waits a millisecond would wait for ever.
        running = Service(
            app,
            inbox=tmp_path / "inbox.db",
            trust=Trust(secrets=Secrets(SECRET), public_url=URL),
            working=Working(retention=None),
        )
        async with running:
            import time

            content = body(event(1))
            assert (await running.receiver.receive(signed(content, at=time.time()))).status == 204
            await settled(running, dead=1, pending=0, retrying=0)
            assert running.inbox is not None
            (line,) = await running.inbox.list(Selection(states=("dead",)))
            entry = await running.inbox.show(line.id)
            assert entry is not None
            assert [failed.attempt for failed in entry.failures] == [1, 2, 3]
            assert "ValueError: no such customer" in entry.failures[-1].error
            assert "in fails" in entry.failures[-1].error

    asyncio.run(main())
    assert [number for number, _ in attempts] == [1, 2, 3]
    assert len({key for _, key in attempts}) == 1


def test_a_slow_record_holds_up_nobody_else(tmp_path: Path) -> None:
    app, gate, other = App(), threading.Event(), threading.Event()

    @app.on("*")
    def handler(event: Any, context: Any) -> None:
        if event.object_id == "1":
            assert gate.wait(BOUND)
        else:
            other.set()

    async def main() -> None:
        async with service(app, tmp_path, workers=2) as running:
            content = body(event(1), event(2), event(3, objectId=2))
            await running.receiver.receive(signed(content))
            assert await asyncio.to_thread(other.wait, BOUND)
            await settled(running, done=1, pending=2)
            gate.set()
            await settled(running, done=3, pending=0)

    asyncio.run(main())


def test_what_nobody_handles_is_recorded_once_with_the_line_to_write(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def main() -> None:
        async with service(App(), tmp_path) as running:
            await running.receiver.receive(signed(body(event(1), event(2))))
            await settled(running, unhandled=2)

    asyncio.run(main())
    (told,) = [record.getMessage() for record in caplog.records if "nobody handles" in record.getMessage()]
    assert '@app.on("contact.propertyChange", property="lifecyclestage")' in told
