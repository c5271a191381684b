"""One record's events, handled in order: the same for every engine.

What ends where, if the process dies: before a handler began, the event is still pending; while it ran, too,
and the event is handled again (`crashes` counts); after it returned and before that is on disk, likewise.
After that it never runs again.
"""

from __future__ import annotations

import asyncio
import functools
import logging
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from random import Random
from typing import Any

import msgspec
from msgspec.structs import replace

from hubwire.webhooks import events
from hubwire.webhooks.app import App, Handler, line_for
from hubwire.webhooks.calls import Begun, Called, Caller
from hubwire.webhooks.context import Context, Hubs
from hubwire.webhooks.engine import Finished
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
    StoreError,
    Tried,
    Waiting,
)
from hubwire.webhooks.metrics import Metrics
from hubwire.webhooks.outcomes import Failure
from hubwire.webhooks.settler import Settler

log = logging.getLogger("hubwire.webhooks")

MOST = 32
"""Events of a record that are loaded at once."""
SHY = 0.05
"""Seconds until a record is looked at again that cannot be lent now."""
BREATH = 200
"""Turns after which others on the loop get theirs."""
MOST_CRASHES = 10
"""Processes that may end while one event is handled, before it is taken for the reason."""


TurnNoted = Callable[["Turn", Settled, bool], None]


class Job(msgspec.Struct):
    """An event of a run on its way."""

    waiting: Waiting
    event: Event
    tried: dict[str, Tried]
    due: int = 0
    blocked: bool = False
    news: list[Tried] = []
    problem: str | None = None
    """Why nobody can be given it."""


class Turn:
    """Whose turn it is in a run."""

    __slots__ = ("_jobs", "finished", "noted", "place", "run")

    def __init__(self, run: LaneRun, finished: Finished, noted: TurnNoted) -> None:
        self.run, self.finished = run, finished
        self._jobs: list[Job] | None = None
        self.place = 0
        self.noted = functools.partial(noted, self)

    @property
    def jobs(self) -> Sequence[Job]:
        """All of the run, made when something is not simple."""
        if self._jobs is None:
            self._jobs = [_job(waiting) for waiting in self.run.events]
        return self._jobs


class Runner:
    """The `Work` of an engine."""

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
        self._hubs = hubs or Hubs(app.hub, app.async_hub)
        self._metrics = metrics or Metrics()
        self._settler = Settler(inbox, self._after)
        self._next: list[Turn] = []
        self._ready: deque[Turn] = deque()
        self._entering = False
        """Somebody waits for a place to take the next turn."""
        self._taken = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._told: set[str] = set()
        self._stopping = False

    async def __call__(self, lane: str) -> int | None:
        """Handles what the record has waiting; when to come again (milliseconds), 0 for at once."""
        through: asyncio.Future[int | None] = asyncio.get_running_loop().create_future()
        await self.many([lane], lambda _, due: through.set_result(due))
        return await through

    async def many(self, lanes: Sequence[str], finished: Finished) -> None:
        """The same for several records, side by side."""
        runs = await self._inbox.begin(lanes, self._now(), MOST)
        turns: list[Turn] = []
        for run in runs:
            if run.token:
                turns.append(Turn(run, finished, self._noted))
            elif run.events[0].due > self._now():
                finished(run.lane, _when(run.events[0].due))
            else:
                # Another suspect of a crash is being handled; this one comes after it.
                asyncio.get_running_loop().call_later(SHY, finished, run.lane, 0)
        if len(runs) < len(lanes):
            for lane in set(lanes) - {run.lane for run in runs}:
                finished(lane, None)
        self._add(turns)

    async def stop(self) -> None:
        """Starts no handler any more; what has not been touched goes back."""
        self._stopping = True

    async def flush(self) -> None:
        """Returns when every outcome is on disk."""
        await self._settler.flush()

    def _add(self, turns: Sequence[Turn]) -> None:
        self._ready.extend(turns)
        self._go_on()

    def _go_on(self) -> None:
        """Has the turns that are ready taken by another task than this one."""
        if self._ready and not self._entering:
            self._entering = True
            task = asyncio.ensure_future(self._take())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _take(self) -> None:
        """One turn after the other, as long as no handler has to wait for anything: a task for each record
        costs more than many a handler. Who waits keeps this task, and the others get another one.
        """
        try:
            while await self._entered():
                turn = self._ready.popleft()
                try:
                    settled = self._begun(turn)
                    while isinstance(settled, Settled) and self._goes_on():
                        self._settler.settle(settled, turn.noted)
                        turn = self._ready.popleft()
                        settled = self._begun(turn)
                    if not isinstance(settled, Settled):
                        self._go_on()
                        settled = await settled
                except asyncio.CancelledError:
                    self._release(turn)
                    raise
                finally:
                    self._caller.leave()
                self._settler.settle(settled, turn.noted)
                if self._entering:
                    return
        except asyncio.CancelledError:
            self._entering = False
            self._give_back()
            raise

    def _goes_on(self) -> bool:
        """Whether the next turn may be taken in the place of the last one."""
        if not self._ready or self._stopping or (self._taken + 1) % BREATH == 0:
            return False
        self._taken += 1
        return self._caller.again()

    async def _entered(self) -> bool:
        """With a place to take a turn; False when there is none left to take."""
        self._entering = True
        self._taken += 1
        if self._taken % BREATH == 0:
            await asyncio.sleep(0)
        if self._ready and not self._caller.enter():
            await self._caller.wait()
            if not self._ready:
                self._caller.leave()
        self._entering = False
        if self._ready and self._stopping:
            self._caller.leave()
            self._give_back()
        return bool(self._ready)

    def _give_back(self) -> None:
        while self._ready:
            turn = self._ready.popleft()
            self._release(turn)
            turn.finished(turn.run.lane, None)

    def _noted(self, turn: Turn, settled: Settled, counts: bool) -> None:
        """An outcome is on disk: now it is the next event's turn, or the record's end."""
        if not counts:
            log.warning(
                "webhooks: event %d was taken from its worker; its result does not count", settled.event
            )
        elif settled.state == DEAD:
            self._metrics.dead()
        turn.place += 1
        if settled.state == PENDING:
            self._release(turn)
            turn.finished(turn.run.lane, _when(settled.due))
        elif turn.place < len(turn.run.events):
            self._next.append(turn)
        else:
            turn.finished(turn.run.lane, 0 if turn.run.more else None)

    def _after(self) -> None:
        turns, self._next = self._next, []
        self._add(turns)

    def _begun(self, turn: Turn) -> Settled | Coroutine[Any, Any, Settled]:
        """The outcome, if one handler wants the event and waits for nothing: the rest is too much for it."""
        waiting = turn.run.events[turn.place]
        if waiting.tried or waiting.crashes:
            return self._handle(turn)
        event = waiting.event or _read(waiting)
        if event is None:
            return self._handle(turn)
        handlers = self._app.route(event)
        if len(handlers) != 1 or not handlers[0].simple:
            return self._handle(turn)
        handler = handlers[0]
        context = Context(handler.name, 1, event.portal_id, waiting, self._hubs)
        called = self._caller.begin(handler, event, context)
        if isinstance(called, Called):
            return self._ended(turn, handlers, called)
        return self._go_through(turn, handlers, called)

    async def _go_through(self, turn: Turn, handlers: Sequence[Handler], begun: Begun) -> Settled:
        return self._ended(turn, handlers, await self._caller.end(handlers[0], begun))

    def _ended(self, turn: Turn, handlers: Sequence[Handler], called: Called) -> Settled:
        run, name = turn.run, handlers[0].name
        if called.failure is None:
            if self._metrics.on:
                self._metrics.handled(name, DONE, called.took)
            tried = Tried(name, DONE, 1, called.started, called.took)
            return Settled(run.lane, run.token, run.events[turn.place].id, DONE, 0, 0, (tried,))
        job = turn.jobs[turn.place]
        tried = self._tried(job, handlers[0], 1, called)
        state = self._state(job, handlers)
        return Settled(run.lane, run.token, job.waiting.id, state, job.due, 0, (tried,))

    async def _handle(self, turn: Turn) -> Settled:
        """Everybody who wants the event, one after the other; then its outcome."""
        job = turn.jobs[turn.place]
        state = self._hopeless(job)
        handlers = [] if state else self._app.route(job.event)
        left = [each for each in handlers if not self._final(job, each)]
        for number, handler in enumerate(left):
            await self._turn(turn, job, handler)
            if number < len(left) - 1 and job.news and not job.due:
                # So that it is not called again when the process dies while the others run.
                await self._keep_note(turn.run, job)
        state = state or self._state(job, handlers)
        news, job.news = job.news, []
        return Settled(turn.run.lane, turn.run.token, job.waiting.id, state, job.due, 0, news)

    async def _turn(self, turn: Turn, job: Job, handler: Handler) -> None:
        group = [job]
        if handler.window is not None:
            opens = job.waiting.received + int(handler.window * 1000)
            if opens > self._now() and handler.name not in job.tried:
                job.due = max(job.due, opens)
                return
            later = turn.jobs[turn.place + 1 :]
            wanted = [each for each in later if handler.wants(each.event) and not self._final(each, handler)]
            group += wanted[: handler.most - 1]
        before = job.tried.get(handler.name)
        attempt = (before.attempts if before else 0) + 1
        argument = [each.event for each in group] if handler.several else job.event
        called = await self._call(turn.run, job, handler, argument, attempt)
        tried = self._tried(job, handler, attempt, called)
        job.news.append(tried)
        if tried.state == DONE:
            for each in group[1:]:
                _keep(each, replace(tried, attempts=1))
                await self._keep_note(turn.run, each)

    def _tried(self, job: Job, handler: Handler, attempt: int, called: Called) -> Tried:
        tried = Tried(handler.name, DONE, attempt, called.started, called.took)
        if called.failure is not None:
            tried = self._failed(job, handler, tried, called.failure)
        self._metrics.handled(handler.name, tried.state, called.took)
        job.tried[handler.name] = tried
        return tried

    async def _call(self, run: LaneRun, job: Job, handler: Handler, argument: Any, attempt: int) -> Called:
        if not handler.transaction:
            return await self._caller.call(handler, argument, self._context(job, handler, attempt))
        called = Called(self._now(), 0.0, Failure("The handler's transaction could not be begun."))
        try:
            async with self._inbox.transaction() as tx:
                context = self._context(job, handler, attempt, tx)
                called = await self._caller.call(handler, argument, context)
                if called.failure is None and not await self._note_within(run, job, context, called):
                    lost = Failure("The event was taken from its worker: what the handler wrote is undone.")
                    called = Called(called.started, called.took, lost)
                if called.failure is not None:
                    raise _Undone
        except _Undone:
            log.debug("webhooks: what %s wrote for %r was undone", handler.name, job.event)
        except StoreError as problem:
            # Committed or not: the next run of the record reads which.
            called = Called(called.started, called.took, Failure(str(problem), after=1.0))
        return called

    async def _note_within(self, run: LaneRun, job: Job, context: Context, called: Called) -> bool:
        """The handler's success, in the transaction of what it wrote."""
        tried = [Tried(context.handler, DONE, context.attempt, called.started, called.took)]
        token, waiting = run.token, job.waiting
        one = Settled(run.lane, token, waiting.id, PENDING, waiting.due, 0, tried, keep=True, tx=context.tx)
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

    def _hopeless(self, job: Job) -> str | None:
        crashes, error = job.waiting.crashes, job.problem
        if job.event.kind == events.UNREADABLE:
            error = error or "This is no event that can be read: it has no subscriptionType"
        elif crashes >= MOST_CRASHES:
            error = f"The process ended {crashes} times while this event was being handled."
        if error is None:
            return None
        _keep(job, Tried("", DEAD, crashes, self._now(), 0.0, error))
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
        return Context(handler.name, attempt, job.event.portal_id, job.waiting, self._hubs, tx)

    async def _keep_note(self, run: LaneRun, job: Job) -> None:
        news, job.news = job.news, []
        due = job.waiting.due
        one = Settled(run.lane, run.token, job.waiting.id, PENDING, due, 0, news, keep=True)
        await self._settler.settled(one)

    def _release(self, turn: Turn) -> None:
        """What nobody touched goes back as it was."""
        for job in turn.jobs[turn.place :]:
            waiting = job.waiting
            news, job.news = job.news, []
            back = Settled(
                turn.run.lane, turn.run.token, waiting.id, PENDING, waiting.due, waiting.crashes, news
            )
            self._settler.settle(back, _nothing)

    def _final(self, job: Job, handler: Handler) -> bool:
        tried = job.tried.get(handler.name)
        return tried is not None and tried.final

    def _now(self) -> int:
        return int(self._clock() * 1000)


class _Undone(Exception):  # no error: it makes a transaction roll back
    """What the handler wrote is not to be kept."""


def _read(waiting: Waiting) -> Event | None:
    """None if it is no event that can be read."""
    try:
        waiting.event = event = events.read(waiting.raw)
    except (msgspec.MsgspecError, UnicodeError):
        return None
    return None if event.kind == events.UNREADABLE else event


def _job(waiting: Waiting) -> Job:
    if waiting.event is not None:
        return Job(waiting, waiting.event, waiting.tried)
    try:
        return Job(waiting, events.read(waiting.raw), waiting.tried)
    except (msgspec.MsgspecError, UnicodeError) as problem:
        told = f"This is no event that can be read: {problem}"
        return Job(waiting, events.unreadable(waiting.raw), waiting.tried, problem=told)


def _keep(job: Job, tried: Tried) -> None:
    job.tried[tried.handler] = tried
    job.news.append(tried)


def _nothing(settled: Settled, counts: bool) -> None:
    """Nobody waits for it."""


def _when(due: int) -> int | None:
    """A parked record is rung when somebody replays it."""
    return None if due >= PARKED else max(1, due)
