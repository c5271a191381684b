"""An endpoint asked for: a value, which `execute` carries out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast
from urllib.parse import quote

import msgspec

from hubwire.catalogue import load
from hubwire.errors import ConfigError
from hubwire.wire.message import Reply, Request

if TYPE_CHECKING:
    from hubwire.catalogue.facts import Lane, Safety

T = TypeVar("T")
PLAIN = re.compile(r"[0-9A-Za-z]+").fullmatch
"""What most ids and names are: as they are, a segment of a path."""
Query = Iterable[tuple[str, str | None]]


class Call(msgspec.Struct, Generic[T], frozen=True):
    """A request, how to read its reply, what it spends, and what sending it twice would do."""

    op: str
    request: Request
    read: Callable[[Reply], T]
    lane: Lane
    safety: Safety
    trace_ids: tuple[str, ...] = ()
    """Of the inputs, so that a write that may have happened can be looked for."""
    places: Mapping[str, str] = {}
    """What stands in the path: object type, id."""


def call(
    op: str,
    version: str,
    places: Mapping[str, str],
    read: Callable[[Reply], T],
    *,
    query: Query = (),
    json: Any = None,
    trace_ids: tuple[str, ...] = (),
) -> Call[T]:
    """The catalogue's endpoint `op`, with its places and parameters filled in."""
    endpoint = load.endpoint(op)
    if version not in endpoint.paths:
        known = ", ".join(endpoint.paths)
        raise ConfigError(f"HubSpot has no {op} in version {version!r}; it exists in {known}")
    plain = all(map(PLAIN, map(str, places.values())))
    filled = places if plain else {name: segment(value, name) for name, value in places.items()}
    path = endpoint.paths[version][0].format_map(filled)
    asked = tuple([pair for pair in query if pair[1] is not None]) if query else ()
    body = None if json is None else msgspec.json.encode(json)
    request = Request(endpoint.method, path, cast("tuple[tuple[str, str], ...]", asked), body=body)
    return Call(op, request, read, endpoint.lane, endpoint.safety, trace_ids, places)


def segment(value: object, name: str = "id") -> str:
    """A value as one segment of a path; refused where it would lead elsewhere."""
    text = str(value)
    if text.isascii() and text.isalnum():
        return text
    if not text.strip() or text in (".", ".."):
        raise ConfigError(f"{name} {text!r} cannot be part of a path")
    return quote(text, safe="")


def joined(names: Iterable[str]) -> str | None:
    """Names as one parameter; None when there are none."""
    return ",".join(names) or None
