"""What an inbox in SQLite does, statement by statement. What changes something runs in a transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar

from hubwire.webhooks.inbox import (
    DEAD,
    DISCARDED,
    DONE,
    GAPS,
    PARKED,
    PURGED,
    STATES,
    UNHANDLED,
    Batch,
    Put,
    Stats,
    gaps,
)
from hubwire.webhooks.memory import Memory

T = TypeVar("T")

REPLAY_WINDOW = 600_000
"""Milliseconds in which the same signature once more is the same request once more."""

NUMBER = {name: number for number, name in enumerate(STATES)}

# Rows go in by the hundred, as one statement: between two steps of a statement the interpreter may run
# somebody else for five milliseconds.
MOST_ROWS = 100
UNSORTED = 20_000
"""Events that are in no record's list yet: who looks for a record's looks at all of these."""
LONG = 50_000
"""Events behind the mark; when there are more, lanes are looked for in the order of `lanes`."""
STORE = "INSERT INTO events (key, delivery, lane, kind, property, occurred, received, raw) VALUES "
IN_ORDER = (
    "SELECT lane FROM (SELECT DISTINCT lane FROM lanes AS l WHERE lane > :after AND event > :through"
    " AND NOT EXISTS (SELECT 1 FROM outcomes AS o WHERE o.event = l.event) ORDER BY lane LIMIT :most)"
)
MISSED = "SELECT text FROM notes WHERE name GLOB ?"
COUNT = "INSERT INTO counters VALUES (?, ?) ON CONFLICT DO UPDATE SET value = value + excluded.value"
PENDING = "e.id > :through AND NOT EXISTS (SELECT 1 FROM outcomes WHERE event = e.id)"
"""Of those behind the mark. The others are in `waiting`, as some of these are."""


def count(db: sqlite3.Connection, more: Mapping[str, int]) -> None:
    """Adds to counters."""
    db.executemany(COUNT, [(name, number) for name, number in more.items() if number])


def mark(db: sqlite3.Connection, name: str) -> int:
    """-1 where there is none yet."""
    rows = db.execute("SELECT value FROM marks WHERE name = ?", (name,)).fetchall()
    return int(rows[0][0]) if rows else -1


def raise_mark(db: sqlite3.Connection, name: str, value: int) -> None:
    """Marks never go back."""
    sql = "INSERT INTO marks VALUES (?, ?) ON CONFLICT DO UPDATE SET value = max(value, excluded.value)"
    db.execute(sql, (name, value))


def put(db: sqlite3.Connection, batch: Batch, memory: Memory | None = None) -> Put:
    """Stores a batch."""
    ((delivery,),) = db.execute("SELECT coalesce(max(id), 0) + 1 FROM deliveries").fetchall()
    last = _last(db)
    total, received = len(batch.arrivals), batch.received
    values: list[Any] = []
    for one in batch.arrivals:
        values += (one.key, delivery, one.lane, one.kind, one.property, one.occurred, received, one.raw)
    new = insert(db, STORE, values, 8, " ON CONFLICT (key) DO NOTHING")
    if memory is not None:
        _tell(db, memory, batch, new)
    if new < total and _came_before(db, batch):
        count(db, {"duplicates": total - new, "replayed": int(not new)})
        if not new:
            return Put(0, total, replayed=True)
    elif new < total:
        count(db, {"duplicates": total - new})
    if new < total:
        _note_repeats(db, batch, delivery)
    db.execute(
        "INSERT INTO deliveries VALUES (?, ?, ?, ?, ?, ?, ?)",
        (delivery, received, batch.source, batch.digest, batch.size, total, last + 1),
    )
    dead = _bury(db, delivery, batch)
    sort(db, UNSORTED)
    count(db, {"received": new, DEAD: dead})
    return Put(new, total - new)


def _tell(db: sqlite3.Connection, memory: Memory, batch: Batch, new: int) -> None:
    """Of what was stored, if it is plain which it was."""
    if new != len(batch.arrivals) or any(one.problem for one in batch.arrivals):
        for one in batch.arrivals:
            memory.fresh.forget(one.lane)
    elif new:
        ((last,),) = db.execute("SELECT last_insert_rowid()").fetchall()
        memory.fresh.store(batch.arrivals, last - new + 1, batch.received)


def _came_before(db: sqlite3.Connection, batch: Batch) -> bool:
    sql = "SELECT 1 FROM deliveries WHERE digest = ? AND received > ? LIMIT 1"
    return bool(db.execute(sql, (batch.digest, batch.received - REPLAY_WINDOW)).fetchall())


def _note_repeats(db: sqlite3.Connection, batch: Batch, delivery: int) -> None:
    sql = (
        "INSERT INTO repeats SELECT id, 1 FROM events WHERE key = ? AND delivery <> ?"
        " ON CONFLICT DO UPDATE SET times = times + 1"
    )
    db.executemany(sql, [(one.key, delivery) for one in batch.arrivals])


def _bury(db: sqlite3.Connection, delivery: int, batch: Batch) -> int:
    """What cannot be read is dead from the beginning."""
    buried = 0
    for one in batch.arrivals:
        if one.problem:
            which = "FROM events WHERE key = ? AND delivery = ?"
            sql = f"INSERT OR IGNORE INTO outcomes (event, state) SELECT id, 2 {which}"
            new = db.execute(sql, (one.key, delivery)).rowcount
            if new:
                sql = f"INSERT INTO failures SELECT id, '', 0, ?, 0.0, ? {which}"
                db.execute(sql, (batch.received, one.problem, one.key, delivery))
            buried += new
    return buried


def sort(db: sqlite3.Connection, most: int = 0) -> None:
    """Enters in `lanes` what is not there, if it is more than so many events."""
    before, last = mark(db, "sorted"), _last(db)
    if last - max(before, 0) > most:
        db.execute("INSERT INTO lanes SELECT lane, id FROM events WHERE id > ? ORDER BY lane, id", (before,))
        raise_mark(db, "sorted", last)


def _last(db: sqlite3.Connection) -> int:
    ((last,),) = db.execute("SELECT coalesce(max(id), 0) FROM events").fetchall()
    return int(last)


def backlog(db: sqlite3.Connection, after: str, most: int) -> list[str]:
    """Lanes with pending events, in alphabetical order."""
    through, sql = mark(db, "through"), ""
    behind = through
    if _last(db) - through > LONG:
        # In the order that is asked for, and no further than that many.
        sql, behind = f"{IN_ORDER} UNION ", max(through, mark(db, "sorted"))
    sql += (
        f"SELECT e.lane FROM events AS e WHERE {PENDING} AND e.id > :behind AND e.lane > :after"
        " UNION SELECT lane FROM waiting WHERE lane > :after ORDER BY 1 LIMIT :most"
    )
    values = {"through": through, "behind": behind, "after": after, "most": most}
    return [lane for (lane,) in db.execute(sql, values).fetchall()]


def pending_lanes(db: sqlite3.Connection, most: int) -> set[str] | None:
    """The same, all of them; None if so many events are pending that it would take long."""
    sql = f"SELECT e.lane FROM events AS e WHERE {PENDING} UNION ALL SELECT lane FROM waiting LIMIT :most"
    rows = db.execute(sql, {"through": mark(db, "through"), "most": most + 1}).fetchall()
    return None if len(rows) > most else {lane for (lane,) in rows}


def timers(db: sqlite3.Connection, now: int, most: int) -> tuple[list[str], int | None]:
    """Lanes whose time has come, and when the next one's will."""
    sql = "SELECT lane FROM waiting INDEXED BY waiting_due WHERE due > 0 AND due <= ? ORDER BY due LIMIT ?"
    lanes = [lane for (lane,) in db.execute(sql, (now, most)).fetchall()]
    sql = "SELECT min(due) FROM waiting INDEXED BY waiting_due WHERE due > 0 AND due > ? AND due < ?"
    ((following,),) = db.execute(sql, (now, PARKED)).fetchall()
    return list(dict.fromkeys(lanes)), following


def stats(db: sqlite3.Connection) -> Stats:
    """The counts, of one moment."""
    db.execute("BEGIN")
    try:
        counters = dict(db.execute("SELECT name, value FROM counters").fetchall())
        sql = (
            "SELECT count(*) FROM waiting INDEXED BY waiting_due WHERE due > 0"
            " AND EXISTS (SELECT 1 FROM failures WHERE failures.event = waiting.event)"
        )
        ((retrying,),) = db.execute(sql).fetchall()
        oldest = _oldest(db)
        missed = gaps(text for (text,) in db.execute(MISSED, (f"{GAPS}*",)).fetchall())
    finally:
        db.execute("COMMIT")
    reasons = {
        name.partition(":")[2]: number for name, number in counters.items() if name.startswith("refused:")
    }
    ended = {name: counters.get(name, 0) for name in (DONE, DEAD, UNHANDLED, DISCARDED, PURGED)}
    received = counters.get("received", 0)
    return Stats(
        received=received,
        duplicates=counters.get("duplicates", 0),
        refused=sum(reasons.values()),
        refused_by_reason=reasons,
        replayed=counters.get("replayed", 0),
        pending=received - sum(ended.values()) - retrying,
        retrying=retrying,
        oldest=oldest,
        gaps=missed,
        **ended,
    )


def _oldest(db: sqlite3.Connection) -> int | None:
    """When the first of the pending events was received."""
    sql = f"SELECT e.received FROM events AS e WHERE {PENDING} ORDER BY e.id LIMIT 1"
    rows = db.execute(sql, {"through": mark(db, "through")}).fetchall()
    rows += db.execute("SELECT received FROM events WHERE id = (SELECT min(event) FROM waiting)").fetchall()
    return min([received for (received,) in rows], default=None)


def note(db: sqlite3.Connection, name: str, text: str) -> None:
    """Keeps a few words."""
    sql = "INSERT INTO notes VALUES (?, ?) ON CONFLICT DO UPDATE SET text = excluded.text"
    db.execute(sql, (name, text))


def noted(db: sqlite3.Connection, name: str) -> str | None:
    """What was kept."""
    rows = db.execute("SELECT text FROM notes WHERE name = ?", (name,)).fetchall()
    return rows[0][0] if rows else None


def shift(db: sqlite3.Connection, by: int) -> None:
    """Moves every due time."""
    db.execute("UPDATE waiting SET due = max(1, due + ?) WHERE due > 0 AND due < ?", (by, PARKED))


def insert(db: sqlite3.Connection, head: str, values: Sequence[Any], width: int, tail: str = "") -> int:
    """Rows of so many values; returns how many went in."""
    changed = 0
    for piece in pieces(values, MOST_ROWS * width):
        changed += db.execute(_rows(head, len(piece) // width, width, tail), piece).rowcount
    return changed


@lru_cache(1000)
def _rows(head: str, rows: int, width: int, tail: str) -> str:
    one = f"({', '.join('?' * width)})"
    return f"{head}{', '.join([one] * rows)}{tail}"


def pieces(values: Sequence[T], most: int = MOST_ROWS) -> Iterator[Sequence[T]]:
    """Of at most so many each."""
    for start in range(0, len(values), most):
        yield values[start : start + most]
