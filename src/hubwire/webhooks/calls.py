"""Calling a handler: on the loop or on a thread, with a time limit, a few at a time."""

from __future__ import annotations

import asyncio
import functools
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hubwire.webhooks.app import Handler
from hubwire.webhooks.context import Context
from hubwire.webhooks.guard import Guard
from hubwire.webhooks.outcomes import Failure, failure
from hubwire.webhooks.threads import Threads

log = logging.getLogger("hubwire.webhooks")


@dataclass(frozen=True, slots=True)
class Called:
    """How a call went."""

    started: int
    """Milliseconds since 1970."""
    took: float
    """Seconds."""
    failure: Failure | None


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
        self._slots = asyncio.Semaphore(width)
        self._guard, self._clock, self._steady = guard, clock, steady
        self._threads = Threads()
        self.stuck = 0
        """Blocking handlers that go on running after their time."""

    async def call(self, handler: Handler, argument: Any, context: Context) -> Called:
        """What the handler raises is the failure; nothing else is raised but a cancellation."""
        await self._slots.acquire()
        held = True
        try:
            await self._guard.clear()
            started, begun = int(self._clock() * 1000), self._steady()
            if handler.is_async:
                problem = await self._awaited(handler, argument, context)
            else:
                running = asyncio.wrap_future(
                    self._threads.submit(functools.partial(handler.call, argument, context))
                )
                await asyncio.wait({running}, timeout=handler.timeout)
                if not running.done():
                    # It cannot be stopped. Its record waits for it, everybody else gets the place.
                    self._slots.release()
                    held = False
                    await self._overdue(handler, context, running)
                problem = _problem(running)
            return Called(started, self._steady() - begun, problem)
        finally:
            if held:
                self._slots.release()

    def close(self) -> None:
        self._threads.close()

    async def _awaited(self, handler: Handler, argument: Any, context: Context) -> Failure | None:
        try:
            async with asyncio.timeout(handler.timeout) as limit:
                await handler.call(argument, context)
        except TimeoutError as problem:
            if limit.expired():
                return Failure(f"TimeoutError: not done within {handler.timeout:g} seconds")
            return failure(problem)
        except asyncio.CancelledError:
            raise
        except BaseException as problem:  # noqa: BLE001  # the handler's, SystemExit included
            return failure(problem)
        return None

    async def _overdue(self, handler: Handler, context: Context, running: asyncio.Future[Any]) -> None:
        self.stuck += 1
        log.error(
            "webhooks: %s has not returned within %g seconds (event %d); only its record waits for it.",
            handler.name, handler.timeout, context.event_number,
        )  # fmt: skip
        try:
            await asyncio.wait({running})
        finally:
            self.stuck -= 1


def _problem(running: asyncio.Future[Any]) -> Failure | None:
    problem = running.exception()
    return None if problem is None else failure(problem)
