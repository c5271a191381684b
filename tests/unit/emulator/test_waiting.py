"""How long a connection waits for its next request, where no parser sees most of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from hubwire.emulator.exchange import Answer
from hubwire.emulator.straight import protocol

WAIT = 5
HEAD = b"GET /a/%d HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer t\r\n\r\n"
BATCH = b"POST /batch/read HTTP/1.1\r\nAuthorization: Bearer t\r\nContent-Length: 2\r\n\r\n{}"


class Later:
    def __init__(self, at: float, do: Callable[[], Any]) -> None:
        self.at, self.do, self.off = at, do, False

    def cancel(self) -> None:
        self.off = True


class Loop:
    """A clock that is turned by hand."""

    def __init__(self) -> None:
        self.now, self.waiting = 0.0, list[Later]()

    def time(self) -> float:
        return self.now

    def call_later(self, seconds: float, do: Callable[[], Any]) -> Later:
        self.waiting.append(Later(self.now + seconds, do))
        return self.waiting[-1]

    def pass_to(self, now: float) -> None:
        while due := [each for each in self.waiting if not each.off and each.at <= now]:
            first = min(due, key=lambda each: each.at)
            self.waiting.remove(first)
            self.now = first.at
            first.do()
        self.now = now


class Transport:
    def __init__(self) -> None:
        self.sent, self.closed = list[bytes](), False

    def writelines(self, parts: Any) -> None:
        self.sent.append(b"".join(parts))

    def get_extra_info(self, name: str) -> None:
        del name

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        self.closed = True

    abort = pause_reading = resume_reading = close


@pytest.fixture
def loop() -> Loop:
    return Loop()


@pytest.fixture
def line(loop: Loop) -> Any:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        raise AssertionError("nothing goes the long way here")

    def short(*asked: Any) -> Answer:
        return Answer(200, asked[1].encode())

    made: Any = protocol(short, None)
    config = uvicorn.Config(app, timeout_keep_alive=WAIT, log_config=None, lifespan="off")
    line = made(config=config, server_state=ServerState(), app_state={}, _loop=loop)
    line.connection_made(Transport())
    return line


def test_it_waits_from_the_last_answer_on(line: Any, loop: Loop) -> None:
    for now in (0, 3, 6, 9):
        loop.pass_to(now)
        line.data_received(HEAD % now)
    assert [b"/a/%d" % now in sent for now, sent in zip((0, 3, 6, 9), line.transport.sent, strict=True)] == [
        True
    ] * 4
    loop.pass_to(9 + WAIT - 0.1)
    assert not line.transport.closed
    loop.pass_to(9 + WAIT)
    assert line.transport.closed


def test_it_does_not_end_while_a_request_comes_in(line: Any, loop: Loop) -> None:
    line.data_received(BATCH)
    line.data_received(BATCH)
    line.data_received(BATCH[:-1])
    loop.pass_to(4 * WAIT)
    assert not line.transport.closed
    line.data_received(BATCH[-1:])
    assert len(line.transport.sent) == 3
    loop.pass_to(5 * WAIT - 0.1)
    assert not line.transport.closed
    loop.pass_to(5 * WAIT)
    assert line.transport.closed


def test_few_timers_are_set(line: Any, loop: Loop) -> None:
    for _ in range(100):
        line.data_received(HEAD % 7)
    assert len([each for each in loop.waiting if not each.off]) == 1
    assert len(loop.waiting) < 4
