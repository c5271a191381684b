"""How a search is run, always with an exact total: on few records by a scan, on many by their columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hubwire.catalogue.facts import ObjectType
from hubwire.emulator.indexes import FEW
from hubwire.emulator.lag import Lag
from hubwire.emulator.portal import Portal
from hubwire.emulator.records import Record, Table
from hubwire.emulator.search import Term, Wanted

if TYPE_CHECKING:
    # NumPy is loaded only for accounts with many records.
    from hubwire.emulator.columnar.table import Columns

REMEMBERED = 32
LATE = 10_000
"""When so many records were written since the columns were kept, they are kept anew."""
KEPT = 20_000
"""From so many live records on, making columns takes longer than anybody wants to wait."""

Group = tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """The exact number of hits, and the first ones in order: all, or at least as many as were needed."""

    total: int
    ids: list[int]

    def serves(self, need: int) -> bool:
        return len(self.ids) >= min(need, self.total)


def find(portal: Portal, kind: ObjectType, wanted: Wanted, need: int) -> Found:
    """The search's hits, at least the first `need` of them. Pages of one search are found once."""
    table = portal.table(kind)
    if not table.made:
        return Found(0, [])
    if portal.lag is not None and portal.lag.behind(table):
        return _behind(portal.lag, table, wanted)
    live, version = table.state()
    key = (kind.id, version, wanted)
    known = portal.memo.get(key)
    if isinstance(known, Found) and known.serves(need):
        return known
    if known is not None:
        need = 10_000
    found = _on_columns(portal, kind, wanted, need) if live > FEW else _by_scan(table, wanted)
    if len(portal.memo) >= REMEMBERED:
        portal.memo.clear()
    portal.memo[key] = found
    return found


def _behind(lag: Lag, table: Table, wanted: Wanted) -> Found:
    """By a scan: what changes with the clock alone has no version to remember it by."""
    where, values = _where(wanted.groups)
    ids = [row[0] for row in lag.rows(table, _scan(where, wanted), values)]
    return Found(len(ids), ids)


def _by_scan(table: Table, wanted: Wanted) -> Found:
    where, values = _where(wanted.groups)
    ids = [row[0] for row in table.rows(_scan(where, wanted), values)]
    return Found(len(ids), ids)


def _scan(where: str, wanted: Wanted) -> str:
    return f"SELECT id FROM {{live}} WHERE {where} ORDER BY {wanted.order.sql}"


def _on_columns(portal: Portal, kind: ObjectType, wanted: Wanted, need: int) -> Found:
    from hubwire.emulator.columnar.seek import found

    def ids(sql: str, values: tuple[Any, ...]) -> list[int]:
        return [row[0] for row in portal.store.run(sql, values)]

    return Found(*found(columns(portal, kind), wanted, need, ids))


def columns(portal: Portal, kind: ObjectType) -> Columns:
    """The columns of the type, made now if there are none."""
    from hubwire.emulator.columnar.table import Columns

    known = portal.columns.get(kind.id)
    if known is None:
        known = portal.columns[kind.id] = Columns(portal.table(kind), portal.definitions.all(kind.id))
    return known


def keep_columns(portal: Portal) -> None:
    """Keeps the columns of types with very many records in the state file; others are soon made again."""
    for kind in portal.kinds():
        table = portal.table(kind)
        if not table.made or table.state()[0] < KEPT:
            continue
        if kind.id in portal.columns or not table.keeps_columns or table.noted_number() > LATE:
            columns(portal, kind).keep()


def take_up_columns(portal: Portal) -> None:
    """Reads the columns that the state file keeps, so that no search has to wait for them."""
    for kind in portal.kinds():
        table = portal.table(kind)
        if table.made and table.keeps_columns:
            columns(portal, kind)


def records(portal: Portal, kind: ObjectType, ids: Sequence[int]) -> list[Record]:
    """Found records as a search tells them."""
    table = portal.table(kind)
    if portal.lag is not None and table.made and portal.lag.behind(table):
        return portal.lag.in_order(table, ids)
    return table.in_order(ids)


def _where(groups: Sequence[Group]) -> tuple[str, list[object]]:
    if not groups:
        return "1", []
    ands = ["(" + " AND ".join(term.sql for term in group) + ")" for group in groups]
    return " OR ".join(ands), [value for group in groups for term in group for value in term.values]
