"""The asyncio drivers: children are tasks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Generic, TypeVar, cast

from hubwire.errors import HubwireError
from hubwire.wire.flow import Do, Effect, Emit, Flow, Join, Pause, Send, Spawn, Wait
from hubwire.wire.message import Reply, Request, Timeout

T = TypeVar("T")
AsyncTransmit = Callable[[Request, Timeout], Awaitable[Reply]]
AsyncSleep = Callable[[float], Awaitable[None]]


async def arun(flow: Flow[T], transmit: AsyncTransmit, sleep: AsyncSleep | None = None) -> T:
    """Performs a flow to its end and returns its result."""
    scope: _Scope | None = None  # most calls send once and need none
    try:
        step = next(flow)
        while True:
            # Written out here and below: StopIteration cannot leave a coroutine, so this can be no function.
            try:
                if type(step) is Send:  # what nearly every step is: without a coroutine in between
                    answer: Any = await transmit(step.request, step.timeout)
                else:
                    scope = scope or _Scope(transmit, sleep)
                    answer = await scope.perform(step)
            except HubwireError as failure:
                step = flow.throw(failure)
            else:
                step = flow.send(answer)
    except StopIteration as stop:
        result: T = stop.value
        return result
    finally:
        flow.close()
        if scope is not None:
            await scope.close()


async def aeach(
    flow: Flow[Any], transmit: AsyncTransmit, sleep: AsyncSleep | None = None
) -> AsyncIterator[Any]:
    """Performs a flow as far as its values are asked for."""
    scope = _Scope(transmit, sleep)
    try:
        step = next(flow)
        while True:
            if isinstance(step, Emit):
                for value in step.values:
                    yield value
                step = next(flow)
                continue
            try:
                if type(step) is Send:
                    answer: Any = await transmit(step.request, step.timeout)
                else:
                    answer = await scope.perform(step)
            except HubwireError as failure:
                step = flow.throw(failure)
            else:
                step = flow.send(answer)
    except StopIteration:
        return
    finally:
        flow.close()
        await scope.close()


class _Scope:
    """What one driver may do, and the children it has to end."""

    __slots__ = ("_children", "_sleep", "_transmit")

    def __init__(self, transmit: AsyncTransmit, sleep: AsyncSleep | None) -> None:
        self._transmit, self._sleep = transmit, sleep or asyncio.sleep
        self._children: set[_Task[Any]] = set()

    async def perform(self, step: Effect) -> Any:
        match step:
            case Send(request, timeout):
                return await self._transmit(request, timeout)
            case Pause(seconds):
                return await self._sleep(seconds)
            case Spawn(flow):
                return self._spawn(flow)
            case Join(child):
                return await cast("_Task[Any]", child).result()
            case Wait(future):
                return await asyncio.shield(asyncio.wrap_future(future))
            case Do(work):
                return await asyncio.to_thread(work)
            case Emit():
                raise TypeError("a flow that emits was run instead of iterated over")

    def _spawn(self, flow: Flow[T]) -> _Task[T]:
        child = _Task(asyncio.get_running_loop().create_task(arun(flow, self._transmit, self._sleep)))
        self._children = {other for other in self._children if not other.done}
        self._children.add(child)
        return child

    async def close(self) -> None:
        """Cancels the children and waits until they are gone."""
        if not self._children:
            return
        tasks = [child.task for child in self._children]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class _Task(Generic[T]):
    """A child flow in a task of its own."""

    __slots__ = ("task",)

    def __init__(self, task: asyncio.Task[T]) -> None:
        self.task = task

    @property
    def done(self) -> bool:
        return self.task.done()

    async def result(self) -> T:
        # Shielded: of two that wait for a child, one being cancelled must not take it from the other.
        return await asyncio.shield(self.task)
