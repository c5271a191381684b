"""An inbox of an older format is brought up to date with everything in it; a newer one is left alone."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from hubwire.errors import ConfigError
from hubwire.webhooks import formats, receiver
from hubwire.webhooks.inbox import DEAD, DISCARDED, DONE, Entry, Selection, Settled, Tried
from hubwire.webhooks.inbox_sqlite import SqliteInbox, viewing
from tests.unit.webhooks.backends import InSqlite, arrival, batch

FORMAT_1 = """
CREATE TABLE deliveries (id INTEGER PRIMARY KEY, received INTEGER NOT NULL, source TEXT NOT NULL,
    digest BLOB NOT NULL, size INTEGER NOT NULL, events INTEGER NOT NULL, first INTEGER NOT NULL);
CREATE INDEX deliveries_received ON deliveries (received);
CREATE INDEX deliveries_digest ON deliveries (digest);
CREATE TABLE events (id INTEGER PRIMARY KEY AUTOINCREMENT, key BLOB NOT NULL UNIQUE,
    delivery INTEGER NOT NULL, lane TEXT NOT NULL, kind TEXT NOT NULL, property TEXT,
    occurred INTEGER NOT NULL, received INTEGER NOT NULL, state INTEGER NOT NULL,
    due INTEGER NOT NULL DEFAULT 0, epoch INTEGER NOT NULL DEFAULT 0,
    crashes INTEGER NOT NULL DEFAULT 0, generation INTEGER NOT NULL DEFAULT 0,
    failures INTEGER NOT NULL DEFAULT 0, repeats INTEGER NOT NULL DEFAULT 0, raw BLOB NOT NULL, tried TEXT);
CREATE INDEX events_open ON events (lane, occurred, id, received) WHERE state = 0;
CREATE INDEX events_due ON events (due) WHERE state = 0 AND due > 0;
CREATE INDEX events_done ON events (lane, occurred) WHERE state = 1;
CREATE INDEX events_odd ON events (state, id) WHERE state > 1;
CREATE INDEX events_odd_lane ON events (lane) WHERE state > 1;
CREATE TABLE lent (token INTEGER PRIMARY KEY, events TEXT NOT NULL);
CREATE TABLE failures (event INTEGER NOT NULL, handler TEXT NOT NULL, attempt INTEGER NOT NULL,
    at INTEGER NOT NULL, took REAL NOT NULL, error TEXT NOT NULL);
CREATE INDEX failures_event ON failures (event);
CREATE TABLE notes (name TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
PRAGMA user_version = 1;
INSERT INTO deliveries VALUES (1, 1000, 'journal', x'00', 100, 6, 1);
INSERT INTO counters VALUES ('received', 7), ('done', 1), ('dead', 1), ('purged', 1), ('duplicates', 2);
INSERT INTO notes VALUES ('offset', 'here');
INSERT INTO failures VALUES (2, 'bad', 10, 5, 0.1, 'no'), (4, 'h', 1, 5, 0.1, 'later');
"""
# id, state, due, epoch, crashes, generation, repeats, tried
ROWS = [
    (1, 1, 0, 0, 0, 2, 1, '{"good":[1,1,5,0.1]}'),
    (2, 2, 0, 0, 0, 0, 0, '{"good":[1,1,5,0.1],"bad":[2,10,5,0.1]}'),
    (3, 0, 0, 0, 0, 0, 0, None),
    (4, 0, 20_000, 0, 0, 1, 0, '{"h":[0,1,5,0.1]}'),
    (5, 0, 0, 1, 0, 0, 0, None),
    (6, 0, 0, 0, 0, 0, 0, None),
]


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "inbox.db"
    db = sqlite3.connect(path)
    db.executescript(FORMAT_1)
    for number, state, due, epoch, crashes, generation, repeats, tried in ROWS:
        one = arrival(number, "ab"[number % 2])
        db.execute(
            "INSERT INTO events VALUES (?, ?, 1, ?, ?, ?, ?, 1000, ?, ?, ?, ?, ?, 0, ?, ?, ?)",
            (
                number, one.key, one.lane, one.kind, one.property, one.occurred, state, due, epoch, crashes,
                generation, repeats, one.raw, tried,
            ),
        )  # fmt: skip
    db.execute("INSERT INTO events (key, delivery, lane, kind, occurred, received, state, raw)"
               " VALUES (x'07', 1, 'c', 'k', 0, 0, 1, x'')")  # fmt: skip
    db.execute("DELETE FROM events WHERE key = x'07'")
    # 5 was taken from its worker before the process died, 6 was not.
    db.execute("""INSERT INTO lent VALUES (1, '{"5":0,"6":0}')""")
    db.commit()
    db.close()
    return path


class Old(InSqlite):
    """The store in that file."""

    def __init__(self, path: Path) -> None:
        self._old = path
        super().__init__()

    def _open(self) -> None:
        self._old.replace(self.folder / "inbox.db")
        super()._open()


def test_an_inbox_of_format_1_keeps_everything_that_is_in_it(old: Path) -> None:
    store = Old(old)
    run, inbox = store.run, store.inbox

    def entry(number: int) -> Entry:
        found = run(inbox.show(number))
        assert found is not None
        return found

    done, dead, retrying = entry(1), entry(2), entry(4)
    assert (done.summary.state, done.generation, done.source, done.summary.repeats) == (DONE, 2, "journal", 1)
    assert (done.tried, done.raw) == ([Tried("good", DONE, 1, 5, 0.1)], b'{"number": 1}')
    assert (dead.summary.state, dead.summary.error, len(dead.tried)) == (DEAD, "no", 2)
    assert (retrying.summary.due, retrying.generation, retrying.summary.failures) == (20_000, 1, 1)
    assert [entry(number).crashes for number in (3, 5, 6)] == [0, 0, 1]
    stats = run(inbox.stats())
    assert (stats.received, stats.done, stats.dead, stats.pending, stats.retrying) == (7, 1, 1, 3, 1)
    assert run(inbox.noted("offset")) == "here"
    assert run(inbox.put(batch(arrival(9, "z")))).accepted == 1
    again = [receiver.arrival(arrival(number).raw) for number in (1, 2)]
    assert run(inbox.put(batch(*again))).duplicates == 2
    # Numbers are not given again, also those of events that are gone.
    assert [line.id for line in run(inbox.list(Selection(lane="z")))] == [8]
    (lent,) = run(inbox.begin(["b"], 10_000, 32))
    assert [event.id for event in lent.events] == [3, 5]
    assert run(inbox.settle([Settled("b", lent.token, 3, DONE)])) == [True]
    assert run(inbox.replay(Selection(ids=[2]), 10_000)) == 1
    assert [each.handler for each in entry(2).tried] == ["good"]
    assert run(inbox.discard(Selection(ids=[2]))) == 1
    assert entry(2).summary.state == DISCARDED
    store.close()


def test_what_only_looks_does_not_change_the_format(old: Path) -> None:
    with pytest.raises(ConfigError, match=r"of format 1, and this hubwire reads 2\. Nothing was changed"):
        viewing(old)


def test_a_change_of_format_that_is_cut_short_leaves_the_old_one(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(formats, "FROM_1", formats.FROM_1 + "INSERT INTO nowhere VALUES (1);")
        db = sqlite3.connect(old, isolation_level=None)
        with pytest.raises(sqlite3.Error):
            formats.prepare(db)
        db.close()
    db = sqlite3.connect(old, isolation_level=None)
    formats.prepare(db)
    ((states,),) = db.execute("SELECT count(*) FROM outcomes").fetchall()
    db.close()
    assert states == 2


def test_a_newer_format_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "inbox.db"
    db = sqlite3.connect(path, isolation_level=None)
    formats.prepare(db)
    db.execute("PRAGMA user_version = 3")
    db.close()

    async def opened() -> None:
        await SqliteInbox(path).open()

    import asyncio

    with pytest.raises(ConfigError, match="is of format 3, and this hubwire reads 2"):
        asyncio.run(opened())
