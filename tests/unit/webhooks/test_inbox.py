"""What every store of events has to do: one suite for all of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hubwire.webhooks.inbox import (
    DEAD,
    DISCARDED,
    DONE,
    KEYS_KEPT,
    PARKED,
    PENDING,
    PURGED,
    UNHANDLED,
    LaneRun,
    Put,
    Selection,
    Settled,
    Tried,
)
from tests.unit.webhooks.backends import BACKENDS, Backend, arrival, batch

NOW = 10_000


@pytest.fixture(params=BACKENDS)
def store(request: pytest.FixtureRequest) -> Iterator[Backend]:
    backend = request.param()
    yield backend
    backend.close()


def begin(store: Backend, *lanes: str, now: int = NOW, most: int = 32) -> list[LaneRun]:
    return store.run(store.inbox.begin(lanes or ("a",), now, most))


def settle(store: Backend, run: LaneRun, place: int, state: str, due: int = 0, *tried: Tried) -> bool:
    (counts,) = store.run(
        store.inbox.settle([Settled(run.lane, run.token, run.events[place].id, state, due, 0, tried)])
    )
    return counts


def state(store: Backend, event: int) -> str:
    entry = store.run(store.inbox.show(event))
    assert entry is not None
    return entry.summary.state


def test_an_event_is_stored_once_whatever_comes_again(store: Backend) -> None:
    first = batch(arrival(1), arrival(2), arrival(1))
    assert store.run(store.inbox.put(first)) == Put(2, 1)
    assert store.run(store.inbox.put(first)) == Put(0, 3, replayed=True)
    regrouped = batch(arrival(2), arrival(3), digest=b"other")
    assert store.run(store.inbox.put(regrouped)) == Put(1, 1)
    stats = store.run(store.inbox.stats())
    assert (stats.received, stats.duplicates, stats.replayed, stats.pending) == (3, 5, 1, 3)


def test_an_empty_request_is_no_error(store: Backend) -> None:
    assert store.run(store.inbox.put(batch())) == Put(0, 0)


def test_a_lane_gives_its_events_in_the_order_in_which_they_occurred(store: Backend) -> None:
    store.run(store.inbox.put(batch(arrival(3), arrival(1), arrival(9, "b"))))
    store.run(store.inbox.put(batch(arrival(2), arrival(4, occurred=1))))
    (run,) = begin(store)
    assert [event.key for event in run.events] == [b"%016d" % number for number in (1, 4, 2, 3)]
    assert not run.more
    assert [one.lane for one in begin(store, "b", "nobody")] == ["b"]


def test_a_long_lane_comes_in_pieces(store: Backend) -> None:
    store.run(store.inbox.put(batch(*[arrival(number) for number in range(5)])))
    (run,) = begin(store, most=3)
    assert (len(run.events), run.more) == (3, True)


def test_a_settled_event_is_not_given_again(store: Backend) -> None:
    store.run(store.inbox.put(batch(arrival(1), arrival(2))))
    (run,) = begin(store)
    assert settle(store, run, 0, DONE, 0, Tried("h", DONE, 1, 5, 0.5))
    assert not settle(store, run, 0, DONE)
    (rest,) = begin(store)
    assert [event.key for event in rest.events] == [b"%016d" % 2]
    stats = store.run(store.inbox.stats())
    assert (stats.done, stats.pending) == (1, 1)
    entry = store.run(store.inbox.show(run.events[0].id))
    assert entry is not None
    assert entry.tried == [Tried("h", DONE, 1, 5, 0.5)]


def test_a_retry_holds_its_lane_until_it_is_due(store: Backend) -> None:
    store.run(store.inbox.put(batch(arrival(1), arrival(2))))
    (run,) = begin(store)
    settle(store, run, 0, PENDING, NOW + 50, Tried("h", PENDING, 1, 5, 0.5, "Traceback\nValueError: no"))
    settle(store, run, 1, PENDING)
    (waiting,) = begin(store)
    assert (waiting.token, waiting.events[0].due) == (0, NOW + 50)
    assert store.run(store.inbox.timers(NOW, 10)) == ([], NOW + 50)
    assert store.run(store.inbox.timers(NOW + 50, 10)) == (["a"], None)
    stats = store.run(store.inbox.stats())
    assert (stats.pending, stats.retrying) == (1, 1)
    (again,) = begin(store, now=NOW + 50)
    assert len(again.events) == 2
    assert again.events[0].tried["h"].attempts == 1
    (line,) = store.run(store.inbox.list(Selection(ids=[run.events[0].id])))
    assert (line.failures, line.error) == (1, "ValueError: no")


def test_an_earlier_event_that_comes_late_goes_before_one_that_waits(store: Backend) -> None:
    store.run(store.inbox.put(batch(arrival(5))))
    (run,) = begin(store)
    settle(store, run, 0, PENDING, NOW + 50)
    store.run(store.inbox.put(batch(arrival(4))))
    (early,) = begin(store)
    assert [event.key for event in early.events] == [b"%016d" % 4]
    assert early.more


def test_a_crash_is_not_counted_for_what_was_taken_back_before_it(store: Backend) -> None:
    store.run(store.inbox.put(batch(arrival(1), arrival(2))))
    begin(store, most=1)
    store.run(store.inbox.discard(Selection(lane="a")))
    assert store.run(store.inbox.replay(Selection(lane="a"), NOW)) == 2
    store.crash()
    (run,) = begin(store)
    assert [event.crashes for event in run.events] == [0, 0]


def test_a_crash_is_counted_for_what_was_lent_and_comes_alone(store: Backend) -> None:
    store.run(store.inbox.put(batch(arrival(1), arrival(2), arrival(3, "b"))))
    begin(store)
    store.crash()
    (run,) = begin(store)
    assert [(event.crashes, event.key) for event in run.events] == [(1, b"%016d" % 1)]
    assert run.more
    assert [event.crashes for event in begin(store, "b")[0].events] == [0]


def test_what_was_given_back_counts_as_untouched(store: Backend) -> None:
    store.run(store.inbox.put(batch(arrival(1))))
    (run,) = begin(store)
    settle(store, run, 0, PENDING)
    store.crash()
    assert begin(store)[0].events[0].crashes == 0


def test_a_success_is_kept_while_other_handlers_run(store: Backend) -> None:
    store.run(store.inbox.put(batch(arrival(1))))
    (run,) = begin(store)
    first = Settled(
        "a", run.token, run.events[0].id, PENDING, 0, 0, [Tried("one", DONE, 1, 5, 0.1)], keep=True
    )
    assert store.run(store.inbox.settle([first])) == [True]
    store.crash()
    (again,) = begin(store)
    assert again.events[0].tried["one"].state == DONE
    settle(store, again, 0, DONE, 0, Tried("two", DONE, 1, 6, 0.1))
    entry = store.run(store.inbox.show(run.events[0].id))
    assert entry is not None
    assert sorted(each.handler for each in entry.tried) == ["one", "two"]


def test_what_is_taken_from_a_worker_does_not_count(store: Backend) -> None:
    store.run(store.inbox.put(batch(arrival(1), arrival(2, "b"))))
    (run,) = begin(store)
    (other,) = begin(store, "b")
    assert store.run(store.inbox.discard(Selection(lane="a"))) == 1
    results = [Settled(one.lane, one.token, one.events[0].id, DONE) for one in (run, other)]
    assert store.run(store.inbox.settle(results)) == [False, True]
    assert state(store, run.events[0].id) == DISCARDED
    stats = store.run(store.inbox.stats())
    assert (stats.discarded, stats.done) == (1, 1)


def test_a_dead_letter_is_replayed_for_the_handlers_that_failed(store: Backend) -> None:
    store.run(store.inbox.put(batch(arrival(1), arrival(2))))
    (run,) = begin(store)
    tried = (Tried("good", DONE, 1, 5, 0.1), Tried("bad", DEAD, 10, 5, 0.1, "no"))
    settle(store, run, 0, DEAD, 0, *tried)
    settle(store, run, 1, DONE, 0, Tried("good", DONE, 1, 5, 0.1))
    assert store.run(store.inbox.replay(Selection(states=[DEAD]), NOW)) == 1
    (again,) = begin(store)
    assert list(again.events[0].tried) == ["good"]
    assert again.events[0].generation == 0
    stats = store.run(store.inbox.stats())
    assert (stats.dead, stats.pending, stats.done) == (0, 1, 1)


def test_a_handled_event_is_replayed_whole_and_as_another_run(store: Backend) -> None:
    store.run(store.inbox.put(batch(arrival(1))))
    (run,) = begin(store)
    settle(store, run, 0, DONE, 0, Tried("good", DONE, 1, 5, 0.1))
    assert store.run(store.inbox.replay(Selection(since=1000, until=1001), NOW)) == 1
    assert store.run(store.inbox.replay(Selection(since=1001), NOW)) == 0
    (again,) = begin(store)
    assert (again.events[0].tried, again.events[0].generation) == ({}, 1)
    assert not settle(store, run, 0, DONE), "the first run has ended"


def test_a_parked_record_waits_for_a_replay(store: Backend) -> None:
    store.run(store.inbox.put(batch(arrival(1), arrival(2))))
    (run,) = begin(store)
    settle(store, run, 0, PENDING, PARKED, Tried("h", DEAD, 10, 5, 0.1, "no"))
    settle(store, run, 1, PENDING)
    assert store.run(store.inbox.timers(NOW * 1000, 10)) == ([], None)
    assert begin(store)[0].token == 0
    assert store.run(store.inbox.replay(Selection(ids=[run.events[0].id]), NOW)) == 1
    assert begin(store)[0].events[0].tried == {}


def test_purging_forgets_what_was_said_and_still_knows_a_repetition(store: Backend) -> None:
    one = arrival(1)
    store.run(store.inbox.put(batch(one, arrival(2, "b"))))
    (run,) = begin(store)
    settle(store, run, 0, DONE, 0, Tried("h", DONE, 1, 5, 0.1, None))
    assert store.run(store.inbox.purge(Selection(lane="a"), NOW)) == 1
    entry = store.run(store.inbox.show(run.events[0].id))
    assert entry is not None
    assert (entry.raw, entry.summary.state, list(entry.tried), list(entry.failures)) == (b"", PURGED, [], [])
    assert store.run(store.inbox.put(batch(one, digest=b"again"))) == Put(0, 1)
    assert store.run(store.inbox.replay(Selection(), NOW)) == 0
    store.run(store.inbox.purge(Selection(lane="nobody"), NOW + KEYS_KEPT))
    assert store.run(store.inbox.show(run.events[0].id)) is None
    stats = store.run(store.inbox.stats())
    assert (stats.received, stats.purged, stats.pending) == (2, 1, 1)


def test_pending_events_are_purged_only_when_they_are_named(store: Backend) -> None:
    store.run(store.inbox.put(batch(arrival(1))))
    assert store.run(store.inbox.purge(Selection(lane="a"), NOW)) == 0
    assert store.run(store.inbox.purge(Selection(lane="a", states=[PENDING]), NOW)) == 1


def test_what_cannot_be_read_is_a_dead_letter_from_the_beginning(store: Backend) -> None:
    store.run(store.inbox.put(batch(arrival(1, problem="it is a number"), arrival(2))))
    stats = store.run(store.inbox.stats())
    assert (stats.dead, stats.pending) == (1, 1)
    (line,) = store.run(store.inbox.list(Selection(states=[DEAD])))
    assert line.error == "it is a number"


def test_a_later_change_of_the_same_property_makes_an_event_stale(store: Backend) -> None:
    store.run(store.inbox.put(batch(arrival(5))))
    settle(store, begin(store)[0], 0, DONE)
    store.run(store.inbox.put(batch(arrival(4), arrival(3, property="phone"), arrival(6))))
    (run,) = begin(store)
    assert [(event.occurred, event.stale) for event in run.events] == [(3, False), (4, True), (6, False)]


def test_lists_are_newest_first_and_in_pages(store: Backend) -> None:
    store.run(store.inbox.put(batch(*[arrival(number, f"lane{number}") for number in range(5)])))
    first = store.run(store.inbox.list(Selection(), most=3))
    rest = store.run(store.inbox.list(Selection(), most=3, before=first[-1].id))
    assert [line.lane for line in (*first, *rest)] == [f"lane{number}" for number in (4, 3, 2, 1, 0)]


def test_a_selection_is_all_of_its_conditions(store: Backend) -> None:
    store.run(store.inbox.put(batch(arrival(1), arrival(2, "b", kind="contact.creation"), at=5)))
    store.run(store.inbox.put(batch(arrival(3, kind="contact_list.creation"), at=9)))

    def found(**conditions: object) -> list[bytes]:
        chosen = Selection(**conditions)  # type: ignore[arg-type]
        return sorted(b"%d" % line.occurred for line in store.run(store.inbox.list(chosen)))

    assert found(kind="contact.*") == [b"1", b"2"]
    assert found(kind="contact.creation") == [b"2"]
    assert found(kind="*", since=9) == [b"3"]
    assert found(until=9, lane="a") == [b"1"]
    assert found(states=[UNHANDLED]) == []


def test_the_backlog_is_told_in_pages(store: Backend) -> None:
    store.run(store.inbox.put(batch(*[arrival(number, f"lane{number}") for number in range(4)])))
    settle(store, begin(store, "lane1")[0], 0, UNHANDLED)
    assert store.run(store.inbox.backlog("", 2)) == ["lane0", "lane2"]
    assert store.run(store.inbox.backlog("lane2", 2)) == ["lane3"]


def test_when_the_clock_is_set_what_waits_moves_along(store: Backend) -> None:
    store.run(store.inbox.put(batch(arrival(1), arrival(2, "b"))))
    settle(store, begin(store)[0], 0, PENDING, NOW + 50)
    settle(store, begin(store, "b")[0], 0, PENDING, PARKED)
    store.run(store.inbox.shift(-1000))
    assert store.run(store.inbox.timers(0, 10)) == ([], NOW + 50 - 1000)


def test_refusals_are_counted_by_reason(store: Backend) -> None:
    store.run(store.inbox.refuse({"mismatch": 2, "stale": 1}))
    store.run(store.inbox.refuse({"mismatch": 1}))
    stats = store.run(store.inbox.stats())
    assert (stats.refused, stats.refused_by_reason) == (4, {"mismatch": 3, "stale": 1})


def test_gaps_of_all_journals_are_told(store: Backend) -> None:
    assert list(store.run(store.inbox.stats()).gaps) == []
    store.run(store.inbox.note("journal:gaps:7", "[[50, 60]]"))
    store.run(store.inbox.note("journal:gaps", "[[10, 20], [30, 40]]"))
    store.run(store.inbox.note("journal:offset", "x"))
    assert list(store.run(store.inbox.stats()).gaps) == [(10, 20), (30, 40), (50, 60)]
