"""OpenTelemetry: a span for every call and every request of it, and metrics of the quota.

    from hubwire.client.otel import OpenTelemetry

    with Hub(hooks=[OpenTelemetry()]) as hub: ...

Needs `pip install 'hubwire[otel]'`, and an SDK that your program sets up. Names follow the semantic
conventions for HTTP clients where there is one: https://opentelemetry.io/docs/specs/semconv/http/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from hubwire.client import events
from hubwire.client.events import Event
from hubwire.errors import ConfigError

if TYPE_CHECKING:
    from opentelemetry.metrics import MeterProvider
    from opentelemetry.trace import Span, TracerProvider


class OpenTelemetry:
    """A hook. One will do for any number of hubs, threads and event loops."""

    def __init__(
        self, tracer_provider: TracerProvider | None = None, meter_provider: MeterProvider | None = None
    ) -> None:
        """Without providers, those that the program has set for itself."""
        try:
            from opentelemetry import metrics, trace
        except ImportError:
            raise ConfigError("OpenTelemetry is not installed: pip install 'hubwire[otel]'") from None
        self._trace = trace
        self._tracer = trace.get_tracer("hubwire", tracer_provider=tracer_provider)
        self._calls: dict[int, Span] = {}
        self._requests: dict[int, Span] = {}
        meter = metrics.get_meter("hubwire", meter_provider=meter_provider)
        self._duration = meter.create_histogram(
            "http.client.request.duration", "s", "Duration of requests to HubSpot"
        )
        self._finished = meter.create_counter("hubwire.calls", "{call}", "Calls that ended, by outcome")
        self._retries = meter.create_counter("hubwire.retries", "{retry}", "Requests that were sent again")
        self._refreshes = meter.create_counter("hubwire.token.refreshes", "{refresh}", "Tokens renewed")
        self._waits = meter.create_histogram("hubwire.wait.duration", "s", "Waiting before a request")
        self._left = {
            "burst": meter.create_gauge("hubwire.quota.burst.remaining", "{call}", "Left in the window"),
            "daily": meter.create_gauge("hubwire.quota.daily.remaining", "{call}", "Left of the day"),
        }
        self._errors = meter.create_gauge(
            "hubwire.errors.share", "1", "Share of errors of the last 24 hours, when there are many"
        )

    def __call__(self, event: Event) -> None:
        """Takes one event."""
        match event:
            case events.CallStarted():
                self._start(event)
            case events.RequestSent():
                self._send(event)
            case events.ResponseReceived():
                self._receive(event)
            case events.RequestFailed():
                self._end_request(event, event.seconds, error=event.error)
            case events.Paused():
                self._waits.record(event.seconds, {"reason": event.reason, "hubwire.lane": event.lane})
                self._note(event, "pause", {"seconds": event.seconds, "reason": event.reason})
            case events.Retried():
                self._retries.add(1, {"error.type": event.reason, "hubwire.op": event.op})
                self._note(event, "retry", {"attempt": event.attempt, "error.type": event.reason})
            case events.TokenRefreshed():
                self._refreshes.add(1, _error(event.error))
                self._note(event, "token refreshed", _error(event.error))
            case events.ErrorsMany():
                self._errors.set(event.errors / event.requests, {"server.address": _host(event)[0]})
            case events.CallFinished():
                self._finish(event)

    def _start(self, event: events.CallStarted) -> None:
        self._calls[event.call] = self._tracer.start_span(
            f"hubspot {event.op}", attributes={"hubwire.op": event.op, "hubwire.lane": event.lane}
        )

    def _send(self, event: events.RequestSent) -> None:
        call = self._calls.get(event.call)
        host, port = _host(event)
        self._requests[event.call] = self._tracer.start_span(
            f"{event.method} {event.route}",
            context=None if call is None else self._trace.set_span_in_context(call),
            kind=self._trace.SpanKind.CLIENT,
            attributes={
                "http.request.method": event.method,
                "http.request.resend_count": event.attempt - 1,
                "http.request.body.size": event.size,
                "url.template": event.route,
                "server.address": host,
                "server.port": port,
                "hubwire.quota.waited": event.waited,
            },
        )

    def _receive(self, event: events.ResponseReceived) -> None:
        for name, count in (("burst", event.burst_remaining), ("daily", event.daily_remaining)):
            if count is not None:
                self._left[name].set(count, {"server.address": _host(event)[0]})
        more: dict[str, Any] = {
            "http.response.status_code": event.status,
            "http.response.body.size": event.size,
        }
        if event.correlation_id:
            more["hubspot.correlation_id"] = event.correlation_id
        error = str(event.status) if event.status >= 400 else None
        self._end_request(event, event.seconds, more, status=event.status, error=error)

    def _end_request(
        self,
        event: Event,
        seconds: float,
        more: dict[str, Any] | None = None,
        *,
        status: int | None = None,
        error: str | None = None,
    ) -> None:
        host, port = _host(event)
        measured: dict[str, Any] = {
            "http.request.method": event.method,
            "url.template": event.route,
            "server.address": host,
            "server.port": port,
            **({} if status is None else {"http.response.status_code": status}),
            **_error(error),
        }
        self._duration.record(seconds, measured)
        span = self._requests.pop(event.call, None)
        if span is not None:
            self._end(span, {**(more or {}), **_error(error)}, error)

    def _finish(self, event: events.CallFinished) -> None:
        self._finished.add(1, {"hubwire.op": event.op, **_error(event.error)})
        # One that was cut off while its request was under way.
        request = self._requests.pop(event.call, None)
        if request is not None:
            self._end(request, _error(event.error), event.error)
        span = self._calls.pop(event.call, None)
        if span is not None:
            self._end(span, {"hubwire.attempts": event.attempts, **_error(event.error)}, event.error)

    def _end(self, span: Span, attributes: dict[str, Any], error: str | None) -> None:
        span.set_attributes(attributes)
        if error is not None:
            span.set_status(self._trace.Status(self._trace.StatusCode.ERROR, error))
        span.end()

    def _note(self, event: Event, name: str, attributes: dict[str, Any]) -> None:
        span = self._calls.get(event.call)
        if span is not None:
            span.add_event(name, attributes)


def _error(name: str | None) -> dict[str, str]:
    return {} if name is None else {"error.type": name}


def _host(event: Event) -> tuple[str, int]:
    parts = urlsplit(event.base_url)
    return parts.hostname or "", parts.port or (80 if parts.scheme == "http" else 443)
