"""Conversations as generators: a flow yields effects, a driver performs them.

A flow knows no socket, thread or clock, so it runs unchanged under `run` and `each` (blocking) and under
`arun` and `aeach` (asyncio), and a test drives it with `next(flow)` and `flow.send(reply)`.

Errors of ours that performing an effect raises are thrown into the flow at the yield. However a flow ends,
its driver closes it and ends its children: none of them sends anything afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

import msgspec

from hubwire.wire.message import Reply, Request, Timeout

if TYPE_CHECKING:
    from concurrent.futures import Future

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Send(msgspec.Struct, frozen=True, gc=False):
    """Send a request; the answer to the yield is the `Reply`."""

    request: Request
    timeout: Timeout


class Pause(msgspec.Struct, frozen=True, gc=False):
    """Wait."""

    seconds: float


class Emit(msgspec.Struct, frozen=True):
    """Hand values to whoever iterates over the flow, one after the other. A page at a time costs less."""

    values: Iterable[Any]


class Spawn(msgspec.Struct, frozen=True):
    """Start a child flow beside this one; the answer is its `Child`."""

    flow: Flow[Any]


class Join(msgspec.Struct, frozen=True):
    """Wait for a child, which several may do; the answer is what it returned, or what it raised is raised."""

    child: Child[Any]


class Wait(msgspec.Struct, frozen=True):
    """Wait until somebody else, perhaps in another thread or event loop, completes the future."""

    future: Future[Any]


class Do(msgspec.Struct, frozen=True):
    """Do something that blocks (a file, a database), off the event loop; the answer is what it returned."""

    work: Callable[[], Any]


Effect = Send | Pause | Emit | Spawn | Join | Wait | Do
Flow = Generator[Effect, Any, T]


class Child(Protocol[T_co]):
    """A running child flow, as its parent knows it."""

    @property
    def done(self) -> bool: ...


def send(request: Request, timeout: Timeout) -> Flow[Reply]:
    """The reply to a request."""
    return cast(Reply, (yield Send(request, timeout)))


def pause(seconds: float) -> Flow[None]:
    """Waits, if there is anything to wait for."""
    if seconds > 0:
        yield Pause(seconds)


def spawn(flow: Flow[T]) -> Flow[Child[T]]:
    """Starts a flow beside this one."""
    return cast("Child[T]", (yield Spawn(flow)))


def join(child: Child[T]) -> Flow[T]:
    """What a child returned."""
    return cast(T, (yield Join(child)))


def do(work: Callable[[], T]) -> Flow[T]:
    """What a piece of blocking work returned. Errors of ours that it raises can be handled in the flow."""
    return cast(T, (yield Do(work)))


Transmit = Callable[[Request, Timeout], Reply]
Sleep = Callable[[float], None]
