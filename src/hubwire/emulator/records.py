"""The records of one object type in one account: two tables, one for live and one for archived records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from hubwire.catalogue.facts import ObjectType
from hubwire.emulator.columns import Column
from hubwire.emulator.remembered import Remembered
from hubwire.emulator.store import Row, Store

_decoder = msgspec.json.Decoder(dict[str, str])
_with_cleared = msgspec.json.Decoder(dict[str, str | None])
_encoder = msgspec.json.Encoder(order="sorted")
_plain = msgspec.json.Encoder()

COLUMNS = "id, created, updated, props"
CLEARED = ":null"
"""Stands in every document with a property that was set and cleared, and in few others."""


@dataclass(slots=True)
class Record:
    """One record as stored. Times are epoch milliseconds; `props` holds set values only, all strings."""

    id: int
    created: int
    updated: int
    props: dict[str, str]
    archived: int | None = None
    """When it was archived."""
    cleared: frozenset[str] = frozenset()
    """Properties that had a value once: HubSpot tells them as "", and those that never had one as null."""


class Table:
    """Created by the first write; until then it reads as empty. Writing is for `Portal.apply` only."""

    def __init__(self, store: Store, portal_id: int, kind: ObjectType) -> None:
        self.store, self.kind = store, kind
        self.suffix = f"{portal_id}_{kind.id.replace('-', '_')}"
        self.live, self.gone = f"live_{self.suffix}", f"gone_{self.suffix}"
        self._kinds = f"kinds_{portal_id}"
        self._made: bool | None = None
        self._indexes: set[str] | None = None
        self.touched: list[int] | None = None
        """Ids whose records were written, or may have been; None while nobody reads it."""
        self._keeps: bool | None = None
        self.remembered = Remembered()
        self.filling = False
        """So many records are being added that indexes are to be built afterwards."""

    def forget(self) -> None:
        """Drops what is remembered: a transaction that may have changed it was undone."""
        self._made = self._indexes = self._keeps = None
        self.remembered.forget()

    @property
    def keeps_columns(self) -> bool:
        """Whether the file has columns of it, so that writes must be noted beside them."""
        if self._keeps is None:
            sql = "SELECT 1 FROM sqlite_master WHERE name = ?"
            self._keeps = self.store.one(sql, (f"touched_{self.suffix}",)) is not None
        return self._keeps

    def noted(self) -> list[int]:
        """Ids of records written since the columns were kept."""
        return [id_ for (id_,) in self.store.run(f"SELECT id FROM touched_{self.suffix}")]

    def noted_number(self) -> int:
        """How many those are."""
        row = self.store.one(f"SELECT count(*) FROM touched_{self.suffix}")
        return int(row[0]) if row else 0

    @property
    def made(self) -> bool:
        if self._made is None:
            found = self.store.one(f"SELECT 1 FROM {self._kinds} WHERE type = ?", (self.kind.id,))
            self._made = found is not None
        return self._made

    def make(self) -> None:
        """Creates the tables, inside the transaction of the first write."""
        self.store.script("records", t=self.suffix)
        self.store.run(f"INSERT INTO {self._kinds} (type) VALUES (?)", (self.kind.id,))
        self._made = True

    def state(self) -> tuple[int, int]:
        """How many records live, and the version that grows with every write."""
        row = self.store.one(f"SELECT live, version FROM {self._kinds} WHERE type = ?", (self.kind.id,))
        return (row[0], row[1]) if row else (0, 0)

    # Reading

    def fetch(self, ids: Sequence[int], *, archived: bool = False) -> dict[int, Record]:
        """Those of the ids that exist."""
        if not self.made or not ids:
            return {}
        if len(ids) == 1:
            rows = self._select("WHERE id = ?", (ids[0],), archived)
        else:
            rows = self._select("WHERE id IN (SELECT value FROM json_each(?))", (_json(ids),), archived)
        return {record.id: record for record in rows}

    def raw(self, ids: Sequence[int]) -> Iterable[Row]:
        """The values of `COLUMNS` of those that live."""
        if not self.made or not ids:
            return ()
        if len(ids) == 1:
            return self.store.run(f"SELECT {COLUMNS} FROM {self.live} WHERE id = ?", (ids[0],))
        among = "id IN (SELECT value FROM json_each(?))"
        return self.store.run(f"SELECT {COLUMNS} FROM {self.live} WHERE {among}", (_json(ids),))

    def page(self, start: int, limit: int, *, archived: bool = False) -> list[Record]:
        """Up to `limit` records from id `start` on, by id."""
        if not self.made:
            return []
        return self._select("WHERE id >= ? ORDER BY id LIMIT ?", (start, limit), archived)

    def ids(self, start: int, limit: int) -> list[int]:
        """The ids of those."""
        if not self.made:
            return []
        rows = self.store.run(f"SELECT id FROM {self.live} WHERE id >= ? ORDER BY id LIMIT ?", (start, limit))
        return [id_ for (id_,) in rows]

    def each(self) -> Iterator[Row]:
        """All live records, by id: the values of `COLUMNS`."""
        if not self.made:
            return iter(())
        return self.store.run(f"SELECT {COLUMNS} FROM {self.live} ORDER BY id")

    def in_order(self, ids: Sequence[int]) -> list[Record]:
        """The live records with these ids, in their order."""
        found = self.fetch(ids)
        return [found[id_] for id_ in ids if id_ in found]

    def existing(self, ids: Iterable[int]) -> set[int]:
        """Those of the ids that are live."""
        wanted = list(ids)
        if not self.made or not wanted:
            return set()
        sql = f"SELECT id FROM {self.live} WHERE id IN (SELECT value FROM json_each(?))"
        return {row[0] for row in self.store.run(sql, (_json(wanted),))}

    def find(self, column: Column, keys: Sequence[Any]) -> dict[Any, int]:
        """Key → id of the live record whose `column` equals it; the lowest id wins."""
        if not self.made or not keys:
            return {}
        sql = (
            f"SELECT {column.sql}, id FROM {self.live}"
            f" WHERE {column.sql} IN (SELECT value FROM json_each(?)) ORDER BY id DESC"
        )
        return dict(self.store.all(sql, (_json(keys),)))

    def holders(self, column: Column, values: Sequence[str], limit: int = 100) -> list[tuple[int, str]]:
        """The lowest ids of live records with one of these values in `column`, each with its value."""
        if not self.made or not values:
            return []
        return self.store.all(
            f"SELECT id, {column.sql} FROM {self.live}"
            f" WHERE {column.sql} IN (SELECT value FROM json_each(?)) ORDER BY id LIMIT ?",
            (_json(values), limit),
        )

    def _select(self, where: str, values: Sequence[object], archived: bool) -> list[Record]:
        if archived:
            rows = self.store.run(f"SELECT {COLUMNS}, archived FROM {self.gone} {where}", values)
        else:
            rows = self.store.run(f"SELECT {COLUMNS} FROM {self.live} {where}", values)
        return list(map(decoded, rows))

    # Writing

    def advance(self, created: int, live: int) -> int:
        """Counts a write in; returns the number of the first of `created` new records."""
        ((number,),) = self.store.all(
            f"UPDATE {self._kinds} SET next = next + ?, live = live + ?, version = version + 1"
            " WHERE type = ? RETURNING next",
            (created, live, self.kind.id),
        )
        return int(number) - created

    def touch(self, ids: Sequence[int]) -> None:
        """Notes that those records are others now, or may be."""
        self.remembered.forget(ids)
        if self.touched is not None:
            self.touched.extend(ids)
        if self.keeps_columns:
            sql = f"INSERT OR IGNORE INTO touched_{self.suffix} SELECT value FROM json_each(?)"
            self.store.run(sql, (_json(ids),))

    def insert(self, records: Iterable[Record]) -> None:
        several = list(records)
        self.pour([(r.id, r.created, r.updated, _document(r)) for r in several])

    def pour(self, rows: Sequence[tuple[int, int, int, str]]) -> None:
        """Inserts records whose documents are written already: the values of `COLUMNS`."""
        if self.touched is not None or self.keeps_columns:
            self.touch([row[0] for row in rows])
        self.store.many(f"INSERT INTO {self.live} ({COLUMNS}) VALUES (?, ?, ?, ?)", rows)

    def replace(self, records: Sequence[Record]) -> None:
        self.touch([record.id for record in records])
        self.store.many(
            f"UPDATE {self.live} SET created = ?, updated = ?, props = ? WHERE id = ?",
            ((r.created, r.updated, _document(r), r.id) for r in records),
        )

    def archive(self, ids: Sequence[int], at: int) -> list[int]:
        """Moves those of the ids that live; returns which did."""
        self.touch(ids)
        wanted = _json(ids)
        moved = self.store.all(
            f"INSERT INTO {self.gone} ({COLUMNS}, archived) SELECT {COLUMNS}, ? FROM {self.live}"
            " WHERE id IN (SELECT value FROM json_each(?)) RETURNING id",
            (at, wanted),
        )
        self.store.run(f"DELETE FROM {self.live} WHERE id IN (SELECT value FROM json_each(?))", (wanted,))
        return [id_ for (id_,) in moved]

    def remove(self, ids: Sequence[int]) -> int:
        """Takes records away for good; returns how many of them lived."""
        self.touch(ids)
        wanted = _json(ids)
        where = "WHERE id IN (SELECT value FROM json_each(?))"
        lived = self.store.all(f"DELETE FROM {self.live} {where} RETURNING id", (wanted,))
        self.store.run(f"DELETE FROM {self.gone} {where}", (wanted,))
        return len(lived)

    # Indexes

    @property
    def indexes(self) -> set[str]:
        """Names of the indexed columns; two names joined by `+` for an index over both."""
        if self._indexes is None:
            sql = "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND name LIKE 'x%'"
            cut = len(f"x{self.suffix}_")
            self._indexes = {row[0][cut:] for row in self.store.run(sql, (self.live,))}
        return self._indexes

    def index(self, *columns: Column) -> None:
        """Indexes them if they are not. Creation time comes last, so equal values lie in default order."""
        name = "+".join(column.name for column in columns)
        if name in self.indexes:
            return
        parts = [column.sql for column in columns]
        if "created" not in parts:
            parts.append("created")
        with self.store.transaction():
            self.store.run(f'CREATE INDEX "x{self.suffix}_{name}" ON {self.live} ({", ".join(parts)})')
        self.indexes.add(name)

    def drop_indexes(self, name: str) -> None:
        """Those over the column of that name: its definition, and so its order, may have changed."""
        for index in [known for known in self.indexes if name in known.split("+")]:
            self.store.run(f'DROP INDEX "x{self.suffix}_{index}"')
            self.indexes.discard(index)

    def rows(self, sql: str, values: Sequence[object]) -> list[Row]:
        """A query; `{live}` stands for the table of live records, `{gone}` for that of archived ones."""
        return self.store.all(sql.replace("{live}", self.live).replace("{gone}", self.gone), values)


def decoded(row: Row) -> Record:
    """A row of `COLUMNS`, or of them and when it was archived, as the record it is."""
    id_, created, updated, document, *archived = row
    if CLEARED not in document:
        return Record(id_, created, updated, _decoder.decode(document), *archived)
    held = _with_cleared.decode(document)
    props = {name: value for name, value in held.items() if value is not None}
    record = Record(id_, created, updated, props, *archived)
    record.cleared = frozenset(held.keys() - props.keys())
    return record


def blank(document: str) -> bytes:
    """A stored document in which what was cleared is told as HubSpot tells it."""
    return _plain.encode({name: value or "" for name, value in _with_cleared.decode(document).items()})


def _document(record: Record) -> str:
    """What is stored. A cleared property is a null in it, so that queries find it without a value."""
    if not record.cleared:
        return _encoder.encode(record.props).decode()
    return _encoder.encode({**dict.fromkeys(record.cleared), **record.props}).decode()


def _json(values: Iterable[object]) -> str:
    return _plain.encode(list(values)).decode()
