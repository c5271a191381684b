"""What an operator sees of it: metrics, the log, clients that trickle, a clock that is set."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit

import pytest

from hubwire.cli.main import main
from hubwire.webhooks import App, Backoff, Retry, Service
from hubwire.webhooks import embedded as embedded_module
from hubwire.webhooks import serve as serving
from hubwire.webhooks.calls import Caller
from hubwire.webhooks.guard import Guard
from hubwire.webhooks.inbox_sqlite import SqliteInbox
from hubwire.webhooks.metrics import Metrics
from hubwire.webhooks.receiver import Mouth
from hubwire.webhooks.runner import Runner
from hubwire.webhooks.service import Trust
from hubwire.webhooks.signature import Secrets
from hubwire.webhooks.stores import SqliteStore
from hubwire.webhooks.worker import Worker, Working
from tests.unit.webhooks.backends import arrival, batch
from tests.unit.webhooks.senders import NOW, SECRET, URL, body, event, signed
from tests.unit.webhooks.test_service import BOUND, service, settled


class Hand:
    """A clock that is turned by hand."""

    def __init__(self) -> None:
        self.wall, self.steady = NOW, 100.0

    def pass_by(self, seconds: float) -> None:
        self.wall += seconds
        self.steady += seconds


def test_every_metric_of_the_documentation_is_told(tmp_path: Path) -> None:
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.metrics.export import InMemoryMetricReader

    reader, app = InMemoryMetricReader(), App(backoff=Backoff(attempts=2, first=0.0, most=0.0))
    gate = asyncio.Event()

    @app.on("contact.creation")
    async def fails(told: Any, context: Any) -> None:
        raise Retry("not yet", after=0.0)

    @app.on("contact.deletion")
    async def never(told: Any, context: Any) -> None:
        await gate.wait()

    running = service(app, tmp_path, grace=0.0)
    running.metrics = Metrics(MeterProvider([reader], shutdown_on_exit=False).get_meter("test"))

    async def main() -> dict[str, Any]:
        async with running:
            waits = event(1, subscriptionType="contact.deletion", objectId=1)
            dead = event(2, subscriptionType="contact.creation", objectId=2)
            for content in (body(waits, dead), body(waits)):
                assert (await running.receiver.receive(signed(content))).status == 204
            assert (await running.receiver.receive(signed(body(), secret="another"))).status == 401
            # The clock stands still, so a retry of a millisecond waits for a person.
            await settled(running, retrying=1, pending=1)
            await running.ready()
            return points(reader)

    told = asyncio.run(main())
    assert told["hubwire.webhooks.received"] == [({}, 2)]
    assert told["hubwire.webhooks.duplicates"] == [({}, 1)]
    assert told["hubwire.webhooks.refused"] == [({"reason": "mismatch"}, 1)]
    assert told["hubwire.webhooks.pending"] == [({}, 2)]
    assert told["hubwire.webhooks.oldest"] == [({}, 0)]
    ((_, lag),) = told["hubwire.webhooks.lag"]
    assert lag == 2, "two requests were stored"
    assert {attributes["http.response.status_code"] for attributes, _ in told[
        "hubwire.webhooks.acknowledge.duration"]} == {204, 401}  # fmt: skip
    ((attributes, calls),) = told["hubwire.webhooks.handler.duration"]
    assert (attributes["outcome"], calls) == ("retry", 1)
    ((attributes, retries),) = told["hubwire.webhooks.retries"]
    assert (attributes["handler"].endswith("fails"), retries) == (True, 1)


def test_an_event_that_is_given_up_is_counted(tmp_path: Path) -> None:
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.metrics.export import InMemoryMetricReader

    reader, app = InMemoryMetricReader(), App(backoff=Backoff(attempts=1))

    @app.on("*")
    async def fails(told: Any, context: Any) -> None:
        raise OSError("the shop is closed")

    running = service(app, tmp_path)
    running.metrics = Metrics(MeterProvider([reader], shutdown_on_exit=False).get_meter("test"))

    async def main() -> None:
        async with running:
            await running.receiver.receive(signed(body(event(1))))
            await settled(running, dead=1)

    asyncio.run(main())
    assert points(reader)["hubwire.webhooks.dead"] == [({}, 1)]


def test_what_waits_is_counted_without_anybody_asking_for_readiness(tmp_path: Path) -> None:
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.metrics.export import InMemoryMetricReader

    reader = InMemoryMetricReader()
    running = service(App(), tmp_path, workers=0)
    running.metrics = Metrics(MeterProvider([reader], shutdown_on_exit=False).get_meter("test"))

    async def main() -> None:
        async with running:
            for _ in range(int(BOUND / 0.01)):
                if "hubwire.webhooks.pending" in points(reader):
                    return
                await asyncio.sleep(0.01)
        raise AssertionError("nothing was counted")

    asyncio.run(main())


def points(reader: Any) -> dict[str, list[tuple[dict[str, Any], Any]]]:
    """Attributes, and the value or the number of values, of every metric."""
    data, told = reader.get_metrics_data(), dict[str, list[tuple[dict[str, Any], Any]]]()
    for metric in [
        each
        for resource in (data.resource_metrics if data else ())
        for scope in resource.scope_metrics
        for each in scope.metrics
    ]:
        for point in metric.data.data_points:
            number = point.value if hasattr(point, "value") else point.count
            told.setdefault(metric.name, []).append((dict(point.attributes), number))
    return told


def test_a_flood_of_refusals_does_not_flood_the_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    hand = Hand()
    running = Service(
        App(), inbox=tmp_path / "inbox.db", trust=Trust(Secrets(SECRET), URL),
        working=Working(workers=0), clock=lambda: hand.wall,
    )  # fmt: skip

    async def main() -> None:
        async with running:
            for _ in range(1000):
                assert (await running.receiver.receive(signed(body(), secret="another"))).status == 401
            hand.wall += 1
            assert (await running.receiver.receive(signed(body(), secret="another"))).status == 401
        stats = running_stats(tmp_path)
        assert stats.refused == 1001

    asyncio.run(main())
    lines = [record.getMessage() for record in caplog.records if "refused" in record.getMessage()]
    assert len(lines) == Mouth.BURST + 2
    assert "refused 900 more" in lines[-2]


def running_stats(folder: Path) -> Any:
    from hubwire.webhooks.operating import Office

    return Office(str(folder / "inbox.db")).stats()


@pytest.mark.socket
@pytest.mark.parametrize(
    "sent", [b"", b"POST /webhooks/hubspot HTTP/1.1\r\nHost: x\r\nX-Slow: ", b"POST"], ids=repr
)
def test_who_does_not_finish_the_headers_is_hung_up_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sent: bytes
) -> None:
    monkeypatch.setattr(serving, "HEADERS_WITHIN", 0.05)
    plain = Service(
        App(), inbox=tmp_path / "inbox.db", trust=Trust(Secrets(SECRET)), working=Working(workers=0)
    )
    with serving.running(plain) as url:
        parts = urlsplit(url)
        with socket.create_connection((parts.hostname, parts.port), timeout=BOUND) as slow:
            slow.sendall(sent)
            assert slow.recv(1000) == b"", "the connection is closed, and nothing is said"
        with socket.create_connection((parts.hostname, parts.port), timeout=BOUND) as other:
            other.sendall(b"POST /webhooks/hubspot HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n[]")
            assert other.recv(1000).startswith(b"HTTP/1.1 401 ")


def test_events_are_gathered_as_long_as_the_window_is_open(tmp_path: Path) -> None:
    app, calls, hand = App(), list[list[str]](), Hand()

    @app.on_object("contact.*", window=2.0)
    async def changed(events: Any, context: Any) -> None:
        calls.append([each.value for each in events])

    async def main() -> None:
        inbox = SqliteInbox(tmp_path / "inbox.db")
        await inbox.open()
        caller = Caller(1, guard=Guard(), clock=lambda: hand.wall, steady=lambda: hand.steady)
        runner = Runner(app, inbox, caller, clock=lambda: hand.wall, chance=Random(1))
        for number in (1, 2):
            raw = body(event(number))[1:-1]
            at = int(hand.wall * 1000)
            await inbox.put(batch(arrival(number, raw=raw), at=at))
            assert await runner("a") == int(NOW * 1000) + 2000, "two seconds after the first"
            hand.pass_by(1.0)
        assert calls == []
        assert await runner("a") is None
        await runner.flush()
        await inbox.close()

    asyncio.run(main())
    assert calls == [["v1", "v2"]]


def test_when_the_clock_is_set_a_retry_waits_as_long_as_it_was_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded_module, "TICK", 0.01)
    app, hand, attempts = App(), Hand(), list[int]()

    @app.on("*")
    async def later(told: Any, context: Any) -> None:
        attempts.append(context.attempt)
        if context.attempt == 1:
            raise Retry(after=3600.0)

    async def main() -> None:
        store = SqliteStore(tmp_path / "inbox.db")
        inbox = store.inbox()
        await inbox.open()
        await inbox.put(batch(arrival(1, raw=body(event(1))[1:-1]), at=int(NOW * 1000)))
        worker = Worker(
            app, store, Working(retention=None, grace=0.0),
            clock=lambda: hand.wall, steady=lambda: hand.steady,
        )  # fmt: skip
        await asyncio.to_thread(worker.start)
        try:
            await reached(inbox, lambda line: line.failures == 1)
            hand.wall += 86_400.0
            await reached(inbox, lambda line: line.due == int((NOW + 86_400.0 + 3600.0) * 1000))
            assert attempts == [1]
            hand.pass_by(3601.0)
            await reached(inbox, lambda line: line.state == "done")
        finally:
            await asyncio.to_thread(worker.stop)
            await inbox.close()

    asyncio.run(main())
    assert attempts == [1, 2]


async def reached(inbox: SqliteInbox, good: Callable[[Any], bool]) -> None:
    from hubwire.webhooks.inbox import Selection

    for _ in range(int(BOUND / 0.01)):
        (line,) = await inbox.list(Selection())
        if good(line):
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"never: {line}")


def test_stats_tell_what_the_journal_lost(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "inbox.db"

    async def fill() -> None:
        inbox = SqliteInbox(path)
        await inbox.open()
        await inbox.note("journal:gaps", "[[1000, 2000]]")
        await inbox.close()

    asyncio.run(fill())
    assert main(["webhooks", "stats", "--inbox", str(path), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["gaps"] == [{"begin": "1970-01-01T00:00:01.000Z", "end": "1970-01-01T00:00:02.000Z"}]
    assert main(["webhooks", "stats", "--inbox", str(path)]) == 0
    assert "not read from 1970-01-01T00:00:01.000Z to" in capsys.readouterr().out
