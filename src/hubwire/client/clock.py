"""Time, as an argument."""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """Seconds since the epoch, and waiting."""

    def now(self) -> float: ...

    def sleep(self, seconds: float) -> None: ...

    async def asleep(self, seconds: float) -> None: ...


START = time.time() - time.monotonic()
"""One for all hubs of a process: they share windows."""


class SystemClock:
    """The computer's time. Runs evenly: setting the wall clock back must not reopen a spent window."""

    def now(self) -> float:
        """Seconds since the epoch."""
        return START + time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Blocks the thread."""
        time.sleep(seconds)

    async def asleep(self, seconds: float) -> None:
        """Lets other tasks run."""
        import asyncio

        await asyncio.sleep(seconds)
