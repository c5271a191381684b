"""A server of one request, on a socket of loopback."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager


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
