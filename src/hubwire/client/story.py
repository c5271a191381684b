"""`HUBWIRE_DEBUG=1`: the story of every call on stderr, a line for each thing that happens."""

from __future__ import annotations

import sys
from typing import TextIO

from hubwire.client import events
from hubwire.client.events import Event


class Story:
    """A hook that writes."""

    def __init__(self, to: TextIO | None = None) -> None:
        self._to = to

    def __call__(self, event: Event) -> None:
        """One line, written at once, so that lines of threads do not mix."""
        print(f"hubwire {event.call:>4} {line(event)}\n", end="", file=self._to or sys.stderr, flush=True)


WAITING = {
    "quota": "the quota is spent",
    "429": "HubSpot refused: 429",
    "backoff": "before trying again",
}


def line(event: Event) -> str:
    """What happened, in words."""
    match event:
        case events.CallStarted():
            return f"{event.op}: {event.method} {event.route} ({event.lane} quota of {event.base_url})"
        case events.TokenRefreshed():
            done = f"could not be renewed: {event.error}" if event.error else "renewed"
            return f"  token {done} ({event.seconds * 1000:.0f} ms)"
        case events.Paused():
            return f"  wait {event.seconds:.2f} s: {WAITING[event.reason]}"
        case events.RequestSent():
            waited = f", after {event.waited:.2f} s of waiting" if event.waited else ""
            return f"  → attempt {event.attempt}, {event.size:,} bytes{waited}"
        case events.ResponseReceived():
            return _answer(event)
        case events.RequestFailed():
            sent = "it may have arrived" if event.sent else "it did not arrive"
            return f"  ✗ {event.error} after {event.seconds * 1000:.0f} ms; {sent}"
        case events.Retried():
            status = f" {event.status}" if event.status else ""
            return f"  again, attempt {event.attempt}: {event.reason}{status}"
        case events.ErrorsMany():
            return f"  {event.errors:,} of {event.requests:,} calls of the last 24 hours were errors"
        case events.CallFinished():
            category = f" ({event.category})" if event.category else ""
            how = f"{event.error}{category}" if event.error else "done"
            several = "s" if event.attempts != 1 else ""
            return f"{how} in {event.seconds * 1000:.0f} ms, {event.attempts} request{several}"
        case _:
            return type(event).__name__


def _answer(event: events.ResponseReceived) -> str:
    left = "".join(
        f", {count:,} calls left {of}"
        for count, of in ((event.burst_remaining, "in the window"), (event.daily_remaining, "today"))
        if count is not None
    )
    named = f", correlation id {event.correlation_id}" if event.correlation_id else ""
    return f"  ← {event.status} in {event.seconds * 1000:.0f} ms, {event.size:,} bytes{left}{named}"
