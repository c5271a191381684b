"""The client's transports onto an ASGI application in the same process: no socket, and no event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, MutableMapping
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

from hubwire.emulator.asgi import PATIENCE
from hubwire.errors import ConnectionFailed, TimedOut
from hubwire.testing.pace import Pace
from hubwire.wire.message import Reply, Request, Timeout

T = TypeVar("T")
Message = MutableMapping[str, Any]
Asgi = Callable[
    [Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]
]


class InProcess:
    """The blocking transport."""

    def __init__(self, app: Asgi, pace: Pace) -> None:
        self._app, self._pace = app, pace

    def send(self, request: Request, timeout: Timeout) -> Reply:
        self._pace.beat()
        return drive(exchange(self._app, request, timeout.read))

    def close(self) -> None:
        """Nothing is open."""


class AsyncInProcess:
    """The transport for asyncio."""

    def __init__(self, app: Asgi, pace: Pace) -> None:
        self._app, self._pace = app, pace

    async def send(self, request: Request, timeout: Timeout) -> Reply:  # noqa: ASYNC109 (the protocol's)
        # Requests sent side by side shall take turns, as they would on a network.
        self._pace.beat()
        await asyncio.sleep(0)
        self._pace.beat()
        return await exchange(self._app, request, timeout.read)

    async def close(self) -> None:
        """Nothing is open."""


async def exchange(app: Asgi, request: Request, patience: float) -> Reply:
    """One request through the application, which may break off or take longer than the caller waits."""
    parts: list[bytes] = []
    start: Message = {}

    async def receive() -> Message:
        body = request.body or b""
        whole = body if isinstance(body, bytes) else b"".join(body)
        return {"type": "http.request", "body": whole, "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
        else:
            parts.append(message.get("body", b""))

    scope = _scope(request)
    scope["extensions"] = {PATIENCE: {"seconds": patience}}
    try:
        await app(scope, receive, send)
    except TimeoutError as late:
        raise TimedOut(f"{request.method} {request.path}: {late}", sent=True) from None
    except ConnectionError as gone:
        raise ConnectionFailed(f"{request.method} {request.path}: {gone}", sent=True) from None
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in start["headers"]}
    return Reply(start["status"], headers, b"".join(parts))


def drive(work: Coroutine[Any, Any, T]) -> T:
    """Runs a coroutine that never suspends."""
    try:
        work.send(None)
    except StopIteration as stop:
        result: T = stop.value
        return result
    work.close()
    raise RuntimeError("the application waits for something; it cannot be driven without an event loop")


def _scope(request: Request) -> Message:
    base = urlsplit(request.base)
    path, _, query = (base.path + request.target).partition("?")
    headers = [("host", base.netloc), *request.all_headers()]
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": base.scheme,
        "path": unquote(path),
        "raw_path": path.encode("ascii"),
        "query_string": query.encode("ascii"),
        "root_path": "",
        "headers": [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers],
        "client": ("127.0.0.1", 0),
        "server": (base.hostname, base.port),
    }
