"""How writes are checked before they are sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

import msgspec

Deed = Literal["create", "update", "upsert"]
"""What a write does: a new record, a change of one, or whichever it turns out to be."""


class Conditional(NamedTuple):
    """`property` is required while `on` has one of `values`."""

    property: str
    on: str
    values: Sequence[str]


class Validation(msgspec.Struct, frozen=True, kw_only=True):
    """How writes are checked before they are sent: `Hub(validate=Validation(max_age=60))`.

    Properties, options, pipelines, validation rules and what custom objects require are read from the
    account. Which properties its Create forms require, and under which conditions others (enforced since
    2026-09), no endpoint tells: name them here. Those not named are learned from HubSpot's first refusal.
    """

    max_age: float = 300.0
    """Seconds after which the schema is read again."""
    required: Mapping[str, Sequence[str]] = {}
    """By object type: properties that a new record must have on 2026-09."""
    conditional: Mapping[str, Sequence[Conditional]] = {}
    """By object type: properties that a record must have on 2026-09 while another has certain values."""


def validation_of(wanted: bool | Validation) -> Validation | None:
    """As a hub is told it."""
    return (Validation() if wanted else None) if isinstance(wanted, bool) else wanted
