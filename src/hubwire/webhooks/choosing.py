"""What an operator asks of an inbox in SQLite: to look at events, and to do something with those chosen."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

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
    Tried,
)
from hubwire.webhooks.lending import take
from hubwire.webhooks.memory import Memory
from hubwire.webhooks.settling import read, written
from hubwire.webhooks.statements import NUMBER, count, mark

PIECE = 1000
"""Events that one transaction of an operator changes at most."""
STATE = "coalesce(o.state, 0)"
BOTH = "events AS e LEFT JOIN outcomes AS o ON o.event = e.id"
ODD = "outcomes AS o INDEXED BY outcomes_odd CROSS JOIN events AS e ON e.id = o.event"
"""The same of those whose state is above 1: there are fewer of them."""
WAITING = "LEFT JOIN waiting AS w ON w.event = e.id"
SUMMARY = (
    f"SELECT e.id, e.kind, e.property, e.lane, {STATE}, e.occurred, e.received, coalesce(w.due, 0),"
    " (SELECT count(*) FROM failures WHERE event = e.id AND attempt > 0),"
    " coalesce((SELECT times FROM repeats WHERE event = e.id), 0),"
    " (SELECT error FROM failures WHERE event = e.id ORDER BY rowid DESC LIMIT 1)"
)
OF_LANE = "SELECT event FROM lanes WHERE lane = ? UNION ALL SELECT id FROM events WHERE id > ? AND lane = ?"
TRIED = (
    "SELECT coalesce(o.generation, w.generation, 0), coalesce(w.crashes, 0), coalesce(o.more, w.tried),"
    f" h.name, o.started, o.took FROM {BOTH} {WAITING} LEFT JOIN handlers AS h ON h.id = o.handler"
    " WHERE e.id = ?"
)
AGAIN = (
    "INSERT INTO waiting (event, lane, generation, tried) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE"
    " SET due = 0, crashes = 0, generation = excluded.generation, tried = excluded.tried"
)
MOVE = (
    "INSERT INTO outcomes (event, state, more, generation)"
    f" SELECT e.id, :state, w.tried, coalesce(w.generation, 0) FROM events AS e {WAITING}"
    " WHERE e.id IN (SELECT value FROM json_each(:events)) ON CONFLICT DO UPDATE SET state = :state"
)


def listed(db: sqlite3.Connection, chosen: Selection, before: int | None, most: int) -> list[Summary]:
    """Events, newest first."""
    tables, where, values = _where(db, chosen)
    if before is not None:
        where, values = [*where, "e.id < ?"], [*values, before]
    order = "o.event" if tables == ODD else "e.id"
    sql = f"{SUMMARY} FROM {tables} {WAITING} WHERE {_all(where)} ORDER BY {order} DESC LIMIT ?"
    return [_summary(row) for row in db.execute(sql, (*values, most)).fetchall()]


def show(db: sqlite3.Connection, event: int) -> Entry | None:
    """Everything about one event."""
    rows = db.execute(f"{SUMMARY} FROM {BOTH} {WAITING} WHERE e.id = ?", (event,)).fetchall()
    if not rows:
        return None
    sql = "SELECT raw, key, delivery FROM events WHERE id = ?"
    ((raw, key, delivery),) = db.execute(sql, (event,)).fetchall()
    generation, crashes, tried = _tried(db, event)
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
        tried=tried,
        failures=failures,
    )


def _tried(db: sqlite3.Connection, event: int) -> tuple[int, int, list[Tried]]:
    """Generation, crashes, and what handlers did so far."""
    ((generation, crashes, more, name, started, took),) = db.execute(TRIED, (event,)).fetchall()
    if name is not None:
        return generation, crashes, [Tried(name, DONE, 1, started, took)]
    return generation, crashes, read(more) if more else []


def replay(db: sqlite3.Connection, memory: Memory, chosen: Selection, after: int) -> list[tuple[int, str]]:
    """Makes a piece of the chosen behind an id pending again; their ids and lanes."""
    # A pending one is replayed by not letting it wait any longer.
    waits = "o.state IS NULL AND e.id IN (SELECT event FROM waiting WHERE due > 0)"
    rows = _piece(db, chosen, f"e.id > {after:d} AND (o.state IN (1, 2, 3, 4) OR ({waits}))")
    count(db, Counter({STATES[state]: -number for state, number in _by_state(rows).items() if state}))
    again = []
    for number, state, lane in rows:
        generation, _, tried = _tried(db, number)
        if state in (NUMBER[DONE], NUMBER[UNHANDLED]):
            generation, tried = generation + 1, []
        # Handlers that gave up have not tried yet; those that succeeded have.
        left = [each for each in tried if each.state != DEAD]
        again.append((number, lane, generation, written(left) if left else None))
    db.executemany(AGAIN, again)
    db.executemany("DELETE FROM outcomes WHERE event = ?", [(number,) for number, _, _ in rows])
    _forget(memory, rows)
    return [(number, lane) for number, _, lane in rows]


def discard(db: sqlite3.Connection, memory: Memory, chosen: Selection) -> int:
    """Sets a piece of the chosen aside."""
    return _move(db, memory, _piece(db, chosen, f"{STATE} IN (0, 2, 3)"), DISCARDED)


def purge(db: sqlite3.Connection, memory: Memory, chosen: Selection) -> int:
    """Forgets what a piece of the chosen says."""
    allowed = f"{STATE} < 5" if chosen.states is not None else "o.state IN (1, 2, 3, 4)"
    rows = _piece(db, chosen, allowed)
    numbers = [(number,) for number, _, _ in rows]
    db.executemany("DELETE FROM failures WHERE event = ?", numbers)
    _move(db, memory, rows, PURGED)
    sql = "UPDATE outcomes SET handler = NULL, started = NULL, took = NULL, more = NULL WHERE event = ?"
    db.executemany(sql, numbers)
    db.executemany("UPDATE events SET raw = x'' WHERE id = ?", numbers)
    return len(rows)


def forget(db: sqlite3.Connection, now: int) -> int:
    """Removes a piece of what was purged and need not be remembered any more."""
    # What is above 1 is said for the sake of the index.
    where = "o.state > 1 AND o.state = 5 AND e.received < ?"
    sql = f"SELECT e.id FROM {ODD} WHERE {where} ORDER BY o.event LIMIT ?"
    gone = db.execute(sql, (now - KEYS_KEPT, PIECE)).fetchall()
    sql = "DELETE FROM lanes WHERE event = :event AND lane = (SELECT lane FROM events WHERE id = :event)"
    db.executemany(sql, [{"event": number} for (number,) in gone])
    for table, column in (("events", "id"), ("outcomes", "event"), ("repeats", "event")):
        db.executemany(f"DELETE FROM {table} WHERE {column} = ?", gone)
    sql = (
        "DELETE FROM deliveries WHERE id IN (SELECT id FROM deliveries AS one WHERE received < ?"
        " AND NOT EXISTS (SELECT 1 FROM events WHERE id >= one.first AND id < one.first + one.events"
        " AND delivery = one.id) LIMIT ?)"
    )
    return len(gone) + db.execute(sql, (now - KEYS_KEPT, PIECE)).rowcount


def _move(db: sqlite3.Connection, memory: Memory, rows: Sequence[tuple[int, int, str]], to: str) -> int:
    """Ends them in a state, whoever handles them."""
    count(db, Counter({STATES[state]: -number for state, number in _by_state(rows).items() if state}))
    count(db, {to: len(rows)})
    numbers = [number for number, _, _ in rows]
    db.execute(MOVE, {"state": NUMBER[to], "events": msgspec.json.encode(numbers).decode()})
    pending = [row for row in rows if row[1] == NUMBER[PENDING]]
    db.executemany("DELETE FROM waiting WHERE event = ?", [(number,) for number, _, _ in pending])
    take(db, memory, [number for number, _, _ in pending])
    _forget(memory, pending)
    return len(rows)


def _forget(memory: Memory, rows: Iterable[tuple[int, int, str]]) -> None:
    for _, _, lane in rows:
        memory.fresh.forget(lane)


def _piece(db: sqlite3.Connection, chosen: Selection, allowed: str) -> list[tuple[int, int, str]]:
    tables, where, values = _where(db, chosen)
    sql = (
        f"SELECT e.id, {STATE}, e.lane FROM {tables} WHERE {_all([*where, f'({allowed})'])}"
        " ORDER BY e.id LIMIT ?"
    )
    return db.execute(sql, (*values, PIECE)).fetchall()


def _by_state(rows: Iterable[tuple[int, int, str]]) -> Counter[int]:
    return Counter(state for _, state, _ in rows)


def _where(db: sqlite3.Connection, chosen: Selection) -> tuple[str, list[str], list[Any]]:
    """Tables, conditions and their values."""
    tables = BOTH
    where: list[str] = []
    values: list[Any] = []
    if chosen.ids is not None:
        where.append(f"e.id IN ({', '.join('?' * len(chosen.ids))})")
        values += chosen.ids
    if chosen.states is not None:
        numbers = [NUMBER[each] for each in chosen.states]
        tables, more = _among(db, numbers, chosen)
        where += [f"{STATE} IN ({', '.join('?' * len(numbers))})", *more]
        values += numbers
    if chosen.kind is not None and chosen.kind != "*":
        where.append("substr(e.kind, 1, ?) = ?" if chosen.kind.endswith(".*") else "e.kind = ?")
        head = chosen.kind[:-1]
        values += [len(head), head] if chosen.kind.endswith(".*") else [chosen.kind]
    for condition, value in (
        ("e.received >=", chosen.since),
        ("e.received <", chosen.until),
    ):
        if value is not None:
            where.append(f"{condition} ?")
            values.append(value)
    if chosen.lane is not None:
        where.append(f"e.id IN ({OF_LANE})")
        values += [chosen.lane, mark(db, "sorted"), chosen.lane]
    return tables, where, values


def _among(db: sqlite3.Connection, states: Sequence[int], chosen: Selection) -> tuple[str, list[str]]:
    """What spares looking at every event to find those in these states."""
    if chosen.ids is not None or chosen.lane is not None or NUMBER[DONE] in states:
        return BOTH, []
    if NUMBER[PENDING] not in states:
        return ODD, ["o.state > 1"]
    if any(states):
        return BOTH, []
    ((first,),) = db.execute("SELECT min(event) FROM waiting").fetchall()
    behind = mark(db, "through") + 1
    return BOTH, [f"e.id >= {behind if first is None else min(behind, first):d}"]


def _all(where: Sequence[str]) -> str:
    return " AND ".join(where) or "TRUE"


def _summary(row: tuple[Any, ...]) -> Summary:
    number, kind, name, lane, state, occurred, received, due, failures, repeats, error = row
    last = error.rstrip().rpartition("\n")[2] if error else None
    return Summary(number, kind, name, lane, STATES[state], occurred, received, due, failures, repeats, last)
