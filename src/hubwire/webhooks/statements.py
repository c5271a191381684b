"""What an inbox in SQLite does, statement by statement. What changes something runs in a transaction."""

from __future__ import annotations

import itertools
import secrets
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar

import msgspec

from hubwire.webhooks.fresh import Fresh
from hubwire.webhooks.inbox import (
    DEAD,
    DISCARDED,
    DONE,
    PARKED,
    PENDING,
    PURGED,
    STATES,
    UNHANDLED,
    Batch,
    LaneRun,
    Put,
    Settled,
    Stats,
    Tried,
    Waiting,
)

T = TypeVar("T")

REPLAY_WINDOW = 600_000
"""Milliseconds in which the same signature once more is the same request once more."""

NUMBER = {name: number for number, name in enumerate(STATES)}
_tokens = itertools.count(secrets.randbits(62))

# Rows go in by the hundred, as one statement: between two steps of a statement the interpreter may run
# somebody else for five milliseconds.
MOST_ROWS = 100
INSERT = (
    "INSERT INTO events (key, delivery, lane, kind, property, occurred, received, state, raw)"
    " VALUES {rows} ON CONFLICT (key) DO NOTHING"
)
LOAD = (
    "SELECT e.lane, e.id, e.kind, e.raw, e.occurred, e.received, e.due, e.crashes, e.generation, e.key,"
    " e.tried, e.epoch, (SELECT max(occurred) FROM events WHERE lane = l.column1 AND state = 1)"
    " FROM (VALUES {rows}) AS l CROSS JOIN events AS e"
    " WHERE e.id IN (SELECT id FROM events INDEXED BY events_open WHERE lane = l.column1 AND state = 0"
    " ORDER BY occurred, id LIMIT {most:d})"
)
IDLE = (
    "SELECT column1, coalesce((SELECT max(occurred) FROM events WHERE lane = column1 AND state = 1), -1)"
    " FROM (VALUES {rows}) WHERE NOT EXISTS"
    " (SELECT 1 FROM events INDEXED BY events_open WHERE lane = column1 AND state = 0)"
)
SETTLE = (
    "UPDATE events SET state = v.column3, due = v.column4, crashes = coalesce(v.column5, crashes),"
    " failures = failures + v.column6, tried = CASE WHEN tried IS NULL OR v.column7 IS NULL"
    " THEN coalesce(v.column7, tried) ELSE json_patch(tried, v.column7) END"
    " FROM (VALUES {rows}) AS v WHERE events.id = v.column1 AND events.epoch = v.column2 AND events.state = 0"
)
COUNT = "INSERT INTO counters VALUES (?, ?) ON CONFLICT DO UPDATE SET value = value + excluded.value"


def count(db: sqlite3.Connection, more: Mapping[str, int]) -> None:
    """Adds to counters."""
    db.executemany(COUNT, [(name, number) for name, number in more.items() if number])


def put(db: sqlite3.Connection, batch: Batch, fresh: Fresh | None = None) -> Put:
    """Stores a batch."""
    if fresh is not None:
        fresh.idle(_idle(db, fresh.unknown(one.lane for one in batch.arrivals)))
    ((delivery,),) = db.execute("SELECT coalesce(max(id), 0) + 1 FROM deliveries").fetchall()
    ((last,),) = db.execute("SELECT coalesce(max(id), 0) FROM events").fetchall()
    total = len(batch.arrivals)
    rows = [
        (
            one.key, delivery, one.lane, one.kind, one.property, one.occurred, batch.received,
            NUMBER[DEAD if one.problem else PENDING], one.raw,
        )
        for one in batch.arrivals
    ]  # fmt: skip
    new = _many(db, INSERT, rows)
    if fresh is not None:
        _tell(db, fresh, batch, new)
    if new < total and _came_before(db, batch):
        count(db, {"duplicates": total - new, "replayed": int(not new)})
        if not new:
            return Put(0, total, replayed=True)
    elif new < total:
        count(db, {"duplicates": total - new})
    if new < total:
        again = [(one.key, delivery) for one in batch.arrivals]
        db.executemany("UPDATE events SET repeats = repeats + 1 WHERE key = ? AND delivery <> ?", again)
    db.execute(
        "INSERT INTO deliveries VALUES (?, ?, ?, ?, ?, ?, ?)",
        (delivery, batch.received, batch.source, batch.digest, batch.size, total, last + 1),
    )
    dead = _bury(db, delivery, batch)
    count(db, {"received": new, DEAD: dead})
    return Put(new, total - new)


def _idle(db: sqlite3.Connection, lanes: Sequence[str]) -> dict[str, int]:
    """Those of the lanes without pending events, and when the newest of the handled occurred."""
    idle: dict[str, int] = {}
    for piece in _pieces(lanes):
        sql = IDLE.format(rows=", ".join(["(?)"] * len(piece)))
        idle.update(db.execute(sql, piece).fetchall())
    return idle


def _tell(db: sqlite3.Connection, fresh: Fresh, batch: Batch, new: int) -> None:
    """Of what was stored, if it is plain which it was."""
    if new != len(batch.arrivals) or any(one.problem for one in batch.arrivals):
        for one in batch.arrivals:
            fresh.forget(one.lane)
    elif new:
        ((last,),) = db.execute("SELECT last_insert_rowid()").fetchall()
        at = batch.received
        fresh.store(
            (
                one.lane,
                Waiting(number, one.kind, one.raw, one.occurred, at, 0, 0, 0, one.key, event=one.event),
            )
            for number, one in enumerate(batch.arrivals, last - new + 1)
        )


def _came_before(db: sqlite3.Connection, batch: Batch) -> bool:
    sql = "SELECT 1 FROM deliveries WHERE digest = ? AND received > ? LIMIT 1"
    return bool(db.execute(sql, (batch.digest, batch.received - REPLAY_WINDOW)).fetchall())


def _bury(db: sqlite3.Connection, delivery: int, batch: Batch) -> int:
    """What cannot be read is dead from the beginning."""
    buried = 0
    for one in batch.arrivals:
        if one.problem:
            buried += db.execute(
                "INSERT INTO failures SELECT id, '', 0, ?, 0.0, ? FROM events WHERE key = ? AND delivery = ?",
                (batch.received, one.problem, one.key, delivery),
            ).rowcount
    return buried


def begin(
    db: sqlite3.Connection,
    lanes: Sequence[str],
    now: int,
    most: int,
    *,
    suspects: bool = True,
    fresh: Fresh | None = None,
) -> tuple[list[LaneRun], dict[int, dict[int, int]]]:
    """Lends the first events of each lane; also, by token, the epoch in which each of them was lent.

    Events that a process died with are lent one at a time, and on their own: when it dies again, that was
    the reason. Without `suspects` none of them is lent.
    """
    token = next(_tokens) & ((1 << 62) - 1)
    runs, loans, lanes = _known(db, lanes, most, token, fresh or Fresh())
    loaded: dict[str, list[Waiting]] = {}
    handled: dict[str, int | None] = {}
    epochs: dict[int, int] = {}
    for piece in _pieces(lanes):
        sql = LOAD.format(rows=", ".join(["(?)"] * len(piece)), most=most + 1)
        for lane, *columns, tried, epoch, newest in db.execute(sql, piece).fetchall():
            event = Waiting(*columns)
            if tried:
                event.tried = {each.handler: each for each in read(tried)}
            loaded.setdefault(lane, []).append(event)
            handled[lane] = newest
            epochs[event.id] = epoch
    for lane, events in loaded.items():
        events.sort(key=lambda event: (event.occurred, event.id))
        lent = _lent(events[:most], now)
        newest = handled[lane]
        if newest is not None and lent and newest > lent[0].occurred:
            _mark_stale(db, lent)
        own = token
        if lent and lent[0].crashes:
            lent = lent if suspects else ()
            suspects, own = False, next(_tokens) & ((1 << 62) - 1)
        runs.append(LaneRun(lane, own if lent else 0, lent or events[:1], more=len(events) > len(lent)))
        for event in lent:
            loans.setdefault(own, {})[event.id] = epochs[event.id]
    _list(db, loans)
    return runs, loans


def _known(
    db: sqlite3.Connection, lanes: Sequence[str], most: int, token: int, fresh: Fresh
) -> tuple[list[LaneRun], dict[int, dict[int, int]], list[str]]:
    """What need not be looked up: the runs, their loans, and the lanes that are left."""
    runs, lent, left = [], dict[int, int](), []
    for lane in lanes:
        known = fresh.lend(lane, most)
        if known is None:
            left.append(lane)
            continue
        events, newest, more = known
        if not events:
            continue
        if newest > events[0].occurred:
            _mark_stale(db, events)
        lent.update(dict.fromkeys([event.id for event in events], 0))
        runs.append(LaneRun(lane, token, events, more))
    return runs, {token: lent} if lent else {}, left


def lend(db: sqlite3.Connection, loans: Mapping[int, Mapping[int, int]]) -> None:
    """Lists exactly these as being handled."""
    db.execute("DELETE FROM lent")
    _list(db, loans)


def _list(db: sqlite3.Connection, loans: Mapping[int, Mapping[int, int]]) -> None:
    rows = [(token, msgspec.json.encode(loan).decode()) for token, loan in loans.items()]
    db.executemany("INSERT INTO lent VALUES (?, ?)", rows)


def recover(db: sqlite3.Connection) -> None:
    """Counts the crash of the process that had the file before: those that were lent together are suspected,
    one that was lent alone is charged with it. Whose loan had ended (the epoch moved on) is neither.
    """
    lent = "SELECT CAST(one.key AS INTEGER), one.value FROM lent, json_each(lent.events) AS one"
    db.execute(
        f"UPDATE events SET crashes = crashes + 1 WHERE state = 0 AND crashes > 0 AND (id, epoch) IN"
        f" ({lent} WHERE (SELECT count(*) FROM json_each(lent.events)) = 1)"
    )
    db.execute(f"UPDATE events SET crashes = 1 WHERE state = 0 AND crashes = 0 AND (id, epoch) IN ({lent})")
    db.execute("DELETE FROM lent")


def _lent(events: Sequence[Waiting], now: int) -> Sequence[Waiting]:
    """Those that can be handled now, without waiting in between."""
    if events[0].due <= now and events[0].crashes:
        return events[:1]
    return list(itertools.takewhile(lambda event: event.due <= now and not event.crashes, events))


def _mark_stale(db: sqlite3.Connection, events: Sequence[Waiting]) -> None:
    sql = (
        "SELECT 1 FROM events AS later, events AS this WHERE this.id = ? AND later.lane = this.lane"
        " AND later.kind = this.kind AND later.property IS this.property AND later.state = 1"
        " AND later.occurred > this.occurred LIMIT 1"
    )
    for event in events:
        event.stale = bool(db.execute(sql, (event.id,)).fetchall())


def settle(
    db: sqlite3.Connection, results: Sequence[Settled], epochs: Sequence[int | None], over: Sequence[int]
) -> list[bool]:
    """Notes what became of lent events, given the epoch of each loan (None: it has ended), and that the
    loans in `over` have nothing outstanding.
    """
    lent = [(one, epoch) for one, epoch in zip(results, epochs, strict=True) if epoch is not None]
    taken = _many(db, SETTLE, [_change(one, epoch) for one, epoch in lent])
    fenced = {one.event for one, epoch in zip(results, epochs, strict=True) if epoch is None}
    if taken != len(lent):
        # Which of them it was is not told. Nobody else writes: who has his epoch still was taken.
        sql = "SELECT 1 FROM events WHERE id = ? AND epoch = ?"
        fenced |= {one.event for one, epoch in lent if not db.execute(sql, (one.event, epoch)).fetchall()}
    good = [one for one in results if one.event not in fenced] if fenced else results
    counted = Counter([one.state for one in good])
    counted[PENDING], counted["fenced"] = 0, len(results) - len(good)
    count(db, counted)
    db.executemany(
        "INSERT INTO failures VALUES (?, ?, ?, ?, ?, ?)",
        [
            (one.event, each.handler, each.attempts, each.started, each.took, each.error)
            for one in good
            for each in one.tried
            if each.error is not None
        ],
    )
    db.executemany("DELETE FROM lent WHERE token = ?", [(token,) for token in over])
    return [one.event not in fenced for one in results]


def _change(one: Settled, epoch: int) -> tuple[Any, ...]:
    failed = 0
    for each in one.tried:
        failed += each.error is not None
    tried = written(one.tried) if one.tried else None
    return one.event, epoch, NUMBER[one.state], one.due, None if one.keep else one.crashes, failed, tried


def backlog(db: sqlite3.Connection, after: str, most: int) -> list[str]:
    """Lanes with pending events, in alphabetical order."""
    sql = (
        "SELECT lane FROM events INDEXED BY events_open WHERE state = 0 AND lane > ?"
        " GROUP BY lane ORDER BY lane LIMIT ?"
    )
    return [lane for (lane,) in db.execute(sql, (after, most)).fetchall()]


def timers(db: sqlite3.Connection, now: int, most: int) -> tuple[list[str], int | None]:
    """Lanes whose time has come, and when the next one's will."""
    sql = (
        "SELECT lane FROM events INDEXED BY events_due WHERE state = 0 AND due > 0 AND due <= ?"
        " ORDER BY due LIMIT ?"
    )
    lanes = [lane for (lane,) in db.execute(sql, (now, most)).fetchall()]
    sql = (
        "SELECT min(due) FROM events INDEXED BY events_due"
        " WHERE state = 0 AND due > 0 AND due > ? AND due < ?"
    )
    ((following,),) = db.execute(sql, (now, PARKED)).fetchall()
    return list(dict.fromkeys(lanes)), following


def stats(db: sqlite3.Connection) -> Stats:
    """The counts, of one moment."""
    db.execute("BEGIN")
    try:
        counters = dict(db.execute("SELECT name, value FROM counters").fetchall())
        sql = "SELECT count(*), min(received) FROM events INDEXED BY events_open WHERE state = 0"
        ((pending, oldest),) = db.execute(sql).fetchall()
        sql = "SELECT count(*) FROM events INDEXED BY events_due WHERE state = 0 AND due > 0 AND failures > 0"
        ((retrying,),) = db.execute(sql).fetchall()
    finally:
        db.execute("COMMIT")
    reasons = {
        name.partition(":")[2]: number for name, number in counters.items() if name.startswith("refused:")
    }
    return Stats(
        received=counters.get("received", 0),
        duplicates=counters.get("duplicates", 0),
        refused=sum(reasons.values()),
        refused_by_reason=reasons,
        replayed=counters.get("replayed", 0),
        pending=pending - retrying,
        retrying=retrying,
        done=counters.get(DONE, 0),
        dead=counters.get(DEAD, 0),
        unhandled=counters.get(UNHANDLED, 0),
        discarded=counters.get(DISCARDED, 0),
        purged=counters.get(PURGED, 0),
        oldest=oldest,
    )


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
    sql = "UPDATE events SET due = max(1, due + ?) WHERE state = 0 AND due > 0 AND due < ?"
    db.execute(sql, (by, PARKED))


def written(tried: Sequence[Tried]) -> str:
    each = [
        f"{_quoted(one.handler)}:[{NUMBER[one.state]},{one.attempts},{one.started},{one.took!r}]"
        for one in (tried if len(tried) == 1 else {one.handler: one for one in tried}.values())
    ]
    return "{" + ",".join(each) + "}"


@lru_cache(1000)
def _quoted(name: str) -> str:
    return msgspec.json.encode(name).decode()


def read(text: str) -> list[Tried]:
    return [
        Tried(handler, STATES[state], attempts, started, took)
        for handler, (state, attempts, started, took) in msgspec.json.decode(text).items()
    ]


def _many(db: sqlite3.Connection, sql: str, rows: Sequence[tuple[Any, ...]]) -> int:
    """Runs a statement with `{rows}` for a place for values; returns how many rows it changed."""
    changed = 0
    for piece in _pieces(rows):
        one = f"({', '.join('?' * len(piece[0]))})"
        values = list(itertools.chain.from_iterable(piece))
        changed += db.execute(sql.format(rows=", ".join([one] * len(piece))), values).rowcount
    return changed


def _pieces(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(rows), MOST_ROWS):
        yield rows[start : start + MOST_ROWS]
