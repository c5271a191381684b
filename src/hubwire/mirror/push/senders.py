"""Carries out what is due: by upsert where the key is unique, else by updates and by creations that are
journalled.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hubwire.errors import ConnectionFailed, HubSpotError, Invalid
from hubwire.mirror.push.account import Account, refuses_row
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
class Doubts:
    """What HubSpot said about values that were expected to be refused.

    One row with such values is sent; the other rows with the very same ones get the same answer without being
    sent, because a batch is refused whole for each of them.
    """

    said: dict[str, str] = field(default_factory=dict)

    def ask(self, moves: Sequence[Move], send: Callable[[list[Move]], Iterator[Result]]) -> Iterator[Result]:
        """Send the moves: first the sure ones, then, in batches of their own, one of each kind of doubt."""
        first: dict[str, Move] = {}
        held: list[Move] = []
        sure: list[Move] = []
        for move in moves:
            doubt = move.segment.doubt
            if doubt is None:
                sure.append(move)
            elif doubt in self.said or doubt in first:
                held.append(move)
            else:
                first[doubt] = move
        yield from send(sure)
        for result in send([*first.values()]):
            if result.refused is not None:
                self.said[result.move.segment.doubt or ""] = result.refused
            yield result
        for move in held:
            if (said := self.said.get(move.segment.doubt or "")) is not None:
                yield Result(move, refused=said)
        yield from send([move for move in held if move.segment.doubt not in self.said])


@dataclass
class ByUpsert:
    """Creates and updates by a unique property: safe to send again."""

    hub: Hub
    side: Side
    doubts: Doubts = field(default_factory=Doubts)

    def send(self, moves: Sequence[Move]) -> Iterator[Result]:
        return self.doubts.ask(moves, lambda part: in_slices(part, self._upsert))

    def _upsert(self, part: Sequence[Move]) -> Iterator[Outcome]:
        key = self.side.key.name
        rows = [{**move.changes, key: move.segment.spelled} for move in part]
        return self.hub.objects(self.side.object).batch.each.upsert(rows, by=key)


@dataclass
class ById:
    """Updates records whose ids are known: safe to send again."""

    hub: Hub
    side: Side
    doubts: Doubts = field(default_factory=Doubts)

    def send(self, moves: Sequence[Move]) -> Iterator[Result]:
        return self.doubts.ask(moves, lambda part: in_slices(part, self._update))

    def _update(self, part: Sequence[Move]) -> Iterator[Outcome]:
        rows = [(move.state.id, move.changes) for move in part]
        return self.hub.objects(self.side.object).batch.each.update(rows)


@dataclass
class ByCreation:
    """Updates what exists and creates what does not, each creation noted on disk before it is sent.

    A creation whose answer was lost is looked up, once searches must show it, before it may be sent again.
    """

    account: Account
    side: Side
    journal: Journal
    clock: Clock
    doubts: Doubts = field(default_factory=Doubts)

    def send(self, moves: Sequence[Move]) -> Iterator[Result]:
        updates = ById(self.account.hub, self.side, self.doubts)
        yield from updates.send([move for move in moves if move.kind == "update"])
        yield from self.doubts.ask([move for move in moves if move.kind == "create"], self._create_all)

    def _create_all(self, moves: Sequence[Move]) -> Iterator[Result]:
        for start in range(0, len(moves), SLICE):
            lost = yield from self._create(moves[start : start + SLICE])
            if lost:
                yield from self._recover(lost)

    def _create(self, moves: Sequence[Move]) -> Generator[Result, None, list[Move]]:
        """Send creations; returns those of which it is not known whether they happened."""
        object_ = self.side.object
        self.journal.sending(object_, [move.segment.key for move in moves], self.clock.now())
        batch = self.account.hub.objects(object_).batch.each
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
        states = ByLookup(self.account, self.side, self.journal, self.clock).find(
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
            raise ConnectionFailed("the answers to creations were lost twice in a row", sent=True)


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
