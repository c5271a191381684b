"""What is counted for OpenTelemetry; nothing without it (`pip install 'hubwire[otel]'`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hubwire.webhooks.inbox import DEAD, DONE, PENDING, Stats


class Metrics:
    """The instruments, by the names that https://opentelemetry.io/docs/specs/semconv would give them."""

    def __init__(self, meter: Any = None) -> None:
        """Without a meter, that of the process."""
        meter = meter or _meter()
        self.on = meter is not None
        """Whether anybody counts."""
        if meter is None:
            return
        self._received = meter.create_counter("hubwire.webhooks.received", "{event}", "Events stored")
        self._duplicates = meter.create_counter(
            "hubwire.webhooks.duplicates", "{event}", "Events that were there"
        )
        self._refused = meter.create_counter(
            "hubwire.webhooks.refused", "{request}", "Requests refused, by reason"
        )
        self._acknowledge = meter.create_histogram(
            "hubwire.webhooks.acknowledge.duration", "s", "Request to answer"
        )
        self._handled = meter.create_histogram(
            "hubwire.webhooks.handler.duration", "s", "One call of a handler"
        )
        self._retries = meter.create_counter(
            "hubwire.webhooks.retries", "{call}", "Calls that failed and will be repeated"
        )
        self._dead = meter.create_counter("hubwire.webhooks.dead", "{event}", "Events given up")
        self._lag = meter.create_histogram("hubwire.webhooks.lag", "s", "From the change to its receipt")
        self._meter = meter

    def stored(self, accepted: int, duplicates: int, lag: float | None) -> None:
        """A request was acknowledged."""
        if self.on:
            self._received.add(accepted)
            self._duplicates.add(duplicates)
            if lag is not None:
                self._lag.record(lag)

    def answered(self, seconds: float, status: int) -> None:
        """A request was answered."""
        if self.on:
            self._acknowledge.record(seconds, {"http.response.status_code": status})

    def refused(self, reason: str) -> None:
        """A request was not stored."""
        if self.on:
            self._refused.add(1, {"reason": reason})

    def handled(self, handler: str, state: str, seconds: float) -> None:
        """A handler was called."""
        if self.on:
            outcome = {DONE: "done", PENDING: "retry", DEAD: "dead"}[state]
            self._handled.record(seconds, {"handler": handler, "outcome": outcome})
            if state == PENDING:
                self._retries.add(1, {"handler": handler})

    def dead(self) -> None:
        """An event was given up."""
        if self.on:
            self._dead.add(1)

    def watch(self, stats: Callable[[], Stats | None], now: Callable[[], float]) -> None:
        """Pending events and the age of the oldest, whenever somebody collects."""
        if not self.on:
            return
        from opentelemetry.metrics import CallbackOptions, Observation

        def pending(options: CallbackOptions) -> list[Observation]:
            known = stats()
            return [Observation(known.pending + known.retrying)] if known else []

        def oldest(options: CallbackOptions) -> list[Observation]:
            known = stats()
            if known is None:
                return []
            return [Observation(0.0 if known.oldest is None else max(0.0, now() - known.oldest / 1000))]

        self._meter.create_observable_gauge(
            "hubwire.webhooks.pending", [pending], "{event}", "Events not settled"
        )
        self._meter.create_observable_gauge(
            "hubwire.webhooks.oldest", [oldest], "s", "Age of the oldest of them"
        )


def _meter() -> Any:
    try:
        from opentelemetry import metrics
    except ModuleNotFoundError:
        return None
    return metrics.get_meter("hubwire.webhooks")
