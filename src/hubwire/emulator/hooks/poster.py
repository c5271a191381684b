"""One POST, done within its seconds or given up. No library: the emulator is no HTTP client otherwise."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

READ = 64 * 1024
"""Of the answer, which nobody looks at."""


@dataclass(frozen=True, slots=True)
class Post:
    """A request to a receiver."""

    url: str
    headers: Mapping[str, str]
    body: bytes
    timeout: float


@dataclass(frozen=True, slots=True)
class Posted:
    """Its answer; without a status, why there is none."""

    status: int | None
    error: str | None = None


def post(wanted: Post) -> Posted:
    """Sends it. Redirects are not followed: they are no success."""
    parts = urlsplit(wanted.url)
    try:
        connection = _connection(parts.scheme, parts.hostname or "", parts.port, wanted.timeout)
    except ValueError as error:
        return Posted(None, str(error))
    # The timeout of a socket is per wait: a receiver that trickles would hold the line for ever.
    late = threading.Event()
    watch = threading.Timer(wanted.timeout, _hang_up, (connection, late))
    watch.daemon = True
    watch.start()
    try:
        target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        connection.request("POST", target, wanted.body, {**wanted.headers, "User-Agent": "hubwire emulator"})
        reply = connection.getresponse()
        reply.read(READ)
        return Posted(None, _slow(wanted)) if late.is_set() else Posted(reply.status)
    except TimeoutError:
        return Posted(None, _slow(wanted))
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Posted(None, _slow(wanted) if late.is_set() else f"{type(error).__name__}: {error}")
    finally:
        watch.cancel()
        connection.close()


def _connection(scheme: str, host: str, port: int | None, timeout: float) -> http.client.HTTPConnection:
    if not host:
        raise ValueError("the target names no host")
    if scheme == "https":
        return http.client.HTTPSConnection(host, port, timeout=timeout, context=ssl.create_default_context())
    return http.client.HTTPConnection(host, port, timeout=timeout)


def _hang_up(connection: http.client.HTTPConnection, late: threading.Event) -> None:
    late.set()
    line = connection.sock
    if line is not None:
        try:
            line.shutdown(socket.SHUT_RDWR)
        except OSError:
            # It was closed in the same moment.
            return


def _slow(wanted: Post) -> str:
    return f"no answer within {wanted.timeout:g} seconds"
