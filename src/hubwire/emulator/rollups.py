"""Properties that count associated records, or name one.

HubSpot's default property lists (https://knowledge.hubspot.com/properties) say what each counts. That such a
count moves no modification time is assumed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

import msgspec

from hubwire.catalogue import load
from hubwire.emulator.associations import End
from hubwire.emulator.births import put, work_out
from hubwire.emulator.definitions import Definitions
from hubwire.emulator.records import Table
from hubwire.emulator.store import Store

CHUNK = 1_000


@dataclass(frozen=True, slots=True)
class Rollup:
    """How many live records of these types are associated, in any sense or in one."""

    types: tuple[str, ...]
    sense: int | None = None
    names: bool = False
    """Not how many, but which: there is one at most."""

    def told(self, found: int) -> str:
        return "" if self.names and not found else str(found)


@cache
def rollups() -> Mapping[str, Mapping[str, Rollup]]:
    """Object type id → name → what it counts, or names."""
    activities = Rollup(tuple(kind.id for kind in load.object_types() if kind.engagement))
    return {
        "0-1": {
            "associatedcompanyid": Rollup(("0-2",), 1, names=True),
            "num_associated_deals": Rollup(("0-3",)),
            "num_notes": activities,
        },
        "0-2": {
            "hs_num_child_companies": Rollup(("0-2",), 13),
            "num_associated_contacts": Rollup(("0-1",)),
            "num_associated_deals": Rollup(("0-3",)),
            "num_notes": activities,
        },
        "0-3": {
            "hs_num_of_associated_line_items": Rollup(("0-8",)),
            "hs_primary_associated_company": Rollup(("0-2",), 5, names=True),
            "num_associated_contacts": Rollup(("0-1",)),
            "num_notes": activities,
        },
        "0-5": {
            "hs_num_associated_companies": Rollup(("0-2",)),
            "hs_primary_company_id": Rollup(("0-2",), 26, names=True),
            "num_notes": activities,
        },
    }


@cache
def counted() -> frozenset[tuple[str, str]]:
    """Of which types records of a type count the associated: pairs of type ids."""
    return frozenset(
        (type_id, other)
        for type_id, some in rollups().items()
        for one in some.values()
        for other in one.types
    )


class Counts:
    """Counts anew for records whose associations changed. Writing is for `Portal.apply` only."""

    def __init__(
        self, store: Store, edges: str, definitions: Definitions, table: Callable[[str], Table]
    ) -> None:
        """`table` gives the records of a type."""
        self._store, self._edges, self._definitions, self._table = store, edges, definitions, table
        self._stale: dict[str, set[int]] = {}
        self._later = False
        store.on_rollback.append(self._stale.clear)

    def stale(self, end: End, other_type: str) -> None:
        """What `end` counts of the other type may be wrong now."""
        if (end.type, other_type) in counted():
            self._stale.setdefault(end.type, set()).add(end.id)

    def stale_around(self, type_id: str, ids: Iterable[int]) -> None:
        """The same of whatever these records are associated with."""
        rows = self._store.all(
            f"SELECT DISTINCT to_type, to_id FROM {self._edges}"
            " WHERE from_type = ? AND from_id IN (SELECT value FROM json_each(?))",
            (type_id, _json(ids)),
        )
        for to_type, to_id in rows:
            self.stale(End(to_type, to_id), type_id)

    @contextmanager
    def later(self) -> Iterator[None]:
        """Counts once, at the end, what many writes change; inside their transaction."""
        self._later = True
        try:
            yield
        finally:
            self._later = False
        self.settle()

    def settle(self) -> None:
        """Writes what the counts are now."""
        if self._later or not self._stale:
            return
        stale = dict(self._stale)
        self._stale.clear()
        for type_id, some in stale.items():
            ids = sorted(some)
            for start in range(0, len(ids), CHUNK):
                self._settle(type_id, ids[start : start + CHUNK])

    def _settle(self, type_id: str, ids: list[int]) -> None:
        table, formulas = self._table(type_id), self._definitions.formulas(type_id)
        records = table.fetch(ids)
        changed = set()
        for name, rollup in rollups()[type_id].items():
            found = self._count(type_id, ids, rollup)
            for id_, record in records.items():
                told = rollup.told(found[id_])
                if told != record.props.get(name, rollup.told(0)):
                    put(record.props, name, told)
                    changed.add(id_)
        for id_ in changed:
            work_out(table.kind, records[id_].props, formulas)
        if changed:
            table.replace([records[id_] for id_ in sorted(changed)])
            table.advance(0, 0)

    def _count(self, type_id: str, ids: list[int], rollup: Rollup) -> Counter[int]:
        found: Counter[int] = Counter()
        for other in rollup.types:
            table = self._table(other)
            if not table.made:
                continue
            wanted = "max(to_id)" if rollup.names else "count(DISTINCT to_id)"
            rows = self._store.run(
                f"SELECT from_id, {wanted} FROM {self._edges}"
                " WHERE from_type = ? AND from_id IN (SELECT value FROM json_each(?)) AND to_type = ?"
                " AND (? IS NULL OR category = 'HUBSPOT_DEFINED' AND type_id = ?)"
                f" AND EXISTS (SELECT 1 FROM {table.live} WHERE id = to_id) GROUP BY from_id",
                (type_id, _json(ids), other, rollup.sense, rollup.sense),
            )
            for id_, number in rows:
                found[id_] += number
        return found


def _json(ids: Iterable[int]) -> str:
    return msgspec.json.encode(list(ids)).decode()
