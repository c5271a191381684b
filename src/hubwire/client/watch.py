"""Tells what happens to one call: to the hooks, and to the logger `hubwire`."""

from __future__ import annotations

import logging
from itertools import count
from typing import TYPE_CHECKING, Any, Literal

from hubwire.client import events
from hubwire.client.events import Event
from hubwire.client.route import route
from hubwire.wire.flow import Flow, Send

if TYPE_CHECKING:
    from hubwire.client.call import Call
    from hubwire.client.governor import Governor
    from hubwire.client.session import Session
    from hubwire.errors import HubwireError
    from hubwire.wire.message import Reply

logger = logging.getLogger("hubwire")
numbers = count(1)


class Watch:
    """One call's. What everyday calls tell is put together only when somebody listens."""

    __slots__ = (
        "_about",
        "_call",
        "_sent",
        "_session",
        "_waited",
        "all",
        "attempt",
        "started",
    )

    def __init__(self, call: Call[Any], session: Session, started: float) -> None:
        self._call, self._session = call, session
        self.all = True if session.hooks else logger.isEnabledFor(logging.DEBUG)
        self._about: dict[str, Any] | None = None
        self.started = self._sent = started
        self._waited = 0.0
        self.attempt = 0
        """Requests sent so far."""
        if self.all:
            self._tell(events.CallStarted)

    def _now(self) -> float:
        return self._session.now()

    def paused(self, seconds: float, reason: Literal["quota", "429", "backoff"]) -> None:
        """Somebody waits."""
        if reason == "quota":
            self._waited += seconds
        if self.all:
            self._tell(events.Paused, seconds=seconds, reason=reason)

    def sent(self, size: int) -> None:
        """A request leaves."""
        if self.all:
            self._sent = self._now()
            self._tell(events.RequestSent, attempt=self.attempt + 1, size=size, waited=self._waited)
            self._waited = 0.0

    def answered(self, reply: Reply, governor: Governor) -> None:
        """An answer came."""
        if self.all:
            windows = governor.windows
            usage = governor.usage(self._now()) if windows.most is not None else None
            self._tell(
                events.ResponseReceived,
                attempt=self.attempt,
                status=reply.status,
                seconds=self._now() - self._sent,
                size=len(reply.body),
                correlation_id=reply.headers.get("x-hubspot-correlation-id"),
                burst_remaining=usage.burst_remaining if usage else None,
                daily_remaining=windows.day.left,
            )
        if reply.status >= 400 and (many := governor.error_warning(self._now())):
            self._tell(events.ErrorsMany, requests=many[0], errors=many[1])

    def failed(self, failure: HubwireError, *, sent: bool) -> None:
        """No answer came."""
        if self.all:
            self._tell(
                events.RequestFailed,
                attempt=self.attempt,
                error=type(failure).__name__,
                seconds=self._now() - self._sent,
                sent=sent,
            )

    def again(self, why: HubwireError) -> None:
        """The call is sent again. Logged at INFO: it is rare, and the reason of many a slow job."""
        self._tell(events.Retried, attempt=self.attempt + 1, reason=type(why).__name__, status=why.status)

    def bearer(self, flow: Flow[str]) -> Flow[str]:
        """The token; told when it had to be renewed, which is when a request was sent for it."""
        return self._renewing(flow) if self.all else flow

    def finished(self, error: BaseException | None, status: int | None) -> None:
        """The call is over."""
        if self.all:
            self._tell(
                events.CallFinished,
                seconds=self._now() - self.started,
                attempts=self.attempt,
                status=status,
                error=None if error is None else type(error).__name__,
                category=getattr(error, "category", None),
            )

    def _renewing(self, flow: Flow[str]) -> Flow[str]:
        asked: float | None = None
        answer: Any = None
        fault: BaseException | None = None
        try:
            while True:
                step = flow.send(answer) if fault is None else flow.throw(fault)
                if isinstance(step, Send) and asked is None:
                    asked = self._now()
                answer, fault = None, None
                try:
                    answer = yield step
                except Exception as problem:  # noqa: BLE001 - not handled: handed to the flow it belongs to
                    fault = problem
        except StopIteration as stop:
            if asked is not None:
                self._tell(events.TokenRefreshed, seconds=self._now() - asked, error=None)
            token: str = stop.value
            return token
        except Exception as problem:
            if asked is not None:
                name = type(problem).__name__
                self._tell(events.TokenRefreshed, seconds=self._now() - asked, error=name)
            raise
        finally:
            flow.close()

    def _tell(self, kind: type[Event], **more: Any) -> None:
        if self._about is None:
            call = self._call
            self._about = {
                "call": next(numbers),
                "op": call.op,
                "method": call.request.method,
                "route": route(call.op, call.request.path),
                "lane": call.lane,
                "base_url": self._session.base_url,
            }
        event = kind(**self._about, **more)
        log(event)
        for hook in self._session.hooks:
            try:
                hook(event)
            except Exception:
                logger.exception("a hook failed: %s", getattr(hook, "__qualname__", type(hook).__qualname__))


IN_WORDS = ("event", "method", "route", "base_url")
"""Fields that a line shows without their names, or not at all."""


def log(event: Event) -> None:
    """The event as a line of the logger `hubwire`; its fields are the record's attribute `hubwire`."""
    level, name = _level(event), type(event).__name__
    if not logger.isEnabledFor(level):
        return
    told = {"event": name, **{field: getattr(event, field) for field in event.__struct_fields__}}
    shown = " ".join(
        f"{field}={_short(value)}"
        for field, value in told.items()
        if value is not None and field not in IN_WORDS
    )
    logger.log(level, "%s %s %s %s", name, event.method, event.route, shown, extra={"hubwire": told})


def _level(event: Event) -> int:
    match event:
        case events.ErrorsMany():
            return logging.WARNING
        case events.Retried():
            # Not a warning: those appear on the terminal of a program that has set up no logging at all.
            return logging.INFO
        case events.TokenRefreshed(error=error):
            return logging.WARNING if error else logging.INFO
        case _:
            return logging.DEBUG


def _short(value: Any) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)
