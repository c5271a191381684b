"""How a property is compared and ordered in SQL: by the type its definition gives it, never by its looks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from hubwire.catalogue.facts import ObjectType, Property
from hubwire.emulator import moments
from hubwire.emulator.calculated import CONSTANTS

ID = re.compile(r"\d{1,18}", re.ASCII)

Sort = Literal["text", "exact", "multi", "number", "moment", "time", "id"]


@dataclass(frozen=True, slots=True)
class Column:
    """`sql` yields what `sort` compares: text folded or exact, number, moment in 23 letters, integer."""

    name: str
    sort: Sort
    sql: str

    def key(self, value: str) -> str | float | int | None:
        """`value` as `sql` would yield it; None when nothing can be equal to it."""
        match self.sort:
            case "text":
                return value.casefold()
            case "exact" | "multi":
                return value
            case "number":
                return _number(value)
            case "id":
                return int(value) if ID.fullmatch(value) else None
            case "time":
                return moments.parse(value)
            case "moment":
                ms = moments.parse(value)
                return None if ms is None else moments.text(ms).replace("Z", ".000Z")[:23]

    @property
    def indexable(self) -> bool:
        """An index on it helps: it is not the primary key."""
        return self.sort != "id"


def column(kind: ObjectType, definition: Property) -> Column:
    """The column of a defined property on the table of live records."""
    name = definition.name
    if name == "hs_object_id":
        return Column(name, "id", "id")
    if name == kind.created:
        return Column(name, "time", "created")
    if name == kind.modified:
        return Column(name, "time", "updated")
    constant = CONSTANTS.get(kind.id, {}).get(name)
    # In brackets: `||` and `->>` bind alike, from the left.
    stored = f"(props->>'{name}')"
    if constant is not None:
        stored = f"coalesce({stored}, '{constant}')"
    if definition.type == "number":
        return Column(name, "number", f"CAST({stored} AS REAL)")
    if definition.type == "date":
        return Column(name, "moment", f"({stored} || 'T00:00:00.000')")
    if definition.type == "datetime":
        # '…:00Z' and '…:00.615Z' must order by time: give both three decimals and no Z.
        return Column(name, "moment", f"substr(replace({stored}, 'Z', '.000Z'), 1, 23)")
    if definition.multiple:
        return Column(name, "multi", stored)
    if definition.type in ("enumeration", "bool"):
        return Column(name, "exact", stored)
    return Column(name, "text", f"folded({stored})")


def as_words(name: str) -> Column:
    """The text of a property, whatever its type: searches by words see what is written."""
    return Column(name, "text", f"folded((props->>'{name}'))")


def _number(value: str) -> float | None:
    try:
        number = float(value)
    except ValueError:
        return None
    return number if number == number else None
