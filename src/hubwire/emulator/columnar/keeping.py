"""Columns kept in the state file, so that an emulator that is started again need not read every record.

What is written after they were kept is noted with the write itself: they are never older than their notes.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from hubwire.emulator.columnar.coded import UNSET, Coded, with_room
from hubwire.emulator.columnar.keys import Keys, Numbers
from hubwire.emulator.columnar.rows import Rows
from hubwire.emulator.columnar.texts import Texts
from hubwire.emulator.columns import Column
from hubwire.emulator.records import Table
from hubwire.emulator.store import Store

ROWS = ("", "rows")
Kept = tuple[Rows, dict[tuple[str, str], Coded], set[str], set[int]]
"""Rows, columns by name and sort, names of the properties that records have, ids that columns do not tell."""


def keep(
    table: Table,
    rows: Rows,
    columns: Iterable[Coded],
    present: Iterable[str],
    odd: Iterable[int],
) -> None:
    """Writes them in place of older ones, one at a time, and forgets what was noted since. The rest is as in
    `Kept`."""
    store, suffix = table.store, table.suffix
    with store.transaction():
        # Other versions have other columns in it.
        store.run(f"DROP TABLE IF EXISTS columns_{suffix}")
        store.script("columns", t=suffix)
        table.forget()
        store.run(f"DELETE FROM touched_{suffix}")
        sql = f"INSERT INTO columns_{suffix} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
        alive = rows.alive.astype(np.int8)
        names = " ".join(sorted(present))
        apart = np.array(sorted(odd), np.int64)
        store.run(
            sql,
            (
                *(*ROWS, names, rows.ids.tobytes(), rows.created.tobytes(), alive.tobytes()),
                *(1, apart.tobytes(), None),
            ),
        )
        for each in columns:
            keys = each.keys
            values = keys.blob if isinstance(keys, Texts) else keys.values.tobytes()
            starts = keys.starts.tobytes() if isinstance(keys, Texts) else None
            texts = each.texts
            key = (each.column.name, each.column.sort, each.column.sql)
            told = (None, None) if texts is None else (texts.blob, texts.starts.tobytes())
            store.run(
                sql,
                (*key, each.codes.tobytes(), values, starts, each.faithful, *told),
            )


def kept(store: Store, suffix: str) -> Kept | None:
    """The columns as they were kept; None if they never were, or not by this version."""
    if store.one(f"SELECT 1 FROM pragma_table_info('columns_{suffix}') WHERE name = 'faithful'") is None:
        return None
    row = store.one(f"SELECT codes, keys, starts, sql, texts FROM columns_{suffix} WHERE sort = 'rows'")
    if row is None:
        return None
    alive = np.frombuffer(row[2], np.int8) != 0
    rows = Rows(_array(row[0], np.int64), _array(row[1], np.int64), alive)
    found = store.all(
        "SELECT rowid, name, sort, sql, faithful,"
        " length(keys), length(starts), length(texts), length(text_starts)"
        f" FROM columns_{suffix} WHERE sort != 'rows'"
    )
    columns = {}
    for number, name, sort, sql, faithful, *lengths in found:
        blobs = _Blobs(store, f"columns_{suffix}", number)
        size, starts, told, told_starts = lengths
        column = Column(name, sort, sql)
        codes = np.full(with_room(rows.total), UNSET, np.int32)
        blobs.into("codes", codes[: rows.total])
        if starts is None:
            keys: Keys = Numbers(blobs.array("keys", size, np.float64 if sort == "number" else np.int64))
        else:
            keys = Texts(blobs.whole("keys"), blobs.array("starts", starts, np.int64))
        texts = (
            None
            if told is None
            else Texts(blobs.whole("texts"), blobs.array("text_starts", told_starts, np.int64))
        )
        each = Coded(column, codes, keys, texts, rows.total)
        each.faithful = bool(faithful)
        columns[name, sort] = each
    return rows, columns, set(row[3].split()), set(np.frombuffer(row[4], np.int64).tolist())


class _Blobs:
    """Those of one row: read where they are to be, they are copied once and not four times."""

    def __init__(self, store: Store, table: str, number: int) -> None:
        self._store, self._table, self._number = store, table, number

    def into(self, name: str, room: np.ndarray) -> None:
        blob = self._store.blob(self._table, name, self._number)
        blob.read_into(room.view(np.uint8).data)
        blob.close()

    def array(self, name: str, size: int, kind: type) -> np.ndarray:
        room: np.ndarray = np.empty(size // 8, kind)
        self.into(name, room)
        return room

    def whole(self, name: str) -> bytes:
        blob = self._store.blob(self._table, name, self._number)
        read: bytes = blob.read()
        blob.close()
        return read


def _array(body: bytes, kind: type) -> np.ndarray:
    # Copied: what is read from bytes cannot be written to.
    return np.frombuffer(body, kind).copy()
