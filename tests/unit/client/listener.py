"""Servers on a socket of loopback: of one request, and of large bodies."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PIECE = 65_536


@contextmanager
def listening(answer: bytes | None) -> Iterator[tuple[str, list[str]]]:
    """Its address, and the lines it heard. It answers with these bytes, or is silent until left alone."""
    heard: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                heard.extend(connection.recv(65_536).decode().split("\r\n"))
                if answer is None:
                    while connection.recv(65_536):
                        pass
                else:
                    connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", heard
        thread.join(timeout=30)


@contextmanager
def serving(size: int) -> Iterator[tuple[str, list[int]]]:
    """A server that takes any body and gives one of `size` bytes; its address, and the lengths it got."""
    received: list[int] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            left = length = int(self.headers["content-length"])
            while left:
                left -= len(self.rfile.read(min(left, PIECE)))
            received.append(length)
            self._answer(200, b"{}")

        def do_GET(self) -> None:
            if self.path == "/none":
                self._answer(404, b"no such thing")
                return
            self.send_response(200)
            self.send_header("content-length", str(size))
            self.end_headers()
            for start in range(0, size, PIECE):
                self.wfile.write(bytes(min(PIECE, size - start)))

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}", received
        finally:
            server.shutdown()
            thread.join(timeout=30)
