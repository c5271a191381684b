"""What an account defines: properties, pipelines, owners. What HubSpot leaves out has a default."""

from __future__ import annotations

from typing import Any

import msgspec


class Shape(msgspec.Struct, rename="camel", frozen=True):
    """A definition; attributes are HubSpot's names in snake case."""

    def to_dict(self) -> dict[str, Any]:
        """Plain data with HubSpot's names."""
        plain: dict[str, Any] = msgspec.to_builtins(self)
        return plain


class OptionDefinition(Shape, frozen=True):
    """One choice of an enumeration."""

    value: str = ""
    label: str = ""
    display_order: int | None = None
    hidden: bool = False
    description: str | None = None


class Modification(Shape, frozen=True):
    """What may be changed about a property."""

    archivable: bool = True
    read_only_definition: bool = False
    read_only_value: bool = False
    read_only_options: bool | None = None


class PropertyDefinition(Shape, frozen=True):
    """A property of an object type."""

    name: str = ""
    label: str = ""
    type: str = "string"
    field_type: str = "text"
    group_name: str = ""
    description: str = ""
    options: tuple[OptionDefinition, ...] = ()
    calculated: bool = False
    external_options: bool = False
    has_unique_value: bool = False
    hidden: bool = False
    hubspot_defined: bool = False
    form_field: bool = False
    display_order: int | None = None
    referenced_object_type: str | None = None
    modification_metadata: Modification | None = None

    @property
    def read_only(self) -> bool:
        """Whether HubSpot refuses values for it."""
        return self.calculated or bool(
            self.modification_metadata and self.modification_metadata.read_only_value
        )


class StageDefinition(Shape, frozen=True):
    """One stage of a pipeline."""

    id: str = ""
    label: str = ""
    display_order: int | None = None
    metadata: dict[str, Any] = {}
    archived: bool = False


class PipelineDefinition(Shape, frozen=True):
    """A pipeline of an object type."""

    id: str = ""
    label: str = ""
    display_order: int | None = None
    stages: tuple[StageDefinition, ...] = ()
    archived: bool = False


class Owner(Shape, frozen=True):
    """Somebody who can own records. Owner properties take `id`, not `user_id`."""

    id: str = ""
    email: str | None = None
    type: str = "PERSON"
    first_name: str | None = None
    last_name: str | None = None
    user_id: int | None = None
    user_id_including_inactive: int | None = None
    archived: bool = False
    teams: tuple[dict[str, Any], ...] = ()
