"""One record's events, handled in order: the same for every engine.

What ends where, if the process dies: before a handler began, the event is still pending; while it ran, too,
and the event is handled again (`crashes` counts); after it returned and before that is on disk, likewise.
After that it never runs again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from hubwire.webhooks import events
from hubwire.webhooks.app import App, Handler, line_for
from hubwire.webhooks.batcher import Batcher
from hubwire.webhooks.calls import Called, Caller
from hubwire.webhooks.context import Context, Hubs, idempotency_key
from hubwire.webhooks.events import Event
from hubwire.webhooks.inbox import (
    DEAD,
    DONE,
    PARKED,
    PENDING,
    UNHANDLED,
    Inbox,
    LaneRun,
    Settled,
    Tried,
    Waiting,
)
from hubwire.webhooks.metrics import Metrics
from hubwire.webhooks.outcomes import Failure

log = logging.getLogger("hubwire.webhooks")

MOST = 32
"""Events of a record that are loaded at once."""
MOST_CRASHES = 10
"""Processes that may end while one event is handled, before it is taken for the reason."""


@dataclass(slots=True)
class Job:
    """An event of a run on its way."""

    waiting: Waiting
    event: Event
    tried: dict[str, Tried]
    due: int = 0
    blocked: bool = False
    news: list[Tried] = field(default_factory=list)


class Runner:
    """`work` is what an engine runs."""

    def __init__(
        self,
        app: App,
        inbox: Inbox,
        caller: Caller,
        *,
        clock: Callable[[], float],
        chance: Random | None = None,
        hubs: Hubs | None = None,
        metrics: Metrics | None = None,
    ) -> None:
        self._app, self._inbox, self._caller = app, inbox, caller
        self._clock = clock
        self._chance = chance or Random()
        self._hubs = hubs or Hubs(app.hub)
        self._metrics = metrics or Metrics()
        self._begin: Batcher[str, LaneRun | None] = Batcher(self._begin_all)
        self._settle: Batcher[Settled, bool] = Batcher(inbox.settle)
        self._told: set[str] = set()

    async def work(self, lane: str) -> int | None:
        """Handles what the record has waiting; when to come again (milliseconds), 0 for at once."""
        run = await self._begin.ask(lane)
        if run is None:
            return None
        if not run.token:
            return _when(run.events[0].due)
        jobs = [self._job(waiting) for waiting in run.events]
        place = 0
        try:
            for place, job in enumerate(jobs):
                settled = await self._handle(run, job, jobs[place + 1 :])
                if settled.state == PENDING:
                    await self._release(run, jobs[place + 1 :])
                    return _when(settled.due)
        except asyncio.CancelledError:
            await asyncio.shield(self._release(run, jobs[place:]))
            raise
        return 0 if run.more else None

    async def _begin_all(self, lanes: Sequence[str]) -> list[LaneRun | None]:
        runs = await self._inbox.begin(lanes, self._now(), MOST)
        by_lane = {run.lane: run for run in runs}
        return [by_lane.get(lane) for lane in lanes]

    def _job(self, waiting: Waiting) -> Job:
        return Job(waiting, events.read(waiting.raw), dict(waiting.tried))

    async def _handle(self, run: LaneRun, job: Job, later: Sequence[Job]) -> Settled:
        """Everybody who wants the event, one after the other; then its outcome is noted."""
        state = self._crashed(job)
        handlers = [] if state else self._app.route(job.event)
        left = [each for each in handlers if not self._final(job, each)]
        for number, handler in enumerate(left):
            await self._turn(run, job, handler, later)
            if number < len(left) - 1 and not job.due:
                # So that it is not called again when the process dies while the others run.
                await self._note(run, job, PENDING, keep=True)
        state = state or self._state(job, handlers)
        return await self._note(run, job, state, due=job.due)

    async def _turn(self, run: LaneRun, job: Job, handler: Handler, later: Sequence[Job]) -> None:
        group = [job]
        if handler.window is not None:
            opens = job.waiting.received + int(handler.window * 1000)
            if opens > self._now() and handler.name not in job.tried:
                job.due = max(job.due, opens)
                return
            wanted = [each for each in later if handler.wants(each.event) and not self._final(each, handler)]
            group += wanted[: handler.most - 1]
        before = job.tried.get(handler.name)
        attempt = (before.attempts if before else 0) + 1
        argument = [each.event for each in group] if handler.several else job.event
        called = await self._call(run, job, handler, argument, attempt)
        tried = Tried(handler.name, DONE, attempt, called.started, called.took)
        if called.failure is not None:
            tried = self._failed(job, handler, tried, called.failure)
        self._metrics.handled(handler.name, tried.state, called.took)
        _keep(job, tried)
        if tried.state == DONE:
            for each in group[1:]:
                _keep(each, replace(tried, attempts=1))
                await self._note(run, each, PENDING, keep=True)

    async def _call(self, run: LaneRun, job: Job, handler: Handler, argument: Any, attempt: int) -> Called:
        if not handler.transaction:
            return await self._caller.call(handler, argument, self._context(job, handler, attempt))
        called: Called | None = None
        try:
            async with self._inbox.transaction() as tx:
                context = self._context(job, handler, attempt, tx)
                called = await self._caller.call(handler, argument, context)
                if called.failure is None:
                    tried = Tried(handler.name, DONE, attempt, called.started, called.took)
                    if not await self._note_within(run, job, tried, tx):
                        called = replace(called, failure=Failure("The event was taken from its worker."))
                if called.failure is not None:
                    raise _Undone
        except _Undone:
            log.debug("webhooks: what %s wrote for %r was undone", handler.name, job.event)
        if called is None:
            raise AssertionError("a transaction ended without its handler")
        return called

    async def _note_within(self, run: LaneRun, job: Job, tried: Tried, tx: Any) -> bool:
        """The handler's success, in the transaction of what it wrote."""
        crashes = job.waiting.crashes + 1
        one = Settled(run.lane, run.token, job.waiting.id, PENDING, 0, crashes, [tried], keep=True, tx=tx)
        return (await self._inbox.settle([one]))[0]

    def _failed(self, job: Job, handler: Handler, tried: Tried, problem: Failure) -> Tried:
        dead = problem.for_good or tried.attempts >= handler.backoff.attempts
        if dead:
            job.blocked = job.blocked or handler.on_failure == "block"
            log.error(
                "webhooks: %r failed for good in %s after %d attempts: hubwire webhooks show %d",
                job.event, handler.name, tried.attempts, job.waiting.id,
            )  # fmt: skip
            return replace(tried, state=DEAD, error=problem.error)
        wait = handler.backoff.delay(tried.attempts, self._chance)
        wait = wait if problem.after is None else problem.after
        job.due = max(job.due, self._now() + max(1, int(wait * 1000)))
        log.warning(
            "webhooks: %r failed in %s, attempt %d of %d; again in %.1f s",
            job.event, handler.name, tried.attempts, handler.backoff.attempts, wait,
        )  # fmt: skip
        return replace(tried, state=PENDING, error=problem.error)

    def _crashed(self, job: Job) -> str | None:
        if job.waiting.crashes < MOST_CRASHES:
            return None
        error = f"The process ended {job.waiting.crashes} times while this event was being handled."
        _keep(job, Tried("", DEAD, job.waiting.crashes, self._now(), 0.0, error))
        log.error("webhooks: %r: %s", job.event, error)
        return DEAD

    def _state(self, job: Job, handlers: Sequence[Handler]) -> str:
        if job.blocked:
            job.due = PARKED
        if job.due:
            return PENDING
        if not handlers and not job.tried:
            self._tell_unhandled(job.event)
            return UNHANDLED
        return DEAD if any(each.state == DEAD for each in job.tried.values()) else DONE

    def _tell_unhandled(self, event: Event) -> None:
        line = line_for(event)
        if line not in self._told and len(self._told) < 1000:
            self._told.add(line)
            log.warning("webhooks: nobody handles %s. To handle it, write: %s", event.kind, line)

    def _context(self, job: Job, handler: Handler, attempt: int, tx: Any = None) -> Context:
        waiting = job.waiting
        return Context(
            handler=handler.name,
            attempt=attempt,
            idempotency_key=idempotency_key(waiting.key, handler.name, waiting.generation),
            event_number=waiting.id,
            received=waiting.received,
            stale=waiting.stale,
            hubs=self._hubs,
            portal_id=job.event.portal_id,
            tx=tx,
        )

    async def _note(self, run: LaneRun, job: Job, state: str, *, due: int = 0, keep: bool = False) -> Settled:
        news, job.news = job.news, []
        crashes = job.waiting.crashes + 1 if keep else 0
        settled = Settled(run.lane, run.token, job.waiting.id, state, due, crashes, news, keep)
        if not await self._settle.ask(settled):
            log.warning("webhooks: %r was taken from its worker; its result does not count", job.event)
        elif state == DEAD:
            self._metrics.dead()
        return settled

    async def _release(self, run: LaneRun, jobs: Sequence[Job]) -> None:
        """Back as they were: nobody touched them."""
        for job in jobs:
            back = Settled(
                run.lane, run.token, job.waiting.id, PENDING, job.waiting.due, job.waiting.crashes, job.news
            )
            job.news = []
            await self._settle.ask(back)

    def _final(self, job: Job, handler: Handler) -> bool:
        tried = job.tried.get(handler.name)
        return tried is not None and tried.final

    def _now(self) -> int:
        return int(self._clock() * 1000)


class _Undone(Exception):  # no error: it makes a transaction roll back
    """What the handler wrote is not to be kept."""


def _keep(job: Job, tried: Tried) -> None:
    job.tried[tried.handler] = tried
    job.news.append(tried)


def _when(due: int) -> int | None:
    """A parked record is rung when somebody replays it."""
    return None if due >= PARKED else max(1, due)
