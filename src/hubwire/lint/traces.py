"""Where a file may speak of HubSpot's addresses: a text search that spares most calls a closer look."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from hubwire.lint.project import Unit, modules_of

# `API = "v1"` is half of one.
_ADDRESS = re.compile(
    r"hubapi|hubspot\.com|/v[1-4{$]|v[1-4][/\"'`]|/20|crm|oauth|hubdb|filemanager|webhooks/|account-info|settings/users"
    r"|hub_?spot[_\"'\]\[.]*(?:api_?)?(?:base_?)?(?:url|uri|endpoint|host)\b"
)
_SETTING = re.compile(r"(?i)url|uri|base|host|endpoint|path|api|config|const|setting|server|hub|env|[A-Z]{3}")
# `crm` is an address already.
_SDK = re.compile(r"(?:_|[a-z])api\b|api_?request|(?:import|from|require)\b[^\n]*hubspot")
_ROUNDS = 3
_WORD = re.compile(r"[\w$]+")
_MANY = 40
"""Names from which on reading every word is quicker than a search for each."""


def traces(unit: Unit) -> list[int]:
    """Offsets of addresses and of names that may stand for one, in order."""
    text = unit.source.text
    found = [match.start() for match in _ADDRESS.finditer(unit.low)]
    if not found and not leads_on(unit):
        return []
    names: set[str] = set()
    # Only a file of the repository can tell what an imported name stands for.
    fresh = {
        i.local
        for i in unit.facts.imports
        if i.local and _SETTING.search(i.local) and unit.project.resolve_module(unit, i.module) is not None
    }
    for _ in range(_ROUNDS):
        # Other single letters stand for too much.
        fresh |= {name for name in _named(unit, found) if len(name) > 1 or name == "u"} - names
        if not fresh:
            break
        found = sorted([*found, *_places(text, fresh)])
        names |= fresh
        fresh = set()
    return found


def leads_on(unit: Unit) -> bool:
    """Whether a file imports another one of the repository, seen without parsing it."""
    return any(unit.project.resolve_module(unit, m) is not None for m in unit.memo(modules_of))


def silent(unit: Unit) -> bool:
    """Whether nothing in a file can reach HubSpot, by itself or through a file that it imports."""
    low = unit.low
    return not (_ADDRESS.search(low) or _SDK.search(low) or leads_on(unit))


def traced(unit: Unit, start: int, end: int) -> bool:
    """Whether a stretch of a file may hold an address."""
    found = unit.memo(traces)
    index = bisect_left(found, start)
    return index < len(found) and found[index] < end


def _places(text: str, names: set[str]) -> list[int]:
    """Where names stand as whole words."""
    if len(names) > _MANY:
        return [m.start() for m in _WORD.finditer(text) if m.group() in names]
    out = []
    for name in names:
        at = text.find(name)
        while at >= 0:
            end = at + len(name)
            before, after = text[at - 1 : at], text[end : end + 1]
            if not (after.isalnum() or after == "_" or before.isalnum() or before == "_"):
                out.append(at)
            at = text.find(name, end)
    return out


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
            for name in loop.names:
                yield from _WORD.findall(name) if "{" in name else (name,)
