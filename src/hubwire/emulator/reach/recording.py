"""Notes what went by between a program and HubSpot, without a value of it.

What is kept: the operation, its version, names, types and statuses, and words of HubSpot's own vocabulary
(object types, operators, built-in property names). An id that an answer gave and a later request used is kept
as a number of its own, `@3`: which value it was is not.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

from hubwire.catalogue.load import elsewhere, endpoints, object_types, properties
from hubwire.emulator.reach.shape import Shape, kind_of, shape_of
from hubwire.emulator.routes import Match, routes

FORMAT = "hubwire shapes 1"
REFERABLE = re.compile(r".{3,500}", re.DOTALL)
"""Values of an answer that a later request may hand back: ids, cursors, keys, names of what was defined."""
# fmt: off
WORDS = frozenset((
    "EQ", "NEQ", "LT", "LTE", "GT", "GTE", "BETWEEN", "IN", "NOT_IN", "HAS_PROPERTY", "NOT_HAS_PROPERTY",
    "CONTAINS_TOKEN", "NOT_CONTAINS_TOKEN", "ASCENDING", "DESCENDING", "true", "false", "default",
    "HUBSPOT_DEFINED", "USER_DEFINED", "INTEGRATOR_DEFINED",
))
# fmt: on
NUMBERS = ("limit", "associationTypeId")
"""Numbers that are no data."""


@dataclass(slots=True)
class Exchange:
    """One request and its answer, as seen on the wire."""

    method: str
    target: str
    body: bytes
    status: int
    answer: bytes


@dataclass(slots=True)
class Recording:
    """A file of shapes in the making; many threads may add to it."""

    entries: list[dict[str, Any]] = field(default_factory=list)
    _given: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Value of an answer → the entry it came with and where it stood."""
    _numbers: dict[str, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, exchange: Exchange) -> None:
        """Notes one exchange."""
        with self._lock:
            self.entries.append(self._entry(exchange))
            answer = _decoded(exchange.answer)
            for pointer, value in _scalars(answer):
                if REFERABLE.fullmatch(value) and value not in WORDS:
                    self._given.setdefault(value, (len(self.entries) - 1, pointer))

    def text(self) -> str:
        """The file."""
        with self._lock:
            return json.dumps({"format": FORMAT, "entries": self.entries}, indent=1) + "\n"

    def _entry(self, exchange: Exchange) -> dict[str, Any]:
        path, _, query = exchange.target.partition("?")
        match = routes().find(exchange.method, path)
        found = match if isinstance(match, Match) else None
        entry: dict[str, Any] = {"method": exchange.method, "status": exchange.status}
        if found is None:
            entry["route"] = redacted(path)
        else:
            entry |= {"op": found.endpoint.op, "version": found.version}
            entry["places"] = {name: self._word(value) for name, value in found.places.items()}
        entry["query"] = [(_name(name), self._word(value, name)) for name, value in parse_qsl(query, True)]
        if exchange.body:
            entry["request"] = self._redact(_decoded(exchange.body))
        entry["answer"] = shape_of(_decoded(exchange.answer))
        return entry

    def _redact(self, value: Any, name: str = "") -> Shape:
        if isinstance(value, dict):
            return {_name(key): self._redact(each, key) for key, each in value.items()}
        if isinstance(value, list):
            return [self._redact(each, name) for each in value]
        if value is None or isinstance(value, bool):
            return value
        return value if name in NUMBERS and isinstance(value, int) else self._word(str(value), name)

    def _word(self, value: str, name: str = "") -> str:
        """The value if it is HubSpot's own vocabulary, its number if an answer gave it, else its kind."""
        parts = value.split(",")
        if all(part in vocabulary() for part in parts) or (name in NUMBERS and value.isdecimal()):
            return value
        if value in self._given:
            return f"@{self._reference(value)}"
        return f"<{kind_of(value)}>"

    def _reference(self, value: str) -> int:
        if value not in self._numbers:
            number = self._numbers[value] = len(self._numbers) + 1
            entry, pointer = self._given[value]
            self.entries[entry].setdefault("gives", {})[str(number)] = pointer
        return self._numbers[value]


def redacted(path: str) -> str:
    """A path that is no known route: only segments that some known path has are kept."""
    known = path_words()
    kept = (one if one in known else f"{{{kind_of(one)}}}" for one in path.strip("/").split("/"))
    return "/" + "/".join(kept)


@cache
def path_words() -> frozenset[str]:
    """Fixed segments of all known paths."""
    templates = (
        path
        for endpoint in (*endpoints(), *elsewhere())
        for paths in endpoint.paths.values()
        for path in paths
    )
    return frozenset(one for path in templates for one in path.split("/") if one and not one.startswith("{"))


@cache
def vocabulary() -> frozenset[str]:
    """Words that mean the same in every account."""
    types = {
        spelling for one in object_types() for spelling in (one.id, one.name, one.singular, *one.aliases)
    }
    names = {name for one in object_types() for name in properties(one.id)}
    return frozenset(WORDS | types | names)


def _name(key: str) -> str:
    shape: Mapping[str, Shape] = shape_of({key: None})
    return next(iter(shape))


def _decoded(body: bytes) -> Any:
    try:
        return json.loads(body) if body else None
    except ValueError:
        return "not JSON"


def _scalars(value: Any, pointer: str = "") -> Iterator[tuple[str, str]]:
    """Texts and whole numbers of a document, with their places as JSON pointers."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _scalars(each, f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}")
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _scalars(each, f"{pointer}/{index}")
    elif isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
        yield pointer, str(value)
