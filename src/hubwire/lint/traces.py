"""Where a file may speak of HubSpot's addresses: a text search that spares most calls a closer look."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from hubwire.lint.project import Unit

# Found one by one: a search for a literal runs at memory speed, one for a pattern does not.
_ADDRESS = (
    "hubapi", "hubspot.com", "/v1", "/v2", "/v3", "/v4", "/v{", "/v$", "v1/", "v2/", "v3/", "v4/", "/20",
    "crm", "oauth", "hubdb", "filemanager", "webhooks/", "account-info", "settings/users",
)  # fmt: skip
_SETTING = re.compile(r"(?i)url|uri|base|host|endpoint|path|api|config|const|setting|server|hub|env|[A-Z]{3}")
_ROUNDS = 3
_WORD = re.compile(r"[\w$]+")
_MANY = 40
"""Names from which on reading every word is quicker than a search for each."""


def traces(unit: Unit) -> list[int]:
    """Offsets of addresses and of names that may stand for one, in order."""
    text = unit.source.text
    found = sorted(at for literal in _ADDRESS for at in _all(unit.low, literal))
    names: set[str] = set()
    fresh = {i.local for i in unit.facts.imports if i.local and _SETTING.search(i.local)}
    for _ in range(_ROUNDS):
        fresh |= {name for name in _named(unit, found) if len(name) > 1} - names
        if not fresh:
            break
        found = sorted([*found, *_places(text, fresh)])
        names |= fresh
        fresh = set()
    return found


def traced(unit: Unit, start: int, end: int) -> bool:
    """Whether a stretch of a file may hold an address."""
    found = unit.memo(traces)
    index = bisect_left(found, start)
    return index < len(found) and found[index] < end


def _all(text: str, literal: str) -> Iterator[int]:
    at = text.find(literal)
    while at >= 0:
        yield at
        at = text.find(literal, at + 1)


def _places(text: str, names: set[str]) -> Iterator[int]:
    """Where names stand as whole words."""
    if len(names) > _MANY:
        yield from (m.start() for m in _WORD.finditer(text) if m.group() in names)
        return
    for name in names:
        size = len(name)
        for at in _all(text, name):
            before, after = text[at - 1 : at], text[at + size : at + size + 1]
            if not (before.isalnum() or before == "_" or after.isalnum() or after == "_"):
                yield at


def _named(unit: Unit, found: list[int]) -> Iterator[str]:
    """Names that are given something with an address in it, by assignment, by a loop or by returning it."""

    def within(start: int, end: int) -> bool:
        index = bisect_left(found, start)
        return index < len(found) and found[index] < end

    for assign in unit.facts.assigns:
        if within(assign.value.start, assign.value.end):
            yield assign.target.removesuffix(".?").rpartition(".")[2]
    for given in unit.facts.returns:
        if within(given.start, given.end):
            index = unit.facts.func_at(given.start)
            yield unit.facts.functions[index].name.rpartition(".")[2] if index >= 0 else ""
    for loop in unit.facts.loops:
        if within(loop.start, loop.body):
            yield from loop.names
