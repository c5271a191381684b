"""What an operator asks of an inbox in SQLite: to look at events, and to do something with those chosen."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from hubwire.webhooks.inbox import (
    DEAD,
    DISCARDED,
    DONE,
    KEYS_KEPT,
    PENDING,
    PURGED,
    STATES,
    UNHANDLED,
    Entry,
    Failed,
    Selection,
    Summary,
)
from hubwire.webhooks.statements import NUMBER, count, read, written

PIECE = 1000
"""Events that one transaction of an operator changes at most."""
SUMMARY = (
    "SELECT id, kind, property, lane, state, occurred, received, due, failures, repeats,"
    " (SELECT error FROM failures WHERE event = events.id ORDER BY rowid DESC LIMIT 1) FROM events"
)


def listed(db: sqlite3.Connection, chosen: Selection, before: int | None, most: int) -> list[Summary]:
    """Events, newest first."""
    where, values = _where(chosen)
    if before is not None:
        where, values = [*where, "id < ?"], [*values, before]
    sql = f"{SUMMARY} WHERE {_all(where)} ORDER BY id DESC LIMIT ?"
    return [_summary(row) for row in db.execute(sql, (*values, most)).fetchall()]


def show(db: sqlite3.Connection, event: int) -> Entry | None:
    """Everything about one event."""
    rows = db.execute(f"{SUMMARY} WHERE id = ?", (event,)).fetchall()
    if not rows:
        return None
    sql = "SELECT raw, key, generation, crashes, delivery, tried FROM events WHERE id = ?"
    ((raw, key, generation, crashes, delivery, tried),) = db.execute(sql, (event,)).fetchall()
    source = db.execute("SELECT source FROM deliveries WHERE id = ?", (delivery,)).fetchall()
    sql = "SELECT handler, attempt, at, took, error FROM failures WHERE event = ? ORDER BY rowid"
    failures = [Failed(*row) for row in db.execute(sql, (event,)).fetchall()]
    return Entry(
        summary=_summary(rows[0]),
        raw=raw,
        key=key,
        generation=generation,
        crashes=crashes,
        delivery=delivery,
        source=source[0][0] if source else "push",
        tried=read(tried) if tried else (),
        failures=failures,
    )


def replay(db: sqlite3.Connection, chosen: Selection, after: int) -> list[tuple[int, str]]:
    """Makes a piece of the chosen behind an id pending again; their ids and lanes."""
    # A pending one is replayed by not letting it wait any longer.
    rows = _piece(db, chosen, f"id > {after:d} AND (state IN (1, 2, 3, 4) OR (state = 0 AND due > 0))")
    count(db, Counter({STATES[state]: -number for state, number in _by_state(rows).items() if state}))
    finished = [(number,) for number, state, _ in rows if state in (NUMBER[DONE], NUMBER[UNHANDLED])]
    failed = [number for number, state, _ in rows if state in map(NUMBER.get, (PENDING, DEAD, DISCARDED))]
    db.executemany("UPDATE events SET generation = generation + 1, tried = NULL WHERE id = ?", finished)
    _spare_the_dead(db, failed)
    db.executemany(
        "UPDATE events SET state = 0, due = 0, crashes = 0, epoch = epoch + (state > 0) WHERE id = ?",
        [(number,) for number, _, _ in rows],
    )
    return [(number, lane) for number, _, lane in rows]


def _spare_the_dead(db: sqlite3.Connection, numbers: Sequence[int]) -> None:
    """Handlers that gave up have not tried yet; those that succeeded have."""
    for number in numbers:
        ((tried,),) = db.execute("SELECT tried FROM events WHERE id = ?", (number,)).fetchall()
        left = [each for each in read(tried) if each.state != DEAD] if tried else []
        sql = "UPDATE events SET tried = ? WHERE id = ?"
        db.execute(sql, (written(left) if left else None, number))


def discard(db: sqlite3.Connection, chosen: Selection) -> int:
    """Sets a piece of the chosen aside."""
    rows = _piece(db, chosen, "state IN (0, 2, 3)")
    return _move(db, rows, DISCARDED, "state = 4, due = 0, epoch = epoch + 1")


def purge(db: sqlite3.Connection, chosen: Selection) -> int:
    """Forgets what a piece of the chosen says."""
    rows = _piece(db, chosen, "state < 5" if chosen.states is not None else "state IN (1, 2, 3, 4)")
    db.executemany("DELETE FROM failures WHERE event = ?", [(number,) for number, _, _ in rows])
    return _move(db, rows, PURGED, "state = 5, due = 0, epoch = epoch + 1, tried = NULL, raw = x''")


def forget(db: sqlite3.Connection, now: int) -> int:
    """Removes a piece of what was purged and need not be remembered any more."""
    sql = "DELETE FROM events WHERE id IN (SELECT id FROM events WHERE state = 5 AND received < ? LIMIT ?)"
    gone = db.execute(sql, (now - KEYS_KEPT, PIECE)).rowcount
    sql = (
        "DELETE FROM deliveries WHERE id IN (SELECT id FROM deliveries AS one WHERE received < ?"
        " AND NOT EXISTS (SELECT 1 FROM events WHERE id >= one.first AND id < one.first + one.events"
        " AND delivery = one.id) LIMIT ?)"
    )
    return gone + db.execute(sql, (now - KEYS_KEPT, PIECE)).rowcount


def _move(db: sqlite3.Connection, rows: Sequence[tuple[int, int, str]], to: str, change: str) -> int:
    count(db, Counter({STATES[state]: -number for state, number in _by_state(rows).items() if state}))
    count(db, {to: len(rows)})
    db.executemany(f"UPDATE events SET {change} WHERE id = ?", [(number,) for number, _, _ in rows])
    return len(rows)


def _piece(db: sqlite3.Connection, chosen: Selection, allowed: str) -> list[tuple[int, int, str]]:
    where, values = _where(chosen)
    sql = f"SELECT id, state, lane FROM events WHERE {_all([*where, f'({allowed})'])} ORDER BY id LIMIT ?"
    return db.execute(sql, (*values, PIECE)).fetchall()


def _by_state(rows: Iterable[tuple[int, int, str]]) -> Counter[int]:
    return Counter(state for _, state, _ in rows)


def _where(chosen: Selection) -> tuple[list[str], list[Any]]:
    where: list[str] = []
    values: list[Any] = []
    if chosen.ids is not None:
        where.append(f"id IN ({', '.join('?' * len(chosen.ids))})")
        values += chosen.ids
    if chosen.states is not None:
        where.append(f"state IN ({', '.join('?' * len(chosen.states))})")
        values += [NUMBER[each] for each in chosen.states]
    if chosen.kind is not None and chosen.kind != "*":
        where.append("substr(kind, 1, ?) = ?" if chosen.kind.endswith(".*") else "kind = ?")
        head = chosen.kind[:-1]
        values += [len(head), head] if chosen.kind.endswith(".*") else [chosen.kind]
    for column, value in (
        ("received >=", chosen.since),
        ("received <", chosen.until),
    ):
        if value is not None:
            where.append(f"{column} ?")
            values.append(value)
    if chosen.lane is not None:
        # One look into each of the indexes, which have a part of the events each.
        parts = [f"SELECT id FROM events WHERE lane = ? AND state {part}" for part in ("= 0", "= 1", "> 1")]
        where.append(f"id IN ({' UNION ALL '.join(parts)})")
        values += [chosen.lane] * len(parts)
    return where, values


def _all(where: Sequence[str]) -> str:
    return " AND ".join(where) or "TRUE"


def _summary(row: tuple[Any, ...]) -> Summary:
    number, kind, name, lane, state, occurred, received, due, failures, repeats, error = row
    last = error.rstrip().rpartition("\n")[2] if error else None
    return Summary(number, kind, name, lane, STATES[state], occurred, received, due, failures, repeats, last)
