"""What a write did to the account, in its order: told to whoever listens, inside the transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from hubwire.catalogue.facts import AssociationType
from hubwire.emulator.associations import End
from hubwire.emulator.calculated import Source


@dataclass(frozen=True, slots=True)
class Created:
    type: str
    id: int
    props: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Changed:
    """`before` holds what each changed property was, `after` what it is; None for nothing."""

    type: str
    id: int
    before: Mapping[str, str | None]
    after: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Archived:
    type: str
    id: int


@dataclass(frozen=True, slots=True)
class Restored:
    type: str
    id: int


@dataclass(frozen=True, slots=True)
class Erased:
    """Deleted for privacy: for good, with everything known of it."""

    type: str
    id: int


@dataclass(frozen=True, slots=True)
class Merged:
    """`primary` and `merged` became `result`, which may be a record of its own."""

    type: str
    primary: int
    merged: tuple[int, ...]
    result: int
    moved: int
    """Properties that came from the merged ones."""


@dataclass(frozen=True, slots=True)
class Linked:
    """`end` and `other` are now associated in the sense of `kind`, or with `removed` no longer.

    `back` is what `kind` is called from the other side.
    """

    end: End
    other: End
    kind: AssociationType
    back: AssociationType | None
    removed: bool = False


@dataclass(frozen=True, slots=True)
class Joined:
    """A record came onto a list, or with `removed` left it."""

    type: str
    list_id: int
    id: int
    removed: bool = False


Happening = Created | Changed | Archived | Restored | Erased | Merged | Linked | Joined


class Listener(Protocol):
    """Somebody who is told."""

    def wants(self, portal_id: int) -> bool:
        """Whether it is worth telling at all."""

    def happened(self, portal_id: int, news: Sequence[Happening], at: int, source: Source) -> None:
        """Called inside the transaction: what is written here is written with the change, or not at all."""
