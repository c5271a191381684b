"""Where a file may speak of HubSpot's addresses: a text search that spares most calls a closer look."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

from hubwire.lint import patterns as re
from hubwire.lint.facts import Import
from hubwire.lint.gates import gives_address
from hubwire.lint.project import Unit

# `API = "v1"` is half of one.
_ADDRESSES = tuple(
    # Each begins with letters: the engine skips to the next of these.
    re.compile(pattern)
    for pattern in (
        r"hub(?:api|spot\.com|db)", r"/(?:v[1-4{$]|20)", r"v[1-4][/\"'`]",
        r"hub_?spot[_\"'\]\[.]*(?:api_?)?(?:base_?)?(?:url|uri|endpoint|host)\b",
    )
)  # fmt: skip
_WORDS = ("crm", "oauth", "filemanager", "webhooks/", "account-info", "settings/users")
_SETTING = re.compile(r"(?i)url|uri|base|host|endpoint|path|api|config|const|setting|server|hub|env|[A-Z]{3}")
_DEFAULT = re.compile(r"([\w$]+)\s*(?::[^=,\n]+)?=\s*[\"'](?=[^\"'\n]*hubapi)")
_ROUNDS = 3
_WORD = re.compile(r"[\w$]+")
_MANY = 40
"""Names from which on reading every word is quicker than a search for each."""


def traces(unit: Unit) -> list[int]:
    """Offsets of addresses and of names that may stand for one, in order."""
    text = unit.source.text
    low = unit.low
    found = [match.start() for pattern in _ADDRESSES for match in pattern.finditer(low)]
    for word in _WORDS:
        at = low.find(word)
        while at >= 0:
            found.append(at)
            at = low.find(word, at + len(word))
    found.sort()
    names: set[str] = set()
    # Only a file of the repository can tell what an imported name stands for.
    fresh = {
        i.local for i in unit.facts.imports if i.local and _SETTING.search(i.local) and _may_stand(unit, i)
    }
    recent = found
    found = list(found)
    for _ in range(_ROUNDS):
        # Other single letters stand for too much.
        fresh |= {name for name in _named(unit, recent) if len(name) > 1 or name == "u"} - names
        if not fresh:
            break
        # What older places gave a name to is known.
        recent = sorted(_places(text, fresh))
        found += recent
        names |= fresh
        fresh = set()
    return sorted(found)


def _may_stand(unit: Unit, imported: Import) -> bool:
    other = unit.project.resolve_module(unit, imported.module)
    return other is not None and gives_address(other, imported.symbol)


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
    if not found:
        return
    # One behind everything spares each question a look at the length.
    found = [*found, len(unit.source.text)]
    for assign in unit.facts.assigns:
        value = assign.value
        if found[bisect_left(found, value.start)] < value.end:
            yield assign.target.removesuffix(".?").rpartition(".")[2]
    for func in unit.facts.functions:
        start, end = func.param_spans
        if found[bisect_left(found, start)] < end:
            # `def read(path, base="https://api.hubapi.com")`
            yield from _DEFAULT.findall(unit.code, start, end)
    for given in unit.facts.returns:
        if found[bisect_left(found, given.start)] < given.end:
            index = unit.facts.func_at(given.start)
            yield unit.facts.functions[index].name.rpartition(".")[2] if index >= 0 else ""
    for loop in unit.facts.loops:
        if found[bisect_left(found, loop.start)] < loop.body:
            for name in loop.names:
                yield from _WORD.findall(name) if "{" in name else (name,)
