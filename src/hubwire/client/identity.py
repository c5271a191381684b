"""What names a record."""

from __future__ import annotations

from typing import Any

from hubwire.client.values import UNSET, wire_value
from hubwire.errors import ConfigError


def identity(value: Any, what: str = "an id") -> str:
    """What names a record, as text."""
    if type(value) is str and value.isalnum():  # as nearly every id is
        return value
    if isinstance(value, bool) or value is UNSET:
        raise ConfigError(f"{what} cannot be {value!r}")
    text = wire_value(value).strip()
    if not text:
        raise ConfigError(f"{what} is empty, so no record is named")
    return text
