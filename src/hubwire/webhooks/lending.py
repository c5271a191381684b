"""Lending events of an inbox in SQLite to whoever handles them; finding those that a process died with."""

from __future__ import annotations

import itertools
import secrets
import sqlite3
from collections.abc import Sequence

import msgspec

from hubwire.webhooks.inbox import LaneRun, Waiting
from hubwire.webhooks.memory import Memory
from hubwire.webhooks.settling import advance, read
from hubwire.webhooks.statements import mark, pending_lanes, raise_mark, sort

MOST_KNOWN = 1000
"""Pending events of a record that are looked up at a time."""
MOST_BUSY = 100_000
"""Pending events whose records are remembered; while there are more, records are looked up one by one."""
PATIENCE = 1000
"""Requests between two looks at whether there are more."""
RECENT = 1000
"""Events of a record among which is looked for a later one that was handled."""

LOAD = (
    "SELECT e.id, e.kind, e.raw, e.occurred, e.received, coalesce(w.due, 0), coalesce(w.crashes, 0),"
    " coalesce(w.generation, 0), e.key, w.tried"
    " FROM events AS e LEFT JOIN waiting AS w ON w.event = e.id WHERE e.id IN"
    " (SELECT event FROM lanes AS l WHERE lane = :lane AND event > :through"
    " AND NOT EXISTS (SELECT 1 FROM outcomes AS o WHERE o.event = l.event)"
    " UNION SELECT event FROM waiting WHERE lane = :lane)"
    " ORDER BY e.occurred, e.id LIMIT {most:d}"
)
HANDLED = (
    "SELECT e.kind, e.property, e.occurred FROM lanes AS l JOIN outcomes AS o ON o.event = l.event"
    " JOIN events AS e ON e.id = l.event"
    f" WHERE l.lane = ? AND o.state = 1 ORDER BY l.event DESC LIMIT {RECENT}"
)
SUSPECT = (
    "INSERT INTO waiting (event, lane, crashes) SELECT id, lane, 1 FROM events WHERE id IN"
    " (SELECT value FROM json_each(:events)) AND NOT EXISTS (SELECT 1 FROM outcomes WHERE event = id)"
    " ON CONFLICT DO UPDATE SET crashes = CASE WHEN :alone THEN crashes + 1 ELSE max(crashes, 1) END"
)

_tokens = itertools.count(secrets.randbits(62))


def token() -> int:
    """Of a new loan."""
    return next(_tokens) & ((1 << 62) - 1)


def begin(db: sqlite3.Connection, memory: Memory, lanes: Sequence[str], now: int, most: int) -> list[LaneRun]:
    """Lends the first events of each lane.

    Events that a process died with are lent one at a time, and on their own: when it dies again, that was
    the reason. While one of them is being handled, no other is lent.
    """
    common, runs = token(), list[LaneRun]()
    for lane in lanes:
        known = memory.fresh.lend(lane, most)
        if known is None:
            run = _looked_up(db, memory, lane, now, most, common)
        else:
            run = _run(db, lane, common, known)
        if run is not None:
            runs.append(run)
    events = [event.id for run in runs if run.token == common for event in run.events]
    if events:
        memory.loans.lend(common, events)
        _list(db, common, events)
    _note_newest(db, memory, runs)
    return runs


def _run(
    db: sqlite3.Connection, lane: str, common: int, known: tuple[Sequence[Waiting], int, bool]
) -> LaneRun | None:
    events, newest, more = known
    if not events:
        return None
    if newest > events[0].occurred:
        mark_stale(db, lane, events)
    return LaneRun(lane, common, events, more)


def _looked_up(
    db: sqlite3.Connection, memory: Memory, lane: str, now: int, most: int, common: int
) -> LaneRun | None:
    events = load(db, lane, max(most, MOST_KNOWN) + 1)
    newest = newest_lent(db, memory)
    if all(event.due <= now and not event.crashes for event in events):
        memory.fresh.adopt(lane, events, newest, rest=len(events) > max(most, MOST_KNOWN))
        known = memory.fresh.lend(lane, most)
        return None if known is None else _run(db, lane, common, known)
    lent = _lent(events[:most], now)
    if lent and newest > lent[0].occurred:
        mark_stale(db, lane, lent)
    if not lent or not lent[0].crashes:
        return LaneRun(lane, common if lent else 0, lent or events[:1], more=len(events) > len(lent))
    if memory.loans.suspected:
        return LaneRun(lane, 0, lent, more=len(events) > 1)
    own = token()
    memory.loans.lend(own, [lent[0].id], suspect=True)
    _list(db, own, [lent[0].id])
    return LaneRun(lane, own, lent, more=len(events) > 1)


def load(db: sqlite3.Connection, lane: str, most: int) -> list[Waiting]:
    """The first pending events of a lane."""
    sort(db)
    loaded = []
    values = {"lane": lane, "through": mark(db, "through")}
    for *columns, tried in db.execute(LOAD.format(most=most), values).fetchall():
        event = Waiting(*columns)
        if tried:
            event.tried = {each.handler: each for each in read(tried)}
        loaded.append(event)
    return loaded


def _lent(events: Sequence[Waiting], now: int) -> Sequence[Waiting]:
    """Those that can be handled now, without waiting in between."""
    if events[0].due <= now and events[0].crashes:
        return events[:1]
    return list(itertools.takewhile(lambda event: event.due <= now and not event.crashes, events))


def mark_stale(db: sqlite3.Connection, lane: str, events: Sequence[Waiting]) -> None:
    """Those of which a later change of the same property was handled, of late at least."""
    sort(db)
    latest: dict[tuple[str, str | None], int] = {}
    for kind, name, occurred in db.execute(HANDLED, (lane,)).fetchall():
        latest[kind, name] = max(occurred, latest.get((kind, name), 0))
    if not latest:
        return
    for event in events:
        sql = "SELECT kind, property FROM events WHERE id = ?"
        ((kind, name),) = db.execute(sql, (event.id,)).fetchall()
        event.stale = latest.get((kind, name), 0) > event.occurred


def newest_lent(db: sqlite3.Connection, memory: Memory) -> int:
    """No event that was lent occurred later."""
    if memory.newest < 0:
        memory.newest = mark(db, "newest")
    return memory.newest


def _note_newest(db: sqlite3.Connection, memory: Memory, runs: Sequence[LaneRun]) -> None:
    newest = max([run.events[-1].occurred for run in runs if run.token], default=-1)
    if newest > memory.newest:
        raise_mark(db, "newest", newest)
        memory.newest = newest


def learn(db: sqlite3.Connection, memory: Memory) -> None:
    """Which records have pending events, unless there are too many; from then on, the others have none."""
    memory.unlearnt -= 1
    if memory.fresh.complete or memory.unlearnt > 0:
        return
    memory.unlearnt = PATIENCE
    busy = pending_lanes(db, MOST_BUSY)
    if busy is not None:
        memory.fresh.learn(busy, newest_lent(db, memory))


def _list(db: sqlite3.Connection, number: int, events: Sequence[int]) -> None:
    db.execute("INSERT INTO lent VALUES (?, ?)", (number, msgspec.json.encode(events).decode()))


def relist(db: sqlite3.Connection, memory: Memory, tokens: set[int] | None = None) -> None:
    """Lists these loans, or all of them, as they are now."""
    listed = memory.loans.listed(tokens)
    if tokens is None:
        db.execute("DELETE FROM lent")
    else:
        db.executemany("DELETE FROM lent WHERE token = ?", [(number,) for number in tokens])
    for number, events in listed.items():
        _list(db, number, events)


def take(db: sqlite3.Connection, memory: Memory, events: Sequence[int]) -> None:
    """From whoever handles them: the result does not count, and a crash is not theirs."""
    changed = memory.loans.take(events)
    if changed:
        relist(db, memory, changed)


def recover(db: sqlite3.Connection) -> None:
    """Counts the crash of the process that had the file before: those that were lent together are suspected,
    one that was lent alone is charged with it.
    """
    for (events,) in db.execute("SELECT events FROM lent").fetchall():
        alone = len(msgspec.json.decode(events)) == 1
        db.execute(SUSPECT, {"events": events, "alone": alone})
    db.execute("DELETE FROM lent")
    advance(db, Memory())
