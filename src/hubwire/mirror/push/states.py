"""What the account holds of the records that a file is about, as far as a push knows it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from hubwire.mirror.push.fields import Field
from hubwire.mirror.push.layout import Fields
from hubwire.mirror.push.parts import Segment
from hubwire.mirror.push.values import same

Action = Literal["created", "updated", "unchanged", "refused"]


class Stored(NamedTuple):
    """A record as the account answered it."""

    id: str
    values: Mapping[str, str | None]


@dataclass(slots=True)
class State:
    """One record: what is stored now, or will be when everything sent so far is through."""

    ids: tuple[str, ...]
    """None: there is no such record yet. Several: the key does not tell which one is meant."""
    values: dict[str, str | None]
    action: Action = "unchanged"
    """The most that this push did to it."""
    existed: bool = False
    """Whether the account had it before."""
    refused: bool = False
    """Whether HubSpot refused something about it."""

    @property
    def id(self) -> str | None:
        return self.ids[0] if self.ids else None

    def apply(self, fields: Fields, changes: Mapping[str, str]) -> None:
        """Take over values that were written."""
        for name, value in changes.items():
            self.values[name] = after(fields[name], value, self.values.get(name))


def after(field: Field, written: str, stored: str | None) -> str:
    """What is stored once a value is written."""
    if field.multiple and written.startswith(";"):
        parts = [*(stored or "").split(";"), *written.split(";")]
        return ";".join(dict.fromkeys(part for part in parts if part))
    return written


def differing(
    segment: Segment, state: State, fields: Fields, last_word: Callable[[str, str, int], str | None]
) -> dict[str, str]:
    """The values of a segment that must be written, given what is stored."""
    changes = {}
    for name, value in segment.values.items():
        stored = state.values.get(name)
        if same(fields[name], value, stored):
            continue
        word = None if segment.doubt else last_word(segment.key, name, segment.line)
        if word is None or not same(fields[name], word, stored):
            changes[name] = value
    return changes
