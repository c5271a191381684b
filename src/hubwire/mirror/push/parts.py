"""What a row says about one record, and what the rows of one record come to together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from hubwire.mirror.push.fields import tidy
from hubwire.mirror.push.layout import Side
from hubwire.mirror.push.table import Row, Table
from hubwire.mirror.push.values import objection

Values = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Part:
    """One row's wishes for one record."""

    row: Row
    key: str
    """What all rows about that record have in common."""
    spelled: str
    """The key as this row writes it."""
    values: Values
    """Property → value to store; ``""`` clears, a property left out is left alone."""
    doubt: str | None
    """Why HubSpot will probably refuse it."""


@dataclass(frozen=True, slots=True)
class Unusable:
    """A row that cannot be sent, and why."""

    row: Row
    reason: str


@dataclass(frozen=True, slots=True)
class Reader:
    """Turns rows into parts for one side of a layout."""

    table: Table
    side: Side
    clear_empty: bool = False

    def part(self, row: Row) -> Part | Unusable | None:
        """The row's part, why it has none that can be sent, or None when it says nothing about this
        object.
        """
        if (ragged := self.table.ragged(row)) is not None:
            return Unusable(row, ragged)
        side = self.side
        spelled = tidy(row.cells[side.key_index])
        if not spelled:
            if not any(row.cells[target.index].strip() for target in side.targets):
                return None
            return Unusable(row, no_key(self.table, side))
        values: dict[str, str] = {}
        for target in side.targets:
            value = target.field.convert(row.cells[target.index])
            if value or (self.clear_empty and target.field.name != side.key.name):
                values[target.field.name] = value
        doubts = [told for name, value in values.items() if (told := objection(side.fields[name], value))]
        return Part(row, side.key.key(spelled), spelled, values, "; ".join(doubts) or None)


def no_key(table: Table, side: Side) -> str:
    return f"the cell of {table.columns[side.key_index]!r}, the key, is empty"


@dataclass(frozen=True, slots=True)
class Segment:
    """Neighbouring rows about one record that are sent as one change."""

    parts: tuple[Part, ...]
    values: Values

    @property
    def key(self) -> str:
        return self.parts[0].key

    @property
    def spelled(self) -> str:
        return self.parts[0].spelled

    @property
    def line(self) -> int:
        return self.parts[-1].row.line

    @property
    def doubt(self) -> str | None:
        return self.parts[0].doubt

    def pieces(self) -> list[Segment]:
        """The rows apart again, equal neighbours still together, to find which of them is refused."""
        return list(_grouped(self.parts, lambda one, other: one.values == other.values))


def singly(parts: Iterable[Part]) -> list[Segment]:
    """Every row on its own, in file order."""
    return [Segment((part,), part.values) for part in parts]


def together(parts: Iterable[Part]) -> list[Segment]:
    """Later rows over earlier ones; a row that HubSpot will probably refuse stays apart, so that it alone
    is.
    """
    return list(_grouped(parts, _fold))


def _fold(one: Part, other: Part) -> bool:
    if one.doubt or other.doubt:
        return one.values == other.values
    return not any(value.startswith(";") for value in other.values.values())


def _grouped(parts: Iterable[Part], belong: Callable[[Part, Part], bool]) -> Iterator[Segment]:
    group: list[Part] = []
    for part in parts:
        if group and not belong(group[-1], part):
            yield _segment(group)
            group = []
        group.append(part)
    if group:
        yield _segment(group)


def _segment(group: list[Part]) -> Segment:
    values: dict[str, str] = {}
    for part in group:
        values |= part.values
    return Segment(tuple(group), values)
