"""The receiver on a socket of its own."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import TYPE_CHECKING, Any

from hubwire.errors import ConfigError
from hubwire.webhooks.adapters.asgi import asgi
from hubwire.webhooks.service import Service

if TYPE_CHECKING:
    import uvicorn

PATH = "/webhooks/hubspot"
HEADERS_WITHIN = 10.0
"""Seconds from the connection to the end of the headers, and for a connection that sends nothing."""
GRACE = 5
STOPS = (signal.SIGINT, signal.SIGTERM)


def serve(
    service: Service,
    host: str = "127.0.0.1",
    port: int = 8000,
    path: str = PATH,
    ready: Callable[[str], None] | None = None,
    around: Callable[[Any], Any] = lambda application: application,
) -> None:
    """Receives until SIGINT or SIGTERM. Call it from the main thread; port 0 takes a free one.

    `ready` is called with the URL once requests are accepted. `around` gets the ASGI application and gives
    the one that is served: with a console beside it, for instance.
    """
    listener = listen(host, port)
    bound = listener.getsockname()[:2]
    url = f"http://{f'[{bound[0]}]' if ':' in bound[0] else bound[0]}:{bound[1]}{path}"
    problem: list[BaseException] = []

    async def main() -> None:
        # Started here and not by the server, so that what is wrong is told as what it is.
        try:
            await service.start()
        except BaseException as failed:  # noqa: BLE001  # raised again on the outside
            problem.append(failed)
            return
        try:
            await _server(around(asgi(service, path)), lambda: ready and ready(url), stop).serve(
                sockets=[listener]
            )
        finally:
            await service.close()

    stop = Stop()
    former = {name: signal.signal(name, stop) for name in STOPS}
    try:
        asyncio.run(main())
    finally:
        for name, handler in former.items():
            signal.signal(name, handler)
        listener.close()
    if problem:
        raise problem[0]


@contextlib.contextmanager
def running(service: Service, path: str = PATH) -> Iterator[str]:
    """Receives on a free port of loopback, from a thread; gives the URL."""
    listener = listen("127.0.0.1", 0)
    accepting, stop = threading.Event(), Stop()
    problem: list[BaseException] = []

    async def main() -> None:
        async with service:
            await _server(asgi(service, path), accepting.set, stop).serve(sockets=[listener])

    def run() -> None:
        try:
            asyncio.run(main())
        except BaseException as failed:  # noqa: BLE001  # raised again where it was started
            problem.append(failed)
            accepting.set()

    thread = threading.Thread(target=run, name="hubwire-receiver", daemon=True)
    thread.start()
    try:
        accepting.wait()
        if problem:
            raise problem[0]
        yield f"http://127.0.0.1:{listener.getsockname()[1]}{path}"
    finally:
        if stop.server is not None:
            stop.server.should_exit = True
        thread.join(GRACE + 15)
        listener.close()


class Stop:
    """A signal: the first asks the server to end, the second to end now."""

    def __init__(self) -> None:
        self.server: uvicorn.Server | None = None
        self.asked = False

    def __call__(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        if self.server is not None:
            self.server.force_exit = self.asked
            self.server.should_exit = True
        self.asked = True


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; ConfigError when it cannot be had."""
    try:
        family, kind, proto, _, address = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)[
            0
        ]
    except socket.gaierror as problem:
        raise ConfigError(f"cannot listen on {host}: {problem.strerror}") from None
    listener = socket.socket(family, kind, proto)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(address)
        listener.listen(2048)
    except OSError as problem:
        listener.close()
        raise ConfigError(
            f"cannot listen on {host}:{port}: {problem.strerror}. Stop what listens there, or take another "
            "--port (0: any free one)."
        ) from None
    return listener


def _server(application: Any, accepting: Callable[[], Any], stop: Stop) -> uvicorn.Server:
    try:
        import uvicorn
        from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
    except ModuleNotFoundError as missing:
        raise ConfigError(f"{missing.name} is not installed: pip install 'hubwire[webhooks]'") from None

    class Protocol(HttpToolsProtocol):
        """Hangs up on who does not come to the point: uvicorn would wait for ever."""

        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            self._impatience = self.loop.call_later(HEADERS_WITHIN, self._hang_up)

        def on_message_begin(self) -> None:
            super().on_message_begin()
            self._impatience.cancel()
            self._impatience = self.loop.call_later(HEADERS_WITHIN, self._hang_up)

        def on_headers_complete(self) -> None:
            self._impatience.cancel()
            super().on_headers_complete()

        def connection_lost(self, exc: Exception | None) -> None:
            self._impatience.cancel()
            super().connection_lost(exc)

        def _hang_up(self) -> None:
            self.transport.close()

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                accepting()

        @contextlib.contextmanager
        def capture_signals(self) -> Iterator[None]:
            # uvicorn's own raises the signal again when it is done, and the process would not exit with 0.
            yield

    config = uvicorn.Config(
        application,
        http=Protocol,
        lifespan="off",
        ws="none",
        log_config=None,
        log_level=logging.WARNING,
        access_log=False,
        # Addresses are told by `Trust`, and nobody else is believed.
        proxy_headers=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=GRACE,
    )
    stop.server = Server(config)
    stop.server.should_exit = stop.asked
    return stop.server
