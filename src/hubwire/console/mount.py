"""The console under a path of another application."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse

from hubwire.console.app import Console

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

PREFIX = "/console"


def beside(application: ASGIApp, make: Callable[[], Console], prefix: str = PREFIX) -> ASGIApp:
    """`application`, and the console under `prefix`, made for its first request: the inbox is open then."""
    made: list[Console] = []

    async def both(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] != "http" or not (path == prefix or path.startswith(prefix + "/")):
            await application(scope, receive, send)
        elif path == prefix:
            await RedirectResponse(prefix + "/", 307)(scope, receive, send)
        else:
            if not made:
                made.append(make())
            await made[0]({**scope, "root_path": prefix}, receive, send)

    return both
