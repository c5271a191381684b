"""The thread that handles: a loop of its own, so that no handler can hold up the receiver's."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass

from hubwire.webhooks.app import App
from hubwire.webhooks.calls import Caller
from hubwire.webhooks.context import Hubs
from hubwire.webhooks.engine import Engine
from hubwire.webhooks.guard import Guard
from hubwire.webhooks.inbox import DISCARDED, DONE, UNHANDLED, Inbox, Selection, StoreError
from hubwire.webhooks.metrics import Metrics
from hubwire.webhooks.runner import Runner
from hubwire.webhooks.stores import Store

log = logging.getLogger("hubwire.webhooks")

GRACE = 10.0
"""Seconds that running handlers get when the worker is told to stop."""
HUNG = 30.0
"""Seconds without a turn of the loop after which it counts as held by a handler."""
LANES_PER_HANDLER = 32
"""Records in work for every handler that may run: most of them wait for the disk."""
SWEEP = 3600.0


@dataclass(frozen=True, slots=True)
class Working:
    """How events are handled."""

    workers: int = 8
    """Handlers that run at a time."""
    retention: float | None = 30 * 86_400.0
    """Seconds after which the contents of what was handled are forgotten; dead letters stay."""
    grace: float = GRACE


class Worker:
    """Use `start` and `stop`; both block."""

    def __init__(
        self,
        app: App,
        store: Store,
        working: Working,
        *,
        guard: Guard | None = None,
        metrics: Metrics | None = None,
        clock: Callable[[], float] = time.time,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app, self._store, self._working = app, store, working
        self._guard, self._metrics = guard or Guard(), metrics
        self._clock, self._steady = clock, steady
        self._thread = threading.Thread(target=self._run, name="hubwire-worker", daemon=True)
        self._up: Future[None] = Future()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._engine: Engine | None = None
        self._runner: Runner | None = None
        self._stopped = False
        self._caller: Caller | None = None
        self._beat = steady()
        self.failure: BaseException | None = None
        """Why it ended although nobody told it to."""

    def start(self) -> None:
        """Returns when it handles; raises what keeps it from doing so."""
        self._thread.start()
        self._up.result()

    def stop(self) -> None:
        """Lets running handlers end, for a while."""
        loop, engine, runner = self._loop, self._engine, self._runner
        self._stopped = True
        if loop and engine and runner and self._thread.is_alive():
            try:
                asyncio.run_coroutine_threadsafe(self._wind_up(engine, runner), loop)
            except RuntimeError:
                return
            # A handler that holds the loop is left behind: the thread does not keep the process.
            self._thread.join(self._working.grace + 5)

    @property
    def problem(self) -> str | None:
        """What is wrong with it, for whoever watches; None when it is well."""
        if self.failure is not None:
            return f"the worker has ended: {type(self.failure).__name__}"
        if self._steady() - self._beat > HUNG:
            return f"an async handler has been blocking the event loop for more than {HUNG:.0f} seconds"
        stuck = self._caller.stuck if self._caller else 0
        if stuck >= self._working.workers:
            return f"{stuck} handlers have not returned in time and are still running"
        return None

    def _run(self) -> None:
        try:
            asyncio.run(self._main())
        except asyncio.CancelledError:
            # Told to stop, and its handlers did not end in time.
            if not self._stopped:
                raise
        except BaseException as problem:  # told by `failure`, or raised by `start`
            if self._up.done():
                self.failure = problem
                log.critical("webhooks: the worker has ended", exc_info=problem)
            else:
                self._up.set_exception(problem)

    async def _main(self) -> None:
        self._loop = asyncio.get_running_loop()
        width = self._working.workers
        inbox = self._store.inbox()
        if any(handler.transaction for handler in self._app.handlers.values()):
            inbox.transaction()  # raises where there is none
        await inbox.open()
        self._engine = self._store.engine(
            inbox, width=width * LANES_PER_HANDLER, clock=self._clock, steady=self._steady
        )
        self._caller = Caller(width, guard=self._guard, clock=self._clock, steady=self._steady)
        hubs = Hubs(self._app.hub, self._app.async_hub)
        self._runner = runner = Runner(
            self._app, inbox, self._caller, clock=self._clock, hubs=hubs, metrics=self._metrics
        )
        minding = (self._pulse(), self._sweep(inbox), self._caller.watch())
        helpers = [asyncio.ensure_future(each) for each in minding]
        self._up.set_result(None)
        try:
            await self._engine.run(runner)
            await runner.flush()
        finally:
            for helper in helpers:
                helper.cancel()
            self._caller.close()
            await hubs.close()

    async def _wind_up(self, engine: Engine, runner: Runner) -> None:
        await runner.stop()
        await engine.close()
        await asyncio.sleep(self._working.grace)
        for task in asyncio.all_tasks():
            if task is not asyncio.current_task():
                task.cancel()

    async def _pulse(self) -> None:
        while True:
            self._beat = self._steady()
            await asyncio.sleep(1.0)

    async def _sweep(self, inbox: Inbox) -> None:
        """Forgets what is older than it may be, every hour."""
        while self._working.retention is not None:
            now = int(self._clock() * 1000)
            old = now - int(self._working.retention * 1000)
            try:
                await inbox.purge(Selection(states=(DONE, UNHANDLED, DISCARDED), until=old), now)
            except StoreError as problem:
                log.error("webhooks: old events could not be forgotten: %s", problem)
            await asyncio.sleep(SWEEP)
