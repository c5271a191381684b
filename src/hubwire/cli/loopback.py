"""Waits on this machine for a browser that comes back from a consent page."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from contextlib import suppress
from html import escape
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qsl, urlsplit

from hubwire.errors import ConfigError

LOCAL = ("localhost", "127.0.0.1", "::1")
POLL = 0.2


class Return:
    """Listens where the redirect URI says, from the moment it is made."""

    def __init__(self, redirect_uri: str) -> None:
        parts = urlsplit(redirect_uri)
        if parts.scheme != "http" or parts.hostname not in LOCAL:
            raise ConfigError(
                f"nothing here can listen at {redirect_uri}: that takes http://localhost:PORT/PATH. Add such "
                "an address to the app, or use --no-browser and paste the address that the browser ends at"
            )
        self._path, self._given = parts.path or "/", dict[str, str]()
        port = parts.port or 80
        try:
            self._servers = [self._server("127.0.0.1", port)]
        except OSError as problem:
            raise ConfigError(
                f"port {port} cannot be listened on ({problem.strerror}): stop what uses it, choose another "
                "port with --redirect-uri (the app has to know it), or use --no-browser"
            ) from None
        if parts.hostname != "127.0.0.1" and socket.has_ipv6:
            with suppress(OSError):  # some systems take localhost for ::1
                self._servers.append(self._server("::1", port))

    def _server(self, host: str, port: int) -> HTTPServer:
        kind = type(
            "Server", (HTTPServer,), {"address_family": socket.AF_INET6 if ":" in host else socket.AF_INET}
        )
        server: HTTPServer = kind((host, port), self._handler())
        server.timeout = POLL
        return server

    def wait(self, wanted: Callable[[dict[str, str]], bool], seconds: float) -> dict[str, str]:
        """The parameters of the first return that is wanted. Others are told off and change nothing."""
        self._wanted = wanted
        deadline = time.monotonic() + seconds
        while not self._given:
            if time.monotonic() > deadline:
                raise ConfigError(f"nobody came back from the consent page within {seconds:.0f} seconds")
            for server in self._servers:
                server.handle_request()
        return self._given

    def close(self) -> None:
        """Stops listening."""
        for server in self._servers:
            server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        waiting = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                """A browser, or somebody else on this machine."""
                asked = urlsplit(self.path)
                given = dict(parse_qsl(asked.query))
                if asked.path != waiting._path:
                    self._page(404, "Nothing here.")
                elif not waiting._wanted(given):
                    self._page(400, "This belongs to another login. Start again: hubwire login")
                else:
                    waiting._given = given
                    said = "Got it." if "code" in given else "The account was not connected."
                    self._page(200, f"{said} You can close this page and go back to the terminal.")

            def _page(self, status: int, text: str) -> None:
                body = f"<!doctype html><meta charset=utf-8><title>hubwire</title><p>{escape(text)}".encode()
                self.send_response(status)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Referrer-Policy", "no-referrer")
                self.send_header("Cache-Control", "no-store")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
                """Says nothing: the address holds the code."""

        return Handler
