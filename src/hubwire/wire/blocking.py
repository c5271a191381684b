"""The blocking drivers: children are threads."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextvars import copy_context
from typing import Any, Generic, TypeVar, cast

from hubwire.errors import HubwireError
from hubwire.wire.flow import Do, Effect, Emit, Flow, Join, Pause, Send, Sleep, Spawn, Transmit, Wait

T = TypeVar("T")


class Stopped(BaseException):
    """Ends a child whose parent has ended. Not an Exception: no flow may handle it and go on sending."""


def run(flow: Flow[T], transmit: Transmit, sleep: Sleep | None = None) -> T:
    """Performs a flow to its end and returns its result."""
    return _run(flow, _Scope(transmit, sleep))


def each(flow: Flow[Any], transmit: Transmit, sleep: Sleep | None = None) -> Iterator[Any]:
    """Performs a flow as far as its values are asked for."""
    scope = _Scope(transmit, sleep)
    try:
        step = next(flow)
        while True:
            if isinstance(step, Emit):
                yield from step.values
                step = next(flow)
            else:
                step = _step(flow, step, scope)
    except StopIteration:
        return
    finally:
        flow.close()
        scope.close()


def _run(flow: Flow[T], scope: _Scope) -> T:
    try:
        step = next(flow)
        while True:
            step = _step(flow, step, scope)
    except StopIteration as stop:
        result: T = stop.value
        return result
    finally:
        flow.close()
        scope.close()


def _step(flow: Flow[Any], step: Effect, scope: _Scope) -> Effect:
    try:
        answer = scope.perform(step)
    except HubwireError as failure:
        return flow.throw(failure)
    return flow.send(answer)


class _Scope:
    """What one driver may do, and the children it has to end."""

    __slots__ = ("_children", "_given_sleep", "_stop", "_transmit")

    def __init__(self, transmit: Transmit, sleep: Sleep | None, stop: threading.Event | None = None) -> None:
        self._transmit, self._given_sleep, self._stop = transmit, sleep, stop
        self._children: list[_Thread[Any]] = []

    def perform(self, step: Effect) -> Any:
        if self._stop is not None and self._stop.is_set():
            raise Stopped
        match step:
            case Send(request, timeout):
                return self._transmit(request, timeout)
            case Pause(seconds):
                return self._sleep(seconds)
            case Spawn(flow):
                return self._spawn(flow)
            case Join(child):
                return cast("_Thread[Any]", child).result()
            case Wait(future):
                return future.result()
            case Do(work):
                return work()
            case Emit():
                raise TypeError("a flow that emits was run instead of iterated over")

    def _sleep(self, seconds: float) -> None:
        if self._given_sleep is not None:
            self._given_sleep(seconds)
        elif self._stop is None:
            time.sleep(seconds)
        elif self._stop.wait(seconds):
            raise Stopped

    def _spawn(self, flow: Flow[T]) -> _Thread[T]:
        self._children = [child for child in self._children if not child.done]
        child = _Thread(flow, self._transmit, self._given_sleep)
        self._children.append(child)
        return child

    def close(self) -> None:
        """Tells the children to stop, and waits for the request that each may have under way."""
        if self._children:
            for child in self._children:
                child.stop.set()
            for child in self._children:
                child.wait()


class _Thread(Generic[T]):
    """A child flow in a thread of its own."""

    __slots__ = ("_error", "_finished", "_value", "stop")

    def __init__(self, flow: Flow[T], transmit: Transmit, sleep: Sleep | None) -> None:
        self.stop = threading.Event()
        self._finished = threading.Event()
        self._error: BaseException | None = None
        scope = _Scope(transmit, sleep, self.stop)
        # A daemon: whoever interrupts twice wants to leave, not to wait for a slow answer.
        # In the context of whoever asked: what is traced there begins in the right place.
        work = copy_context().run
        threading.Thread(target=work, args=(self._work, flow, scope), daemon=True, name="hubwire").start()

    def _work(self, flow: Flow[T], scope: _Scope) -> None:
        try:
            self._value = _run(flow, scope)
        except BaseException as error:  # noqa: BLE001 - raised again where the child is joined
            self._error = error
        finally:
            self._finished.set()

    @property
    def done(self) -> bool:
        return self._finished.is_set()

    def wait(self) -> None:
        self._finished.wait()

    def result(self) -> T:
        self._finished.wait()
        if self._error is not None:
            raise self._error
        return self._value
