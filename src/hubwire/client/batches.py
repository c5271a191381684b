"""Batch calls of any size: chunks side by side, exactly one outcome per input, in input order."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any, Protocol

from hubwire.client.blame import divide
from hubwire.client.call import Call
from hubwire.client.chunks import Chunk, cut
from hubwire.client.execute import execute
from hubwire.client.judge import entry_error
from hubwire.client.outcomes import Outcome, Row, failed
from hubwire.client.session import Session
from hubwire.client.settle import Settled
from hubwire.errors import (
    ConfigError,
    Conflict,
    ConnectionFailed,
    DailyLimitReached,
    Forbidden,
    HubSpotError,
    HubwireError,
    Invalid,
    NotFound,
    OAuthError,
    Problem,
    QuotaKept,
    Unauthorized,
    UnexpectedAnswer,
)
from hubwire.wire.flow import Child, Emit, Flow, join, spawn

HALTING = (ConfigError, DailyLimitReached, Forbidden, OAuthError, QuotaKept, Unauthorized)
"""Errors that every further chunk would meet too."""


class Job(Protocol):
    """One kind of batch call."""

    size: int
    """Inputs a call takes."""
    writes: bool
    once: bool
    """Whether an input that was done must not be sent again."""

    def prepare(self, index: int, given: Any) -> Row:
        """The input as it goes over the wire; ConfigError when it cannot."""
        ...

    def call(self, rows: list[Row]) -> Call[Any]: ...

    def settle(self, rows: list[Row], answer: Any) -> Settled: ...

    def done(self, session: Session, row: Row, settled: Settled) -> Flow[Outcome]: ...


class _Halt:
    """Why nothing more is sent."""

    error: HubwireError | None = None


def outcomes(session: Session, job: Job, inputs: Iterable[Any]) -> Flow[None]:
    """Emits an outcome per input. Reads the inputs as it goes, a few chunks ahead."""
    running = _Running(job)
    fault: Exception | None = None
    chunks = cut(inputs, job.prepare, job.size)
    while True:
        try:
            chunk = next(chunks, None)
        except Exception as error:  # noqa: BLE001 - the caller's iterable failed: raised below, after what is under way
            fault = error
            break
        if chunk is None:
            break
        running.ready.update((outcome.index, outcome) for outcome in chunk.refused)
        while len(running.line) >= session.width:
            yield from running.collect()
        yield from running.start(session, chunk)
        yield Emit(running.in_order())
    while running.line:
        yield from running.collect()
        yield Emit(running.in_order())
    yield Emit(running.in_order())
    if fault is not None:
        raise fault


class _Running:
    """Chunks under way, oldest first, and outcomes that wait for earlier ones."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.halt = _Halt()
        self.line: deque[tuple[Child[list[Outcome]], list[Row]]] = deque()
        self.ready: dict[int, Outcome] = {}
        self._next = 0
        self._keys: dict[str, Child[list[Outcome]]] = {}

    def start(self, session: Session, chunk: Chunk) -> Flow[None]:
        """Sends a chunk, after those that hold rows with a key of this one's."""
        if not chunk.rows:
            return
        first = {id(child): child for row in chunk.rows if row.key and (child := self._keys.get(row.key))}
        work = _after([*first.values()], session, self.job, chunk.rows, self.halt)
        child = yield from spawn(work)
        self.line.append((child, chunk.rows))
        self._keys.update((row.key, child) for row in chunk.rows if row.key)

    def collect(self) -> Flow[None]:
        """Waits for the oldest chunk."""
        child, rows = self.line.popleft()
        found = yield from join(child)
        self.ready.update((outcome.index, outcome) for outcome in found)
        for row in rows:
            if row.key and self._keys.get(row.key) is child:
                del self._keys[row.key]

    def in_order(self) -> Iterator[Outcome]:
        """Outcomes whose turn it is."""
        while self._next in self.ready:
            outcome = self.ready.pop(self._next)
            self._next += 1
            yield outcome


def _after(
    first: list[Child[list[Outcome]]], session: Session, job: Job, rows: list[Row], halt: _Halt
) -> Flow[list[Outcome]]:
    for child in first:
        yield from join(child)
    return (yield from _apply(session, job, rows, halt))


def _apply(session: Session, job: Job, rows: list[Row], halt: _Halt) -> Flow[list[Outcome]]:
    """Outcomes of all rows, however many calls that takes."""
    parts, done = [rows], list[Outcome]()
    while parts:
        part = parts.pop()
        if halt.error is not None:
            done += [_unsent(row, halt.error) for row in part]
            continue
        try:
            answer = yield from execute(job.call(part), session)
        except HubwireError as error:
            if isinstance(error, HALTING) or (isinstance(error, ConnectionFailed) and not error.sent):
                halt.error = error
            done += _refused(job, part, error, parts)
        else:
            done += yield from _answered(session, job, part, answer, parts)
    return done


def _refused(job: Job, part: list[Row], error: HubwireError, parts: list[list[Row]]) -> list[Outcome]:
    """A refused chunk changed nothing: the innocent rows of it are sent again."""
    everybody = not job.writes and isinstance(error, NotFound)
    if isinstance(error, Invalid | Conflict | NotFound) and not everybody:
        blamed, again = divide(part, error)
        parts += again
        return [failed(row, own, writes=job.writes) for row, own in blamed]
    return [failed(row, error, writes=job.writes) for row in part]


def _answered(
    session: Session, job: Job, part: list[Row], answer: Any, parts: list[list[Row]]
) -> Flow[list[Outcome]]:
    settled = job.settle(part, answer)
    done = []
    for row in part:
        if row.index in settled.refused:
            done.append(failed(row, entry_error(settled.refused[row.index]), writes=job.writes))
        elif row not in settled.rows:
            done.append((yield from job.done(session, row, settled)))
    lost = settled.rows
    # Refusals that say not whom they are about: asking for fewer at a time tells.
    untold = bool(settled.errors) and (
        not job.once or (len(settled.errors) >= len(lost) and not settled.results)
    )
    if lost and len(part) > 1 and (untold or (settled.results and not job.once)):
        middle = (len(lost) + 1) // 2
        parts += [half for half in (lost[:middle], lost[middle:]) if half]
        return done
    return done + [failed(row, _silent(), writes=job.writes) for row in lost]


def _silent() -> HubSpotError:
    return UnexpectedAnswer(Problem(200, {"message": "HubSpot neither returned this input nor refused it"}))


def _unsent(row: Row, error: HubwireError) -> Outcome:
    """Stopped before it was sent."""
    return Outcome(index=row.index, input=row.given, error=error, written="no")
