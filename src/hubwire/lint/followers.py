"""Files that never say HubSpot and call a file of the repository that does: `from crm import client`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from hubwire.lint import patterns as re
from hubwire.lint.collect import binary
from hubwire.lint.project import Project, Read, Unit, ancestors, modules_of
from hubwire.lint.source import LANGUAGES, Source

_CALLS = (b"hubapi", b"/crm/", b"hubspot import", b"import hubspot", b"@hubspot/", b"_api.", b"Api.")
"""What a file says that sends requests to HubSpot, and not only names it."""
_FEW = 12
"""Words up to which a search for each is quicker than one for all."""
_EVERYWHERE = {"main", "app", "config", "settings", "constants", "types", "models", "schemas", "conftest"}
"""Modules that half of a repository imports, and that seldom send anything."""


def followers(names: Iterable[str], marked: Iterable[str], read: Read) -> Iterator[str]:
    """Those of some files that import one that sends requests, told by their import lines."""
    names = [n for n in names if _code(n)]
    if not names:
        return
    callers = {n for n in marked if _code(n) and _stem(n) not in _EVERYWHERE and _sends(read(n))}
    stems_in: dict[str, set[bytes]] = {}
    for n in callers:
        if _stem(n):
            stems_in.setdefault(n.rpartition("/")[0], set()).add(_stem(n).encode("utf-8", "surrogateescape"))
    if not stems_in:
        return
    project = Project(read)
    near: dict[str, frozenset[bytes]] = {}
    for name in names:
        folder = name.rpartition("/")[0] if name.endswith((".py", ".pyi")) else "*"
        if folder not in near:
            wanted = (s for f, s in stems_in.items() if folder == "*" or _importable(folder, f))
            near[folder] = frozenset().union(*wanted)
        stems = near[folder]
        data = read(name) if stems else None
        if data is None or binary(data):
            continue
        if (len(stems) <= _FEW and not any(stem in data for stem in stems)) or not _said(stems).search(data):
            continue
        unit = Unit(Source(name, data), project)
        modules = (m for m in unit.memo(modules_of) if _may_name(unit, m, stems))
        found = (project.resolve_module(unit, module) for module in modules)
        if any(other is not None and other.path in callers for other in found):
            yield name


def followers_of_others(names: Iterable[str], project: Project) -> Iterator[str]:
    """Those of some files, asked about by themselves, that import one of the repository that sends requests.

    Each is told by what its own import lines lead to, so one costs no more than the files that it imports.
    """
    known: dict[str, bool] = {}
    for name in names:
        data = project.read(name) if _code(name) else None
        if data is None or binary(data) or (b"import" not in data and b"require" not in data):
            continue
        unit = Unit(Source(name, data), project)
        found = (project.resolve_module(unit, module) for module in unit.memo(modules_of))
        for other in (o for o in found if o is not None and o.path != name):
            if other.path not in known:
                known[other.path] = _caller(other)
            if known[other.path]:
                yield name
                break


def _caller(unit: Unit) -> bool:
    sends = _code(unit.path) and _stem(unit.path) not in _EVERYWHERE and _sends(unit.source.data)
    return sends and unit.speaks


def _importable(folder: str, other: str) -> bool:
    """Whether Python in a folder can name the files of another: by identifiers, from what holds both on."""
    below = other.split("/") if other else []
    for own in folder.split("/") if folder else ():
        if not below or below[0] != own:
            break
        below = below[1:]
    return all(part.isidentifier() for part in below)


def _may_name(unit: Unit, module: str, stems: frozenset[bytes]) -> bool:
    """Whether a module of an import may be a file with one of some stems: most are packages."""
    if unit.source.language == "py":
        last = module.rpartition(".")[2]
        return not last or last.encode("latin-1") in stems
    at = module.rfind("/") + 1
    stem = module[at:].partition(".")[0]
    if stem in ("", "index") or stem.encode("latin-1") in stems:
        return True
    # An alias may stand for a file, whatever that is called.
    aliases = (one for base in ancestors(unit.folder) for one in unit.project.aliases(base))
    return any(len(prefix) > at and module.startswith(prefix) for prefix, _ in aliases)


@lru_cache(500)
def _said(stems: frozenset[bytes]) -> re.Pattern[bytes]:
    """An import line with one of some names in it."""
    names = b"|".join(re.escape(stem) for stem in sorted(stems))
    return re.compile(
        rb"^[ \t]*(?:from|import|export|(?:const|let|var)[^\n]*require|\})[^\n]*\b(?:%s)\b" % names, re.M
    )


def _code(name: str) -> bool:
    return f".{name.rpartition('.')[2].lower()}" in LANGUAGES


def _stem(name: str) -> str:
    folder, _, last = name.rpartition("/")
    stem = last.partition(".")[0]
    return folder.rpartition("/")[2] if stem in ("index", "__init__") else stem


def _sends(data: bytes | None) -> bool:
    return data is not None and any(sign in data for sign in _CALLS)
