"""What an account defines: properties, pipelines, object types. What HubSpot leaves out has a default."""

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


class GroupDefinition(Shape, frozen=True):
    """A group that properties are shown in."""

    name: str = ""
    label: str = ""
    display_order: int | None = None
    archived: bool = False


class ValidationRule(Shape, frozen=True):
    """What values of a property have to be like: `REGEX`, `MIN_LENGTH`, …"""

    rule_type: str = ""
    rule_arguments: tuple[str, ...] = ()
    should_apply_normalization: bool = False


class AuditEntry(Shape, frozen=True):
    """One change of a pipeline or a stage, newest first."""

    action: str = ""
    identifier: str = ""
    timestamp: Any = None
    message: str = ""
    from_user_id: int | None = None
    portal_id: int | None = None
    raw_object: Any = None


class SchemaAssociation(Shape, frozen=True):
    """A way in which records of two types may be associated."""

    id: str = ""
    from_object_type_id: str = ""
    to_object_type_id: str = ""
    name: str | None = None


class SchemaDefinition(Shape, frozen=True):
    """A type of records: custom ones, and HubSpot's own where they are asked for by name."""

    id: str = ""
    object_type_id: str = ""
    """`2-1234`: what records of the type are reached by."""
    name: str = ""
    fully_qualified_name: str = ""
    """`p123_cars`, which serves for the same."""
    labels: dict[str, str | None] = {}
    description: str | None = None
    primary_display_property: str | None = None
    secondary_display_properties: tuple[str, ...] | None = ()
    required_properties: tuple[str, ...] = ()
    searchable_properties: tuple[str, ...] = ()
    properties: tuple[PropertyDefinition, ...] = ()
    associations: tuple[SchemaAssociation, ...] = ()
    archived: bool = False


class AssociationLimit(Shape, frozen=True):
    """How many records one may be associated with in one way, where the account says so."""

    category: str = ""
    type_id: int = 0
    label: str | None = None
    user_enforced_max_to_object_ids: int | None = None
