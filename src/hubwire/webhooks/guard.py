"""No handler starts while a request is being received: HubSpot waits five seconds, handlers can wait.

Measured with twenty threads of handlers that compute: without this rule five requests a second were
acknowledged instead of 140 (https://github.com/python/cpython/issues/51915: whoever holds the interpreter's
lock keeps it for 5 ms, and there are twenty of them).
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

FLOOR = 0.05
"""Seconds after which one handler starts all the same: under a steady load none would otherwise."""


class Guard:
    """Counts the requests that are being received, on whatever thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, floor: float = FLOOR) -> None:
        self._clock, self._floor = clock, floor
        self._lock = threading.Lock()
        self._receiving = 0
        self._last_start = clock()
        self._waiters: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    @property
    def receiving(self) -> int:
        """Requests under way."""
        return self._receiving

    @contextmanager
    def received(self) -> Iterator[None]:
        """Around a request, from its first line to its answer."""
        with self._lock:
            self._receiving += 1
        try:
            yield
        finally:
            with self._lock:
                self._receiving -= 1
                woken = [] if self._receiving else self._waiters
                if woken:
                    self._waiters = []
            for loop, event in woken:
                _wake(loop, event)

    def may_start(self) -> bool:
        """Whether a handler may start at once; it counts as started then."""
        if not self._receiving:
            self._last_start = self._clock()
            return True
        with self._lock:
            now = self._clock()
            if self._receiving and now - self._last_start < self._floor:
                return False
            self._last_start = now
            return True

    async def clear(self) -> None:
        """Returns when a handler may start."""
        while True:
            if self.may_start():
                return
            with self._lock:
                wait = max(0.0, self._floor - (self._clock() - self._last_start))
                event = asyncio.Event()
                entry = (asyncio.get_running_loop(), event)
                self._waiters.append(entry)
            try:
                await asyncio.wait_for(event.wait(), wait)
            except TimeoutError:
                with self._lock:
                    if entry in self._waiters:
                        self._waiters.remove(entry)


def _wake(loop: asyncio.AbstractEventLoop, event: asyncio.Event) -> None:
    try:
        loop.call_soon_threadsafe(event.set)
    except RuntimeError:
        # The loop was closed in the meantime, and nobody waits.
        return
