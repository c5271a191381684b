"""Python values in the form HubSpot stores.

https://developers.hubspot.com/docs/guides/api/crm/properties
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping
from decimal import Decimal
from enum import Enum
from typing import Any, Final

from hubwire.errors import ConfigError

Names = str | Iterable[str] | None
"""Names of properties or object types: one, or several."""


class Marker:
    """A value that is not data."""

    __slots__ = ("_name",)

    def __init__(self, name: str) -> None:
        self._name = name

    def __repr__(self) -> str:
        return self._name

    def __bool__(self) -> bool:
        return False


CLEAR: Final = Marker("CLEAR")
"""Empties the property; None and `""` do the same."""

UNSET: Final = Marker("UNSET")
"""Leaves the property alone, as if it had not been named."""


def wire_properties(properties: Mapping[str, Any]) -> dict[str, str]:
    """Every value as text; those of `UNSET` left out."""
    if not isinstance(properties, Mapping):
        raise ConfigError(f"expected a mapping of properties, not {type(properties).__name__}")
    return {
        str(name): value if type(value) is str else wire_value(value, name)
        for name, value in properties.items()
        if value is not UNSET
    }


def wire_value(value: Any, name: str = "") -> str:
    """One value as HubSpot's text form."""
    match value:
        case str():
            # Plain text: an encoder takes no subclass of it.
            return str(value.value) if isinstance(value, Enum) else str.__str__(value)
        case None | Marker():
            return ""
        case bool():
            return "true" if value else "false"
        case Enum():
            return wire_value(value.value, name)
        case int():
            return str(value)
        case float() | Decimal():
            return _number(value, name)
        case dt.datetime():
            return _moment(value, name)
        case dt.date():
            # A calendar day; HubSpot takes it for midnight UTC.
            return value.isoformat()
        case set() | frozenset():
            return ";".join(sorted(wire_value(item, name) for item in value))
        case list() | tuple():
            return ";".join(wire_value(item, name) for item in value)
        case _ if type(value).__name__ == "UUID":
            return str(value)
        case _:
            raise ConfigError(f"{_named(name)} cannot be sent as {type(value).__name__}; pass text")


def _number(value: float | Decimal, name: str) -> str:
    if not math.isfinite(value):
        raise ConfigError(f"{_named(name)} is {value}, which HubSpot cannot store")
    # Never 1e+16: the shortest digits that mean this number, written out.
    return format(Decimal(repr(value)) if isinstance(value, float) else value, "f")


def _moment(value: dt.datetime, name: str) -> str:
    if value.tzinfo is None or value.utcoffset() is None:
        raise ConfigError(
            f"{_named(name)} is a datetime without a time zone ({value.isoformat()}); "
            "say which: value.replace(tzinfo=UTC) or value.astimezone()"
        )
    return value.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _named(name: str) -> str:
    return f"property {name!r}" if name else "the value"


def listed(names: Names) -> tuple[str, ...]:
    """A list of names given as one name, as several, or not at all; each once."""
    if names is None:
        return ()
    return (names,) if isinstance(names, str) else tuple(dict.fromkeys(names))
