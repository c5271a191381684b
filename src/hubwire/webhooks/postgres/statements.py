"""What an inbox in PostgreSQL does, statement by statement, each function within a transaction."""

from __future__ import annotations

import re
import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from importlib.resources import files
from itertools import accumulate
from typing import Any

import msgspec

from hubwire.webhooks.inbox import (
    DEAD,
    DISCARDED,
    DONE,
    GAPS,
    KEYS_KEPT,
    PARKED,
    PENDING,
    PURGED,
    STATES,
    UNHANDLED,
    Batch,
    Entry,
    Failed,
    LaneRun,
    Put,
    Selection,
    Settled,
    Stats,
    Summary,
    Tried,
    Waiting,
    gaps,
)

Connection = Any
"""asyncpg's, or one of its pool's proxies."""
PIECE = 1000
"""Events that one transaction of an operator changes at most."""
REPLAY_WINDOW = 600_000
"""Milliseconds in which the same signature once more is the same request once more."""
TALLIES = 2000
"""Rows of counts after which they are summed up."""


def _named(script: str) -> dict[str, str]:
    """The statements that stand behind `-- name --` lines."""
    parts = re.split(r"^-- (\w+) --$", script, flags=re.MULTILINE)[1:]
    return {name: text.strip().removesuffix(";") for name, text in zip(parts[::2], parts[1::2], strict=True)}


QUERY = _named(files("hubwire.webhooks.postgres").joinpath("queries.sql").read_text())
NUMBER = {name: number for number, name in enumerate(STATES)}


async def count(db: Connection, more: Mapping[str, int]) -> None:
    """Adds to counts."""
    wanted = {name: number for name, number in more.items() if number}
    if wanted:
        sql = "INSERT INTO tallies (name, value) SELECT * FROM unnest($1::text[], $2::bigint[])"
        await db.execute(sql, list(wanted), list(wanted.values()))


async def put(db: Connection, batch: Batch, *, ringing: bool) -> tuple[Put, list[str]]:
    """Stores a batch; what came of it, and the lanes that are still to be rung: none if `ringing`."""
    every = batch.arrivals
    problems = [None if one.problem is None else storable(one.problem) for one in every]
    lengths = [len(one.raw) for one in every]
    starts = list(map(str, accumulate(lengths, initial=1)))[:-1]
    row = await db.fetchrow(
        QUERY["store"], batch.received, batch.source, batch.digest, batch.size,
        _array([f'"\\\\x{one.key.hex()}"' for one in every]), _array([_quoted(one.lane) for one in every]),
        _array([_quoted(one.kind) for one in every]),
        _array(["NULL" if one.property is None else _quoted(one.property) for one in every]),
        _array([str(one.occurred) for one in every]), _array(starts), _array(list(map(str, lengths))),
        b"".join([one.raw for one in every]),
        problems if any(problems) else None, REPLAY_WINDOW, ringing,
    )  # fmt: skip
    return Put(row["accepted"], row["again"], row["replayed"]), row["rung"] or []


def _quoted(text: str) -> str:
    """As an element of an array in a text."""
    if not text.isascii() or "\0" in text:
        text = storable(text)
    if "\\" in text or '"' in text:
        text = text.replace("\\", r"\\").replace('"', r"\"")
    return f'"{text}"'


def _array(elements: Sequence[str]) -> str:
    return "{" + ",".join(elements) + "}"


async def begin(db: Connection, lanes: Sequence[str], now: int, most: int, *, suspect: bool) -> list[LaneRun]:
    """Lends the first events of each lane. What was being handled when a process ended is suspected, and
    lent alone: one at a time in a process (`suspect`: none is lent yet), so that only the one that ends it
    again is charged with it.
    """
    by_lane: dict[str, list[Any]] = {}
    for row in await db.fetch(QUERY["load"], list(lanes), most + 1):
        by_lane.setdefault(row["lane"], []).append(row)
    runs: list[LaneRun] = []
    for lane, rows in by_lane.items():
        first = _waiting(rows[0])
        if first.due > now or (first.crashes and not suspect):
            runs.append(LaneRun(lane, 0, (first,), more=True))
            continue
        suspect = suspect and not first.crashes
        events = [first]
        if not first.crashes:
            for row in rows[1:most]:
                if row["due"] > now or row["crashes"]:
                    break
                events.append(_waiting(row))
        runs.append(LaneRun(lane, secrets.randbits(62), events, more=len(rows) > len(events)))
    lent = [(run.token, event.id) for run in runs if run.token for event in run.events]
    if lent:
        await db.execute(QUERY["lend"], [token for token, _ in lent], [event for _, event in lent])
    return runs


def _waiting(row: Any) -> Waiting:
    event = Waiting(
        row["id"], row["kind"], row["raw"], row["occurred"], row["received"], row["due"], row["crashes"],
        row["generation"], row["key"], stale=row["stale"],
    )  # fmt: skip
    if row["tried"]:
        event.tried = {
            handler: Tried(handler, STATES[state], attempts, started, took)
            for handler, state, attempts, started, took in msgspec.json.decode(row["tried"])
        }
    return event


async def settle(db: Connection, results: Sequence[Settled]) -> list[bool]:
    """Notes what became of lent events."""
    tried = [(one.event, each) for one in results for each in one.tried]
    rows = await db.fetch(
        QUERY["settle"], [one.event for one in results], [one.token for one in results],
        [NUMBER[one.state] for one in results], [one.due for one in results],
        [one.crashes for one in results],
        [sum([each.error is not None for each in one.tried]) for one in results],
        [one.keep for one in results], [event for event, _ in tried], [each.handler for _, each in tried],
        [NUMBER[each.state] for _, each in tried], [each.attempts for _, each in tried],
        [each.started for _, each in tried], [each.took for _, each in tried],
        [None if each.error is None else storable(each.error) for _, each in tried], STATES,
    )  # fmt: skip
    taken = {row["id"] for row in rows}
    return [one.event in taken for one in results]


def storable(text: str | None) -> str:
    """PostgreSQL keeps no NUL in a text."""
    if text is not None and text.isascii() and "\0" not in text:
        return text
    return (text or "").replace("\0", "\N{SYMBOL FOR NULL}").encode("utf-8", "replace").decode()


async def backlog(db: Connection, after: str, most: int) -> list[str]:
    """Lanes with pending events, in alphabetical order."""
    sql = "SELECT DISTINCT lane FROM events WHERE state = 0 AND lane > $1 ORDER BY lane LIMIT $2"
    return [row["lane"] for row in await db.fetch(sql, after, most)]


async def timers(db: Connection, now: int, most: int) -> tuple[list[str], int | None]:
    """Lanes whose time has come, and when the next one's will."""
    sql = "SELECT lane FROM events WHERE state = 0 AND due > 0 AND due <= $1 ORDER BY due LIMIT $2"
    lanes = [row["lane"] for row in await db.fetch(sql, now, most)]
    sql = "SELECT min(due) FROM events WHERE state = 0 AND due > 0 AND due > $1 AND due < $2"
    return list(dict.fromkeys(lanes)), await db.fetchval(sql, now, PARKED)


async def unrung(db: Connection, now: int, after: str, most: int) -> tuple[list[str], str]:
    """Lanes behind `after` with something to do and no job; and where to go on, `""` for anew."""
    rows = await db.fetch(QUERY["unrung"], after, most)
    lanes = [row["lane"] for row in rows if row["due"] <= now and not row["rung"]]
    return lanes, rows[-1]["lane"] if len(rows) == most else ""


async def stats(db: Connection) -> Stats:
    """The counts, of one moment: the caller's transaction is a repeatable read."""
    rows = await db.fetch("SELECT name, sum(value)::bigint AS value FROM tallies GROUP BY name")
    counters = {row["name"]: row["value"] for row in rows}
    pending = await db.fetchrow(
        "SELECT count(*) AS number, min(received) AS oldest FROM events WHERE state = 0"
    )
    retrying = await db.fetchval("SELECT count(*) FROM events WHERE state = 0 AND due > 0 AND failures > 0")
    missed = await db.fetch("SELECT text FROM notes WHERE starts_with(name, $1)", GAPS)
    reasons = {
        name.partition(":")[2]: number for name, number in counters.items() if name.startswith("refused:")
    }
    return Stats(
        received=counters.get("received", 0),
        duplicates=counters.get("duplicates", 0),
        refused=sum(reasons.values()),
        refused_by_reason=reasons,
        replayed=counters.get("replayed", 0),
        pending=pending["number"] - retrying,
        retrying=retrying,
        done=counters.get(DONE, 0),
        dead=counters.get(DEAD, 0),
        unhandled=counters.get(UNHANDLED, 0),
        discarded=counters.get(DISCARDED, 0),
        purged=counters.get(PURGED, 0),
        oldest=pending["oldest"],
        gaps=gaps(row["text"] for row in missed),
    )


async def sum_up(db: Connection) -> None:
    """Makes one row of many counts, unless somebody else is at it."""
    if not await db.fetchval("SELECT pg_try_advisory_xact_lock(hashtext(current_schema() || '.tallies'))"):
        return
    sql = (
        "WITH old AS (DELETE FROM tallies RETURNING name, value)"
        " INSERT INTO tallies (name, value) SELECT name, sum(value) FROM old GROUP BY name"
    )
    await db.execute(sql)


async def listed(db: Connection, chosen: Selection, before: int | None, most: int) -> list[Summary]:
    """Events, newest first."""
    where, values = _where(chosen)
    if before is not None:
        values.append(before)
        where.append(f"id < ${len(values)}")
    sql = f"{QUERY['summary']} WHERE {_all(where)} ORDER BY id DESC LIMIT ${len(values) + 1}"
    return [_summary(row) for row in await db.fetch(sql, *values, most)]


async def show(db: Connection, event: int) -> Entry | None:
    """Everything about one event."""
    row = await db.fetchrow(f"{QUERY['summary']} WHERE id = $1", event)
    if row is None:
        return None
    more = await db.fetchrow(
        "SELECT raw, key, generation, crashes, delivery,"
        " (SELECT source FROM deliveries WHERE id = events.delivery) AS source FROM events WHERE id = $1",
        event,
    )
    sql = "SELECT handler, attempt, at, took, error FROM failures WHERE event = $1 ORDER BY id"
    return Entry(
        summary=_summary(row),
        raw=more["raw"],
        key=more["key"],
        generation=more["generation"],
        crashes=more["crashes"],
        delivery=more["delivery"],
        source=more["source"] or "push",
        tried=(await _tried(db, [event])).get(event, []),
        failures=[Failed(*each) for each in await db.fetch(sql, event)],
    )


async def replay(db: Connection, chosen: Selection, after: int) -> list[tuple[int, str]]:
    """Makes a piece of the chosen behind an id pending again; their ids and lanes."""
    allowed = f"id > {after:d} AND (state IN (1, 2, 3, 4) OR (state = 0 AND due > 0))"
    rows = await _piece(db, chosen, allowed)
    await count(db, _less(rows))
    finished = [row["id"] for row in rows if row["state"] in (NUMBER[DONE], NUMBER[UNHANDLED])]
    failed = [row["id"] for row in rows if row["state"] in (NUMBER[PENDING], NUMBER[DEAD], NUMBER[DISCARDED])]
    await db.execute("DELETE FROM tried WHERE event = ANY($1)", finished)
    await db.execute("DELETE FROM tried WHERE event = ANY($1) AND state = 2", failed)
    await db.execute("UPDATE events SET generation = generation + 1 WHERE id = ANY($1)", finished)
    await db.execute(
        "UPDATE events SET state = 0, due = 0, crashes = 0, token = CASE state WHEN 0 THEN token END"
        " WHERE id = ANY($1)",
        [row["id"] for row in rows],
    )
    return [(row["id"], row["lane"]) for row in rows]


async def discard(db: Connection, chosen: Selection) -> int:
    """Sets a piece of the chosen aside."""
    rows = await _piece(db, chosen, "state IN (0, 2, 3)")
    return await _move(db, rows, DISCARDED, "state = 4, due = 0, token = NULL")


async def purge(db: Connection, chosen: Selection) -> int:
    """Forgets what a piece of the chosen says."""
    rows = await _piece(db, chosen, "state < 5" if chosen.states is not None else "state IN (1, 2, 3, 4)")
    numbers = [row["id"] for row in rows]
    await db.execute("DELETE FROM tried WHERE event = ANY($1)", numbers)
    await db.execute("DELETE FROM failures WHERE event = ANY($1)", numbers)
    return await _move(db, rows, PURGED, "state = 5, due = 0, token = NULL, raw = ''::bytea")


async def forget(db: Connection, now: int) -> int:
    """Removes a piece of what was purged and need not be remembered any more."""
    sql = (
        "WITH gone AS (DELETE FROM events WHERE id IN"
        " (SELECT id FROM events WHERE state = 5 AND received < $1 LIMIT $2) RETURNING 1)"
        " SELECT count(*) FROM gone"
    )
    gone = int(await db.fetchval(sql, now - KEYS_KEPT, PIECE))
    sql = (
        "WITH gone AS (DELETE FROM deliveries WHERE id IN"
        " (SELECT id FROM deliveries WHERE received < $1 AND id < coalesce("
        " (SELECT delivery FROM events ORDER BY id LIMIT 1), 9223372036854775807) LIMIT $2) RETURNING 1)"
        " SELECT count(*) FROM gone"
    )
    return gone + int(await db.fetchval(sql, now - KEYS_KEPT, PIECE))


async def note(db: Connection, name: str, text: str) -> None:
    """Keeps a few words."""
    sql = "INSERT INTO notes VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET text = excluded.text"
    await db.execute(sql, name, storable(text))


async def noted(db: Connection, name: str) -> str | None:
    """What was kept."""
    found: str | None = await db.fetchval("SELECT text FROM notes WHERE name = $1", name)
    return found


async def shift(db: Connection, by: int) -> None:
    """Moves every due time."""
    sql = "UPDATE events SET due = greatest(1, due + $1) WHERE state = 0 AND due > 0 AND due < $2"
    await db.execute(sql, by, PARKED)


async def _move(db: Connection, rows: Sequence[Any], to: str, change: str) -> int:
    await count(db, _less(rows))
    await count(db, {to: len(rows)})
    await db.execute(f"UPDATE events SET {change} WHERE id = ANY($1)", [row["id"] for row in rows])
    return len(rows)


def _less(rows: Sequence[Any]) -> dict[str, int]:
    states = Counter(row["state"] for row in rows)
    return {STATES[state]: -number for state, number in states.items() if state}


async def _piece(db: Connection, chosen: Selection, allowed: str) -> list[Any]:
    where, values = _where(chosen)
    sql = (
        f"SELECT id, state, lane FROM events WHERE {_all([*where, f'({allowed})'])}"
        f" ORDER BY id LIMIT {PIECE} FOR UPDATE"
    )
    rows: list[Any] = await db.fetch(sql, *values)
    return rows


def _where(chosen: Selection) -> tuple[list[str], list[Any]]:
    where: list[str] = []
    values: list[Any] = []

    def add(condition: str, value: Any) -> None:
        values.append(value)
        where.append(condition.format(f"${len(values)}"))

    if chosen.ids is not None:
        add("id = ANY({}::bigint[])", [each for each in chosen.ids if -(1 << 63) <= each < 1 << 63])
    if chosen.states is not None:
        add("state = ANY({}::smallint[])", [NUMBER[each] for each in chosen.states])
    if chosen.kind is not None and chosen.kind != "*":
        if chosen.kind.endswith(".*"):
            add("starts_with(kind, {})", chosen.kind[:-1])
        else:
            add("kind = {}", chosen.kind)
    # One look into each of the indexes, which have a part of the events each.
    parts = [f"SELECT id FROM events WHERE lane = {{0}} AND state {part}" for part in ("= 0", "= 1", "> 1")]
    for condition, value in (
        (f"id IN ({' UNION ALL '.join(parts)})", chosen.lane),
        ("received >= {0}", chosen.since),
        ("received < {0}", chosen.until),
    ):
        if value is not None:
            add(condition, value)
    return where, values


def _all(where: Sequence[str]) -> str:
    return " AND ".join(where) or "TRUE"


async def _tried(db: Connection, events: Sequence[int]) -> dict[int, list[Tried]]:
    sql = (
        "SELECT event, handler, state, attempts, started, took FROM tried WHERE event = ANY($1)"
        " ORDER BY event, handler"
    )
    found: dict[int, list[Tried]] = {}
    for event, handler, state, attempts, started, took in await db.fetch(sql, list(events)):
        found.setdefault(event, []).append(Tried(handler, STATES[state], attempts, started, took))
    return found


def _summary(row: Any) -> Summary:
    number, kind, name, lane, state, occurred, received, due, failures, repeats, error = row
    last = error.rstrip().rpartition("\n")[2] if error else None
    return Summary(number, kind, name, lane, STATES[state], occurred, received, due, failures, repeats, last)
