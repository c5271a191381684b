"""What calls of definitions have in common: bodies from what callers give, shapes from the answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Generic, TypeVar

import msgspec

from hubwire.client.definitions import Shape
from hubwire.client.records import Paging, cursor, decode
from hubwire.client.values import UNSET
from hubwire.errors import ConfigError
from hubwire.wire.message import Reply

T = TypeVar("T")
S = TypeVar("S", bound=Shape)
OPAQUE = {"metadata", "importOperations"}
"""Mappings whose keys are data."""


class Listing(msgspec.Struct, Generic[S]):
    """One page of definitions."""

    results: list[S] = []
    paging: Paging | None = None

    @property
    def after(self) -> str | None:
        """Where the next page starts."""
        return cursor(self.paging)


@cache
def one(kind: type[T]) -> Callable[[Reply], T]:
    """Reads a single one."""
    decoder = msgspec.json.Decoder(kind)
    return lambda reply: decode(reply, decoder)


@cache
def many(kind: type[S]) -> Callable[[Reply], Listing[S]]:
    """Reads one page of them."""
    decoder = msgspec.json.Decoder(Listing[kind])  # type: ignore[valid-type]  # a type, though found at run time
    return lambda reply: decode(reply, decoder)


def inside(name: str, kind: type[T]) -> Callable[[Reply], T]:
    """Reads what HubSpot wraps in one more object: `{"list": {…}}`."""
    outer, inner = one(dict[str, msgspec.Raw]), msgspec.json.Decoder(kind)

    def read(reply: Reply) -> T:
        wrapped = msgspec.structs.replace(reply, body=bytes(outer(reply).get(name, b"null")))
        return decode(wrapped, inner)

    return read


plain: Callable[[Reply], dict[str, Any]] = one(dict[str, Any])
"""Reads HubSpot's answer as it is."""


def body(
    given: Mapping[str, Any] | Shape | None = None, named: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """A definition as HubSpot takes it, from its own names or the same in snake case; UNSET left out."""
    if isinstance(given, Shape):
        given = _said(given)
    if given is not None and not isinstance(given, Mapping):
        raise ConfigError(f"a definition is a mapping, not {type(given).__name__}")
    return _mapping({**(given or {}), **(named or {})})


def flag(value: bool | None) -> str | None:
    """True and False as HubSpot writes them in a URL."""
    return None if value is None else str(value).lower()


def _said(shape: Shape) -> dict[str, Any]:
    """What differs from what HubSpot assumes anyhow."""
    defaults = type(shape)()
    return {
        name: getattr(shape, name)
        for name in shape.__struct_fields__
        if getattr(shape, name) != getattr(defaults, name)
    }


def _mapping(given: Mapping[str, Any]) -> dict[str, Any]:
    return {
        _camel(str(name)): dict(value) if name in OPAQUE and isinstance(value, Mapping) else _value(value)
        for name, value in given.items()
        if value is not UNSET
    }


def _value(value: Any) -> Any:
    if isinstance(value, Shape):
        return _mapping(_said(value))
    if isinstance(value, Mapping):
        return _mapping(value)
    if isinstance(value, list | tuple):
        return [_value(item) for item in value]
    return value


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)
