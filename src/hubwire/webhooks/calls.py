"""Calling a handler: on the loop or on a thread, with a time limit, a few at a time."""

from __future__ import annotations

import asyncio
import functools
import logging
from collections import deque
from collections.abc import Callable, Generator
from typing import Any

import msgspec

from hubwire.webhooks.app import Handler
from hubwire.webhooks.context import Context
from hubwire.webhooks.guard import Guard
from hubwire.webhooks.outcomes import Failure, failure
from hubwire.webhooks.threads import Threads

log = logging.getLogger("hubwire.webhooks")


WATCH = 0.25
"""Seconds between looks at those that run."""


_THROUGH = object()


class Called(msgspec.Struct, frozen=True, gc=False):
    """How a call went."""

    started: int
    """Milliseconds since 1970."""
    took: float
    """Seconds."""
    failure: Failure | None


class Begun:
    """An async handler that waits for something; awaited, it goes on."""

    __slots__ = ("_steps", "_waits_for", "begun", "started")

    def __init__(self, steps: Generator[Any, Any, Any], waits_for: Any, started: int, begun: float) -> None:
        self._steps, self._waits_for = steps, waits_for
        self.started, self.begun = started, begun

    def __await__(self) -> Generator[Any, Any, None]:
        steps, waits_for = self._steps, self._waits_for
        while True:
            try:
                told = yield waits_for
            except GeneratorExit:
                steps.close()
                raise
            except BaseException as problem:  # noqa: BLE001  # a cancellation is the handler's to hear of
                go_on = functools.partial(steps.throw, problem)
            else:
                go_on = functools.partial(steps.send, told)
            try:
                waits_for = go_on()
            except StopIteration:
                return


class Caller:
    """At most `width` handlers run at a time."""

    def __init__(
        self,
        width: int,
        *,
        guard: Guard,
        clock: Callable[[], float],
        steady: Callable[[], float],
    ) -> None:
        self._free = width
        self._queue: deque[asyncio.Future[None]] = deque()
        self._guard, self._clock, self._steady = guard, clock, steady
        self._threads = Threads()
        self._deadlines: dict[asyncio.Task[Any], float] = {}
        self.stuck = 0
        """Blocking handlers that go on running after their time."""

    def enter(self) -> bool:
        """Takes a place, if one is free and handlers may start; `leave` gives it back."""
        if self._free > 0 and self._guard.may_start():
            self._free -= 1
            return True
        return False

    def again(self) -> bool:
        """Whether another handler may start, in a place that is taken already."""
        return self._guard.may_start()

    async def wait(self) -> None:
        """A place as from `enter`, when there is one."""
        if self._free > 0:
            self._free -= 1
        else:
            await self._place()
        try:
            await self._guard.clear()
        except asyncio.CancelledError:
            self.leave()
            raise

    def leave(self) -> None:
        """Somebody else may run."""
        self._free += 1
        while self._free > 0 and self._queue:
            turn = self._queue.popleft()
            if not turn.done():
                self._free -= 1
                turn.set_result(None)

    async def call(self, handler: Handler, argument: Any, context: Context) -> Called:
        """To be called with a place. What the handler raises is the failure; nothing else is raised but a
        cancellation.
        """
        if handler.is_async:
            called = self.begin(handler, argument, context)
            return called if isinstance(called, Called) else await self.end(handler, called)
        started, begun = int(self._clock() * 1000), self._steady()
        running = asyncio.wrap_future(
            self._threads.submit(functools.partial(handler.call, argument, context))
        )
        await asyncio.wait({running}, timeout=handler.timeout)
        if not running.done():
            await self._overdue(handler, context, running)
        return Called(started, self._steady() - begun, _problem(running))

    def close(self) -> None:
        self._threads.close()

    async def _place(self) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.leave()
            raise

    def begin(self, handler: Handler, argument: Any, context: Context) -> Called | Begun:
        """The first step of an async handler: all of it, if it waits for nothing."""
        started, begun = int(self._clock() * 1000), self._steady()
        try:
            steps = handler.call(argument, context).__await__()
            waits_for = next(steps, _THROUGH)
        except BaseException as raised:  # the handler's, SystemExit included
            if _cancelled(raised, asyncio.current_task()):
                raise
            return Called(started, self._steady() - begun, failure(raised))
        if waits_for is _THROUGH:
            return Called(started, self._steady() - begun, None)
        return Begun(steps, waits_for, started, begun)

    async def end(self, handler: Handler, begun: Begun) -> Called:
        """The other steps."""
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("handlers are called by tasks")
        problem = None
        # One clock for all of them: a timer for each costs more than most handlers do.
        self._deadlines[task] = begun.begun + handler.timeout
        try:
            await begun
        except BaseException as raised:  # as above
            if _cancelled(raised, task):
                if task in self._deadlines:
                    raise
                task.uncancel()
                problem = Failure(f"TimeoutError: not done within {handler.timeout:g} seconds")
            else:
                problem = failure(raised)
        finally:
            self._deadlines.pop(task, None)
        return Called(begun.started, self._steady() - begun.begun, problem)

    async def watch(self) -> None:
        """Cancels the async handlers whose time is over; runs until it is cancelled."""
        while True:
            now = self._steady()
            for task in [task for task, deadline in self._deadlines.items() if deadline <= now]:
                del self._deadlines[task]
                task.cancel()
            await asyncio.sleep(WATCH)

    async def _overdue(self, handler: Handler, context: Context, running: asyncio.Future[Any]) -> None:
        self.stuck += 1
        log.error(
            "webhooks: %s has not returned within %g seconds (event %d); only its record waits for it.",
            handler.name, handler.timeout, context.event_number,
        )  # fmt: skip
        # It cannot be stopped. Its record waits for it; its place is for others.
        self.leave()
        try:
            await asyncio.wait({running})
        finally:
            self.stuck -= 1
            # For a moment there may be one more than there are places.
            self._free -= 1


def _cancelled(raised: BaseException, task: asyncio.Task[Any] | None) -> bool:
    """Whether we are meant: something that a handler waited for may have been cancelled, too."""
    return isinstance(raised, asyncio.CancelledError) and task is not None and task.cancelling() > 0


def _problem(running: asyncio.Future[Any]) -> Failure | None:
    problem = running.exception()
    return None if problem is None else failure(problem)
