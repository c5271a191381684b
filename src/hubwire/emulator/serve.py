"""The emulator on a socket: in a thread for tests and demos, in the foreground for the command."""

from __future__ import annotations

import contextlib
import errno
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import TYPE_CHECKING

from hubwire.emulator.asgi import Application, loopback_hosts
from hubwire.emulator.hooks.sender import Sender

if TYPE_CHECKING:
    import uvicorn

    from hubwire.emulator.answer import Emulator

STOPS = (signal.SIGINT, signal.SIGTERM)
GRACE = 3
"""Seconds that running requests get when the server is told to stop."""


class PortInUse(OSError):
    """Somebody listens on the address already; the message says where and what to do."""


@contextlib.contextmanager
def running(emulator: Emulator, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
    """Serves from a thread; gives the base URL. The emulator stays open afterwards."""
    listener = listen(host, port)
    accepting = threading.Event()
    server = _server(emulator, host, accepting.set)
    thread = threading.Thread(
        target=server.run, kwargs={"sockets": [listener]}, name="hubwire-emulator", daemon=True
    )
    thread.start()
    try:
        while not accepting.wait(0.1):
            if not thread.is_alive():
                raise RuntimeError("the emulator's server did not start")
        with Sender(emulator.world.courier, emulator.clock.now):
            yield base_url(listener)
    finally:
        server.should_exit = True
        thread.join(GRACE + 5)
        listener.close()


def serve_forever(
    emulator: Emulator,
    host: str = "127.0.0.1",
    port: int = 8765,
    ready: Callable[[str], None] | None = None,
) -> None:
    """Serves until SIGINT or SIGTERM, then closes the emulator and returns. Call it from the main thread.

    `ready` is called with the base URL once connections are accepted.
    """
    listener = listen(host, port)
    server = _server(emulator, host, lambda: ready(base_url(listener)) if ready else None)

    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        # The second time, requests that still run are given up.
        server.force_exit = server.should_exit
        server.should_exit = True

    former = {name: signal.signal(name, stop) for name in STOPS}
    try:
        with Sender(emulator.world.courier, emulator.clock.now):
            server.run(sockets=[listener])
    finally:
        for name, handler in former.items():
            signal.signal(name, handler)
        listener.close()
        emulator.close()


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one. PortInUse when somebody is there already."""
    try:
        family, kind, proto, _, address = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)[
            0
        ]
    except socket.gaierror as error:
        raise OSError(f"cannot listen on {host}: {error.strerror}") from None
    listener = socket.socket(family, kind, proto)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(address)
        listener.listen(2048)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise PortInUse(
                errno.EADDRINUSE,
                f"{host}:{port} is in use; stop what listens there, or take another port (0: any free one)",
            ) from None
        raise OSError(error.errno, f"cannot listen on {host}:{port}: {error.strerror}") from None
    return listener


def base_url(listener: socket.socket) -> str:
    """`http://127.0.0.1:8765`; an address that means every interface is told as loopback."""
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _server(emulator: Emulator, host: str, accepting: Callable[[], None]) -> uvicorn.Server:
    import asyncio

    import uvicorn

    from hubwire.emulator.straight import protocol

    class Server(uvicorn.Server):
        @contextlib.contextmanager
        def capture_signals(self) -> Iterator[None]:
            # uvicorn's own raises the signal again when it is done, and the process would not exit with 0.
            yield

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets=sockets)
            if self.started:
                accepting()

    hosts = loopback_hosts(host)
    return Server(
        uvicorn.Config(
            Application(emulator, hosts=hosts, pause=asyncio.sleep),
            loop="auto",
            http=protocol(emulator.short, hosts),
            ws="none",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE,
        )
    )
