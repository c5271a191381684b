"""Which operation a path means. One tree for all API versions, built once from the catalogue."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import unquote

from hubwire.catalogue.facts import Endpoint
from hubwire.catalogue.load import elsewhere, endpoints
from hubwire.emulator.own import own_endpoints

PARTLY = "legacy."
DATE = re.compile(r"\d{4}-\d{2}(-beta)?")

# The version before the first date that this package calls answers like it in these areas.
# HubSpot-public-api-spec-collection @99893791: what has a 2025-09
BETA, BETA_LIKE = "2025-09", "2026-03"
BETA_AREAS = (
    "/account-info/", "/business-units/public/", "/crm-object-schemas/", "/crm/associations/",
    "/crm/exports/", "/crm/extensions/", "/crm/imports/", "/crm/limits/", "/crm/lists/",
    "/crm/object-library/", "/crm/objects/", "/crm/owners/", "/crm/pipelines/", "/crm/properties/",
    "/crm/property-validations/", "/deal-splits/", "/meta/network-origins/", "/settings/currencies/",
    "/tax-rates/",
)  # fmt: skip

# Spellings beside the catalogue's: connectors call v4 for records, not only for associations, and newer
# editions of the specification have the version after the area, as in `/settings/users/v3`.
# https://github.com/singer-io/tap-hubspot and https://pypi.org/project/arcade-hubspot-crm-api/ 0.2.1
TWINS = (
    ("/crm/v3/objects/", "/crm/v4/objects/"),
    ("/crm/v3/objects/", "/crm/objects/v3/"),
    ("/crm/v4/objects/", "/crm/objects/v4/"),
    ("/crm/v4/associations/", "/crm/associations/v4/"),
)


@dataclass(frozen=True, slots=True)
class Leaf:
    endpoint: Endpoint
    version: str
    """The API generation the handlers shall follow."""
    names: tuple[str, ...]


@dataclass(slots=True)
class Node:
    words: dict[str, Node] = field(default_factory=dict)
    place: Node | None = None
    leaves: dict[str, Leaf] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Match:
    endpoint: Endpoint
    version: str
    places: dict[str, str]


class Routes:
    """The tree. Words come before places; a path whose word branch lacks the method tries the place."""

    def __init__(self, known: Iterable[Endpoint]) -> None:
        self._root = Node()
        for endpoint in known:
            for template, version in templates(endpoint.paths):
                self._add(endpoint, template, version)

    def find(self, method: str, path: str) -> Match | frozenset[str]:
        """The operation, or the methods that the path does have: none for an unknown path.

        Of the APIs beside the CRM and of its first generations only some operations are known, so what other
        methods their paths have is not.
        """
        segments = _segments(path)
        allowed: set[str] = set()
        for leaves, values in _walk(self._root, segments, 0, ()):
            leaf = leaves.get(method)
            if leaf is not None:
                places = dict(zip(leaf.names, (unquote(value) for value in values), strict=True))
                return Match(leaf.endpoint, leaf.version, places)
            allowed.update(name for name, one in leaves.items() if not one.endpoint.op.startswith(PARTLY))
        return frozenset(allowed)

    def methods(self, path: str) -> frozenset[str]:
        """All that are known here of the path."""
        return frozenset(name for leaves, _ in _walk(self._root, _segments(path), 0, ()) for name in leaves)

    def _add(self, endpoint: Endpoint, template: str, version: str) -> None:
        node, names = self._root, []
        for segment in _segments(template):
            if segment.startswith("{"):
                names.append(segment[1:-1])
                node.place = node.place or Node()
                node = node.place
            else:
                node = node.words.setdefault(segment, Node())
        node.leaves.setdefault(endpoint.method, Leaf(endpoint, version, tuple(names)))


def _segments(path: str) -> list[str]:
    """`/a/b/` and `/a/b` alike, and `//a/b`, which connectors that join `https://…/` and a path send
    (https://github.com/hotgluexyz/tap-hubspot-beta); further in, `//` is a segment that no template has.
    """
    return path.lstrip("/").removesuffix("/").split("/")


def _walk(
    node: Node, segments: list[str], index: int, values: tuple[str, ...]
) -> Iterator[tuple[Mapping[str, Leaf], tuple[str, ...]]]:
    if index == len(segments):
        if node.leaves:
            yield node.leaves, values
        return
    segment = segments[index]
    word = node.words.get(segment)
    if word is not None:
        yield from _walk(word, segments, index + 1, values)
    if node.place is not None and segment:
        yield from _walk(node.place, segments, index + 1, (*values, segment))


def templates(paths: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    """Every spelling of an operation's path, with the API generation that it follows."""
    for version, templates in paths.items():
        for template in templates:
            yield template, version
            for prefix, twin in TWINS:
                if template.startswith(prefix):
                    yield template.replace(prefix, twin, 1), version
            if version == BETA_LIKE and template.startswith(BETA_AREAS):
                yield template.replace(BETA_LIKE, BETA, 1), BETA_LIKE


@cache
def routes() -> Routes:
    """The tree of the CRM and the platform, served or not, and of the emulator's own."""
    return Routes((*endpoints(), *own_endpoints()))


@cache
def elsewhere_routes() -> Routes:
    """The tree of the rest of HubSpot, of which nothing is served: read when somebody asks for it."""
    return Routes(elsewhere())


def other_version(path: str, served: str) -> tuple[str, str] | None:
    """The path with its date replaced by a `served` one, and the date it had; None where it has no date."""
    found = next((part for part in path.split("/") if DATE.fullmatch(part)), None)
    return (path.replace(found, served, 1), found) if found else None
