"""What of an account's schema a module shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from hubwire.client.definitions import PipelineDefinition, PropertyDefinition
from hubwire.client.outcomes import LinkType


class Kind(NamedTuple):
    """An object type of the account."""

    name: str
    """As paths name it: `deals`, `p123_projects`."""
    id: str
    singular: str
    plural: str
    custom: bool = False


@dataclass(frozen=True)
class ObjectTypes:
    """One object type with what its records can hold."""

    kind: Kind
    properties: tuple[PropertyDefinition, ...]
    pipelines: tuple[PipelineDefinition, ...] = ()


@dataclass(frozen=True)
class AccountTypes:
    """A part of an account's schema, in an order that depends on nothing but the schema."""

    objects: tuple[ObjectTypes, ...]
    links: dict[tuple[str, str], tuple[LinkType, ...]] = field(default_factory=dict)
    """By pair of type ids, from and to."""
    left_out: tuple[str, ...] = ()
    """What could not be read, and why."""
