"""Hands requests on to HubSpot, or to whatever stands for it, and tells what went by."""

from __future__ import annotations

import contextlib
import http.client
import os
import ssl
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from hubwire.emulator.reach.hosts import NAMES, is_hubspot
from hubwire.emulator.reach.proxy import LOOPBACK, Address
from hubwire.emulator.reach.recording import Exchange

SECONDS = 120
# fmt: off
HOP = frozenset((
    "connection", "keep-alive", "proxy-connection", "te", "trailer", "upgrade", "transfer-encoding",
    "content-length", "host", "accept-encoding",
))
# fmt: on
"""Headers that belong to one connection; compressed answers could not be read here."""


@contextlib.contextmanager
def relaying(upstream: str | None, seen: Callable[[Exchange], None]) -> Iterator[Address]:
    """A server in threads that asks `upstream`, or the host that each request names, over TLS."""
    context = ssl.create_default_context()

    class Relay(_Relay):
        def upstream(self) -> http.client.HTTPConnection:
            return _connection(upstream or f"https://{_hubspot(self.headers.get('Host', ''))}", context)

        def noted(self, exchange: Exchange) -> None:
            seen(exchange)

    server = ThreadingHTTPServer((LOOPBACK, 0), Relay)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, name="hubwire-relay", daemon=True)
    thread.start()
    try:
        yield (LOOPBACK, server.server_address[1])
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Relay(BaseHTTPRequestHandler):
    """Passes requests on. Where to and who is told, the class made for one server says."""

    protocol_version = "HTTP/1.1"

    def upstream(self) -> http.client.HTTPConnection:
        raise NotImplementedError  # an abstract base: the class made for one server says

    def noted(self, exchange: Exchange) -> None:
        raise NotImplementedError  # an abstract base: the class made for one server says

    def answer(self) -> None:
        parts = urlsplit(self.path)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        body = self._body()
        try:
            with contextlib.closing(self.upstream()) as there:
                sent = {name: value for name, value in self.headers.items() if name.lower() not in HOP}
                there.request(self.command, target, body or None, sent)
                reply = there.getresponse()
                content = reply.read()
        except (OSError, http.client.HTTPException) as problem:
            return self._tell(
                502, [], f"hubwire emulator record: no answer from upstream: {problem}\n".encode()
            )
        self.noted(Exchange(self.command, target, body, reply.status, content))
        headers = [(name, value) for name, value in reply.getheaders() if name.lower() not in HOP]
        return self._tell(reply.status, headers, content)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = answer

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the name is the library's)
        """Says nothing: the command has the terminal."""

    def _tell(self, status: int, headers: list[tuple[str, str]], content: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers:
            self.send_header(name, value)
        if status not in (204, 304):
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def _body(self) -> bytes:
        if "chunked" not in self.headers.get("Transfer-Encoding", "").lower():
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return b"".join(parts)


def _hubspot(host: str) -> str:
    """The host of a request; HubSpot's first for one that came by the relay's own address."""
    name = host.partition(":")[0]
    return name if is_hubspot(name) else NAMES[0]


def _connection(url: str, context: ssl.SSLContext) -> http.client.HTTPConnection:
    """To a base URL; through the proxy that the environment names, when it is not on this machine."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme == "http":
        return http.client.HTTPConnection(host, parts.port, timeout=SECONDS)
    proxy = urlsplit(os.environ.get("HTTPS_PROXY") or os.environ.get("https_proxy") or "")
    if not proxy.hostname or host in ("localhost", LOOPBACK):
        return http.client.HTTPSConnection(host, parts.port, timeout=SECONDS, context=context)
    through = http.client.HTTPSConnection(proxy.hostname, proxy.port, timeout=SECONDS, context=context)
    through.set_tunnel(host, parts.port or 443)
    return through
