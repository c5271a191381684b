"""What became of each input of a batch call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

import msgspec

from hubwire.client.records import Record
from hubwire.errors import HubwireError, MaybeWritten, UnexpectedAnswer

Written = Literal["yes", "no", "maybe"]


class NewRecord(NamedTuple):
    """A record to create, with what it is to be associated with."""

    properties: Mapping[str, Any]
    associations: Sequence[Any] = ()


class Change(NamedTuple):
    """New values for some properties of a record."""

    id: str
    properties: Mapping[str, Any]


class LinkType(NamedTuple):
    """One way in which two records are associated."""

    category: str
    type_id: int
    label: str | None = None


class Link(NamedTuple):
    """A record at the other end of an association."""

    to_id: str
    types: tuple[LinkType, ...] = ()


class Outcome(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """What became of one input."""

    index: int
    """Its place among the inputs, from 0."""
    input: Any
    """As it was given."""
    record: Record | None = None
    created: bool | None = None
    """For a create or an upsert, whether the record is new."""
    links: tuple[Link, ...] | None = None
    error: HubwireError | None = None
    written: Written = "no"
    """Whether HubSpot's data may have changed; `maybe` when no answer told."""

    @property
    def ok(self) -> bool:
        """Whether it was done."""
        return self.error is None


class Outcomes(list[Outcome]):
    """One outcome per input, in input order."""

    @property
    def ok(self) -> bool:
        """Whether everything was done."""
        return all(outcome.ok for outcome in self)

    @property
    def failed(self) -> list[Outcome]:
        """What was not done, or not surely."""
        return [outcome for outcome in self if not outcome.ok]

    @property
    def records(self) -> list[Record]:
        """The records of the inputs that have one."""
        return [outcome.record for outcome in self if outcome.record is not None]

    def check(self) -> Outcomes:
        """Itself, if everything was done; else raises the first error."""
        for outcome in self:
            if outcome.error is not None:
                raise outcome.error
        return self


class Row(msgspec.Struct, frozen=True, eq=False):
    """One input on its way."""

    index: int
    given: Any
    input: dict[str, Any]
    """As it goes over the wire."""
    names: frozenset[str] = frozenset()
    """Lower-case ids and unique values by which an answer may speak of it."""
    key: str | None = None
    """Two rows with one key never share a call, and are applied in input order."""
    trace: str | None = None

    @property
    def values(self) -> Mapping[str, str]:
        """The properties it sets; an upsert sets the one it is found by, too."""
        found: Mapping[str, str] = self.input.get("properties", {})
        by = self.input.get("idProperty")
        return {by: self.input["id"], **found} if by else found


def failed(row: Row, error: HubwireError, *, writes: bool) -> Outcome:
    """The row was not done."""
    written: Written = "no"
    if isinstance(error, MaybeWritten):
        error = error if row.trace is None else _own(error, row.trace)
        written = "maybe"
    elif writes and (error.may_have_written or isinstance(error, UnexpectedAnswer)):
        written = "maybe"
    return Outcome(index=row.index, input=row.given, error=error, written=written)


def _own(error: MaybeWritten, trace: str) -> MaybeWritten:
    """The same error, speaking of one row."""
    cause = error.__cause__
    own = MaybeWritten(cause if isinstance(cause, HubwireError) else error, (trace,))
    own.__cause__, own.look, own.began = cause, error.look, error.began
    return own
