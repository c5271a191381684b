"""Any call, through the same pipeline: the way to what has no method yet."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar
from urllib.parse import parse_qsl, quote

import msgspec

from hubwire.catalogue import load
from hubwire.catalogue.facts import Endpoint, Lane, Safety
from hubwire.client.call import Call
from hubwire.client.records import decode, unexpected
from hubwire.errors import ConfigError
from hubwire.wire.message import Reply, Request, form

T = TypeVar("T")

READS = {"GET", "HEAD", "OPTIONS"}
REPEATABLE = {"PUT", "PATCH", "DELETE"}
PLACE = re.compile(r"\{\w+\}")


def raw(
    method: str,
    path: str,
    *,
    query: Mapping[str, Any] | None = None,
    json: Any = None,
    form_fields: Mapping[str, Any] | None = None,
    into: type[Any] | None = None,
    safety: Safety | None = None,
) -> Call[Any]:
    """A call of a path. What it spends and whether it may be repeated, the catalogue says if it knows it."""
    method = method.upper()
    if not path.startswith("/") or path.startswith("//"):
        raise ConfigError(f"a path starts with one slash and has no host: {path!r}")
    if json is not None and form_fields is not None:
        raise ConfigError("a request has one body: json or form")
    path, _, asked = path.partition("?")
    path = quote(path, safe="/%:@!$&'()*+,;=~")
    known = recognised(method, path)
    body = (
        msgspec.json.encode(json)
        if json is not None
        else form(form_fields)
        if form_fields is not None
        else None
    )
    request = Request(
        method,
        path,
        (*parse_qsl(asked, keep_blank_values=True), *_pairs(query or {})),
        body=body,
        content_type="application/json" if form_fields is None else "application/x-www-form-urlencoded",
    )
    lane: Lane = known.lane if known else "burst"
    return Call(
        known.op if known else f"{method} ?", request, _reader(into), lane, safety or _safety(method, known)
    )


def _safety(method: str, known: Endpoint | None) -> Safety:
    if known is not None:
        return known.safety
    # A POST nobody knows may create something.
    return "read" if method in READS else "repeat" if method in REPEATABLE else "once"


def recognised(method: str, path: str) -> Endpoint | None:
    """The catalogue's endpoint that the path belongs to, in any version."""
    path = path.rstrip("/")
    matches = [known for pattern, known in _patterns() if known.method == method and pattern.fullmatch(path)]
    # `/batch/create` also looks like a record called so: the one with most literal text is meant.
    return max(matches, key=_literal, default=None)


def _literal(known: Endpoint) -> int:
    return len(PLACE.sub("", next(iter(known.paths.values()))[0]))


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], Endpoint], ...]:
    found = {
        (template, known.method): known
        for known in load.endpoints()
        for templates in known.paths.values()
        for template in templates
    }
    return tuple((_pattern(template), known) for (template, _), known in found.items())


def _pattern(template: str) -> re.Pattern[str]:
    parts = re.split(r"(\{\w+\})", template)
    return re.compile("".join("[^/]+" if PLACE.fullmatch(part) else re.escape(part) for part in parts))


def _pairs(query: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Lists are joined with commas, True and False written as HubSpot does, None left out."""
    pairs = []
    for name, value in query.items():
        if isinstance(value, Sequence) and not isinstance(value, str):
            value = ",".join(map(str, value))
        if isinstance(value, bool):
            value = str(value).lower()
        if value is not None:
            pairs.append((name, str(value)))
    return pairs


def _reader(into: type[Any] | None) -> Callable[[Reply], Any]:
    decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(Any if into is None else into)

    def read(reply: Reply) -> Any:
        if not reply.body.strip():
            if into is None:
                return None
            raise unexpected(reply, "it has no body")
        return decode(reply, decoder)

    return read
