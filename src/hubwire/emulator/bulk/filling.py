"""Very many invented records written: documents, associations, counts, and the columns that searches read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from hubwire.catalogue import load
from hubwire.catalogue.facts import AssociationType, ObjectType
from hubwire.emulator import crowd, indexes, planner
from hubwire.emulator.associations import End
from hubwire.emulator.bulk.births import Fields, Newborn
from hubwire.emulator.bulk.dice import Numbers
from hubwire.emulator.bulk.fields import Composed, Field, Picked, Some, run_together
from hubwire.emulator.calculated import CONSTANTS, Source
from hubwire.emulator.columnar.coded import Coded
from hubwire.emulator.columnar.keeping import keep
from hubwire.emulator.columnar.reading import of_numbers
from hubwire.emulator.columnar.rows import Rows
from hubwire.emulator.columnar.texts import Flags
from hubwire.emulator.columns import column
from hubwire.emulator.numbering import number_to_id
from hubwire.emulator.portal import Portal
from hubwire.emulator.records import Table
from hubwire.emulator.rollups import Rollup, rollups

CHUNK = 10_000
"""Documents that are in memory at once."""


class Sown:
    """The records of one type: those that there were, and those that are to be made."""

    def __init__(self, portal: Portal, name: str, wanted: int) -> None:
        self.kind: ObjectType = portal.kind(name)
        self.table: Table = portal.table(self.kind)
        self.first, self.wanted = crowd.made(portal, name), wanted
        numbers = np.arange(self.first + wanted)
        self.ids: Numbers = number_to_id(portal.portal_id, self.kind.id, numbers)
        """By number."""
        self.alive: Flags = np.ones(len(self.ids), np.bool_)
        self.lived: list[int] = self.table.ids(0, -1) if self.first else []
        """Ids of those that live, before any is made."""
        if self.first:
            self.alive[: self.first] = np.isin(self.ids[: self.first], self.lived)
        self.new: Numbers = self.first + np.argsort(self.ids[self.first :])
        """Numbers of the new ones, by id: so they are written."""


class Tie:
    """Each new record of one type, associated with one of another."""

    def __init__(self, portal: Portal, record: Sown, other: Sown) -> None:
        self.record, self.other = record, other
        types = load.association_types(record.kind.id, other.kind.id)[:1]
        self.ways: list[AssociationType] = portal.edges.first(record.kind.id, other.kind.id, types)
        self.targets: Numbers = record.new % len(other.ids)
        """Numbers of the others, in the order of the records' ids."""
        self.there: Flags = other.alive[self.targets]

    def pairs(self) -> NDArray[np.int64]:
        """Ids of both, where there is such another one."""
        found = (self.record.ids[self.record.new], self.other.ids[self.targets])
        return np.stack([ids[self.there] for ids in found], axis=1)


def plain(portal: Portal) -> bool:
    """Whether nobody is told of each record, and nothing of the account's own follows from it."""
    kinds = [portal.kind(name) for name in crowd.ORDER]
    return not portal.followed and not any(portal.definitions.formulas(kind.id) for kind in kinds)


def fill(portal: Portal, numbers: Mapping[str, int], now: float) -> None:
    """Does what `crowd.gather` does, in a `plain` account."""
    crowd.check(numbers)
    at, source = int(now * 1000), crowd.SOURCE
    sown = {name: Sown(portal, name, numbers.get(name, 0)) for name in crowd.ORDER}
    ties = [
        Tie(portal, sown[name], sown[other])
        for name, others in crowd.BELONGS.items()
        for other in others
        if sown[name].wanted and len(sown[other].ids)
    ]
    tables = [each.table for each in sown.values()]
    with (
        portal.store.loading(),
        portal.store.transaction(),
        portal.counts.later(),
        indexes.afterwards(tables, portal.definitions.all),
    ):
        for each in sown.values():
            if each.wanted:
                _write(portal, each, ties, at, source)
        for tie in ties:
            _associate(portal, tie)
        portal.touch({tie.other.kind.id for tie in ties})


def _write(portal: Portal, sown: Sown, ties: Sequence[Tie], at: int, source: Source) -> None:
    kind, table = sown.kind, portal.made_table(sown.kind)
    table.advance(sown.wanted, sown.wanted)
    newborn = Newborn(kind, sown.new, sown.ids[sown.new], portal.stages(kind), at, source)
    fields, born = newborn.fields()
    fields |= _counted(sown, ties)
    fields = {name: fields[name] for name in sorted(fields) if fields[name].present()}
    for start in range(0, sown.wanted, CHUNK):
        rows = slice(start, start + CHUNK)
        times = born[rows].tolist()
        table.pour(list(zip(newborn.ids[rows].tolist(), times, times, _documents(fields, rows), strict=True)))
    if sown.wanted >= planner.KEPT and len(sown.lived) <= planner.LATE and not table.keeps_columns:
        _keep_columns(portal, table, newborn.ids, born, fields)
        # Of the others columns learn as of records that are written later.
        table.touch(sown.lived)


def _documents(fields: Fields, rows: slice) -> list[str]:
    pieces = [piece for name, field in fields.items() for piece in field.pieces(name, rows)]
    # Every property has a comma before it.
    return [f"{{{text[1:]}}}" for text in run_together(pieces)]


def _counted(sown: Sown, ties: Sequence[Tie]) -> Fields:
    """What the new records count, or name, of those that they are associated with."""
    fields: Fields = {}
    for name, rollup in rollups().get(sown.kind.id, {}).items():
        found = [field for tie in ties if (field := _count(sown, tie, rollup)) is not None]
        if len(found) > 1:
            # No count of the catalogue is of two seeded types; one that were must not go wrong in silence.
            raise NotImplementedError(f"{name} counts records of several types that are seeded")
        if found:
            fields[name] = found[0]
    return fields


def _count(sown: Sown, tie: Tie, rollup: Rollup) -> Field | None:
    if tie.record is sown and tie.other.kind.id in rollup.types and _means(rollup, tie.ways):
        if rollup.names:
            return Some(Composed(tie.other.ids[tie.targets]), tie.there)
        return _told(tie.there.astype(np.int64), rollup)
    back = [(way.category, way.inverse) for way in tie.ways]
    if tie.other is sown and tie.record.kind.id in rollup.types and not rollup.names:
        if rollup.sense is not None and ("HUBSPOT_DEFINED", rollup.sense) not in back:
            return None
        counts = np.bincount(tie.targets[tie.there], minlength=len(sown.ids))
        return _told(counts[sown.new], rollup)
    return None


def _means(rollup: Rollup, ways: Sequence[AssociationType]) -> bool:
    return rollup.sense is None or ("HUBSPOT_DEFINED", rollup.sense) in {
        (way.category, way.id) for way in ways
    }


def _told(counts: Numbers, rollup: Rollup) -> Picked:
    distinct, codes = np.unique(counts, return_inverse=True)
    return Picked(codes, [rollup.told(count) if count else None for count in distinct.tolist()])


def _associate(portal: Portal, tie: Tie) -> None:
    here, there, pairs = tie.record.kind.id, tie.other.kind.id, tie.pairs()
    portal.edges.pour(here, there, [(way.category, way.id) for way in tie.ways], pairs.tolist())
    back = np.lexsort((pairs[:, 0], pairs[:, 1]))
    inverse = [(way.category, way.inverse) for way in tie.ways]
    portal.edges.pour(there, here, inverse, pairs[back][:, ::-1].tolist())
    # What was there before has to be counted anew.
    known = set(tie.other.ids[: tie.other.first].tolist()) if tie.other.first else set()
    for id_ in known.intersection(pairs[:, 1].tolist()):
        portal.counts.stale(End(there, id_), here)


def _keep_columns(portal: Portal, table: Table, ids: Numbers, born: Numbers, fields: Fields) -> None:
    """As if they were read from the documents just written."""
    kind, definitions = table.kind, portal.definitions.all(table.kind.id)
    portal.columns.pop(kind.id, None)
    table.touched = None
    order = np.lexsort((ids, born))

    def each() -> Iterator[Coded]:
        for name in (kind.created, kind.modified):
            yield of_numbers(column(kind, definitions[name]), born[order])
        for name, field in fields.items():
            if name in definitions and name not in (kind.created, kind.modified, "hs_object_id"):
                constant = CONSTANTS.get(kind.id, {}).get(name)
                yield from field.coded(column(kind, definitions[name]), constant, order)

    keep(table, Rows(ids[order], born[order]), each(), fields, ())
