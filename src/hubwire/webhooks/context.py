"""What a handler is given besides the event."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from hubwire.errors import ConfigError
from hubwire.webhooks.inbox import Waiting

if TYPE_CHECKING:
    from hubwire import Hub


class Hubs:
    """The clients of the accounts, made when a handler first asks for one, closed with the service."""

    def __init__(self, make: Callable[[int], Hub] | None = None) -> None:
        self._make = make or _from_environment
        self._open: dict[int, Hub] = {}
        self._lock = threading.Lock()

    def of(self, portal_id: int) -> Hub:
        """The account's client."""
        with self._lock:
            if portal_id not in self._open:
                self._open[portal_id] = self._make(portal_id)
            return self._open[portal_id]

    def close(self) -> None:
        with self._lock:
            for hub in self._open.values():
                hub.close()
            self._open.clear()


class Context:
    """Of one call of a handler."""

    __slots__ = ("_hubs", "_waiting", "attempt", "handler", "portal_id", "tx")

    def __init__(
        self, handler: str, attempt: int, waiting: Waiting, portal_id: int, hubs: Hubs, tx: Any = None
    ) -> None:
        self.handler = handler
        self.attempt = attempt
        """From 1."""
        self.portal_id = portal_id
        self.tx = tx
        """A transaction that the success is recorded in, where the inbox is in PostgreSQL."""
        self._waiting, self._hubs = waiting, hubs

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
        """The client of the event's account. It blocks: in an `async` handler, call it in a thread."""
        return self._hubs.of(self.portal_id)


def _from_environment(portal_id: int) -> Hub:
    from hubwire import Hub

    hub = Hub()
    try:
        account = hub.account.details().get("portalId")
    except BaseException:
        hub.close()
        raise
    if account != portal_id:
        hub.close()
        # Written into the wrong account, a customer's data is with somebody else.
        raise ConfigError(
            f"The event is of account {portal_id}, and the token in HUBSPOT_ACCESS_TOKEN of {account}. "
            "Say which hub an account has: App(hub=lambda portal_id: Hub(token_of(portal_id)))."
        )
    return hub
