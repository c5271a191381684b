"""What just came in is handled without being looked up; what was undone on the disk is not handled at all."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hubwire.webhooks import fresh, statements
from hubwire.webhooks.inbox import DONE, PENDING, Settled, StoreError
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

    monkeypatch.setattr(statements, "LOAD", Template(statements.LOAD))
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


def _full(*_: object) -> int:
    raise sqlite3.OperationalError("database or disk is full")
