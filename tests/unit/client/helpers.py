"""A session that needs no time and no network, and flows driven by hand."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from hubwire.auth.tokens import StaticToken, TokenSource
from hubwire.client.session import Retry, Session
from hubwire.wire import blocking
from hubwire.wire.flow import Flow
from hubwire.wire.message import Reply, Request, Timeout

T = TypeVar("T")
Serve = Callable[[Request], Reply]


class VirtualClock:
    """Time that passes only in pauses."""

    def __init__(self) -> None:
        self.moment = 1_000_000.0
        self.pauses: list[float] = []

    def now(self) -> float:
        return self.moment

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.moment += seconds

    async def asleep(self, seconds: float) -> None:
        self.sleep(seconds)


def session(clock: VirtualClock | None = None, tokens: TokenSource | None = None, **retry: Any) -> Session:
    """A session whose backoff is as long as it can be."""
    made = Session(
        tokens or StaticToken("token"),
        base_url="https://api.test",
        version="2026-09",
        clock=clock or VirtualClock(),
        retry=Retry(**retry),
    )
    made.random = lambda: 1.0
    numbers = iter(range(1_000_000))
    made.new_id = lambda: f"id{next(numbers)}"
    return made


def run(flow: Flow[T], serve: Serve, clock: VirtualClock | None = None) -> T:
    """The flow's result; pauses pass on the clock."""
    return blocking.run(flow, transmit(serve), (clock or VirtualClock()).sleep)


def each(flow: Flow[Any], serve: Serve, clock: VirtualClock | None = None) -> Iterator[Any]:
    """What the flow emits."""
    return blocking.each(flow, transmit(serve), (clock or VirtualClock()).sleep)


def transmit(serve: Serve) -> Callable[[Request, Timeout], Reply]:
    return lambda request, _: serve(request)


def reply(status: int = 200, body: Any = None, **headers: str) -> Reply:
    """A JSON answer."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, named, b"" if body is None else json.dumps(body).encode())


def body(request: Request) -> Any:
    """The JSON a request carries."""
    return json.loads(request.body or b"null")


def script(*replies: Reply | Exception) -> tuple[Serve, list[Request]]:
    """A server that answers in this order, and the requests it got."""
    left, seen = list(replies), list[Request]()

    def serve(request: Request) -> Reply:
        seen.append(request)
        answer = left.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    return serve, seen
