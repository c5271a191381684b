"""One call: what is sent again, after how long, and what is raised instead."""

from __future__ import annotations

from typing import Any

import pytest

from hubwire.client.call import Call
from hubwire.client.calls import batches, objects
from hubwire.client.calls.objects import Fields
from hubwire.client.execute import execute
from hubwire.client.raw import raw
from hubwire.errors import (
    ConnectionFailed,
    DailyLimitReached,
    Forbidden,
    MaybeWritten,
    RateLimited,
    ServerError,
    TimedOut,
    TokenExpired,
    Unauthorized,
    UnexpectedAnswer,
)
from hubwire.wire.flow import Flow, Send
from hubwire.wire.message import Reply
from tests.unit.client.helpers import VirtualClock, reply, run, script, session

RECORD = {"id": "7", "properties": {}}
READ = objects.read("2026-09", "contacts", "7", Fields())
UPDATE = objects.update("2026-09", "contacts", "7", {"a": "b"})
CREATE = objects.create("2026-09", "contacts", {"a": "b"})
SEARCH = objects.search("2026-09", "contacts", {})
EXPIRED = reply(401, {"category": "EXPIRED_AUTHENTICATION", "message": "expired 0 second(s) ago"})


def ask(call: Call[Any], *replies: Reply | Exception, clock: VirtualClock | None = None, **retry: Any) -> Any:
    """The value, the number of requests, and the pauses; or the error with them attached."""
    clock = clock or VirtualClock()
    serve, seen = script(*replies)
    try:
        return run(execute(call, session(clock, **retry)), serve, clock), len(seen), clock.pauses
    except Exception as error:
        error.requests, error.pauses = len(seen), clock.pauses  # type: ignore[attr-defined]
        raise


def limited(policy: str = "", message: str = "", **more: Any) -> Reply:
    named = {"policyName": policy} if policy else {}
    return reply(429, {"status": "error", "message": message, **named, **more})


def test_a_call_is_addressed_signed_and_sent() -> None:
    flow: Flow[Any] = execute(READ, session())
    step = next(flow)
    assert isinstance(step, Send)
    assert step.request.url == "https://api.test/crm/objects/2026-09/contacts/7"
    assert step.request.bearer == "token"
    with pytest.raises(StopIteration) as stop:
        flow.send(reply(200, RECORD))
    assert stop.value.value.id == "7"


@pytest.mark.parametrize("status", [200, 201, 202, 207])
def test_any_success_is_one(status: int) -> None:
    record, requests, pauses = ask(CREATE, reply(status, RECORD))
    assert (record.id, requests, pauses) == ("7", 1, [])


def test_searches_are_given_longer() -> None:
    step = next(execute(SEARCH, session()))
    assert isinstance(step, Send)
    assert (step.timeout.connect, step.timeout.read) == (5.0, 60.0)


@pytest.mark.parametrize("status", [500, 502, 503, 504, 520, 521, 522, 523, 524, 525, 526])
@pytest.mark.parametrize("call", [READ, UPDATE])
def test_what_may_be_repeated_is_sent_again_with_growing_pauses(call: Call[Any], status: int) -> None:
    _, requests, pauses = ask(call, reply(status), reply(status), reply(200, RECORD))
    assert (requests, pauses) == (3, [0.5, 1.0])


def test_after_four_attempts_it_is_an_error() -> None:
    with pytest.raises(ServerError) as error:
        ask(READ, *[reply(502)] * 4)
    assert error.value.requests == 4  # type: ignore[attr-defined]
    assert not error.value.may_have_written
    with pytest.raises(ServerError) as error:
        ask(UPDATE, *[reply(502)] * 4)
    assert error.value.may_have_written


def test_a_retry_after_is_waited_for() -> None:
    assert ask(READ, reply(503, retry_after="9"), reply(200, RECORD))[2] == [9.0]


@pytest.mark.parametrize("answer", [reply(500), reply(502), reply(503), reply(504), reply(524), reply(408)])
def test_a_once_only_write_is_never_sent_after_an_ambiguous_answer(answer: Reply) -> None:
    call = batches.write("2026-09", "create", "contacts", [{"objectWriteTraceId": "t1"}])
    with pytest.raises(MaybeWritten) as error:
        ask(call, answer)
    assert error.value.trace_ids == ("t1",)
    assert error.value.status == answer.status
    assert error.value.requests == 1  # type: ignore[attr-defined]


@pytest.mark.parametrize("failure", [ConnectionFailed("lost", sent=True), TimedOut("late", sent=True)])
def test_a_once_only_write_is_never_sent_after_a_lost_answer(failure: ConnectionFailed) -> None:
    with pytest.raises(MaybeWritten) as error:
        ask(CREATE, failure)
    assert error.value.__cause__ is failure
    assert ask(UPDATE, failure, reply(200, RECORD))[1] == 2


def test_a_write_that_never_left_is_sent_again() -> None:
    failure = ConnectionFailed("refused", sent=False)
    assert ask(CREATE, failure, failure, reply(201, RECORD))[1] == 3
    with pytest.raises(ConnectionFailed) as error:
        ask(CREATE, *[failure] * 4)
    assert not error.value.may_have_written


@pytest.mark.parametrize("call", [READ, UPDATE, CREATE])
def test_a_refused_call_may_be_sent_again_whatever_it_is(call: Call[Any]) -> None:
    answers = limited("TEN_SECONDLY_ROLLING"), reply(423), reply(200, RECORD)
    _, requests, pauses = ask(call, *answers)
    assert requests == 3
    assert sum(pauses) >= 12


def test_the_ten_second_window_is_waited_for() -> None:
    clock = VirtualClock()
    ask(READ, limited("TEN_SECONDLY_ROLLING"), reply(200, RECORD), clock=clock)
    assert sum(clock.pauses) == pytest.approx(10.0, abs=0.2)


@pytest.mark.parametrize(
    "answer",
    [
        limited("SECONDLY"),
        limited(message="You have reached your secondly limit."),
        limited(message="…", category="RATE_LIMITS"),
    ],
)
def test_the_search_second_is_waited_for_in_every_shape_it_is_told(answer: Reply) -> None:
    clock = VirtualClock()
    ask(SEARCH, answer, reply(200, {"results": []}), clock=clock)
    assert 1.0 <= sum(clock.pauses) <= 1.5


@pytest.mark.parametrize("answer", [limited("DAILY"), limited(message="You have reached your daily limit.")])
def test_the_end_of_the_day_is_told_at_once(answer: Reply) -> None:
    with pytest.raises(DailyLimitReached) as error:
        ask(READ, answer)
    assert error.value.requests == 1  # type: ignore[attr-defined]
    assert error.value.policy == "DAILY"


def test_a_quota_may_say_how_long() -> None:
    answer = reply(429, {"policyName": "TEN_SECONDLY_ROLLING"}, retry_after="3")
    clock = VirtualClock()
    ask(READ, answer, reply(200, RECORD), clock=clock)
    assert sum(clock.pauses) == pytest.approx(3.0, abs=0.2)


def test_patience_with_a_quota_ends_with_the_budget() -> None:
    with pytest.raises(RateLimited) as error:
        ask(READ, *[limited("TEN_SECONDLY_ROLLING")] * 20, budget=35.0)
    assert error.value.requests == 4  # type: ignore[attr-defined]


def test_a_lock_is_waited_for_two_seconds_at_least() -> None:
    assert ask(UPDATE, reply(423), reply(200, RECORD))[2] == [2.0]


def test_an_account_that_moves_for_long_is_an_error_at_once() -> None:
    with pytest.raises(ServerError) as error:
        ask(READ, reply(477, {}, retry_after="86400"))
    assert error.value.retry_after == 86_400
    assert ask(READ, reply(477, {}, retry_after="5"), reply(200, RECORD))[2] == [5.0]


def test_what_does_not_exist_on_a_server_is_not_asked_again() -> None:
    with pytest.raises(ServerError) as error:
        ask(CREATE, reply(501, {"message": "not served"}))
    assert error.value.requests == 1  # type: ignore[attr-defined]


class Renewable:
    """Tokens that can be renewed so many times."""

    def __init__(self, renewals: int) -> None:
        self.number, self.renewals = 0, renewals

    def bearer(self, now: float) -> Flow[str]:
        yield from ()
        return f"token{self.number}"

    def expired(self, token: str, now: float) -> bool:
        if self.number >= self.renewals:
            return False
        self.number += 1
        return True

    def refused(self, token: str) -> bool:
        return False


def test_an_expired_token_is_renewed_once() -> None:
    serve, seen = script(EXPIRED, reply(200, RECORD))
    run(execute(CREATE, session(tokens=Renewable(5))), serve)
    assert [request.bearer for request in seen] == ["token0", "token1"]
    serve, seen = script(EXPIRED, EXPIRED, EXPIRED)
    with pytest.raises(TokenExpired):
        run(execute(READ, session(tokens=Renewable(5))), serve)
    assert len(seen) == 2


def test_a_static_token_that_expired_is_an_error() -> None:
    with pytest.raises(TokenExpired):
        ask(READ, EXPIRED)


def test_other_refusals_of_a_token_do_not_renew_it() -> None:
    tokens = Renewable(5)
    serve, _ = script(reply(401, {"category": "INVALID_AUTHENTICATION"}))
    with pytest.raises(Unauthorized):
        run(execute(READ, session(tokens=tokens)), serve)
    assert tokens.number == 0


def test_a_success_of_another_shape_is_told_apart() -> None:
    page = Reply(200, {}, b"<html>welcome to the hotel network</html>")
    with pytest.raises(UnexpectedAnswer) as error:
        ask(READ, page)
    assert not error.value.may_have_written
    with pytest.raises(MaybeWritten) as unsure:
        ask(CREATE, page)
    assert isinstance(unsure.value.__cause__, UnexpectedAnswer)
    with pytest.raises(UnexpectedAnswer):
        ask(objects.archive("2026-09", "contacts", "7"), page)
    with pytest.raises(UnexpectedAnswer):
        ask(READ, reply(200, {"properties": {}}))


def test_a_call_given_up_leaves_its_place_in_the_line() -> None:
    made = session()
    waiting: Flow[Any] = execute(READ, made)
    running: Flow[Any] = execute(READ, made)
    next(running)
    next(waiting)
    waiting.close()
    running.close()
    assert made.governor.usage(made.now()).calls == 0
    serve, seen = script(reply(200, RECORD))
    run(execute(READ, made), serve)
    assert len(seen) == 1


def test_an_unknown_post_is_not_repeated_unless_told() -> None:
    with pytest.raises(MaybeWritten):
        ask(raw("POST", "/some/new/endpoint", json={}), reply(502))
    assert (
        ask(raw("POST", "/some/new/endpoint", json={}, safety="repeat"), reply(502), reply(200, {}))[1] == 2
    )


def test_a_missing_scope_is_named() -> None:
    answer = reply(403, {"category": "MISSING_SCOPES", "context": {"requiredGranularScopes": ["crm.x.read"]}})
    with pytest.raises(Forbidden) as error:
        ask(READ, answer)
    assert error.value.scopes == ("crm.x.read",)
