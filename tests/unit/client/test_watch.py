"""What a call tells: in order, typed, and nothing that is secret or about a person."""

from __future__ import annotations

import asyncio
import io
import logging
from contextlib import suppress
from typing import Any

import pytest

from hubwire import AsyncHub, Hub
from hubwire.auth import OAuthClient, OAuthTokens, Tokens
from hubwire.client import events
from hubwire.client.calls import objects
from hubwire.client.calls.objects import Fields
from hubwire.client.events import Event
from hubwire.client.execute import execute
from hubwire.client.otel import OpenTelemetry
from hubwire.client.route import route
from hubwire.client.story import Story
from hubwire.errors import ConnectionFailed, HubwireError
from hubwire.wire.message import Reply, Request, Timeout
from tests.unit.client.helpers import VirtualClock, reply, run, script, session
from tests.unit.client.test_governor import PRIVATE

PERSON = "ada.lovelace@example.com"
SECRET = "pat-na1-not-to-be-told"
RECORD = {"id": "7", "properties": {"email": PERSON}}
READ = objects.read("2026-09", "contacts", PERSON, Fields(("email",)), by="email")
CREATE = objects.create("2026-09", "contacts", {"email": PERSON})


def heard(*replies: Reply | Exception, call: Any = READ, tokens: Any = None, **retry: Any) -> list[Event]:
    told: list[Event] = []
    clock = VirtualClock()
    kept = session(clock, tokens, **retry)
    kept.hooks = (told.append,)
    serve, _ = script(*replies)
    with suppress(HubwireError):
        run(execute(call, kept), serve, clock)
    return told


def kinds(told: list[Event]) -> list[str]:
    return [type(event).__name__ for event in told]


def test_a_call_tells_when_it_starts_sends_hears_and_ends() -> None:
    told = heard(reply(200, RECORD, x_hubspot_correlation_id="c-1"))
    assert kinds(told) == ["CallStarted", "RequestSent", "ResponseReceived", "CallFinished"]
    assert {(event.op, event.method, event.lane, event.route) for event in told} == {
        ("objects.read", "GET", "burst", "/crm/objects/2026-09/contacts/{id}")
    }
    assert len({event.call for event in told}) == 1
    answer = told[2]
    assert isinstance(answer, events.ResponseReceived)
    assert (answer.status, answer.attempt, answer.correlation_id) == (200, 1, "c-1")
    assert answer.size > 0


def test_a_retry_tells_why_and_how_long_it_waits() -> None:
    told = heard(reply(502), reply(200, RECORD))
    assert kinds(told) == [
        "CallStarted",
        "RequestSent",
        "ResponseReceived",
        "Paused",
        "Retried",
        "RequestSent",
        "ResponseReceived",
        "CallFinished",
    ]
    paused, again, last = told[3], told[4], told[-1]
    assert isinstance(paused, events.Paused)
    assert (paused.reason, paused.seconds) == ("backoff", 0.5)
    assert isinstance(again, events.Retried)
    assert (again.attempt, again.reason, again.status) == (2, "ServerError", 502)
    assert isinstance(last, events.CallFinished)
    assert (last.attempts, last.status, last.error) == (2, 200, None)


def test_a_refusal_by_the_quota_is_told_as_one() -> None:
    told = heard(reply(429, {"policyName": "SECONDLY"}), reply(200, RECORD))
    assert next(event.reason for event in told if isinstance(event, events.Paused)) == "429"
    assert [event.reason for event in told if isinstance(event, events.Retried)] == ["RateLimited"]


def test_a_call_without_an_answer_tells_whether_it_may_have_arrived() -> None:
    told = heard(ConnectionFailed("broke", sent=True), call=CREATE)
    failed, last = told[2], told[3]
    assert isinstance(failed, events.RequestFailed)
    assert (failed.error, failed.sent) == ("ConnectionFailed", True)
    assert isinstance(last, events.CallFinished)
    assert last.error == "MaybeWritten"


def test_an_error_ends_the_call_with_its_name_and_category() -> None:
    told = heard(reply(404, {"category": "OBJECT_NOT_FOUND", "message": f"no {PERSON}"}))
    last = told[-1]
    assert isinstance(last, events.CallFinished)
    assert (last.error, last.category, last.status) == ("NotFound", "OBJECT_NOT_FOUND", 404)


def test_a_renewed_token_is_told() -> None:
    app = OAuthClient("id", "client-secret", base_url="https://api.test")
    tokens = OAuthTokens(app, Tokens("old", "refresh", expires_at=0.0, hub_id=7))
    grant = {"access_token": SECRET, "refresh_token": "refresh", "expires_in": 1800}
    told = heard(reply(200, grant), reply(200, RECORD), tokens=tokens)
    assert kinds(told)[:2] == ["CallStarted", "TokenRefreshed"]
    assert told[1].error is None  # type: ignore[attr-defined]
    tokens = OAuthTokens(app, Tokens("old", "refresh", expires_at=0.0, hub_id=7))
    told = heard(reply(400, {"status": "BAD_REFRESH_TOKEN"}), tokens=tokens)
    assert kinds(told) == ["CallStarted", "TokenRefreshed", "CallFinished"]
    assert told[1].error == "Disconnected"  # type: ignore[attr-defined]


def test_a_flow_that_is_cut_off_tells_that_it_ended() -> None:
    told: list[Event] = []
    kept = session()
    kept.hooks = (told.append,)
    flow = execute(READ, kept)
    next(flow)
    flow.close()
    assert kinds(told) == ["CallStarted", "RequestSent", "CallFinished"]


def test_a_hook_that_fails_is_logged_and_the_call_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    def broken(event: Event) -> None:
        raise ValueError("mine")

    kept = session()
    kept.hooks = (broken,)
    serve, _ = script(reply(200, RECORD))
    assert run(execute(READ, kept), serve).id == "7"
    assert "a hook failed" in caplog.text


def story(*replies: Reply | Exception, call: Any = READ) -> str:
    to = io.StringIO()
    clock = VirtualClock()
    kept = session(clock)
    kept.hooks = (Story(to),)
    serve, _ = script(*replies)
    with suppress(HubwireError):
        run(execute(call, kept), serve, clock)
    return to.getvalue()


def test_nothing_secret_or_personal_is_logged_or_told(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="hubwire")
    told = heard(
        reply(503),
        reply(429, {"policyName": "SECONDLY", "message": PERSON}),
        reply(404, {"category": "OBJECT_NOT_FOUND", "message": f"no {PERSON} for {SECRET}"}),
    )
    told += heard(reply(200, RECORD), call=CREATE)
    texts = [caplog.text, repr(told), story(reply(404, {"message": PERSON}))]
    texts += [repr(record.__dict__["hubwire"]) for record in caplog.records]
    for text in texts:
        assert text
        for hidden in (PERSON, "lovelace", SECRET, "Bearer"):
            assert hidden not in text


def test_retries_are_worth_a_line_and_everyday_calls_only_when_asked(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, logger="hubwire")
    clock = VirtualClock()
    serve, _ = script(reply(502), reply(200, RECORD))
    run(execute(READ, session(clock)), serve, clock)
    assert [(record.name, record.levelname) for record in caplog.records] == [("hubwire", "INFO")]
    told = caplog.records[0].__dict__["hubwire"]
    assert (told["event"], told["reason"], told["attempt"]) == ("Retried", "ServerError", 2)


def test_the_story_of_a_call() -> None:
    lines = [
        line.split(None, 2)[2] for line in story(reply(502), reply(200, RECORD, **headers())).splitlines()
    ]
    assert lines == [
        "objects.read: GET /crm/objects/2026-09/contacts/{id} (burst quota of https://api.test)",
        "→ attempt 1, 0 bytes",
        "← 502 in 0 ms, 0 bytes",
        "wait 0.50 s: before trying again",
        "again, attempt 2: ServerError 502",
        "→ attempt 2, 0 bytes",
        f"← 200 in 0 ms, {len(reply(200, RECORD).body)} bytes, 188 calls left in the window, "
        "624,999 calls left today, correlation id c-1",
        "done in 500 ms, 2 requests",
    ]


def headers() -> dict[str, str]:
    return {name.replace("-", "_"): value for name, value in PRIVATE.items()} | {
        "x_hubspot_correlation_id": "c-1"
    }


class Answering:
    """A transport that always answers the same."""

    def send(self, request: Request, timeout: Timeout) -> Reply:
        return reply(200, RECORD)

    def close(self) -> None:
        return


@pytest.mark.parametrize(("value", "told"), [("1", True), ("0", False), ("", False), ("false", False)])
def test_the_environment_has_the_story_told_on_stderr(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], value: str, told: bool
) -> None:
    monkeypatch.setenv("HUBWIRE_DEBUG", value)
    with Hub(SECRET, transport=Answering()) as hub:
        hub.contacts.get(PERSON, by="email")
    said = capsys.readouterr().err
    assert ("objects.read" in said) is told
    assert SECRET not in said
    assert PERSON not in said


@pytest.mark.parametrize(
    ("op", "path", "shown"),
    [
        ("objects.read", "/crm/objects/2026-09/contacts/a%40b.example", "/crm/objects/2026-09/contacts/{id}"),
        ("objects.read", "/crm/v3/objects/p12_cars/77", "/crm/v3/objects/p12_cars/{id}"),
        ("GET ?", "/contacts/v1/contact/email/a@b.example/profile", "/contacts/v1/contact/email/{…}/profile"),
        ("GET ?", "/oauth/v1/access-tokens/CNaKSI-xyz", "/oauth/v1/access-tokens/{…}"),
        ("POST ?", "/marketing/2026-09/emails/12345/clone", "/marketing/2026-09/emails/{…}/clone"),
    ],
)
def test_a_route_tells_no_record_from_another(op: str, path: str, shown: str) -> None:
    assert route(op, path) == shown


def traced(*replies: Reply | Exception, call: Any = READ) -> tuple[list[Any], dict[str, list[Any]]]:
    """Finished spans, and the points of each metric."""
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.metrics.export import InMemoryMetricReader
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    spans, reader = InMemorySpanExporter(), InMemoryMetricReader()
    tracers = TracerProvider(shutdown_on_exit=False)
    tracers.add_span_processor(SimpleSpanProcessor(spans))
    meters = MeterProvider(metric_readers=[reader], shutdown_on_exit=False)
    kept, clock = session(), VirtualClock()
    kept.hooks = (OpenTelemetry(tracers, meters),)
    serve, _ = script(*replies)
    with tracers.get_tracer("test").start_as_current_span("job"), suppress(HubwireError):
        run(execute(call, kept), serve, clock)
    found: dict[str, list[Any]] = {}
    data = reader.get_metrics_data()
    assert data is not None
    for resource in data.resource_metrics:
        for scope in resource.scope_metrics:
            for metric in scope.metrics:
                found[metric.name] = list(metric.data.data_points)
    meters.shutdown()
    return list(spans.get_finished_spans()), found


def test_a_call_is_a_span_and_so_is_each_request_of_it() -> None:
    spans, metrics = traced(reply(502), reply(200, RECORD, **headers()))
    first, second, call, job = spans
    assert [span.name for span in spans] == [
        "GET /crm/objects/2026-09/contacts/{id}",
        "GET /crm/objects/2026-09/contacts/{id}",
        "hubspot objects.read",
        "job",
    ]
    assert call.parent.span_id == job.context.span_id
    assert {span.parent.span_id for span in (first, second)} == {call.context.span_id}
    assert first.attributes["http.response.status_code"] == 502
    assert first.attributes["error.type"] == "502"
    assert not first.status.is_ok
    assert second.attributes["http.request.resend_count"] == 1
    assert second.attributes["hubspot.correlation_id"] == "c-1"
    assert second.attributes["server.address"] == "api.test"
    assert [event.name for event in call.events] == ["pause", "retry"]
    assert call.attributes["hubwire.attempts"] == 2
    assert metrics["hubwire.quota.burst.remaining"][0].value == 188
    assert metrics["hubwire.quota.daily.remaining"][0].value == 624_999
    assert metrics["hubwire.retries"][0].value == 1
    assert metrics["hubwire.calls"][0].value == 1
    assert sum(point.count for point in metrics["http.client.request.duration"]) == 2
    assert metrics["hubwire.wait.duration"][0].sum == 0.5


def test_no_span_or_metric_holds_anything_secret_or_personal() -> None:
    spans, metrics = traced(reply(404, {"message": PERSON, "category": "OBJECT_NOT_FOUND"}))
    everything = repr([span.to_json() for span in spans]) + repr(metrics)
    assert "NotFound" in everything
    assert PERSON not in everything
    assert "lovelace" not in everything


class AsyncAnswering:
    """The same for asyncio."""

    async def send(self, request: Request, timeout: Timeout) -> Reply:  # noqa: ASYNC109 - not a deadline
        return reply(200, RECORD)

    async def close(self) -> None:
        return


def test_hooks_hear_of_calls_of_tasks_and_of_other_terms_too() -> None:
    told: list[Event] = []

    async def call() -> None:
        async with AsyncHub("token", transport=AsyncAnswering(), hooks=[told.append]) as hub:
            await asyncio.gather(hub.contacts.get("7"), hub.contacts.get("8"))
            await hub.with_quota(priority="background").contacts.get("7")

    asyncio.run(call())
    assert kinds(told).count("CallFinished") == 3


def test_too_many_errors_are_a_warning_that_names_the_numbers(caplog: pytest.LogCaptureFixture) -> None:
    clock, kept = VirtualClock(), session()
    kept.governor.windows.free = [1] * 20 + [0] * 200
    serve, _ = script(reply(404), reply(404))
    for _ in range(2):
        with suppress(HubwireError):
            run(execute(READ, kept), serve, clock)
    warnings = [record for record in caplog.records if record.levelname == "WARNING"]
    assert len(warnings) == 1
    told = warnings[0].__dict__["hubwire"]
    assert (told["event"], told["requests"], told["errors"]) == ("ErrorsMany", 221, 21)
