"""The engine for one process: which lane runs when, kept in memory and found again in the inbox."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Callable, Collection
from typing import Any

from hubwire.webhooks.engine import Work
from hubwire.webhooks.inbox import Inbox, StoreError

log = logging.getLogger("hubwire.webhooks")

REMEMBERED = 20_000
"""Lanes that wait in memory at most; the others wait in the inbox until there is room."""
WIDEST = 4096
"""Lanes in work at most."""
PIECE = 5_000
JUMP = 2_000
"""Milliseconds by which the wall clock may differ from the steady one before it counts as set."""
TICK = 1.0
"""Seconds between looks at the clock."""
AHEAD = 0.25
"""Seconds in which what is in work has to get through for as much again to be taken on."""
SHY = 1.0
"""Seconds until a lane is tried again whose inbox could not be read."""


class EmbeddedEngine:
    """An `Engine`. `ring` and `wake` may be called from any thread, all else from the loop of `run`."""

    def __init__(
        self, inbox: Inbox, *, width: int, clock: Callable[[], float], steady: Callable[[], float]
    ) -> None:
        """`width` lanes run at a time: fewer while handlers are slow, more while they are quick and most wait
        for the disk. `clock` is the wall's, `steady` one that nobody sets; in seconds.
        """
        self._inbox, self._least, self._width = inbox, max(1, width // 4), width
        self._clock, self._steady = clock, steady
        self._through, self._since = 0, steady()
        self._lock = threading.Lock()
        self._ready: deque[str] = deque()
        self._known: set[str] = set()
        self._running: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._again: set[str] = set()
        self._overflow = True
        self._cursor = ""
        self._next: int | None = 0
        self._closing = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._bell = asyncio.Event()
        self.beat = steady()
        """When the loop last turned: an old one means that a handler holds it."""

    async def ring(self, tx: Any, lanes: Collection[str], not_before: int = 0) -> None:
        """The timers are in the inbox: `not_before` needs nothing done here."""
        del tx
        if not not_before:
            self.wake(lanes)

    def wake(self, lanes: Collection[str]) -> None:
        """There is something to do in these lanes."""
        with self._lock:
            for lane in lanes:
                if lane in self._known:
                    self._again.add(lane)
                elif len(self._ready) >= REMEMBERED:
                    self._overflow = True
                else:
                    self._known.add(lane)
                    self._ready.append(lane)
        self._ring_bell()

    def later(self, due: int) -> None:
        """Something is to be done then."""
        if self._next is None or due < self._next:
            self._next = due

    async def run(self, work: Work) -> None:
        self._loop = asyncio.get_running_loop()
        self._bell = asyncio.Event()
        drift = self._drift()
        while not self._closing:
            self.beat = self._steady()
            drift = await self._minded(self._mind_clock(drift), drift)
            await self._minded(self._refill(), None)
            self._start(work)
            await self._wait()
        while self._running:
            await self._bell.wait()
            self._bell.clear()

    async def live_lanes(self) -> set[str]:
        with self._lock:
            return set(self._known)

    async def close(self) -> None:
        self._closing = True
        self._ring_bell()

    # Everything below runs on the loop.

    async def _minded(self, step: Any, otherwise: Any) -> Any:
        """The inbox may be unreadable for a while (a full disk, a table that is locked): then later."""
        try:
            return await step
        except StoreError as problem:
            log.error("webhooks: the inbox does not answer, trying again: %s", problem)
            await asyncio.sleep(SHY)
            self._overflow = True
            return otherwise

    def _drift(self) -> float:
        return self._clock() - self._steady()

    async def _mind_clock(self, before: float) -> float:
        """Who was to wait an hour waits an hour, also when the clock is set meanwhile."""
        drift = self._drift()
        by = int((drift - before) * 1000)
        if abs(by) < JUMP:
            return before
        log.warning("webhooks: the clock was set by %+.1f s; what waits is moved with it", by / 1000)
        await self._inbox.shift(by)
        self._next = 0
        return drift

    async def _refill(self) -> None:
        now = int(self._clock() * 1000)
        if self._next is not None and self._next <= now:
            lanes, self._next = await self._inbox.timers(now, PIECE)
            self.wake(lanes)
            if len(lanes) >= PIECE:
                self._overflow = True
        if self._overflow and len(self._ready) < REMEMBERED // 4:
            if not self._cursor:
                self._overflow = False
            lanes = await self._inbox.backlog(self._cursor, PIECE)
            self._cursor = lanes[-1] if len(lanes) == PIECE else ""
            self._overflow = self._overflow or bool(self._cursor)
            self.wake(lanes)

    def _adapt(self) -> None:
        """A process that dies leaves those it had in work under suspicion: the slower, the fewer."""
        took = self._steady() - self._since
        if self._through >= self._width and took <= AHEAD:
            self._width = min(WIDEST, self._width * 2)
        elif took > AHEAD:
            self._width = max(self._least, min(self._width, int(self._through / took * 2)))
        else:
            return
        self._through, self._since = 0, self._steady()

    def _start(self, work: Work) -> None:
        self._adapt()
        with self._lock:
            room = self._width - len(self._running)
            lanes = [self._ready.popleft() for _ in range(min(room, len(self._ready)))]
        if lanes:
            self._running.update(lanes)
            task = asyncio.ensure_future(self._begin(lanes, work))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _begin(self, lanes: list[str], work: Work) -> None:
        try:
            await work.many(lanes, self._finished)
        except StoreError as problem:
            log.error("webhooks: the inbox does not answer, trying again: %s", problem)
            await asyncio.sleep(SHY)
            for lane in lanes:
                self._finished(lane, 0)

    def _finished(self, lane: str, due: int | None) -> None:
        self._through += 1
        self._running.discard(lane)
        if due:
            self.later(due)
        with self._lock:
            if due == 0 or lane in self._again:
                self._again.discard(lane)
                self._ready.append(lane)
            else:
                self._known.discard(lane)
        self._bell.set()

    async def _wait(self) -> None:
        now = self._clock() * 1000
        wait = TICK if self._next is None else max(0.0, min(TICK, (self._next - now) / 1000))
        with self._lock:
            busy = self._ready and len(self._running) < self._width
        if busy or (self._overflow and len(self._ready) < REMEMBERED // 4):
            wait = 0.0
        if wait:
            try:
                await asyncio.wait_for(self._bell.wait(), wait)
            except TimeoutError:
                return
        else:
            await asyncio.sleep(0)
        self._bell.clear()

    def _ring_bell(self) -> None:
        loop = self._loop
        if loop is None:
            return
        try:
            loop.call_soon_threadsafe(self._bell.set)
        except RuntimeError:
            # Closed already: what was stored is found again at the next start.
            return
