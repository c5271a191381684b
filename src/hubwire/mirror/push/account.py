"""The account that a push writes to: its definitions, and HubSpot's refusals in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hubwire.catalogue.load import object_type
from hubwire.errors import HubSpotError, Invalid, NotFound
from hubwire.mirror.push.faults import BadInput
from hubwire.mirror.push.fields import Field
from hubwire.mirror.push.layout import RECORD_ID, Fields

if TYPE_CHECKING:
    from hubwire import Hub

FOLDED = {("contacts", "email"), ("companies", "domain")}
"""Properties whose values HubSpot keeps in lower case."""

# What these mean is that the whole push cannot go on, not that one row is wrong.
NOT_THE_ROWS_FAULT = frozenset({401, 403, 408, 423, 429, 477})


@dataclass
class Account:
    """One account, asked for its definitions once."""

    hub: Hub
    _fields: dict[str, Fields] = field(default_factory=dict)

    def portal_id(self) -> int:
        """Which account it is. The first call of a push: a bad token or address shows here, before anything
        else.
        """
        return int(_get(self.hub.account.details(), "portalId", "portal_id"))

    def fields(self, object_: str) -> Fields:
        """Property definitions of an object type by name."""
        if object_ not in self._fields:
            try:
                listed = list(self.hub.properties(object_).list())
            except (Invalid, NotFound) as problem:
                raise BadInput(f"The account has no object type {object_!r}: {problem}") from None
            self._fields[object_] = {each.name: each for each in (definition(object_, raw) for raw in listed)}
        return self._fields[object_]


def canonical(spelling: str) -> str:
    """The plural name of a standard object type; a custom one as it is spelled."""
    known = object_type(spelling)
    return known.name if known is not None else spelling


def definition(object_: str, raw: Any) -> Field:
    """A definition as the account sends it, reduced to what a push needs."""
    name = _get(raw, "name")
    known = object_type(object_)
    unique = bool(_get(raw, "hasUniqueValue", "has_unique_value")) or (
        known is not None and name in known.unique
    )
    metadata = _get(raw, "modificationMetadata", "modification_metadata") or {}
    read_only = bool(_get(raw, "calculated")) or bool(_get(metadata, "readOnlyValue", "read_only_value"))
    external = bool(_get(raw, "externalOptions", "external_options"))
    options = [] if external else _get(raw, "options") or []
    return Field(
        name=name,
        label=_get(raw, "label") or name,
        type=_get(raw, "type") or "string",
        field_type=_get(raw, "fieldType", "field_type") or "text",
        options={_get(each, "value"): _get(each, "label") or "" for each in options},
        read_only=read_only or name == RECORD_ID,
        unique=unique,
        folded=(object_, name) in FOLDED,
    )


def _get(value: Any, *names: str) -> Any:
    for name in names:
        found = value.get(name) if isinstance(value, dict) else getattr(value, name, None)
        if found is not None:
            return found
    return None


def refuses_row(error: BaseException | None) -> bool:
    """Whether an error is HubSpot's no to one record, rather than the end of the push."""
    return (
        isinstance(error, HubSpotError)
        and error.status is not None
        and 400 <= error.status < 500
        and error.status not in NOT_THE_ROWS_FAULT
    )
