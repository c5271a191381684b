"""A search index that runs behind: for `seconds` after a write, searches see the record as it was before.

https://developers.hubspot.com/docs/guides/api/crm/search: new and updated records take a few moments to show.
That archived records stay found for as long, and are told as they were, is assumed; associations never lag.

Triggers note what each write replaces, so writers need not know, and what a transaction undoes is undone
here. The notes live as long as the process: an emulator that is started again has everything indexed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hubwire.emulator.records import Record, Table, decoded
from hubwire.emulator.store import Row, Store

WATCH = """
CREATE TEMP TABLE IF NOT EXISTS stale_{t} (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    until REAL NOT NULL,
    id INTEGER NOT NULL,
    created INTEGER,
    updated INTEGER,
    props TEXT
);
CREATE INDEX IF NOT EXISTS temp.stale_{t}_id ON stale_{t} (id);
CREATE TEMP TRIGGER IF NOT EXISTS born_{t} AFTER INSERT ON main.live_{t} BEGIN
    INSERT INTO stale_{t} (until, id) VALUES (indexed_at(), NEW.id);
END;
CREATE TEMP TRIGGER IF NOT EXISTS changed_{t} AFTER UPDATE ON main.live_{t} BEGIN
    INSERT INTO stale_{t} (until, id, created, updated, props)
    VALUES (indexed_at(), OLD.id, OLD.created, OLD.updated, OLD.props);
END;
CREATE TEMP TRIGGER IF NOT EXISTS left_{t} AFTER DELETE ON main.live_{t} BEGIN
    INSERT INTO stale_{t} (until, id, created, updated, props)
    VALUES (indexed_at(), OLD.id, OLD.created, OLD.updated, OLD.props);
END;
"""
# The first note of a record is what the index has of it; without `props` the index has nothing.
INDEXED = """(
    SELECT id, created, updated, props FROM main.live_{t} WHERE id NOT IN (SELECT id FROM temp.stale_{t})
    UNION ALL
    SELECT id, created, updated, props FROM temp.stale_{t}
    WHERE seq IN (SELECT min(seq) FROM temp.stale_{t} GROUP BY id) AND props IS NOT NULL
)"""


class Lag:
    """What searches of one account do not know yet. `now` is the emulator's clock."""

    def __init__(self, store: Store, now: Callable[[], float], seconds: float) -> None:
        if not 0 < seconds < float("inf"):
            raise ValueError(f"an index lags by a number of seconds, not by {seconds}")
        self._store, self._now = store, now
        self._watched: set[str] = set()
        # Not deterministic: SQLite must ask for every row anew.
        store.function("indexed_at", lambda: now() + seconds, 0, deterministic=False)
        store.on_rollback.append(self._watched.clear)

    def watch(self, table: Table) -> None:
        """Takes note of the table's writes from here on."""
        if table.suffix not in self._watched:
            self._store.run(WATCH.format(t=table.suffix))
            self._watched.add(table.suffix)

    def behind(self, table: Table) -> bool:
        """Does the index of this type miss anything now?"""
        self.watch(table)
        stale = f"temp.stale_{table.suffix}"
        if self._store.one(f"SELECT 1 FROM {stale} LIMIT 1") is None:
            return False
        self._store.run(f"DELETE FROM {stale} WHERE until <= ?", (self._now(),))
        return self._store.one(f"SELECT 1 FROM {stale} LIMIT 1") is not None

    def rows(self, table: Table, sql: str, values: Sequence[object]) -> list[Row]:
        """A query in which `{live}` stands for the records as the index has them."""
        return self._store.all(sql.replace("{live}", INDEXED.format(t=table.suffix)), values)

    def in_order(self, table: Table, ids: Sequence[int]) -> list[Record]:
        """The records with these ids, in their order, as the index has them."""
        marks = ", ".join(map(str, ids))
        found = self.rows(
            table, f"SELECT id, created, updated, props FROM {{live}} WHERE id IN ({marks})", ()
        )
        known = {row[0]: decoded(row) for row in found}
        return [known[id_] for id_ in ids if id_ in known]


def settle(store: Store) -> None:
    """Lets every index catch up with everything: what was seeded or brought back is indexed."""
    sql = "SELECT name FROM sqlite_temp_master WHERE type = 'table' AND name LIKE 'stale!_%' ESCAPE '!'"
    for (name,) in store.all(sql):
        store.run(f"DELETE FROM temp.{name}")
