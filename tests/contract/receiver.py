"""A receiver of webhooks on a socket, whose answers a test decides."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

BOUND = 30
"""Seconds after which a request that does not come is a failure."""


@dataclass
class Got:
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    url: str
    came: queue.Queue[Got] = field(default_factory=queue.Queue)
    answer: Callable[[Got], int | None] = lambda got: 200
    """None: it never answers."""
    over: threading.Event = field(default_factory=threading.Event)

    def next(self) -> Got:
        return self.came.get(timeout=BOUND)


@contextmanager
def receiving(path: str = "/hooks") -> Iterator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got = Got(self.path, dict(self.headers), body)
            receiver.came.put(got)
            status = receiver.answer(got)
            if status is None:
                receiver.over.wait(BOUND)
                return
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *words: Any) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        receiver = Receiver(f"http://127.0.0.1:{server.server_address[1]}{path}")
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield receiver
        finally:
            receiver.over.set()
            server.shutdown()
            thread.join(BOUND)
