"""The life of an ASGI server, which the service's goes along with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from hubwire.webhooks.service import Service

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


async def lifespan(service: Service, receive: Receive, send: Send) -> None:
    """Starts and closes the service when the server does."""
    await receive()
    try:
        await service.start()
    except Exception as problem:  # noqa: BLE001  # the protocol's way to say so; the server ends then
        await send({"type": "lifespan.startup.failed", "message": str(problem)})
        return
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await service.close()
    await send({"type": "lifespan.shutdown.complete"})
