"""What a handler is given besides the event."""

from __future__ import annotations

import asyncio
import hashlib
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec

from hubwire.errors import ConfigError
from hubwire.webhooks.inbox import Waiting

if TYPE_CHECKING:
    from hubwire import AsyncHub, Hub


class Hubs:
    """The clients of the accounts, made when a handler first asks for one, closed with the service."""

    def __init__(
        self,
        make: Callable[[int], Hub] | None = None,
        make_async: Callable[[int], AsyncHub] | None = None,
    ) -> None:
        self._make = make or _from_environment
        self._make_async = make_async
        self._open: dict[int, Hub] = {}
        self._async_open: dict[int, asyncio.Future[AsyncHub]] = {}
        self._lock = threading.Lock()

    def of(self, portal_id: int) -> Hub:
        """The account's client."""
        with self._lock:
            if portal_id not in self._open:
                self._open[portal_id] = self._make(portal_id)
            return self._open[portal_id]

    async def async_of(self, portal_id: int) -> AsyncHub:
        """The same for asyncio; all on one loop."""
        coming = self._async_open.get(portal_id)
        if coming is None or (coming.done() and (coming.cancelled() or coming.exception())):
            coming = asyncio.ensure_future(self._made(portal_id))
            self._async_open[portal_id] = coming
        # Shielded: several handlers may wait for it, and one of them may be out of time.
        return await asyncio.shield(coming)

    async def _made(self, portal_id: int) -> AsyncHub:
        if self._make_async is not None:
            return self._make_async(portal_id)
        return await _async_from_environment(portal_id)

    async def close(self) -> None:
        with self._lock:
            for hub in self._open.values():
                hub.close()
            self._open.clear()
        coming, self._async_open = self._async_open, {}
        for found in await asyncio.gather(*coming.values(), return_exceptions=True):
            if not isinstance(found, BaseException):
                await found.aclose()


class Context(msgspec.Struct, eq=False, gc=False):
    """Of one call of a handler."""

    handler: str
    attempt: int
    """From 1."""
    portal_id: int
    _waiting: Waiting
    _hubs: Hubs
    tx: Any = None
    """A transaction that the success is recorded in, where the inbox is in PostgreSQL."""

    def __repr__(self) -> str:
        # Without the event: it may be personal data, and a repr ends up in logs.
        return f"Context({self.handler}, attempt {self.attempt}, event {self.event_number})"

    @property
    def idempotency_key(self) -> str:
        """The same in every attempt, so that whoever gets it can tell a repetition; another one when an
        event that was handled is replayed.
        """
        about = (self._waiting.key, self.handler.encode(), self._waiting.generation)
        return hashlib.sha256(b"%s\n%s\n%d" % about).hexdigest()[:32]

    @property
    def event_number(self) -> int:
        """In the inbox: `hubwire webhooks show` takes it."""
        return self._waiting.id

    @property
    def received(self) -> int:
        """When the event was stored, in milliseconds since 1970."""
        return self._waiting.received

    @property
    def stale(self) -> bool:
        """A later change of the same property of the same record was handled already."""
        return self._waiting.stale

    @property
    def hub(self) -> Hub:
        """The client of the event's account. It blocks: an `async` handler takes `async_hub`."""
        return self._hubs.of(self.portal_id)

    async def async_hub(self) -> AsyncHub:
        """The client of the event's account for `async` handlers: `hub = await context.async_hub()`."""
        return await self._hubs.async_of(self.portal_id)


def _from_environment(portal_id: int) -> Hub:
    from hubwire import Hub

    hub = Hub()
    try:
        _check(portal_id, hub.account.details().get("portalId"))
    except BaseException:
        hub.close()
        raise
    return hub


async def _async_from_environment(portal_id: int) -> AsyncHub:
    from hubwire import AsyncHub

    hub = AsyncHub()
    try:
        _check(portal_id, (await hub.account.details()).get("portalId"))
    except BaseException:
        await hub.aclose()
        raise
    return hub


def _check(portal_id: int, account: object) -> None:
    if account != portal_id:
        # Written into the wrong account, a customer's data is with somebody else.
        raise ConfigError(
            f"The event is of account {portal_id}, and the token in HUBSPOT_ACCESS_TOKEN of {account}. "
            "Say which hub an account has: App(hub=lambda portal_id: Hub(token_of(portal_id))), and "
            "async_hub=… the same way for async handlers."
        )
