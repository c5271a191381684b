"""WSGI: Flask, Django, Bottle, or any server alone.

One process with threads for an inbox in a file; several processes can share one in PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from hubwire.webhooks.address import Called
from hubwire.webhooks.service import Blocking, Service

StartResponse = Callable[..., Any]
PIECE = 65_536


def wsgi(service: Service) -> Callable[[dict[str, Any], StartResponse], Iterable[bytes]]:
    """An application that takes every request. The service starts with the first one."""
    blocking = Blocking(service)

    def application(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        headers = {
            name[5:].replace("_", "-").lower(): value
            for name, value in environ.items()
            if name.startswith("HTTP_")
        }
        called = Called(environ["wsgi.url_scheme"], _target(environ), environ.get("REMOTE_ADDR"))
        with service.guard.received():
            answer = blocking.receive(called, environ["REQUEST_METHOD"], headers, _chunks(environ))
        status = HTTPStatus(answer.status)
        start_response(f"{status.value} {status.phrase}", answer.all_headers)
        return [answer.body]

    return application


def _target(environ: dict[str, Any]) -> str:
    # What was sent, where the server keeps it: PATH_INFO has lost its escapes, and they are signed.
    raw = environ.get("RAW_URI") or environ.get("REQUEST_URI")
    if raw and raw.startswith("/"):
        return str(raw)
    path = quote((environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")).encode("latin-1"))
    query = environ.get("QUERY_STRING", "")
    return f"{path}?{query}" if query else path


def _chunks(environ: dict[str, Any]) -> Iterator[bytes]:
    told = environ.get("CONTENT_LENGTH") or ""
    left = int(told[:20]) if told.isdecimal() else 0
    while left > 0 and (chunk := environ["wsgi.input"].read(min(left, PIECE))):
        left -= len(chunk)
        yield chunk
