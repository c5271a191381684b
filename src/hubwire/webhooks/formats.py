"""The format of an inbox's file: making it, knowing it, and bringing an older one up to date."""

from __future__ import annotations

import logging
import sqlite3
from importlib.resources import files

from hubwire.errors import ConfigError
from hubwire.webhooks.lending import recover
from hubwire.webhooks.receiver import arrival

log = logging.getLogger("hubwire.webhooks")

FORMAT = 2
"""Format 1 had the outcome of an event in the row of the event, an index for those that had none, an index by
record, and keys that did not begin with the time.
"""

# What was lent has an epoch in format 1; whose epoch moved on was taken from whoever had it.
FROM_1 = """
UPDATE lent SET events = (
    SELECT json_group_array(CAST(one.key AS INTEGER)) FROM json_each(lent.events) AS one
    JOIN old ON old.id = CAST(one.key AS INTEGER) AND old.epoch = one.value
);
INSERT INTO events SELECT id, rekeyed(key, raw), delivery, lane, kind, property, occurred, received, raw
    FROM old ORDER BY id;
INSERT INTO outcomes SELECT id, state, NULL, NULL, NULL, tried, generation FROM old WHERE state > 0;
INSERT INTO waiting SELECT id, lane, due, crashes, generation, tried FROM old
    WHERE state = 0 AND (due > 0 OR crashes > 0 OR generation > 0 OR tried IS NOT NULL);
INSERT INTO repeats SELECT id, repeats FROM old WHERE repeats > 0;
INSERT INTO marks SELECT 'newest', max(occurred) FROM old WHERE state > 0 HAVING count(*) > 0;
DELETE FROM sqlite_sequence WHERE name = 'events';
UPDATE sqlite_sequence SET name = 'events' WHERE name = 'old';
DROP TABLE old;
"""


def _rekeyed(key: bytes, raw: bytes) -> bytes:
    """What was purged keeps its key: HubSpot does not repeat it any more."""
    return arrival(raw).key if raw else key


def prepare(db: sqlite3.Connection) -> None:
    """Makes the tables in a file that has none of its own; ConfigError for anybody else's file."""
    ((found,),) = db.execute("PRAGMA user_version").fetchall()
    ((tables,),) = db.execute("SELECT count(*) FROM sqlite_master").fetchall()
    # As one: with half of its tables, nobody would know whose file it is.
    if not found and not tables:
        db.executescript(f"BEGIN IMMEDIATE;\n{_tables()}\nCOMMIT;")
        return
    check(db, oldest=1)
    if found == 1:
        log.warning("webhooks: the inbox is of format 1, and is brought to format %d now", FORMAT)
        db.create_function("rekeyed", 2, _rekeyed, deterministic=True)
        db.executescript(
            f"BEGIN IMMEDIATE;\nALTER TABLE events RENAME TO old;\n{_tables()}\n{FROM_1}\nCOMMIT;"
        )
    db.execute("BEGIN IMMEDIATE")
    recover(db)
    db.execute("COMMIT")


def check(db: sqlite3.Connection, oldest: int = FORMAT) -> None:
    """ConfigError unless it is an inbox of a format from `oldest` to ours."""
    ((found,),) = db.execute("PRAGMA user_version").fetchall()
    ours = db.execute("SELECT 1 FROM sqlite_master WHERE name = 'deliveries'").fetchall()
    if not ours:
        raise ConfigError("This file is the database of something else. Name another one.")
    if found > FORMAT:
        raise ConfigError(
            f"This inbox is of format {found}, and this hubwire reads {FORMAT}: use the one that made it."
        )
    if found < oldest:
        raise ConfigError(
            f"This inbox is of format {found}, and this hubwire reads {FORMAT}. Nothing was changed. "
            "`hubwire webhooks serve` or `work` brings it up to date when it starts."
        )


def _tables() -> str:
    return (files("hubwire.webhooks") / "inbox.sql").read_text("utf-8")
