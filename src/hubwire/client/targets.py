"""What a record is to be associated with, as callers say it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from hubwire.catalogue import load
from hubwire.client.kinds import type_id
from hubwire.errors import ConfigError

HUBSPOT_DEFINED = "HUBSPOT_DEFINED"


def targets(kind: str, associations: Iterable[Any]) -> list[dict[str, Any]]:
    """HubSpot's own form, from itself, from `(type, id)`, or from `(type, id, types)`."""
    return [_target(kind, entry) for entry in associations]


def _target(kind: str, entry: Any) -> dict[str, Any]:
    if isinstance(entry, Mapping):
        return dict(entry)
    if not isinstance(entry, tuple) or len(entry) not in (2, 3):
        raise ConfigError(f"an association of a new record is (type, id), not {entry!r}")
    to_type, to_id, *types = entry
    specs = specs_of(types[0]) if types else [default_spec(kind, to_type)]
    return {"to": {"id": str(to_id)}, "types": specs}


def default_spec(from_type: str, to_type: str) -> dict[str, Any]:
    """The unlabeled association type between two standard types."""
    known = load.default_association(type_id(from_type), type_id(to_type))
    if known is None:
        raise ConfigError(
            f"no default association from {from_type} to {to_type} is known here; name it: "
            f"({to_type!r}, id, [(category, type id)])"
        )
    return {"associationCategory": known.category, "associationTypeId": known.id}


def specs_of(types: Any) -> list[dict[str, Any]]:
    """Association types: HubSpot's own ids, `(category, id)`, or HubSpot's form."""
    entries = types if isinstance(types, list) else [types]
    return [_spec(entry) for entry in entries]


def _spec(entry: Any) -> dict[str, Any]:
    match entry:
        case bool():
            pass
        case int():
            return {"associationCategory": HUBSPOT_DEFINED, "associationTypeId": entry}
        case (str() as category, int() as known, *_):
            return {"associationCategory": category, "associationTypeId": known}
        case {"associationCategory": _, "associationTypeId": _}:
            return dict(entry)
    raise ConfigError(f"an association type is a number, or (category, number), not {entry!r}")
