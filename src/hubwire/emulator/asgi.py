"""The emulator as an ASGI application. It awaits only `receive` and `send`, so no event loop is needed."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from functools import lru_cache
from typing import Any, Protocol
from urllib.parse import quote

from hubwire.emulator.exchange import Answer

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

BODY_LIMIT = 32 * 1024 * 1024
UPLOAD_LIMIT = 520 * 1024 * 1024
"""For bodies with files: an import's may have 512 MB, and somewhat larger ones get HubSpot's refusal."""
LOOPBACK = ("localhost", "127.0.0.1", "[::1]", "::1")
HUBSPOT = (".hubapi.com", ".hubspot.com")
CONTROLS = "/_emulator"
ABORT, PATIENCE = "hubwire.abort", "hubwire.patience"
"""Keys of the scope's extensions: how to drop the connection, how long the caller waits for an answer."""
"""Hosts under which a proxy on this machine may hand requests on."""


class Answering(Protocol):
    """The part of `Emulator` that is served."""

    def receive(
        self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes = b""
    ) -> Answer: ...

    def pass_time(self, seconds: float) -> None: ...


class Application:
    """ASGI 3. `hosts` limits the names it may be called by (see `loopback_hosts`); None allows any.

    `pause` waits on a real clock for answers that take time; without it the emulator's clock moves on.
    """

    def __init__(
        self,
        emulator: Answering,
        *,
        hosts: frozenset[str] | None = None,
        pause: Callable[[float], Awaitable[None]] | None = None,
    ) -> None:
        self._emulator, self._hosts, self._pause = emulator, hosts, pause

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        kind = scope["type"]
        if kind == "http":
            await self._http(scope, receive, send)
        elif kind == "lifespan":
            await _lifespan(receive, send)
        else:
            await receive()
            await send({"type": "websocket.close", "code": 1000})

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]
        }
        files = headers.get("content-type", "").lower().startswith("multipart/form-data")
        body = await _read(receive, UPLOAD_LIMIT if files else BODY_LIMIT)
        if isinstance(body, Answer):
            await _send(send, body, head=False)
            return
        if body is None:
            return
        if self._hosts is not None and not may_call(headers.get("host"), self._hosts):
            await _send(send, STRANGER, head=False)
            return
        if _own(scope["path"]) and not _from_here(scope):
            await _send(send, OUTSIDER, head=False)
            return
        query: bytes = scope.get("query_string", b"")
        answer = self._emulator.receive(
            scope["method"].upper(), _path(scope), query.decode("latin-1"), headers, body
        )
        if answer.delay or answer.fate != "sent":
            await self._befall(scope, receive, answer)
        if answer.fate == "sent":
            await _send(send, answer, head=scope["method"] == "HEAD")

    async def _befall(self, scope: Scope, receive: Receive, answer: Answer) -> None:
        """Lets time pass, or the connection die: raised as such where there is none."""
        extensions = scope.get("extensions") or {}
        if self._pause is not None:
            await self._pause(answer.delay)
        else:
            patience: float = extensions.get(PATIENCE, {}).get("seconds", math.inf)
            slow = answer.fate == "lost" or answer.delay > patience
            self._emulator.pass_time(answer.delay if not slow or math.isinf(patience) else patience)
            if slow:
                raise TimeoutError("the emulator was told not to answer this call in time")
        if answer.fate == "dropped":
            abort = extensions.get(ABORT)
            if abort is None:
                raise ConnectionResetError("the emulator was told to drop this connection")
            abort["call"]()
        if answer.fate != "sent":
            while (await receive())["type"] != "http.disconnect":
                pass


def loopback_hosts(host: str) -> frozenset[str] | None:
    """Names an emulator bound to `host` may be called by: all when it is reachable from outside anyway.

    A page in a browser can point a name of its own at 127.0.0.1 (DNS rebinding); the Host header tells.
    """
    bare = host.strip("[]")
    if bare not in LOOPBACK and not bare.startswith("127."):
        return None
    return frozenset((*LOOPBACK, host, bare))


@lru_cache(maxsize=64)
def may_call(named: str | None, hosts: frozenset[str]) -> bool:
    """Whether a request with this Host header is answered."""
    if named is None:
        return True
    name = named.lower().removesuffix(".")
    if not name.endswith("]"):
        bare, colon, port = name.rpartition(":")
        name = bare if colon and port.isdigit() else name
    return name in hosts or name.endswith(HUBSPOT)


def _own(path: str) -> bool:
    """Whether the path is of the controls or of the page, which tells tokens; routes do not count slashes."""
    bare = path.lstrip("/")
    return not bare or f"/{bare}".startswith(CONTROLS)


def _from_here(scope: Scope) -> bool:
    """Whether the peer is on this machine; a caller in process has no address."""
    client = scope.get("client")
    if not client:
        return True
    address = str(client[0]).removeprefix("::ffff:")
    return address.startswith("127.") or address in ("::1", "localhost")


def _path(scope: Scope) -> str:
    raw: bytes | None = scope.get("raw_path")
    return raw.decode("ascii", "replace") if raw else quote(scope["path"], safe="/!$&'()*+,;=:@-._~%")


async def _read(receive: Receive, limit: int) -> bytes | Answer | None:
    """The whole body; an answer when it is too large; None when the caller went away."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        part: bytes = message.get("body", b"")
        size += len(part)
        if size > limit:
            return TOO_LARGE
        parts.append(part)
        if not message.get("more_body", False):
            return parts[0] if len(parts) == 1 else b"".join(parts)


@lru_cache(maxsize=64)
def _name(name: str) -> bytes:
    return name.lower().encode("latin-1")


@lru_cache(maxsize=16)
def _value(value: str) -> bytes:
    return value.encode("latin-1")


def told(answer: Answer) -> list[tuple[bytes, bytes]]:
    """All headers of an answer as they are sent."""
    headers = [(_name(name), value.encode("latin-1")) for name, value in answer.headers]
    if answer.status != 204:
        headers.append((b"content-type", _value(answer.content_type)))
        headers.append((b"content-length", b"%d" % len(answer.body)))
    return headers


async def _send(send: Send, answer: Answer, *, head: bool) -> None:
    await send({"type": "http.response.start", "status": answer.status, "headers": told(answer)})
    await send({"type": "http.response.body", "body": b"" if head else answer.body})


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


TEXT = "text/plain;charset=utf-8"
STRANGER = Answer(
    403,
    b"This emulator answers only to loopback names and HubSpot's own, so that web pages cannot reach it.\n",
    content_type=TEXT,
)
OUTSIDER = Answer(
    403, b"The emulator's page and controls answer programs on this machine only.\n", content_type=TEXT
)
TOO_LARGE = Answer(413, b"The emulator takes bodies up to 32 MiB, with files 520 MiB.\n", content_type=TEXT)
