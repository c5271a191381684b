"""Time, as an argument."""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """Seconds since the epoch, and waiting."""

    def now(self) -> float: ...

    def sleep(self, seconds: float) -> None: ...

    async def asleep(self, seconds: float) -> None: ...


class SystemClock:
    """The computer's time. Runs evenly: setting the wall clock back must not reopen a spent window."""

    def __init__(self) -> None:
        self._start = time.time() - time.monotonic()

    def now(self) -> float:
        """Seconds since the epoch."""
        return self._start + time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Blocks the thread."""
        time.sleep(seconds)

    async def asleep(self, seconds: float) -> None:
        """Lets other tasks run."""
        import asyncio

        await asyncio.sleep(seconds)
