"""Every store against a model of a page: whatever is done to it, in whatever order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from hubwire.webhooks.inbox import (
    DEAD,
    DISCARDED,
    DONE,
    PENDING,
    PURGED,
    UNHANDLED,
    Selection,
    Settled,
    Tried,
)
from tests.unit.webhooks.backends import BACKENDS, Backend, arrival, batch

LANES = ("a", "b", "c")
NUMBERS = st.lists(st.integers(0, 40), max_size=6)


@dataclass
class Known:
    """What the model knows of an event."""

    number: int
    order: int
    lane: str
    state: str = PENDING
    due: int = 0
    crashes: int = 0
    generation: int = 0
    tried: dict[str, str] = field(default_factory=dict)
    lent: int | None = None
    id: int = 0


class Machine(RuleBasedStateMachine):
    """`kind` is the store."""

    kind: Any

    def __init__(self) -> None:
        super().__init__()
        self.store: Backend = self.kind()
        self.known: dict[int, Known] = {}
        self.now = 1_000_000
        self.duplicates = 0
        self.loans: list[tuple[str, int, Known]] = []
        self.stale: list[tuple[str, int, Known]] = []
        self.suspects: set[int] = set()
        """Tokens of suspects that were lent and not given back: also those that were taken away since, for
        their handler is still running."""

    def teardown(self) -> None:
        self.store.close()

    def pending(self, lane: str) -> list[Known]:
        here = [one for one in self.known.values() if one.lane == lane and one.state == PENDING]
        return sorted(here, key=lambda one: (one.number % 7, one.order))

    @rule(numbers=NUMBERS)
    def put(self, numbers: list[int]) -> None:
        arrivals = [arrival(number, LANES[number % 3], occurred=number % 7) for number in numbers]
        digest = b"digest %d" % len(self.known) + bytes(str(numbers), "ascii") + b"%d" % self.now
        put = self.store.run(self.store.inbox.put(batch(*arrivals, at=self.now, digest=digest)))
        new = 0
        for number in numbers:
            if number not in self.known:
                self.known[number] = Known(number, len(self.known), LANES[number % 3])
                new += 1
        self.duplicates += len(numbers) - new
        assert (put.accepted, put.duplicates) == (new, len(numbers) - new)

    @rule(lane=st.sampled_from(LANES), most=st.integers(1, 4))
    def begin(self, lane: str, most: int) -> None:
        if any(loan[0] == lane for loan in self.loans):
            return  # an engine never runs a lane twice at a time
        runs = self.store.run(self.store.inbox.begin([lane], self.now, most))
        waiting = self.pending(lane)
        if not waiting:
            assert runs == []
            return
        (run,) = runs
        if waiting[0].crashes and waiting[0].due <= self.now and self.suspects:
            assert run.token == 0, "one suspect at a time"
            return
        if waiting[0].due > self.now:
            assert (run.token, run.events[0].due) == (0, waiting[0].due)
            return
        expected = []
        for one in waiting[:most]:
            if one.due > self.now or (one.crashes and expected):
                break
            expected.append(one)
            if one.crashes:
                break
        assert [event.key for event in run.events] == [b"%016d" % one.number for one in expected]
        assert run.more == (len(waiting) > len(expected))
        for one, event in zip(expected, run.events, strict=True):
            one.id = event.id
            assert (event.crashes, event.generation) == (one.crashes, one.generation)
            assert {name: each.state for name, each in event.tried.items()} == one.tried
            self.loans.append((lane, run.token, one))
            if one.crashes:
                self.suspects.add(run.token)

    @precondition(lambda self: self.loans)
    @rule(data=st.data(), how=st.sampled_from(["done", "retry", "dead", "unhandled", "back", "keep"]))
    def settle(self, data: st.DataObject, how: str) -> None:
        lane, token, one = loan = data.draw(st.sampled_from(self.loans), label="loan")
        states = {"done": DONE, "dead": DEAD, "unhandled": UNHANDLED}
        state = states.get(how, PENDING)
        due = self.now + 100 if how == "retry" else 0
        tried = {"done": DONE, "retry": PENDING, "dead": DEAD, "keep": DONE}.get(how)
        news = [Tried("h", tried, 1, self.now, 0.1, None if tried == DONE else "no")] if tried else []
        result = Settled(
            lane, token, one.id, state, due, one.crashes if how == "back" else 0, news, how == "keep"
        )
        counts = self.store.run(self.store.inbox.settle([result]))
        assert counts == [True]
        if how != "keep":
            self.loans.remove(loan)
            self.stale.append(loan)
            self.suspects.discard(token)
        one.state, one.due = state, due
        one.crashes = one.crashes if how in ("back", "keep") else 0
        if tried:
            one.tried["h"] = tried

    @precondition(lambda self: self.stale)
    @rule(data=st.data())
    def settle_again(self, data: st.DataObject) -> None:
        lane, token, one = data.draw(st.sampled_from(self.stale), label="ended loan")
        assert self.store.run(self.store.inbox.settle([Settled(lane, token, one.id, DONE)])) == [False]
        self.suspects.discard(token)

    @rule()
    def crash(self) -> None:
        self.store.crash()
        for _, token, one in self.loans:
            alone = sum(loan[1] == token for loan in self.loans) == 1
            one.crashes = one.crashes + 1 if alone and one.crashes else max(1, one.crashes)
        if self.store.crash_ends_loans:
            self.stale += self.loans
        self.loans.clear()
        self.suspects.clear()

    @rule(by=st.sampled_from([1, 100, 10_000]))
    def wait(self, by: int) -> None:
        self.now += by

    @rule(
        lane=st.sampled_from(LANES), states=st.sampled_from([None, (DEAD,), (DONE, UNHANDLED), (DISCARDED,)])
    )
    def replay(self, lane: str, states: tuple[str, ...] | None) -> None:
        chosen = [
            one
            for one in self.known.values()
            if one.lane == lane
            and (states is None or one.state in states)
            and (one.state in (DONE, DEAD, UNHANDLED, DISCARDED) or (one.state == PENDING and one.due))
        ]
        number = self.store.run(self.store.inbox.replay(Selection(lane=lane, states=states), self.now))
        assert number == len(chosen)
        for one in chosen:
            if one.state in (DONE, UNHANDLED):
                one.generation += 1
                one.tried.clear()
            one.tried = {name: state for name, state in one.tried.items() if state != DEAD}
            one.state, one.due, one.crashes = PENDING, 0, 0

    @rule(lane=st.sampled_from(LANES))
    def discard(self, lane: str) -> None:
        chosen = [
            one for one in self.known.values() if one.lane == lane and one.state in (PENDING, DEAD, UNHANDLED)
        ]
        assert self.store.run(self.store.inbox.discard(Selection(lane=lane))) == len(chosen)
        self._taken(chosen, DISCARDED)

    @rule(lane=st.sampled_from(LANES))
    def purge(self, lane: str) -> None:
        states = (DONE, DEAD, UNHANDLED, DISCARDED)
        chosen = [one for one in self.known.values() if one.lane == lane and one.state in states]
        assert self.store.run(self.store.inbox.purge(Selection(lane=lane), self.now)) == len(chosen)
        self._taken(chosen, PURGED)

    def _taken(self, chosen: list[Known], state: str) -> None:
        ended = [loan for loan in self.loans if any(loan[2] is one for one in chosen)]
        self.loans = [loan for loan in self.loans if loan not in ended]
        self.stale += ended
        for one in chosen:
            one.state, one.due = state, 0
            if state == PURGED:
                one.tried.clear()

    @invariant()
    def counts_agree(self) -> None:
        stats = self.store.run(self.store.inbox.stats())
        told = {
            PENDING: stats.pending + stats.retrying, DONE: stats.done, DEAD: stats.dead,
            UNHANDLED: stats.unhandled, DISCARDED: stats.discarded, PURGED: stats.purged,
        }  # fmt: skip
        expected = dict.fromkeys(told, 0)
        for one in self.known.values():
            expected[one.state] += 1
        assert told == expected
        assert (stats.received, stats.duplicates) == (len(self.known), self.duplicates)
        assert stats.received == sum(told.values())

    @invariant()
    def nothing_due_is_forgotten(self) -> None:
        lanes = set(self.store.run(self.store.inbox.backlog("", 100)))
        assert lanes == {one.lane for one in self.known.values() if one.state == PENDING}
        due, following = self.store.run(self.store.inbox.timers(self.now, 100))
        waiting = [one for one in self.known.values() if one.state == PENDING and one.due]
        assert set(due) == {one.lane for one in waiting if one.due <= self.now}
        assert following == min((one.due for one in waiting if one.due > self.now), default=None)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("kind", BACKENDS)
def test_the_store_does_what_the_model_does(kind: Any) -> None:
    machine = type("Machine", (Machine,), {"kind": kind, "TestCase": None})
    from hypothesis.stateful import run_state_machine_as_test

    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=kind.examples, stateful_step_count=40, deadline=None, derandomize=True
        ),
    )
