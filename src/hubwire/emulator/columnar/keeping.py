"""Columns kept in the state file, so that an emulator that is started again need not read every record.

What is written after they were kept is noted with the write itself: they are never older than their notes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from hubwire.emulator.columnar.coded import Coded
from hubwire.emulator.columnar.keys import Keys, Numbers
from hubwire.emulator.columnar.rows import Rows
from hubwire.emulator.columnar.texts import Texts
from hubwire.emulator.columns import Column
from hubwire.emulator.records import Table
from hubwire.emulator.store import Store

ROWS = ("", "rows")
Kept = tuple[Rows, dict[tuple[str, str], Coded], set[str]]


def keep(table: Table, rows: Rows, columns: Mapping[tuple[str, str], Coded], present: Iterable[str]) -> None:
    """Writes them in place of older ones, and forgets what was noted since. `present`: what records have."""
    store, suffix = table.store, table.suffix
    with store.transaction():
        store.script("columns", t=suffix)
        table.forget()
        store.run(f"DELETE FROM columns_{suffix}")
        store.run(f"DELETE FROM touched_{suffix}")
        sql = f"INSERT INTO columns_{suffix} VALUES (?, ?, ?, ?, ?, ?)"
        alive = rows.alive.astype(np.int8)
        names = " ".join(sorted(present))
        store.run(sql, (*ROWS, names, rows.ids.tobytes(), rows.created.tobytes(), alive.tobytes()))
        for (name, sort), each in columns.items():
            keys = each.keys
            values = keys.blob if isinstance(keys, Texts) else keys.values.tobytes()
            starts = keys.starts.tobytes() if isinstance(keys, Texts) else None
            store.run(sql, (name, sort, each.column.sql, each.codes.tobytes(), values, starts))


def kept(store: Store, suffix: str) -> Kept | None:
    """The columns as they were kept; None if they never were."""
    row = store.one(f"SELECT codes, keys, starts, sql FROM columns_{suffix} WHERE sort = 'rows'")
    if row is None:
        return None
    alive = np.frombuffer(row[2], np.int8) != 0
    rows = Rows(_array(row[0], np.int64), _array(row[1], np.int64), alive)
    columns_sql = f"SELECT name, sort, sql, codes, keys, starts FROM columns_{suffix} WHERE sort != 'rows'"
    found = store.run(columns_sql)
    columns = {}
    for name, sort, sql, codes, keys, starts in found:
        column = Column(name, sort, sql)
        columns[name, sort] = Coded(column, _array(codes, np.int32), _keys(column, keys, starts))
    return rows, columns, set(row[3].split())


def _keys(column: Column, keys: bytes, starts: bytes | None) -> Keys:
    if starts is not None:
        return Texts(keys, _array(starts, np.int64))
    return Numbers(_array(keys, np.float64 if column.sort == "number" else np.int64))


def _array(body: bytes, kind: type) -> np.ndarray:
    # Copied: what is read from bytes cannot be written to.
    return np.frombuffer(body, kind).copy()
