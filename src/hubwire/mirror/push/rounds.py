"""Settles rows, one object type at a time: compares, sends what differs, takes in what came of it.

Rows about one record are settled one after the other, in file order: a round takes the next segment of every
record, and a record's next segment is compared only when the one before it has been answered.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from hubwire.mirror.push.layout import Side
from hubwire.mirror.push.parts import Part, Segment, singly
from hubwire.mirror.push.repeats import Repeats
from hubwire.mirror.push.states import Action, State, differing


@dataclass(frozen=True, slots=True)
class Move:
    """One write that is due."""

    kind: Literal["create", "update"]
    segment: Segment
    state: State
    changes: dict[str, str]


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a move: the record's id, or why it was refused."""

    move: Move
    id: str | None = None
    created: bool = False
    refused: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one row's part."""

    part: Part
    action: Action
    state: State
    changes: dict[str, str]
    before: dict[str, str | None]
    """What was stored of the changed properties."""
    reason: str | None = None


class Finder(Protocol):
    """Says what the account holds under the given keys; every key gets a state."""

    def find(self, keys: dict[str, str]) -> dict[str, State]: ...


class Sender(Protocol):
    """Carries out moves, no two of which are about one record. What ends the whole push is raised."""

    def send(self, moves: Sequence[Move]) -> Iterator[Result]: ...


@dataclass
class Settler:
    """Settles the parts of one side, keeping what it learns about the records."""

    side: Side
    finder: Finder
    sender: Sender
    repeats: Repeats
    segments: Callable[[Iterable[Part]], list[Segment]] = singly
    states: dict[str, State] = field(default_factory=dict)

    def settle(self, parts: Sequence[Part]) -> Iterator[Verdict]:
        """One verdict for every part; in an order of its own, as answers arrive."""
        unknown = {part.key: part.spelled for part in parts if part.key not in self.states}
        if unknown:
            self.states |= self.finder.find(unknown)
        queues: dict[str, deque[Segment]] = {}
        by_key: dict[str, list[Part]] = {}
        for part in parts:
            by_key.setdefault(part.key, []).append(part)
        for key, group in by_key.items():
            queues[key] = deque(self.segments(group))
        while queues:
            moves: list[Move] = []
            for key in list(queues):
                segment = queues[key].popleft()
                move = self._consider(segment)
                if isinstance(move, Move):
                    moves.append(move)
                else:
                    yield from move
            for result in self.sender.send(moves):
                yield from self._take(result, queues)
            queues = {key: queue for key, queue in queues.items() if queue}

    def forget(self) -> None:
        """Drop records that no later row is about."""
        self.states = {key: state for key, state in self.states.items() if key in self.repeats}

    def _consider(self, segment: Segment) -> Move | list[Verdict]:
        state = self.states[segment.key]
        if len(state.ids) > 1:
            return self._refuse(segment, state, several(self.side, segment, state))
        if state.id is None and self.side.mode == "id":
            reason = f"the account has no {self.side.object} record with the id {segment.spelled}"
            return self._refuse(segment, state, reason)
        changes = differing(segment, state, self.side.fields, self.repeats.last_word)
        if state.id is None:
            return Move("create", segment, state, {name: value for name, value in changes.items() if value})
        if changes:
            return Move("update", segment, state, changes)
        return [Verdict(part, "unchanged", state, {}, {}) for part in segment.parts]

    def _refuse(self, segment: Segment, state: State, reason: str) -> list[Verdict]:
        state.refused = True
        return [Verdict(part, "refused", state, {}, {}, reason) for part in segment.parts]

    def _take(self, result: Result, queues: dict[str, deque[Segment]]) -> Iterator[Verdict]:
        move, state = result.move, result.move.state
        if result.refused is not None:
            pieces = move.segment.pieces()
            if len(pieces) > 1:
                queues[move.segment.key].extendleft(reversed(pieces))
            else:
                yield from self._refuse(move.segment, state, result.refused)
            return
        before = {name: state.values.get(name) for name in move.changes}
        state.apply(self.side.fields, move.changes)
        state.ids = (result.id or "",)
        action: Action = "created" if result.created else "updated"
        if state.action != "created":
            state.action = action
        for part in move.segment.parts:
            yield Verdict(part, action, state, move.changes, before)
            action = "unchanged"


def several(side: Side, segment: Segment, state: State) -> str:
    return (
        f"the account has {len(state.ids)} {side.object} with {side.key.name} {segment.spelled!r} "
        f"(ids {', '.join(state.ids)}); which one is meant cannot be told. Merge them, or use another key"
    )
