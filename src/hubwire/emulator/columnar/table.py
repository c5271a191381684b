"""All columns of one object type: made from its records once, and then following every write."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hubwire.catalogue.facts import ObjectType, Property
from hubwire.emulator.calculated import CONSTANTS
from hubwire.emulator.columnar.across import Across
from hubwire.emulator.columnar.addresses import Addresses
from hubwire.emulator.columnar.coded import Coded
from hubwire.emulator.columnar.keeping import Kept, keep, kept
from hubwire.emulator.columnar.reading import (
    Gathered,
    GatheredMoments,
    folded,
    gather,
    key_of,
    of_numbers,
    of_values,
)
from hubwire.emulator.columnar.ready import Ready
from hubwire.emulator.columnar.rows import Rows
from hubwire.emulator.columnar.texts import Places
from hubwire.emulator.columnar.written import Writer, writer
from hubwire.emulator.columns import Column, column
from hubwire.emulator.records import CLEARED, Record, Table

CHUNK, FEW = 10_000, 100
BEHIND = 10_000
"""So many changes may wait for a search to ask for them; then all columns follow."""


class Columns:
    """Reads the table; `Table.touched` tells the ids whose records may be others now."""

    def __init__(self, table: Table, definitions: Mapping[str, Property]) -> None:
        self._table, self._kind = table, table.kind
        self.version = 0
        """Grows when all of them have followed."""
        self._changes: list[int] = []
        """Rows that were changed, as often as they were."""
        self._read: tuple[tuple[int, int], Places, list[Record]] | None = None
        self._apart: set[int] = set()
        """Ids of records that were written since all columns followed."""
        self._apart_in_order: list[int] = []
        self._noted = 0
        """How many of the touched ones are among them."""
        self._kept: set[Column] | None = None
        """What the state file has; None if that is not what the records are like now."""
        found = kept(table.store, table.suffix) if table.keeps_columns else None
        if found is None:
            found = _read_all(table, definitions)
            table.touched = []
        else:
            table.touched = table.noted()
            self._kept = {each.column for each in found[1].values()}
        self.rows, self._columns, self._present, self._odd = found
        self._unlike = set(self._odd)
        """The odd ones, and those that only `ready` tells: columns alone would tell them wrong."""
        for each in self._columns.values():
            each.prepare()
        often = {*self._kind.defaults, self._kind.created, self._kind.modified}
        telling = [each for each in self._columns.values() if self._told_by(each.column) is each]
        self.ready = Ready(telling, often, self.rows.ids)
        self._addresses: dict[str, Addresses | None] = {}

    def keep(self) -> None:
        """Puts them in the state file, unless it has them as they are."""
        self.follow(everything=True)
        # What is the same everywhere is soon made again, unless some record says so itself.
        columns = [
            each
            for each in self._columns.values()
            if not each.is_uniform or each.column.name in self._present
        ]
        if self._kept != {each.column for each in columns}:
            keep(self._table, self.rows, columns, self._present, self._unlike)
            self._kept = {each.column for each in columns}

    def follow(self, *, everything: bool = False) -> None:
        """Learns of the writes there were, and brings all columns up to date if there were many."""
        self._note()
        touched, self._table.touched, self._noted = self._table.touched or [], [], 0
        if touched:
            self._learn(list(dict.fromkeys(touched)))
        if len(self._changes) > BEHIND or everything:
            for each in self._columns.values():
                self._bring_up(each)
                each.seen = 0
            self._present.update(*(record.props for record in self._since(0)[1]))
            self._changes.clear()
            self._read = None
            self._apart.clear()
            self._apart_in_order.clear()
            self._addresses.clear()
            self.version += 1

    def has(self, wanted: Column) -> bool:
        """Whether any record had the property when columns of all were last brought up to date."""
        return wanted.name in self._present

    def writer(self, wanted: Column) -> Writer | None:
        """What tells the property's values; None if the records have to be read for that."""
        known = self._told_by(wanted)
        return None if known is None else self.ready.slots.get(wanted.name) or writer(known.column, known)

    def _told_by(self, wanted: Column) -> Coded | None:
        known = self._columns.get((wanted.name, wanted.sort))
        if known is None or known.column.sql != wanted.sql:
            return None
        exact = self._columns.get((wanted.name, "exact"))
        return exact if exact is not None or not known.faithful else known

    def place(self, id_: int) -> int:
        """The row of that id; -1 if columns cannot tell what the record is like now."""
        self._note()
        return -1 if id_ in self._apart or id_ in self._odd else self.rows.place(id_)

    def places(self, ids: Sequence[int]) -> NDArray[np.int32]:
        """The same for several."""
        self._note()
        rows = self.rows.places(ids)
        for apart in (self._apart, self._odd):
            if apart and not apart.isdisjoint(ids):
                rows[[place for place, id_ in enumerate(ids) if id_ in apart]] = -1
        return rows

    def leads(self, ids: NDArray[np.int64]) -> NDArray[np.int32] | None:
        """The rows of those ids; None if some id is named twice, or columns do not tell all of them."""
        self._note()
        for apart in (self._apart, self._odd):
            if apart and not apart.isdisjoint(ids.tolist()):
                return None
        return self.rows.leads(ids)

    def page(self, start: int, limit: int) -> tuple[NDArray[np.int32], NDArray[np.int64]] | None:
        """The rows and the ids of so many from id `start` on, if there are more after them.

        A row is -1 if columns cannot tell what the record is like now. None where others may be among them.
        """
        self._note()
        found = self.rows.page(start, limit)
        if found is None:
            return None
        rows, last = found
        ids: NDArray[np.int64] = self.rows.ids.take(rows)
        near = bisect_left(self._apart_in_order, start)
        written = self._apart_in_order[near : bisect_right(self._apart_in_order, last)]
        odd = self._odd.intersection(ids.tolist()) if self._odd else ()
        if not written and not odd:
            return rows, ids
        # Those that were written just now may be new.
        if any(self.rows.place(id_) < 0 for id_ in written):
            return None
        return np.where(np.isin(ids, [*written, *odd]), np.int32(-1), rows), ids

    def addressed(
        self, wanted: Column, texts: Sequence[bytes], order: Sequence[int]
    ) -> tuple[NDArray[np.int32], NDArray[Any]] | None:
        """The rows that have these texts in a column where each has another, and as `ready` has them.

        Texts are as for `Addresses.find`. None if columns do not know all of them; some may be `doubtful`.
        """
        if wanted.name not in self._addresses:
            known = self._told_by(wanted)
            self._addresses[wanted.name] = (
                None if known is None else Addresses.of(self.ready, known, self.rows.alive)
            )
        addresses = self._addresses[wanted.name]
        found = None if addresses is None else addresses.find(texts, order)
        if found is None:
            return None
        self._note()
        return found if self.rows.live_apart(found[0]) else None

    def doubtful(self, rows: NDArray[np.int32]) -> list[tuple[int, int]]:
        """The places of rows that columns cannot tell any more, and the ids of their records."""
        if not self._apart and not self._odd:
            return []
        ids = enumerate(self.rows.ids.take(rows).tolist())
        return [(place, id_) for place, id_ in ids if id_ in self._apart or id_ in self._odd]

    def _note(self) -> None:
        touched = self._table.touched or ()
        if len(touched) > self._noted:
            new = set(touched[self._noted :]) - self._apart
            self._apart |= new
            self._noted = len(touched)
            if len(new) < FEW:
                for id_ in new:
                    insort(self._apart_in_order, id_)
            else:
                self._apart_in_order = sorted(self._apart)

    def of(self, wanted: Column) -> Coded:
        """The column of that name, of the same sort; made now if it is not there."""
        key = (wanted.name, wanted.sort)
        known = self._columns.get(key)
        if known is None or known.column.sql != wanted.sql:
            if wanted.name in self._present:
                known = self._made(wanted)
                known.prepare()
                known.seen = len(self._changes)
            else:
                known = self._unset(wanted)
            self._columns[key] = known
        self._bring_up(known)
        return known

    def _learn(self, ids: Sequence[int]) -> None:
        self._kept = None
        found = self._table.fetch(ids)
        known = self.rows.of_ids(ids)
        known_ids = self.rows.ids[known].tolist()
        there = np.array([id_ in found for id_ in known_ids], np.bool_)
        if not there.all():
            self.rows.bury(known[~there])
        if (again := known[there & ~self.rows.alive[known]]).size:
            self.rows.revive(again)
        # What was cleared is told otherwise than what was never set.
        cleared = {id_ for id_, record in found.items() if record.cleared}
        self._odd |= cleared
        self._unlike |= cleared
        changed = known[there]
        with_rows = set(known_ids)
        new = [record for id_, record in found.items() if id_ not in with_rows]
        if len(changed):
            created = [found[id_].created for id_ in self.rows.ids[changed].tolist()]
            self.rows.age(changed, np.array(created, np.int64))
        if new:
            added = self.rows.add(
                np.array([record.id for record in new], np.int64),
                np.array([record.created for record in new], np.int64),
            )
            changed = np.concatenate([changed, added])
        self._changes += changed.tolist()

    def _bring_up(self, known: Coded) -> None:
        seen = len(self._changes)
        if known.seen == seen:
            return
        rows, records = self._since(known.seen)
        told = texts(self._kind, known.column.name, records)
        odd = known.follow(rows, values(self._kind, known.column, records), self.rows.total, told)
        if self._told_by(known.column) is known:
            self.ready.reach(self.rows.ids)
            self._unlike.update(records[place].id for place in odd)
            if (slot := self.ready.slots.get(known.column.name)) is not None:
                odd = slot.put(rows, told)
            self._odd.update(records[place].id for place in odd)
        known.seen = seen

    def _since(self, seen: int) -> tuple[Places, list[Record]]:
        """The rows changed since then, and their records as they are now."""
        if self._read is None or self._read[0] != (seen, len(self._changes)):
            rows = np.unique(np.array(self._changes[seen:], np.int64))
            found = self._table.fetch(self.rows.ids[rows].tolist())
            there = np.array([id_ in found for id_ in self.rows.ids[rows].tolist()], np.bool_)
            rows = rows[there]
            records = [found[id_] for id_ in self.rows.ids[rows].tolist()]
            self._read = ((seen, len(self._changes)), rows, records)
        return self._read[1], self._read[2]

    def _unset(self, wanted: Column) -> Coded:
        """No record had it when all were read; those changed since may."""
        constant = CONSTANTS.get(self._kind.id, {}).get(wanted.name)
        key = None if constant is None else key_of(wanted)(constant)
        return Coded.uniform(wanted, self.rows.total, key, constant)

    def _made(self, wanted: Column) -> Coded:
        """One column of all records. Each has a row: all writes were followed before."""
        if wanted.name == "hs_object_id":
            return of_values(wanted, [str(id_) for id_ in self.rows.ids.tolist()])
        constant = CONSTANTS.get(self._kind.id, {}).get(wanted.name)
        exact = self._columns.get((wanted.name, "exact"))
        if exact is not None and wanted.sort == "text" and constant is None:
            self._bring_up(exact)
            return folded(wanted, exact)
        return self._read_one(wanted, constant)

    def _read_one(self, wanted: Column, constant: str | None) -> Coded:
        found = self._table.rows(f"SELECT id, (props->>'{wanted.name}') FROM {{live}}", ())
        by_id = np.argsort(self.rows.ids)
        ids = np.array([row[0] for row in found], np.int64)
        rows = by_id[np.searchsorted(self.rows.ids, ids, sorter=by_id)]
        read: list[str | None] = [None] * self.rows.total
        for row, (_, value) in zip(rows.tolist(), found, strict=True):
            read[row] = value or constant
        return of_values(wanted, read)


def values(kind: ObjectType, wanted: Column, records: Sequence[Record]) -> list[Any]:
    """The keys that those records have in the column."""
    if wanted.name == kind.created:
        return [record.created for record in records]
    if wanted.name == kind.modified:
        return [record.updated for record in records]
    name, key = wanted.name, key_of(wanted)
    constant = CONSTANTS.get(kind.id, {}).get(name)
    stored = (record.props.get(name) or constant for record in records)
    return [None if value is None else key(value) for value in stored]


def texts(kind: ObjectType, name: str, records: Sequence[Record]) -> list[str | None]:
    """The property's values as reads tell them."""
    constant = CONSTANTS.get(kind.id, {}).get(name)
    return [record.props.get(name) or constant for record in records]


def _read_all(table: Table, definitions: Mapping[str, Property]) -> Kept:
    """One pass over all records: their rows, a column of each defined property that any of them has, the
    names of all that they have, and the ids of those that columns do not tell."""
    kind = table.kind
    apart = {kind.created, kind.modified, "hs_object_id"}
    gathered: dict[str, Gathered | GatheredMoments] = {}
    numbers: list[np.ndarray] = []
    odd: set[int] = set()
    rows = 0
    across = Across()
    for chunk in _chunks(table):
        numbers.append(np.array([row[:3] for row in chunk], np.int64))
        odd |= {row[0] for row in chunk if CLEARED in row[3]}
        for name, held in across.read([row[3] for row in chunk]):
            if name not in apart:
                if name not in gathered:
                    known = column(kind, definitions[name]) if name in definitions else None
                    gathered[name] = gather(known, rows)
                gathered[name].add(held)
            elif None in held:
                # A creation time can be cleared, which the record itself does not forget.
                odd |= {row[0] for row, value in zip(chunk, held, strict=True) if value is None}
        rows += len(chunk)
        for one in gathered.values():
            one.reach(rows)
    ids, created, updated = np.concatenate([*numbers, np.empty((0, 3), np.int64)]).T
    by_age = np.lexsort((ids, created))
    present, constants = apart | set(gathered), CONSTANTS.get(kind.id, {})
    made: dict[tuple[str, str], Coded] = {}
    for name in set(gathered) & set(definitions):
        wanted = column(kind, definitions[name])
        for each in gathered.pop(name).coded(wanted, constants.get(name), by_age):
            made[name, each.column.sort] = each
    for name, times in ((kind.created, created), (kind.modified, updated)):
        wanted = column(kind, definitions[name])
        made[name, wanted.sort] = of_numbers(wanted, times[by_age])
    return Rows(ids[by_age], created[by_age]), made, present, odd


def _chunks(table: Table) -> Iterator[list[tuple[Any, ...]]]:
    found = table.each()
    while chunk := list(islice(found, CHUNK)):
        yield chunk
