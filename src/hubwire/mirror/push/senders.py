"""Carries out what is due: by upsert where the key is unique, else by updates and by creations that are
journalled.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hubwire.errors import ConnectionFailed, HubSpotError, Invalid
from hubwire.mirror.push.account import refuses_row
from hubwire.mirror.push.finders import LAG, ByLookup, Clock
from hubwire.mirror.push.journal import Journal
from hubwire.mirror.push.layout import Side
from hubwire.mirror.push.rounds import Move, Result

if TYPE_CHECKING:
    from hubwire import Hub, Outcome

SLICE = 2_000
"""Rows sent before looking whether the push can go on: every answer of a slice is seen, and accounted for."""


@dataclass
class Pretend:
    """Sends nothing, and answers as the account is expected to."""

    def send(self, moves: Sequence[Move]) -> Iterator[Result]:
        for move in moves:
            if move.segment.doubt is not None:
                yield Result(move, refused=move.segment.doubt)
            else:
                new = move.kind == "create"
                yield Result(move, f"new:{move.segment.spelled}" if new else move.state.id, created=new)


@dataclass
class ByUpsert:
    """Creates and updates by a unique property: safe to send again."""

    hub: Hub
    side: Side

    def send(self, moves: Sequence[Move]) -> Iterator[Result]:
        key = self.side.key.name
        batch = self.hub.objects(self.side.object).batch.each
        return in_slices(
            doubtful_last(moves),
            lambda part: batch.upsert([{**move.changes, key: move.segment.spelled} for move in part], by=key),
        )


@dataclass
class ById:
    """Updates records whose ids are known: safe to send again."""

    hub: Hub
    side: Side

    def send(self, moves: Sequence[Move]) -> Iterator[Result]:
        batch = self.hub.objects(self.side.object).batch.each
        return in_slices(
            doubtful_last(moves), lambda part: batch.update([(move.state.id, move.changes) for move in part])
        )


@dataclass
class ByCreation:
    """Updates what exists and creates what does not, each creation noted on disk before it is sent.

    A creation whose answer was lost is looked up, once searches must show it, before it may be sent again.
    """

    hub: Hub
    side: Side
    journal: Journal
    clock: Clock

    def send(self, moves: Sequence[Move]) -> Iterator[Result]:
        yield from ById(self.hub, self.side).send([move for move in moves if move.kind == "update"])
        due = doubtful_last([move for move in moves if move.kind == "create"])
        for start in range(0, len(due), SLICE):
            part = due[start : start + SLICE]
            lost = yield from self._create(part)
            if lost:
                yield from self._recover(lost)

    def _create(self, moves: Sequence[Move]) -> Generator[Result, None, list[Move]]:
        """Send creations; returns those of which it is not known whether they happened."""
        object_ = self.side.object
        self.journal.sending(object_, [move.segment.key for move in moves], self.clock.now())
        batch = self.hub.objects(object_).batch.each
        created: dict[str, str] = {}
        not_created: list[str] = []
        lost: list[Move] = []
        stop: BaseException | None = None
        try:
            for move, outcome in zip(moves, batch.create([move.changes for move in moves]), strict=True):
                if outcome.record is not None:
                    created[move.segment.key] = outcome.record.id
                    yield Result(move, outcome.record.id, created=True)
                elif outcome.written == "maybe":
                    lost.append(move)
                elif refuses_row(outcome.error):
                    not_created.append(move.segment.key)
                    yield Result(move, refused=words(outcome.error))
                else:
                    not_created.append(move.segment.key)
                    stop = stop or outcome.error
        finally:
            self.journal.answered(object_, created, not_created)
        if stop is not None:
            raise stop
        return lost

    def _recover(self, lost: Sequence[Move]) -> Iterator[Result]:
        """Look for creations whose answer was lost; send those again that did not happen."""
        self.clock.sleep(LAG)
        states = ByLookup(self.hub, self.side, self.journal, self.clock).find(
            {move.segment.key: move.segment.spelled for move in lost}
        )
        again: list[Move] = []
        for move in lost:
            key = move.segment.key
            found = states[key].id
            self.journal.answered(self.side.object, {key: found} if found else {}, [] if found else [key])
            if found:
                yield Result(move, found, created=True)
            else:
                again.append(move)
        if again and (yield from self._create(again)):
            raise ConnectionFailed("the answers to creations were lost twice in a row")


def doubtful_last(moves: Sequence[Move]) -> list[Move]:
    """Moves in the order of sending: those expected to be refused share batches with each other only."""
    return sorted(moves, key=lambda move: move.segment.doubt is not None)


def in_slices(moves: Sequence[Move], send: Callable[[Sequence[Move]], Iterable[Outcome]]) -> Iterator[Result]:
    """Send slice by slice; an error that is not one row's is raised when its slice has been answered."""
    for start in range(0, len(moves), SLICE):
        part = moves[start : start + SLICE]
        stop: BaseException | None = None
        for move, outcome in zip(part, send(part), strict=True):
            if outcome.record is not None:
                yield Result(move, outcome.record.id, created=bool(outcome.created))
            elif refuses_row(outcome.error):
                yield Result(move, refused=words(outcome.error))
            else:
                stop = stop or outcome.error
        if stop is not None:
            raise stop


def words(error: BaseException | None) -> str:
    """HubSpot's reason: its own words, without the envelope."""
    if isinstance(error, Invalid) and error.properties:
        told = [f"{each.message} ({each.code})" if each.code else each.message for each in error.properties]
        return "; ".join(dict.fromkeys(told))
    if isinstance(error, HubSpotError):
        return f"{error.args[0]} ({error.category})" if error.category else str(error.args[0])
    return str(error)
