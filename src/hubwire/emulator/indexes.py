"""Which columns of which object types are indexed before anybody asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from hubwire.catalogue.facts import ObjectType, Property
from hubwire.emulator.columns import Column, column
from hubwire.emulator.records import Table

FEW = 5_000
"""Up to so many live records a scan takes a few milliseconds and an index only costs."""


def hot(kind: ObjectType, definitions: Mapping[str, Property]) -> list[Column]:
    """Creation and modification time, and everything unique. Searches on many records need none of them."""
    names = dict.fromkeys([kind.created, kind.modified])
    names |= dict.fromkeys(name for name, definition in definitions.items() if definition.unique)
    known = (definitions[name] for name in names if name in definitions and name != "hs_object_id")
    return [column(kind, definition) for definition in known]


def ensure_hot(table: Table, definitions: Mapping[str, Property], live: int) -> None:
    """Builds the missing ones once the table is no longer small."""
    if live > FEW and not table.filling and table.kind.created not in table.indexes:
        for wanted in hot(table.kind, definitions):
            table.index(wanted)


@contextmanager
def afterwards(
    tables: Sequence[Table], definitions: Callable[[str], Mapping[str, Property]]
) -> Iterator[None]:
    """While tables are filled by the million none is built: it is faster made of all records at once."""
    for table in tables:
        table.filling = True
    try:
        yield
    finally:
        for table in tables:
            table.filling = False
    for table in tables:
        ensure_hot(table, definitions(table.kind.id), table.state()[0])
