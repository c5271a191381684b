"""ASGI: Starlette, FastAPI, Litestar, Django, or uvicorn alone."""

from __future__ import annotations

from collections.abc import AsyncIterator

from hubwire.webhooks.adapters.lifespan import Application, Receive, Scope, Send, lifespan
from hubwire.webhooks.address import Called
from hubwire.webhooks.delivery import Answer
from hubwire.webhooks.service import Service


def asgi(service: Service, path: str | None = None) -> Application:
    """An application. Mounted, without a `path`, it takes every request; with one, it takes those to it and
    answers `/healthz` and `/readyz`.

    The service starts with the server; mounted, it starts with the first request, or when you start it.
    """

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await lifespan(service, receive, send)
        if scope["type"] != "http":
            raise RuntimeError(f"webhooks come over HTTP, not {scope['type']}")
        if path is not None and scope["path"] != path:
            return await _send(send, await service.health(scope["path"]))
        with service.guard.received():
            return await _send(send, await _answer(service, scope, receive))

    return application


async def _answer(service: Service, scope: Scope, receive: Receive) -> Answer:
    await service.start()
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    body = await service.read(_chunks(receive), headers)
    if isinstance(body, Answer):
        return body
    path = (scope.get("raw_path") or scope["path"].encode()).partition(b"?")[0]
    target = b"?".join(part for part in (path, scope.get("query_string")) if part).decode("latin-1")
    peer = (scope.get("client") or (None,))[0]
    return await service.receive(
        Called(scope.get("scheme", "http"), target, peer), scope["method"], headers, body
    )


async def _chunks(receive: Receive) -> AsyncIterator[bytes]:
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise EOFError
        yield message.get("body", b"")
        more = message.get("more_body", False)


async def _send(send: Send, answer: Answer) -> None:
    headers = [(name.encode(), value.encode()) for name, value in answer.all_headers]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})
