"""The one flow that every call goes through.

Bearer → a place in the quota → wait for it → send → learn from the headers → judge → value, again, or error.
"""

from __future__ import annotations

from typing import TypeVar

from hubwire.client.call import Call
from hubwire.client.governor import DAILY, SECONDLY, Governor
from hubwire.client.judge import Again, judge, limit_error, policy_of
from hubwire.client.lane import Place
from hubwire.client.session import Session
from hubwire.client.watch import Watch
from hubwire.client.windows import SEARCH
from hubwire.errors import (
    ConnectionFailed,
    HubwireError,
    MaybeWritten,
    RateLimited,
    TokenExpired,
    Unauthorized,
    UnexpectedAnswer,
)
from hubwire.wire.flow import Flow, Send, do, pause
from hubwire.wire.message import Reply

T = TypeVar("T")


def execute(call: Call[T], session: Session) -> Flow[T]:
    """The call's value, whatever it takes."""
    status, began = None, session.now()
    watch = Watch(call, session, began)
    try:
        reply = yield from _converse(call, session, watch)
        status = reply.status
        value = call.read(reply)
    except UnexpectedAnswer as odd:
        odd.may_have_written = call.safety != "read"
        watch.finished(odd, status)
        if call.safety == "once":
            raise _lost(MaybeWritten(odd, call.trace_ids), call, session, began) from odd
        raise
    except MaybeWritten as lost:
        watch.finished(_lost(lost, call, session, began), lost.status)
        raise
    except BaseException as error:
        watch.finished(error, getattr(error, "status", None))
        raise
    if watch.all:
        watch.finished(None, status)
    return value


def _lost(lost: MaybeWritten, call: Call[T], session: Session, began: float) -> MaybeWritten:
    """The same error, which knows how to find out."""

    lost.look, lost.began = lambda trace: session.look(call, began, trace), began
    return lost


class _Patience:
    """How often and how long one logical call was tried."""

    def __init__(self, session: Session, started: float) -> None:
        self._session = session
        self._deadline = started + session.retry.budget
        self._failures = 0
        self.renewed = False

    def backoff(self) -> float | None:
        """Seconds before the next attempt after a failure; None when there were enough."""
        retry = self._session.retry
        self._failures += 1
        if self._failures >= retry.attempts:
            return None
        seconds: float = min(retry.longest, retry.base * 2.0 ** (self._failures - 1))
        return seconds * (0.5 + self._session.random() / 2)

    def allows(self, seconds: float) -> bool:
        return self._session.now() + seconds <= self._deadline


def _converse(call: Call[T], session: Session, watch: Watch) -> Flow[Reply]:
    governor, place, patience = session.governor, None, None
    try:
        while True:
            token = session.fixed or (yield from watch.bearer(session.tokens.bearer(session.now())))
            why: HubwireError
            if place is None:
                place, wait = _entered(governor, call, session.now())
            else:
                wait = POSSIBLY
            if wait > 0.0:
                yield from _admitted(call, session, place, wait, watch)
            try:
                reply = yield from _attempt(call, session, place, token, watch)
            except ConnectionFailed as failure:
                patience = patience or _Patience(session, watch.started)
                why = failure
                yield from _after_failure(call, failure, patience, watch)
            else:
                if 200 <= reply.status < 300:
                    return reply
                patience = patience or _Patience(session, watch.started)
                why = yield from _again(call, session, place, token, reply, patience, watch)
            watch.again(why)
            governor.again(call.lane, place)
    finally:
        if place is not None and (place.booked is not None or place.sent is None):
            governor.leave(call.lane, place, session.now())


POSSIBLY = 1e-9
"""Nobody was asked yet whether to wait."""


def _entered(governor: Governor, call: Call[T], now: float) -> tuple[Place, float]:
    """A place in the line, and for how long to wait."""
    if governor.remote:
        return governor.join(call.lane, call.op), POSSIBLY
    return governor.enter(call.lane, call.op, now)


def _admitted(call: Call[T], session: Session, place: Place, wait: float, watch: Watch) -> Flow[None]:
    """Waits until the quota lets the call go."""
    governor = session.governor
    while wait > 0.0:
        if wait != POSSIBLY:
            watch.paused(wait, "quota")
            yield from pause(wait)
        if governor.remote:
            wait = yield from _asking(call, session, place)
        else:
            wait = governor.ask(call.lane, place, session.now())
    if place.booked is not None:
        place.sent = session.now()


def _again(
    call: Call[T],
    session: Session,
    place: Place,
    token: str,
    reply: Reply,
    patience: _Patience,
    watch: Watch,
) -> Flow[HubwireError]:
    """Why a call that was refused is sent again, once it may be; raises where that is no use."""
    verdict = judge(reply)
    if not patience.renewed and (
        (isinstance(verdict, TokenExpired) and session.tokens.expired(token, session.now()))
        or (type(verdict) is Unauthorized and session.tokens.refused(token))
    ):
        patience.renewed = True
        return verdict
    return (yield from _after_refusal(call, session, place, verdict, patience, watch))


def _attempt(call: Call[T], session: Session, place: Place, token: str, watch: Watch) -> Flow[Reply]:
    """Sends once."""
    governor = session.governor
    request = call.request.to(session.base_url, token)
    timeout = session.search_timeout if call.lane == SEARCH else session.timeout
    if watch.all:
        watch.sent(len(request.body or b""))
    watch.attempt += 1
    try:
        reply: Reply = yield Send(request, timeout)
    except ConnectionFailed as failure:
        governor.leave(call.lane, place, session.now())
        watch.failed(failure, sent=failure.sent)
        raise
    now = session.now()
    if governor.remote:
        yield from do(lambda: governor.answered(call.lane, place, now, reply.status, reply.headers))
    else:
        governor.answered(call.lane, place, now, reply.status, reply.headers)
    if watch.all or reply.status >= 400:
        watch.answered(reply, governor)
    return reply


def _asking(call: Call[T], session: Session, place: Place) -> Flow[float]:
    """Seconds to wait; 0 when the call is booked. Asking a store blocks no event loop."""
    governor, now = session.governor, session.now()
    wait = governor.hint(call.lane, place, now)
    return wait if wait > 0 else (yield from do(lambda: governor.ask(call.lane, place, now)))


def _after_failure(call: Call[T], failure: ConnectionFailed, patience: _Patience, watch: Watch) -> Flow[None]:
    """Waits before the next attempt, or gives up."""
    if failure.sent and call.safety == "once":
        raise MaybeWritten(failure, call.trace_ids) from failure
    failure.may_have_written = failure.sent and call.safety != "read"
    wait = patience.backoff()
    if wait is None or not patience.allows(wait):
        raise failure
    watch.paused(wait, "backoff")
    yield from pause(wait)


def _after_refusal(
    call: Call[T],
    session: Session,
    place: Place,
    verdict: Again | HubwireError,
    patience: _Patience,
    watch: Watch,
) -> Flow[HubwireError]:
    """Waits before the next attempt, or gives up. Returns what it was that was refused."""
    if not isinstance(verdict, Again):
        raise verdict
    error, wait = verdict.error, verdict.seconds
    if isinstance(error, RateLimited):
        yield from _after_429(call, session, place, error, patience, watch)
        return error
    if not verdict.sure:
        if call.safety == "once":
            raise MaybeWritten(error, call.trace_ids) from error
        error.may_have_written = call.safety != "read"
    backoff = patience.backoff()
    if backoff is None:
        raise error
    wait = max(backoff, wait or 0.0)
    if not patience.allows(wait):
        raise error
    watch.paused(wait, "backoff")
    yield from pause(wait)
    return error


def _after_429(
    call: Call[T],
    session: Session,
    place: Place,
    error: RateLimited,
    patience: _Patience,
    watch: Watch,
) -> Flow[None]:
    """By policy: the day's limit ends the call at once, the others shut the lane for as long as they take."""
    policy = policy_of(error.problem, call.lane)
    refusal = limit_error(error.problem, policy)
    if policy == DAILY:
        session.governor.refused_today(call.lane, session.now())
        raise refusal
    wait = refusal.retry_after
    if wait is None and policy == SECONDLY:
        wait = 1.0 + session.random() / 4
    governor, now, told = session.governor, session.now(), wait
    wait = yield from do(lambda: governor.refused(call.lane, place, now, told))
    if not patience.allows(wait):
        raise refusal
    watch.paused(wait, "429")
    yield from pause(wait)
