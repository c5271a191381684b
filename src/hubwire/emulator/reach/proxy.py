"""The way in for programs that call HubSpot's own hosts: a CONNECT proxy, and a TLS front behind it."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import threading
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from hubwire.emulator.reach.hosts import is_hubspot, matches

LOOPBACK = "127.0.0.1"
CHUNK = 64 * 1024
HEAD_LIMIT = 64 * 1024
CONNECT_SECONDS = 30
ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"

Address = tuple[str, int]


@dataclass(slots=True)
class Traffic:
    """What came by. `tunnels` that never became `sessions` broke in the handshake."""

    tunnels: int = 0
    sessions: int = 0


@dataclass(frozen=True, slots=True)
class Policy:
    """Where requests go: HubSpot's hosts to `backend` (plain HTTP), those in `allowed` through, the rest
    nowhere.
    """

    backend: Address
    allowed: frozenset[str] = frozenset()
    refused: Callable[[str], None] = lambda host: None
    """Told every refused host once."""


@dataclass(frozen=True, slots=True)
class Way:
    """Where the two servers listen on this machine."""

    proxy_port: int
    tls_port: int
    traffic: Traffic

    @property
    def proxy(self) -> str:
        """For `HTTPS_PROXY`."""
        return f"http://{LOOPBACK}:{self.proxy_port}"


@contextlib.contextmanager
def open_way(policy: Policy, context: ssl.SSLContext) -> Iterator[Way]:
    """Proxy and TLS front on free ports, served from a thread until the block ends."""
    loop = asyncio.new_event_loop()
    front = _Front(policy, context)
    thread = threading.Thread(target=loop.run_forever, name="hubwire-proxy", daemon=True)
    thread.start()
    try:
        yield asyncio.run_coroutine_threadsafe(front.start(), loop).result()
    finally:
        asyncio.run_coroutine_threadsafe(front.stop(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


class _Front:
    def __init__(self, policy: Policy, context: ssl.SSLContext) -> None:
        self._policy, self._context = policy, context
        self._traffic = Traffic()
        self._told: set[str] = set()
        self._servers: list[asyncio.Server] = []
        self._running: set[asyncio.Task[None]] = set()
        self._tls: Address = (LOOPBACK, 0)

    async def start(self) -> Way:
        tls = await asyncio.start_server(self._decrypted, LOOPBACK, 0, ssl=self._context)
        self._tls = (LOOPBACK, _port(tls))
        proxy = await asyncio.start_server(self._asked, LOOPBACK, 0, limit=HEAD_LIMIT)
        self._servers = [tls, proxy]
        return Way(_port(proxy), _port(tls), self._traffic)

    async def stop(self) -> None:
        for server in self._servers:
            server.close()
        running = list(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    # asyncio makes its own task of a coroutine given to `start_server`, and nobody could end that one.
    def _decrypted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._traffic.sessions += 1
        self._run(_joined(reader, writer, self._policy.backend), writer)

    def _asked(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._run(self._decide(reader, writer), writer)

    def _run(self, serving: Coroutine[None, None, None], writer: asyncio.StreamWriter) -> None:
        async def to_the_end() -> None:
            # Whoever is at the other end may go at any moment; that is no fault of ours.
            with contextlib.closing(writer), contextlib.suppress(OSError, asyncio.IncompleteReadError):
                await serving

        task = asyncio.ensure_future(to_the_end())
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _decide(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Reads what the proxy is asked for, and joins it to where it goes."""
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.LimitOverrunError:
            return await _say(
                writer, "431 Request Header Fields Too Large", "The request's head is too large."
            )
        method, _, rest = head.partition(b"\r\n")[0].decode("latin-1").partition(" ")
        target = rest.rpartition(" ")[0]
        host, port = _destination(method, target)
        if not host:
            return await _say(writer, "400 Bad Request", "This is a proxy: it takes CONNECT HOST:PORT.")
        if method != "CONNECT":
            # axios asks proxies for https:// addresses in the clear, and HTTP servers take whole addresses.
            if is_hubspot(host):
                return await _joined(reader, writer, self._policy.backend, head)
            return await self._refuse(writer, host)
        if is_hubspot(host):
            self._traffic.tunnels += 1
            return await _joined(reader, writer, self._tls, reply=ESTABLISHED)
        if matches(host, self._policy.allowed):
            return await _joined(reader, writer, (host, port), reply=ESTABLISHED)
        return await self._refuse(writer, host)

    async def _refuse(self, writer: asyncio.StreamWriter, host: str) -> None:
        if host not in self._told:
            self._told.add(host)
            self._policy.refused(host)
        await _say(writer, "403 Forbidden", f"{host} is not HubSpot's. Let it through with --allow {host}")


def _port(server: asyncio.Server) -> int:
    port: int = server.sockets[0].getsockname()[1]
    return port


def _destination(method: str, target: str) -> tuple[str, int]:
    """Host and port of `HOST:PORT`, or of a whole address; no host where it is neither."""
    try:
        parts = urlsplit(f"//{target}" if method == "CONNECT" else target)
        return parts.hostname or "", parts.port or 443
    except ValueError:
        return "", 0


async def _say(writer: asyncio.StreamWriter, status: str, text: str) -> None:
    body = f"hubwire emulator: {text}\n".encode()
    head = f"Content-Type: text/plain;charset=utf-8\r\nContent-Length: {len(body)}\r\nConnection: close"
    writer.write(f"HTTP/1.1 {status}\r\n{head}\r\n\r\n".encode() + body)
    await writer.drain()


async def _joined(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    there: Address,
    head: bytes = b"",
    *,
    reply: bytes = b"",
) -> None:
    """Carries bytes both ways until either side has no more.

    `head` was read already and goes first; `reply` is told before anything comes back.
    """
    try:
        far_reader, far_writer = await asyncio.wait_for(asyncio.open_connection(*there), CONNECT_SECONDS)
    except (OSError, TimeoutError) as problem:
        host, port = there
        return await _say(writer, "502 Bad Gateway", f"{host}:{port} cannot be reached: {problem}")
    with contextlib.closing(far_writer):
        writer.write(reply)
        far_writer.write(head)
        onward = asyncio.ensure_future(_carry(reader, far_writer))
        try:
            await _carry(far_reader, writer)
        finally:
            onward.cancel()
            await asyncio.gather(onward, return_exceptions=True)


async def _carry(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    while part := await source.read(CHUNK):
        sink.write(part)
        await sink.drain()
    if sink.can_write_eof():
        sink.write_eof()
