"""What just came in is handled without being looked up; what was undone on the disk is not handled at all."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hubwire.webhooks import fresh, lending, settling, statements
from hubwire.webhooks.inbox import DONE, KEYS_KEPT, PENDING, Selection, Settled, StoreError
from hubwire.webhooks.inbox_sqlite import SqliteInbox
from tests.unit.webhooks.backends import InSqlite, arrival, batch


@pytest.fixture
def store() -> Iterator[InSqlite]:
    backend = InSqlite()
    yield backend
    backend.close()


@pytest.fixture
def looked_up(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Statements that look for the events of a record."""
    seen: list[str] = []

    class Template(str):
        def format(self, *args: Any, **names: Any) -> str:
            seen.append("load")
            return super().format(*args, **names)

    monkeypatch.setattr(lending, "LOAD", Template(lending.LOAD))
    return seen


def numbers(store: InSqlite, lane: str = "a", most: int = 32) -> list[int]:
    return [
        int(event.key) for run in store.run(store.inbox.begin([lane], 10_000, most)) for event in run.events
    ]


def test_what_just_came_in_is_not_read_from_the_disk(store: InSqlite, looked_up: list[str]) -> None:
    store.run(store.inbox.put(batch(arrival(3), arrival(1))))
    store.run(store.inbox.put(batch(arrival(2))))
    assert numbers(store) == [1, 2, 3]
    assert looked_up == []


def test_what_was_undone_is_not_handled(store: InSqlite, monkeypatch: pytest.MonkeyPatch) -> None:
    store.run(store.inbox.put(batch(arrival(1))))
    with monkeypatch.context() as broken:
        broken.setattr(statements, "_bury", _full)
        with pytest.raises(StoreError):
            store.run(store.inbox.put(batch(arrival(2), arrival(3, "b"))))
    assert (numbers(store), numbers(store, "b")) == ([1], [])


def test_a_record_with_older_events_on_the_disk_is_looked_up(store: InSqlite, looked_up: list[str]) -> None:
    store.run(store.inbox.put(batch(arrival(5))))
    store.crash()
    store.run(store.inbox.put(batch(arrival(1))))
    assert numbers(store) == [1, 5]
    assert looked_up


def test_a_record_that_waits_for_a_retry_keeps_its_order(store: InSqlite) -> None:
    store.run(store.inbox.put(batch(arrival(1), arrival(2))))
    (run,) = store.run(store.inbox.begin(["a"], 10_000, 1))
    store.run(store.inbox.settle([Settled("a", run.token, run.events[0].id, PENDING, due=20_000)]))
    store.run(store.inbox.put(batch(arrival(3))))
    (waits,) = store.run(store.inbox.begin(["a"], 10_000, 9))
    assert (waits.token, int(waits.events[0].key)) == (0, 1)


@pytest.mark.parametrize(("limit", "value"), [("MOST_BYTES", 2000), ("MOST_LANES", 2)])
def test_more_than_is_kept_in_memory_is_looked_up(
    store: InSqlite, monkeypatch: pytest.MonkeyPatch, looked_up: list[str], limit: str, value: int
) -> None:
    monkeypatch.setattr(fresh, limit, value)
    for number in range(1, 9):
        store.run(
            store.inbox.put(batch(arrival(number, "ab"[number % 2]), arrival(20 + number, f"{number}")))
        )
    assert (numbers(store, "b"), numbers(store, "a")) == ([1, 3, 5, 7], [2, 4, 6, 8])
    assert limit != "MOST_BYTES" or looked_up


def test_where_nobody_handles_events_none_is_kept_in_memory(tmp_path: Path, looked_up: list[str]) -> None:
    async def main() -> None:
        inbox = SqliteInbox(tmp_path / "inbox.db")
        await inbox.open()
        await inbox.put(batch(arrival(1)))
        (run,) = await inbox.begin(["a"], 10_000, 9)
        assert [int(event.key) for event in run.events] == [1]
        await inbox.close()

    asyncio.run(main())
    assert looked_up


def test_a_later_change_that_was_handled_is_remembered(store: InSqlite) -> None:
    store.run(store.inbox.put(batch(arrival(5))))
    (run,) = store.run(store.inbox.begin(["a"], 10_000, 1))
    store.run(store.inbox.settle([Settled("a", run.token, run.events[0].id, DONE)]))
    store.run(store.inbox.put(batch(arrival(4), arrival(6))))
    (run,) = store.run(store.inbox.begin(["a"], 10_000, 9))
    assert [event.stale for event in run.events] == [True, False]


def test_a_file_that_is_closed_and_opened_again_knows_nothing_beforehand(tmp_path: Path) -> None:
    async def main() -> None:
        first = SqliteInbox(tmp_path / "inbox.db")
        await first.open()
        await first.put(batch(arrival(2)))
        await first.close()
        second = SqliteInbox(tmp_path / "inbox.db")
        await second.open()
        await second.put(batch(arrival(1)))
        (run,) = await second.begin(["a"], 10_000, 9)
        assert [int(event.key) for event in run.events] == [1, 2]
        await second.close()

    asyncio.run(main())


def test_a_loan_and_a_return_that_were_undone_were_not(
    store: InSqlite, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.run(store.inbox.put(batch(arrival(1), arrival(2))))
    with monkeypatch.context() as broken:
        broken.setattr(lending, "_note_newest", _full)
        with pytest.raises(StoreError):
            store.run(store.inbox.begin(["a"], 10_000, 9))
    (run,) = store.run(store.inbox.begin(["a"], 10_000, 9))
    assert [int(event.key) for event in run.events] == [1, 2]
    done = [Settled("a", run.token, event.id, DONE) for event in run.events]
    with monkeypatch.context() as broken:
        broken.setattr(settling, "_note_failures", _full)
        with pytest.raises(StoreError):
            store.run(store.inbox.settle(done))
    assert store.run(store.inbox.settle(done)) == [True, True]
    assert store.run(store.inbox.settle(done)) == [False, False]


def test_a_long_record_that_was_looked_up_in_part_keeps_its_order(
    store: InSqlite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lending, "MOST_KNOWN", 2)
    store.run(store.inbox.put(batch(*[arrival(number) for number in (2, 3, 4)])))
    store.crash()
    seen = []
    for number in (9, 1, 8):
        (run,) = store.run(store.inbox.begin(["a"], 10_000, 1))
        store.run(store.inbox.put(batch(arrival(number))))
        seen.append(int(run.events[0].key))
        store.run(store.inbox.settle([Settled("a", run.token, run.events[0].id, DONE)]))
    assert (seen, numbers(store)) == ([2, 3, 1], [4])
    assert numbers(store) == [4, 8, 9], "what was not given back is lent once more"


def test_a_record_that_was_forgotten_still_knows_what_was_handled(
    store: InSqlite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fresh, "MOST_LANES", 1)
    for number, lane in ((5, "a"), (6, "b"), (7, "c")):
        store.run(store.inbox.put(batch(arrival(number, lane))))
        (run,) = store.run(store.inbox.begin([lane], 10_000, 1))
        store.run(store.inbox.settle([Settled(lane, run.token, run.events[0].id, DONE)]))
    store.run(store.inbox.put(batch(arrival(4))))
    (run,) = store.run(store.inbox.begin(["a"], 10_000, 1))
    assert [event.stale for event in run.events] == [True]


def test_events_that_hold_up_the_mark_are_found_again(
    store: InSqlite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever comes after an event that takes long, looking for those that are pending stays quick."""
    for name, value in (("OFTEN", 1), ("AHEAD", 3)):
        monkeypatch.setattr(settling, name, value)
    store.run(store.inbox.put(batch(arrival(1, "slow"))))
    (slow,) = store.run(store.inbox.begin(["slow"], 10_000, 9))
    for number in range(2, 12):
        store.run(store.inbox.put(batch(arrival(number))))
        (run,) = store.run(store.inbox.begin(["a"], 10_000, 9))
        store.run(store.inbox.settle([Settled("a", run.token, run.events[0].id, DONE)]))
    db = sqlite3.connect(store.folder / "inbox.db")
    ((through,),) = db.execute("SELECT value FROM marks WHERE name = 'through'").fetchall()
    db.close()
    assert through >= 6
    assert store.run(store.inbox.backlog("", 9)) == ["slow"]
    assert store.run(store.inbox.stats()).oldest == 1000
    assert store.run(store.inbox.settle([Settled("slow", slow.token, slow.events[0].id, DONE)])) == [True]
    assert store.run(store.inbox.backlog("", 9)) == []


def _full(*_: object) -> int:
    raise sqlite3.OperationalError("database or disk is full")


def test_the_events_of_a_record_are_found_whether_they_are_sorted_or_not(
    store: InSqlite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(statements, "UNSORTED", 2)

    def sorted_ones() -> list[tuple[str, int]]:
        with sqlite3.connect(store.folder / "inbox.db") as db:
            return db.execute("SELECT lane, event FROM lanes ORDER BY event").fetchall()

    def listed(lane: str) -> list[int]:
        return [line.id for line in store.run(store.inbox.list(Selection(lane=lane)))]

    store.run(store.inbox.put(batch(arrival(1), arrival(2, "b"))))
    assert (sorted_ones(), listed("a"), listed("b")) == ([], [1], [2])
    store.run(store.inbox.put(batch(arrival(3, "b"))))
    store.run(store.inbox.put(batch(arrival(4, "a"))))
    assert (sorted_ones(), listed("a"), listed("b")) == ([("a", 1), ("b", 2), ("b", 3)], [4, 1], [3, 2])
    # What is gone is gone from there as well.
    store.run(store.inbox.purge(Selection(lane="b", states=[PENDING]), 2000))
    store.run(store.inbox.purge(Selection(lane="nobody"), 2000 + KEYS_KEPT))
    assert (sorted_ones(), listed("b")) == ([("a", 1)], [])
