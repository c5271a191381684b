# Generated from driver.py by tools/unasync.py: change that file, not this one.

"""Performs flows."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from typing import Any, TypeVar

from hubwire.client.call import Call
from hubwire.client.clock import Clock
from hubwire.client.session import Session
from hubwire.client.transport import HttpTransport
from hubwire.wire.flow import Flow
from hubwire.wire.message import Transport

T = TypeVar("T")


class Driver:
    """Performs flows, over one transport."""

    def __init__(self, session: Session, transport: Transport | None, clock: Clock | None) -> None:
        self.session = session
        session.look = self._look
        self._transport = transport or HttpTransport()
        self._sleep = None if clock is None else clock.sleep

    def with_session(self, session: Session) -> Driver:
        """The same pool, for another session."""
        other = copy(self)
        other.session = session
        session.look = other._look
        return other

    def run(self, flow: Flow[T]) -> T:
        """The flow's result."""
        from hubwire.wire.blocking import run

        return run(flow, self._transport.send, self._sleep)

    def _look(self, call: Call[Any], began: float, trace: str | None) -> Any:
        """What became of a call that went unanswered."""
        from hubwire.client import reconcile

        return self.run(reconcile.look(self.session, call, began, trace))

    def each(self, flow: Flow[None]) -> Iterator[Any]:
        """The values the flow emits."""
        from hubwire.wire.blocking import each

        return each(flow, self._transport.send, self._sleep)

    def close(self) -> None:
        """Closes the pool; a call after that opens a new one."""
        self._transport.close()
