"""What became of events, in an inbox in SQLite: noting it, and reading it again."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import msgspec

from hubwire.webhooks.inbox import DONE, PENDING, STATES, Settled, Tried
from hubwire.webhooks.memory import Memory
from hubwire.webhooks.statements import NUMBER, count, insert, mark, pieces, raise_mark

OFTEN = 1000
"""Outcomes after which the mark is moved."""
AHEAD = 50_000
"""Outcomes behind the mark; when there are more, the events that hold it up get a row in `waiting`."""
STRAGGLERS = 1000

OUTCOME = "INSERT OR REPLACE INTO outcomes VALUES "
WAITS = (
    "INSERT INTO waiting VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE"
    " SET due = excluded.due, crashes = excluded.crashes, tried = excluded.tried"
)
PLAIN = (
    " FROM events AS e WHERE e.id > ? AND NOT EXISTS (SELECT 1 FROM outcomes WHERE event = e.id)"
    " AND NOT EXISTS (SELECT 1 FROM waiting WHERE event = e.id) ORDER BY e.id LIMIT ?"
)

Known = tuple[int, int, str | None]
"""Crashes, generation and what was tried, of an event with a row in `waiting`."""


def settle(db: sqlite3.Connection, memory: Memory, results: Sequence[Settled]) -> list[bool]:
    """Notes what became of lent events, and which loans are over."""
    counts, over = memory.loans.settle(results)
    good = results if all(counts) else [one for one, counted in zip(results, counts, strict=True) if counted]
    known = _known(db, [one.event for one in good])
    values: list[Any] = []
    for one in good:
        if one.state == PENDING:
            _wait(db, one, known.get(one.event))
            continue
        tried = one.tried
        # Nearly every event is one of these.
        if len(tried) == 1 and tried[0].state == DONE and tried[0].attempts == 1 and one.event not in known:
            only = tried[0]
            number = memory.handlers.get(only.handler) or _handler(db, memory, only.handler)
            values += (one.event, NUMBER[one.state], number, only.started, only.took, None, 0)
        else:
            more, generation = _joined(tried, known.get(one.event))
            values += (one.event, NUMBER[one.state], None, None, None, more, generation)
    insert(db, OUTCOME, values, 7)
    if known:
        through = [(one.event,) for one in good if one.state != PENDING and one.event in known]
        db.executemany("DELETE FROM waiting WHERE event = ?", through)
    counted = Counter([one.state for one in good])
    counted[PENDING], counted["fenced"] = 0, len(results) - len(good)
    count(db, counted)
    _note_failures(db, good)
    db.executemany("DELETE FROM lent WHERE token = ?", [(token,) for token in over])
    memory.fresh.settled(results, counts)
    memory.settled += len(good)
    if memory.settled >= OFTEN:
        advance(db, memory)
    return counts


def _known(db: sqlite3.Connection, events: Sequence[int]) -> dict[int, Known]:
    known: dict[int, Known] = {}
    if not db.execute("SELECT 1 FROM waiting LIMIT 1").fetchall():
        return known
    for piece in pieces(events):
        marks = ", ".join("?" * len(piece))
        sql = f"SELECT event, crashes, generation, tried FROM waiting WHERE event IN ({marks})"
        known.update((event, (*rest,)) for event, *rest in db.execute(sql, piece).fetchall())
    return known


def _wait(db: sqlite3.Connection, one: Settled, known: Known | None) -> None:
    """Pending still. What was given back untouched, and never was anything but pending, needs no row."""
    if known is None and not (one.due or one.crashes or one.tried):
        return
    crashes = one.crashes
    if one.keep:
        crashes = known[0] if known else 0
    tried, generation = _joined(one.tried, known)
    db.execute(WAITS, (one.event, one.lane, one.due, crashes, generation, tried))


def _joined(tried: Sequence[Tried], known: Known | None) -> tuple[str | None, int]:
    """What all handlers did so far, and the generation."""
    before = read(known[2]) if known and known[2] else []
    together = [*before, *tried]
    return written(together) if together else None, known[1] if known else 0


def _handler(db: sqlite3.Connection, memory: Memory, name: str) -> int:
    db.execute("INSERT OR IGNORE INTO handlers (name) VALUES (?)", (name,))
    ((number,),) = db.execute("SELECT id FROM handlers WHERE name = ?", (name,)).fetchall()
    memory.handlers[name] = number
    return int(number)


def _note_failures(db: sqlite3.Connection, results: Sequence[Settled]) -> None:
    failures = [
        (one.event, each.handler, each.attempts, each.started, each.took, each.error)
        for one in results
        for each in one.tried
        if each.error is not None
    ]
    db.executemany("INSERT INTO failures VALUES (?, ?, ?, ?, ?, ?)", failures)


def advance(db: sqlite3.Connection, memory: Memory) -> None:
    """Moves the mark up to the first event that is pending and nothing else."""
    before = mark(db, "through")
    rows = db.execute(f"SELECT e.id{PLAIN}", (before, 1)).fetchall()
    if rows:
        through = rows[0][0] - 1
    else:
        ((through,),) = db.execute("SELECT coalesce(max(id), 0) FROM events").fetchall()
    if through > before:
        raise_mark(db, "through", through)
    if memory.ahead < 0:
        sql = "SELECT count(*) FROM outcomes WHERE event > ?"
        ((memory.ahead,),) = db.execute(sql, (through,)).fetchall()
    else:
        memory.ahead = max(0, memory.ahead + memory.settled - max(0, through - before))
    memory.settled = 0
    if memory.ahead > AHEAD:
        db.execute(f"INSERT INTO waiting (event, lane) SELECT e.id, e.lane{PLAIN}", (through, STRAGGLERS))


def written(tried: Sequence[Tried]) -> str:
    """The last of each handler, as it is stored."""
    each = [
        f"{_quoted(one.handler)}:[{NUMBER[one.state]},{one.attempts},{one.started},{one.took!r}]"
        for one in {one.handler: one for one in tried}.values()
    ]
    return "{" + ",".join(each) + "}"


@lru_cache(1000)
def _quoted(name: str) -> str:
    return msgspec.json.encode(name).decode()


def read(text: str) -> list[Tried]:
    """The same back, without the errors."""
    return [
        Tried(handler, STATES[state], attempts, started, took)
        for handler, (state, attempts, started, took) in msgspec.json.decode(text).items()
    ]
