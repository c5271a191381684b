"""Files that never say HubSpot and call a file of the repository that does: `from crm import client`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from hubwire.lint.collect import binary
from hubwire.lint.project import Project, Read, Unit, modules_of
from hubwire.lint.source import LANGUAGES, Source

_CALLS = (b"hubapi", b"/crm/", b"hubspot import", b"import hubspot", b"@hubspot/", b"_api.", b"Api.")
"""What a file says that sends requests to HubSpot, and not only names it."""
_EVERYWHERE = {"main", "app", "config", "settings", "constants", "types", "models", "schemas", "conftest"}
"""Modules that half of a repository imports, and that seldom send anything."""


def followers(names: Iterable[str], marked: Iterable[str], read: Read) -> Iterator[str]:
    """Those of some files that import one that sends requests, told by their import lines."""
    callers = {n for n in marked if _code(n) and _stem(n) not in _EVERYWHERE and _sends(read(n))}
    stems = sorted({_stem(n) for n in callers} - {""})
    if not stems:
        return
    said = re.compile(
        rb"^[ \t]*(?:from|import|export|(?:const|let|var)[^\n]*require|\})[^\n]*\b(?:%s)\b"
        % b"|".join(re.escape(s.encode()) for s in stems),
        re.M,
    )
    project = Project(read)
    for name in names:
        data = read(name) if _code(name) else None
        if data is None or binary(data) or not said.search(data):
            continue
        unit = Unit(Source(name, data), project)
        found = (project.resolve_module(unit, module) for module in unit.memo(modules_of))
        if any(other is not None and other.path in callers for other in found):
            yield name


def _code(name: str) -> bool:
    return f".{name.rpartition('.')[2].lower()}" in LANGUAGES


def _stem(name: str) -> str:
    folder, _, last = name.rpartition("/")
    stem = last.partition(".")[0]
    return folder.rpartition("/")[2] if stem in ("index", "__init__") else stem


def _sends(data: bytes | None) -> bool:
    return data is not None and any(sign in data for sign in _CALLS)
