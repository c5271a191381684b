"""The power fails at every moment at which something is to be synced; whatever was acknowledged is there."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path
from random import Random
from typing import Any

import pytest

from hubwire.webhooks.formats import prepare
from hubwire.webhooks.inbox import DONE, Settled, Tried
from hubwire.webhooks.inbox_sqlite import SqliteInbox
from hubwire.webhooks.writer import Writer
from tests.unit.webhooks.backends import arrival, batch
from tests.unit.webhooks.powercut import Connection, Disk, restore

REQUESTS = 40


def moments(folder: Path, pragmas: str = "") -> list[Any]:
    """Requests are stored and their events handled, on a disk that can be cut off."""
    acknowledged: set[bytes] = set()
    done: set[bytes] = set()
    disk = Disk(lambda: (frozenset(acknowledged), frozenset(done)))
    inbox = SqliteInbox(folder / "inbox.db")
    connect: Any = lambda path: Connection(path, disk, pragmas)
    memory = inbox._memory
    inbox._writer = Writer(inbox.path, connect, stored=memory.stored, undone=memory.undone)

    async def main() -> None:
        await inbox.open()
        for number in range(REQUESTS):
            arrivals = [arrival(number * 10 + each, f"{each % 3}") for each in range(9)]
            await inbox.put(batch(*arrivals))
            acknowledged.update(one.key for one in arrivals)
            for run in await inbox.begin(["0", "1"], 10_000, 2):
                results = [
                    Settled(run.lane, run.token, each.id, DONE, tried=[Tried("h", DONE, 1)])
                    for each in run.events
                ]
                assert all(await inbox.settle(results))
                done.update(each.key for each in run.events)
        await inbox.close()

    asyncio.run(main())
    return disk.moments


def left(moment: Any, folder: Path, chance: Random | None) -> tuple[set[bytes], set[bytes]]:
    """What is missing when the power is back: of what was acknowledged, and of what was recorded as done."""
    folder.mkdir()
    acknowledged, done = restore(moment, folder, chance)
    db = sqlite3.connect(folder / "inbox.db", isolation_level=None)
    try:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        prepare(db)
        sql = "SELECT key, coalesce(state, 0) FROM events LEFT JOIN outcomes ON event = id"
        states = dict(db.execute(sql).fetchall())
    finally:
        db.close()
    return set(acknowledged) - set(states), {key for key in done if states.get(key) != 1}


@pytest.mark.parametrize("torn", [False, True], ids=["nothing unsynced is left", "some of it is left"])
def test_what_was_acknowledged_survives_a_power_cut_at_any_moment(tmp_path: Path, torn: bool) -> None:
    (tmp_path / "before").mkdir()
    every = moments(tmp_path / "before")
    assert len(every) > REQUESTS
    for number, moment in enumerate(every):
        assert left(moment, tmp_path / f"{number}", Random(number) if torn else None) == (set(), set())


def test_without_full_synchronisation_something_would_be_missing(tmp_path: Path) -> None:
    """Else the test above could not fail."""
    (tmp_path / "before").mkdir()
    every = moments(tmp_path / "before", "PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 20")
    assert any(left(moment, tmp_path / f"{number}", None)[0] for number, moment in enumerate(every))
