"""A transport on aiohttp: for many calls under way, a fraction of the CPU time of the default one.

    from hubwire.client.transport_aiohttp import AiohttpTransport

    async with AsyncHub(transport=AiohttpTransport()) as hub: ...

Needs `pip install 'hubwire[aiohttp]'`.
"""

from __future__ import annotations

from asyncio import to_thread
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from hubwire.client.transport import AGENT, CONNECTIONS, PIECE, apart, unreachable
from hubwire.errors import ConfigError, ConnectionFailed, TimedOut
from hubwire.wire.message import ACCEPT, Reply, Request, Timeout

if TYPE_CHECKING:
    import aiohttp


class AiohttpTransport:
    """A pool of connections, opened when first used. One per event loop."""

    def __init__(self, session: aiohttp.ClientSession | None = None, **options: Any) -> None:
        """`session` is used as it is; else `options` go to `aiohttp.ClientSession`."""
        try:
            import aiohttp  # now, not at the first call: it may be missing
            import yarl
        except ImportError:
            raise ConfigError("aiohttp is not installed: pip install 'hubwire[aiohttp]'") from None
        self._session, self._options = session, options
        self._given = session is not None
        self._faults, self._url = (TimeoutError, aiohttp.ClientError, ValueError), yarl.URL
        self._common = self._given or "headers" in options
        """Whether every request has to bring the headers that all have."""
        self._proxies: dict[str, str | None] = {}
        self._timeouts: dict[Timeout, aiohttp.ClientTimeout] = {}

    async def send(self, request: Request, timeout: Timeout) -> Reply:  # noqa: ASYNC109 - not a deadline
        """The reply, whatever its status."""
        session, base, body = self._session or self._open(), request.base, request.body
        try:
            async with session.request(
                request.method,
                # Encoded already: once more would change what is asked for.
                self._url(request.url, encoded=True),
                headers=[AGENT, *request.all_headers()] if self._common else request.own_headers(),
                data=body if body is None or isinstance(body, bytes) else apart(body),
                allow_redirects=False,
                proxy=self._proxies[base] if base in self._proxies else self._proxy(base),
                timeout=self._timeouts.get(timeout) or self._timeout(timeout),
            ) as response:
                if request.into is not None and response.ok:
                    async for piece in response.content.iter_chunked(PIECE):
                        await to_thread(request.into, piece)
                    return Reply(response.status, response.headers)
                # Case does not matter to these, so nothing is copied.
                return Reply(response.status, response.headers, await response.read())
        except self._faults as fault:
            raise failed(fault, request, timeout) from fault

    async def close(self) -> None:
        """Closes the pool; the next request opens a new one."""
        session, self._session = self._session, self._session if self._given else None
        if session is not None:
            await session.close()

    def _open(self) -> aiohttp.ClientSession:
        import aiohttp

        defaults: dict[str, Any] = {
            "connector": aiohttp.TCPConnector(limit=CONNECTIONS),
            "cookie_jar": aiohttp.DummyCookieJar(),
            "headers": [AGENT, ACCEPT],
        }
        self._session = aiohttp.ClientSession(**(defaults | self._options))
        return self._session

    def _timeout(self, timeout: Timeout) -> aiohttp.ClientTimeout:
        import aiohttp

        made = aiohttp.ClientTimeout(sock_connect=timeout.connect, sock_read=timeout.read)
        return self._timeouts.setdefault(timeout, made)

    def _proxy(self, base: str) -> str | None:
        """The environment's proxy for a server, asked for once.

        aiohttp's own `trust_env` asks for every request, reads ~/.netrc in a thread each time, which costs
        three times as much as the request, and refuses the request when it finds the server there.
        """
        if self._given or self._options.keys() & {"trust_env", "proxy"}:
            return None
        if base not in self._proxies:
            from urllib.request import getproxies, proxy_bypass

            parts = urlsplit(base)
            direct = not parts.hostname or proxy_bypass(parts.hostname)
            self._proxies[base] = None if direct else getproxies().get(parts.scheme)
        return self._proxies[base]


def failed(fault: Exception, request: Request, timeout: Timeout) -> ConnectionFailed | ConfigError:
    """What went wrong, and whether HubSpot may have got the request."""
    import aiohttp

    where = f"{request.method} {request.base}{request.path}"
    match fault:
        case aiohttp.InvalidURL() | ValueError():
            return ConfigError(f"{request.base!r} is not an address that can be called: {fault}")
        case aiohttp.ConnectionTimeoutError():
            return TimedOut(unreachable(request, f"no connection within {timeout.connect:g} s"), sent=False)
        case aiohttp.ClientConnectorError():
            return ConnectionFailed(unreachable(request, str(fault)), sent=False)
        case TimeoutError():
            return TimedOut(f"{where}: no answer within {timeout.read:g} s", sent=True)
        case _:
            return ConnectionFailed(
                f"{where}: the connection broke ({fault or type(fault).__name__})", sent=True
            )
