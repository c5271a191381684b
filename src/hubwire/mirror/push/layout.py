"""Where the columns of a file go: records of the decision, and how names are matched."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hubwire.mirror.push.fields import Field, tidy

Fields = Mapping[str, Field]
RECORD_ID = "hs_object_id"


@dataclass(frozen=True, slots=True)
class Target:
    """A column that is written."""

    index: int
    """Position of the column."""
    column: str
    field: Field


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A column of which nothing is written, and why."""

    column: str
    reason: str

    def __str__(self) -> str:
        return f"not written: column {self.column!r}: {self.reason}"


@dataclass(frozen=True)
class Side:
    """One object type that the rows are about."""

    object: str
    key: Field
    key_index: int
    targets: tuple[Target, ...]
    """The key's own column is among them unless HubSpot sets it itself."""

    @property
    def mode(self) -> str:
        """How a record is found: by `id`, by a `unique` property, or by `lookup` of one that is not
        unique.
        """
        if self.key.name == RECORD_ID:
            return "id"
        return "unique" if self.key.unique else "lookup"

    @property
    def names(self) -> list[str]:
        """Properties that must be read to compare."""
        return list(dict.fromkeys([self.key.name, *(target.field.name for target in self.targets)]))

    @property
    def fields(self) -> Fields:
        return {self.key.name: self.key} | {target.field.name: target.field for target in self.targets}


@dataclass(frozen=True)
class Layout:
    """Everything the header says, settled against the account's definitions."""

    main: Side
    associated: tuple[Side, ...]
    left_out: tuple[LeftOut, ...]


def match(name: str, fields: Fields) -> Field | None:
    """A property by its name, else by name or label in any letter case, if only one answers to it."""
    if (exact := fields.get(name)) is not None:
        return exact
    loose = tidy(name).casefold()
    for attribute in ("name", "label"):
        found = [each for each in fields.values() if tidy(getattr(each, attribute)).casefold() == loose]
        if len(found) == 1:
            return found[0]
    return None


def close(name: str, known: Sequence[str], aliases: Sequence[str] = ()) -> str:
    """``; did you mean 'x' or 'y'?`` without the final stop, or nothing."""
    folded = {each.casefold(): each for each in known if each}
    near: dict[str, None] = {}
    for wanted in (name, *aliases):
        for hit in difflib.get_close_matches(wanted.casefold(), folded, n=3, cutoff=0.6):
            near[folded[hit]] = None
    return f" (close: {', '.join(map(repr, list(near)[:3]))})" if near else ""
