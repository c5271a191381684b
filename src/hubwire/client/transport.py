"""HTTP. The only module that imports the HTTP library, and only when the first request is sent."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from hubwire.errors import ConfigError, ConnectionFailed, TimedOut
from hubwire.wire.message import Body, Reply, Request, Timeout

if TYPE_CHECKING:
    import httpx2

CONNECTIONS = 20
PIECE = 256 * 1024
AGENT = ("user-agent", "hubwire")


class HttpTransport:
    """A pool of connections, opened when first used; safe for threads."""

    def __init__(self, client: httpx2.Client | None = None, **options: Any) -> None:
        """`client` is used as it is; else `options` go to `httpx2.Client` (`verify=`, `proxy=` …)."""
        self._client, self._options = client, options
        self._given = client is not None
        self._direct = _direct(self._given, options)
        self._lock = threading.Lock()

    def send(self, request: Request, timeout: Timeout) -> Reply:
        """The reply, whatever its status."""
        import httpx2

        client = self._client or self._open()
        try:
            told = _arguments(request, timeout, self._direct)
            if request.into is not None:
                return _streamed(client, told, request.into)
            response = client.request(**told)
        except (httpx2.TransportError, httpx2.InvalidURL) as fault:
            raise failed(fault, request, timeout) from fault
        return Reply(response.status_code, dict(response.headers), response.content)

    def close(self) -> None:
        """Closes the pool; the next request opens a new one."""
        with self._lock:
            client, self._client = self._client, self._client if self._given else None
        if client is not None:
            client.close()

    def _open(self) -> httpx2.Client:
        import httpx2

        with self._lock:
            if self._client is None:
                self._client = httpx2.Client(**(_defaults() | self._options))
            return self._client


class AsyncHttpTransport:
    """The same for asyncio."""

    def __init__(self, client: httpx2.AsyncClient | None = None, **options: Any) -> None:
        """`client` is used as it is; else `options` go to `httpx2.AsyncClient`."""
        self._client, self._options = client, options
        self._given = client is not None
        self._direct = _direct(self._given, options)
        self._loop: object = None

    async def send(self, request: Request, timeout: Timeout) -> Reply:  # noqa: ASYNC109 - not a deadline
        """The reply, whatever its status."""
        import httpx2

        client = self._client if self._given and self._client is not None else self._open()
        try:
            told = _arguments(request, timeout, self._direct)
            if request.body is not None and not isinstance(request.body, bytes):
                told["content"] = apart(request.body)
            if request.into is not None:
                return await _astreamed(client, told, request.into)
            response = await client.request(**told)
        except (httpx2.TransportError, httpx2.InvalidURL) as fault:
            raise failed(fault, request, timeout) from fault
        return Reply(response.status_code, dict(response.headers), response.content)

    async def close(self) -> None:
        """Closes the pool; the next request opens a new one."""
        client, self._client = self._client, self._client if self._given else None
        if client is not None:
            await client.aclose()

    def _open(self) -> httpx2.AsyncClient:
        import asyncio

        import httpx2

        loop = asyncio.get_running_loop()
        if self._client is None or self._loop is not loop:
            # Connections of another event loop, which may be closed, cannot be used in this one.
            self._client = httpx2.AsyncClient(**(_defaults() | self._options))
            self._loop = loop
        return self._client


def _streamed(client: httpx2.Client, told: dict[str, Any], into: Callable[[bytes], object]) -> Reply:
    with client.stream(**told) as response:
        body = b""
        if response.is_success:
            for piece in response.iter_bytes(PIECE):
                into(piece)
        else:
            body = response.read()
        return Reply(response.status_code, dict(response.headers), body)


async def _astreamed(
    client: httpx2.AsyncClient, told: dict[str, Any], into: Callable[[bytes], object]
) -> Reply:
    import asyncio

    async with client.stream(**told) as response:
        body = b""
        if response.is_success:
            async for piece in response.aiter_bytes(PIECE):
                await asyncio.to_thread(into, piece)
        else:
            body = await response.aread()
        return Reply(response.status_code, dict(response.headers), body)


async def apart(body: Body) -> AsyncIterator[bytes]:
    """The pieces of a body, read off the event loop."""
    import asyncio

    pieces = iter(body)
    while (piece := await asyncio.to_thread(next, pieces, None)) is not None:
        yield piece


def _defaults() -> dict[str, Any]:
    import httpx2

    return {
        "limits": httpx2.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS),
        # A redirect of a POST arrives as a GET: better told than followed.
        "follow_redirects": False,
    }


def _direct(given: bool, options: dict[str, Any]) -> bool:
    """Whether requests go to sockets: stand-ins for those look at a request's URL, not at its target."""
    return not given and not options.keys() & {"transport", "mounts", "base_url"}


def _arguments(request: Request, timeout: Timeout, direct: bool) -> dict[str, Any]:
    import httpx2

    home, prefix = _address(request.base)
    target = prefix + request.target
    # httpx2 looks at each character of a URL it parses, which for a list of properties costs as much as all
    # the rest of a request. Given apart, the target is sent as it is.
    direct = direct and target.isascii() and target.isprintable() and " " not in target
    return {
        "method": request.method,
        "url": home if direct else request.url,
        "extensions": {"target": target.encode()} if direct else None,
        "headers": [AGENT, *request.all_headers()],
        "content": request.body,
        # Waiting for a connection of the pool is not silence of the server: the quota bounds it.
        "timeout": httpx2.Timeout(timeout.read, connect=timeout.connect, pool=None),
    }


@lru_cache(maxsize=64)
def _address(base: str) -> tuple[httpx2.URL, str]:
    """The server, and the path that stands before all others there."""
    import httpx2

    url = httpx2.URL(base)
    return url, url.raw_path.decode().rstrip("/")


def failed(fault: Exception, request: Request, timeout: Timeout) -> ConnectionFailed | ConfigError:
    """What went wrong, and whether HubSpot may have got the request."""
    import httpx2

    where = f"{request.method} {request.base}{request.path}"
    match fault:
        case httpx2.InvalidURL() | httpx2.UnsupportedProtocol():
            return ConfigError(f"{request.base!r} is not an address that can be called: {fault}")
        case httpx2.ConnectTimeout():
            return TimedOut(unreachable(request, f"no connection within {timeout.connect:g} s"), sent=False)
        case httpx2.PoolTimeout():
            return TimedOut(f"{where}: no free connection", sent=False)
        case httpx2.ConnectError() | httpx2.ProxyError():
            return ConnectionFailed(unreachable(request, str(fault)), sent=False)
        case httpx2.TimeoutException():
            return TimedOut(f"{where}: no answer within {timeout.read:g} s", sent=True)
        case httpx2.LocalProtocolError():
            return ConnectionFailed(f"{where}: the request cannot be sent: {fault}", sent=False)
        case _:
            return ConnectionFailed(
                f"{where}: the connection broke ({fault or type(fault).__name__})", sent=True
            )


def unreachable(request: Request, why: str) -> str:
    """A message for somebody whose address or network is wrong."""
    return (
        f"no server answers at {request.base} ({why}). Check the address (base_url=, HUBSPOT_BASE_URL), "
        "that a server runs there, and the network or proxy in between"
    )
