"""How another process has the one that holds the file replay, discard or purge.

On loopback, with a token that only who may read the inbox can read: it stands beside the file.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import secrets
import socket
from collections.abc import Callable
from typing import Any

from hubwire.errors import ConfigError, HubwireError
from hubwire.webhooks.inbox import Inbox, Selection, StoreError

LONGEST = 1 << 20
PATIENCE = 600.0


class Control:
    """Listens as long as the inbox is open."""

    def __init__(self, inbox: Inbox, clock: Callable[[], float]) -> None:
        self._inbox, self._clock = inbox, clock
        self._token = secrets.token_urlsafe(32)
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Leaves word where to find it."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=LONGEST)
        port = self._server.sockets[0].getsockname()[1]
        tell = getattr(self._inbox, "tell", None)
        if tell is not None:
            tell({"control": port, "token": self._token})

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(10.0):
                line = await reader.readline()
            answer = await self._answer(line)
            writer.write(json.dumps(answer).encode() + b"\n")
            await writer.drain()
        except (OSError, TimeoutError, ValueError):
            return
        finally:
            writer.close()

    async def _answer(self, line: bytes) -> dict[str, Any]:
        asked = json.loads(line)
        if not hmac.compare_digest(str(asked.get("token", "")).encode(), self._token.encode()):
            return {"error": "the token is wrong"}
        chosen = Selection(**asked["selection"])
        try:
            return {
                "changed": await operate(self._inbox, asked["operation"], chosen, int(self._clock() * 1000))
            }
        except StoreError as problem:
            return {"error": str(problem)}


async def operate(inbox: Inbox, operation: str, chosen: Selection, now: int) -> int:
    """`replay`, `discard` or `purge`; returns how many events it was done to."""
    match operation:
        case "replay":
            return await inbox.replay(chosen, now)
        case "discard":
            return await inbox.discard(chosen)
        case "purge":
            return await inbox.purge(chosen, now)
    raise ConfigError(f"{operation} is not known")


def ask(holder: dict[str, Any], operation: str, selection: dict[str, Any]) -> int:
    """Has the process that left word do it. HubwireError when it cannot be reached or says no."""
    line = json.dumps({"token": holder["token"], "operation": operation, "selection": selection})
    try:
        with socket.create_connection(("127.0.0.1", int(holder["control"])), timeout=PATIENCE) as line_to:
            line_to.sendall(line.encode() + b"\n")
            with line_to.makefile("rb") as answer:
                told = json.loads(answer.readline() or b"{}")
    except (OSError, ValueError) as problem:
        raise HubwireError(
            f"process {holder.get('pid')} has the inbox and does not answer: {problem}"
        ) from None
    if "changed" not in told:
        raise HubwireError(
            f"process {holder.get('pid')} has the inbox and says: {told.get('error', 'nothing')}"
        )
    return int(told["changed"])
