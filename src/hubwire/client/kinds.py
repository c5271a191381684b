"""Object types as callers spell them."""

from __future__ import annotations

from hubwire.catalogue import load
from hubwire.errors import ConfigError


def path_name(spelling: str) -> str:
    """The name that stands in paths: HubSpot's plural for a standard type, else what was given."""
    spelling = spelling.strip()
    if not spelling:
        raise ConfigError("an object type is a name (contacts), a custom name (p123_cars) or an id (2-1234)")
    known = load.object_type(spelling)
    return known.name if known else spelling


def unique_properties(name: str) -> tuple[str, ...]:
    """Built-in properties that no two records of the type share."""
    known = load.object_type(name)
    return known.unique if known else ()


def type_id(name: str) -> str:
    """`0-1` for a standard type, else what was given."""
    known = load.object_type(name)
    return known.id if known else name


def singular(name: str) -> str:
    """`contact` for a standard type, else nothing."""
    known = load.object_type(name)
    return known.singular if known else ""
