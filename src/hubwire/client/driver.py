"""Performs flows, for asyncio. `driver_sync.py` is generated from this file by `tools/unasync.py`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from copy import copy
from typing import Any, TypeVar

from hubwire.client.call import Call
from hubwire.client.clock import Clock
from hubwire.client.session import Session
from hubwire.client.transport import AsyncHttpTransport
from hubwire.wire.flow import Flow
from hubwire.wire.message import AsyncTransport

T = TypeVar("T")


class AsyncDriver:
    """Performs flows, over one transport."""

    def __init__(self, session: Session, transport: AsyncTransport | None, clock: Clock | None) -> None:
        self.session = session
        session.look = self._look
        self._transport = transport or AsyncHttpTransport()
        # The system's own pauses can be interrupted; those of a given clock are its business.
        self._sleep = None if clock is None else clock.asleep

    def with_session(self, session: Session) -> AsyncDriver:
        """The same pool, for another session."""
        other = copy(self)
        other.session = session
        session.look = other._look
        return other

    async def run(self, flow: Flow[T]) -> T:
        """The flow's result."""
        from hubwire.wire.tasks import arun

        return await arun(flow, self._transport.send, self._sleep)

    def _look(self, call: Call[Any], began: float, trace: str | None) -> Any:
        """What became of a call that went unanswered."""
        from hubwire.client import reconcile

        return self.run(reconcile.look(self.session, call, began, trace))

    def each(self, flow: Flow[None]) -> AsyncIterator[Any]:
        """The values the flow emits."""
        from hubwire.wire.tasks import aeach

        return aeach(flow, self._transport.send, self._sleep)

    async def aclose(self) -> None:
        """Closes the pool; a call after that opens a new one."""
        await self._transport.close()
