"""The client's clock in a test, told by the emulator's: pauses take no time and are over when they say.

Time may only pass when nobody has anything left to do: a call that was due before a pause must not arrive
after it, or quotas would be exceeded that the client keeps. So whoever pauses watches for a while whether
others still send or come to pause, and only the earliest of the pauses is ended.
"""

from __future__ import annotations

import asyncio
import threading
from typing import Protocol

TURNS = 8
"""Turns of the event loop without a sign of life that count as idle."""
IDLE_SECONDS = 0.01
"""The same for threads, when there are other threads. This is real time: a thread that is held up for longer
than this sends late, and may meet a 429."""


class Settable(Protocol):
    """The part of the emulator's clock that is used."""

    def now(self) -> float: ...

    def reach(self, moment: float) -> None: ...


class Pace:
    """A client clock for any number of hubs, threads and tasks of one test."""

    def __init__(self, clock: Settable) -> None:
        self._clock = clock
        self._changed = threading.Condition()
        self._targets: list[float] = []
        self._beats = 0

    def now(self) -> float:
        return self._clock.now()

    def beat(self) -> None:
        """A sign of life: something was sent, or came back."""
        with self._changed:
            self._beats += 1

    def sleep(self, seconds: float) -> None:
        """Returns when the clock shows `seconds` more, which it does as soon as nobody else acts."""
        with self._changed:
            target = self._enter(seconds)
            while self._clock.now() < target:
                beats = self._beats
                if threading.active_count() > 1:
                    self._changed.wait(IDLE_SECONDS)
                self._end_first(target, beats)
            self._leave(target)

    async def asleep(self, seconds: float) -> None:
        """The same for tasks."""
        with self._changed:
            target = self._enter(seconds)
        try:
            while self._clock.now() < target:
                beats = self._beats
                for _ in range(TURNS):
                    await asyncio.sleep(0)
                with self._changed:
                    self._end_first(target, beats)
        finally:
            with self._changed:
                self._leave(target)

    def _enter(self, seconds: float) -> float:
        target = self._clock.now() + seconds
        self._targets.append(target)
        self._beats += 1
        return target

    def _end_first(self, target: float, beats: int) -> None:
        if beats == self._beats and target <= min(self._targets):
            self._clock.reach(target)
            self._changed.notify_all()

    def _leave(self, target: float) -> None:
        self._targets.remove(target)
        self._beats += 1
