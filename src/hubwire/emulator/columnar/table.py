"""All columns of one object type: made from its records once, and then following every write."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import numpy as np

from hubwire.catalogue.facts import ObjectType, Property
from hubwire.emulator.calculated import CONSTANTS
from hubwire.emulator.columnar.across import Across
from hubwire.emulator.columnar.coded import Coded
from hubwire.emulator.columnar.keeping import keep, kept
from hubwire.emulator.columnar.reading import Gathered, folded, key_of, of_numbers, of_values
from hubwire.emulator.columnar.rows import Rows
from hubwire.emulator.columnar.texts import Places
from hubwire.emulator.columns import Column, column
from hubwire.emulator.records import Record, Table

CHUNK = 10_000
BEHIND = 10_000
"""So many changes may wait for a search to ask for them; then all columns follow."""


class Columns:
    """Reads the table; `Table.touched` tells the ids whose records may be others now."""

    def __init__(self, table: Table, definitions: Mapping[str, Property]) -> None:
        self._table, self._kind = table, table.kind
        self._changes: list[int] = []
        """Rows that were changed, as often as they were."""
        self._read: tuple[tuple[int, int], Places, list[Record]] | None = None
        found = kept(table.store, table.suffix) if table.keeps_columns else None
        if found is None:
            self.rows, self._columns, self._present = _read_all(table, definitions)
            table.touched = []
        else:
            self.rows, self._columns, self._present = found
            table.touched = table.noted()
        for each in self._columns.values():
            each.prepare()

    def keep(self) -> None:
        """Puts them in the state file."""
        self.follow(everything=True)
        keep(self._table, self.rows, self._columns, self._present)

    def follow(self, *, everything: bool = False) -> None:
        """Learns of the writes there were, and brings all columns up to date if there were many."""
        touched, self._table.touched = self._table.touched or [], []
        if touched:
            self._learn(list(dict.fromkeys(touched)))
        if len(self._changes) > BEHIND or everything:
            for each in self._columns.values():
                self._bring_up(each)
                each.seen = 0
            self._present.update(*(record.props for record in self._since(0)[1]))
            self._changes.clear()
            self._read = None

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
        found = self._table.fetch(ids)
        known = self.rows.of_ids(ids)
        known_ids = self.rows.ids[known].tolist()
        there = np.array([id_ in found for id_ in known_ids], np.bool_)
        if not there.all():
            self.rows.bury(known[~there])
        if (again := known[there & ~self.rows.alive[known]]).size:
            self.rows.revive(again)
        changed = known[there]
        new = [record for id_, record in found.items() if id_ not in set(known_ids)]
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
        known.follow(rows, values(self._kind, known.column, records), self.rows.total)
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
        if constant is None:
            return Coded.empty(wanted, self.rows.total)
        return of_values(wanted, [constant] * self.rows.total)

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


def _read_all(
    table: Table, definitions: Mapping[str, Property]
) -> tuple[Rows, dict[tuple[str, str], Coded], set[str]]:
    """One pass over all records: their rows, a column of each defined property that any of them has, and the
    names of all that they have."""
    kind = table.kind
    apart = {kind.created, kind.modified, "hs_object_id"}
    gathered: dict[str, Gathered] = {}
    numbers: list[np.ndarray] = []
    rows = 0
    across = Across()
    for chunk in _chunks(table):
        numbers.append(np.array([row[:3] for row in chunk], np.int64))
        for name, held in across.read([row[3] for row in chunk]):
            if name not in apart:
                gathered.setdefault(name, Gathered(rows)).add(held)
        rows += len(chunk)
        for each in gathered.values():
            each.reach(rows)
    ids, created, updated = np.concatenate([*numbers, np.empty((0, 3), np.int64)]).T
    by_age = np.lexsort((ids, created))
    present, constants = apart | set(gathered), CONSTANTS.get(kind.id, {})
    made: dict[tuple[str, str], Coded] = {}
    for name in set(gathered) & set(definitions):
        wanted = column(kind, definitions[name])
        made[name, wanted.sort] = gathered.pop(name).coded(wanted, constants.get(name), by_age)
    for name, times in ((kind.created, created), (kind.modified, updated)):
        wanted = column(kind, definitions[name])
        made[name, wanted.sort] = of_numbers(wanted, times[by_age])
    return Rows(ids[by_age], created[by_age]), made, present


def _chunks(table: Table) -> Iterator[list[tuple[Any, ...]]]:
    found = table.each()
    while chunk := list(islice(found, CHUNK)):
        yield chunk
