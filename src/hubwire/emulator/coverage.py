"""How well each endpoint is emulated, version by version, and how that is known."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from hubwire.catalogue.facts import Endpoint
from hubwire.catalogue.load import elsewhere, endpoints
from hubwire.catalogue.versions import VERSIONS
from hubwire.emulator.operations import all_handlers

Level = Literal["recorded", "documented", "assumed", "missing"]
LEVELS: dict[Level, str] = {
    "recorded": "an answer recorded from HubSpot was asked again and compared",
    "documented": "tests that cite their source, or HubSpot's own clients, got what they expect",
    "assumed": "served, and no test has asked for it in this version",
    "missing": "known and not served: the answer is 501",
}

KINDS = ("recorded", "contract", "clients")
"""Kinds of tests in `witnesses.json`: recorded answers, contract tests, HubSpot's clients."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One endpoint in one version."""

    path: str
    level: Level
    by: tuple[str, ...]
    """Kinds of tests that got an answer from it: `recorded`, `contract`, `clients`."""


@dataclass(frozen=True, slots=True)
class Row:
    """One endpoint: version → cell, for the versions that have it."""

    op: str
    method: str
    cells: dict[str, Cell]


def coverage() -> tuple[Row, ...]:
    """Every endpoint of the catalogue, in its order; those of other parts of HubSpot come last."""
    served = _served()
    return tuple(
        Row(
            endpoint.op,
            endpoint.method,
            {
                version: _cell(endpoint, version, endpoint.op in served)
                for version in VERSIONS
                if version in endpoint.paths
            },
        )
        for endpoint in (*endpoints(), *elsewhere())
    )


def totals(rows: tuple[Row, ...]) -> dict[str, dict[Level, int]]:
    """Version → level → number of endpoints."""
    counted = {version: Counter(row.cells[version].level for row in rows if version in row.cells)
               for version in VERSIONS}  # fmt: skip
    return {version: {level: counts[level] for level in LEVELS} for version, counts in counted.items()}


def _cell(endpoint: Endpoint, version: str, served: bool) -> Cell:
    path = endpoint.paths[version][0]
    # A path without a version in it is one and the same in all.
    same = {other for other, paths in endpoint.paths.items() if paths[0] == path}
    by = tuple(kind for kind in KINDS if not same.isdisjoint(witnesses().get(kind, {}).get(endpoint.op, ())))
    level: Level = "assumed"
    if not served:
        level = "missing"
    elif "recorded" in by:
        level = "recorded"
    elif by:
        level = "documented"
    return Cell(path, level, by)


@cache
def witnesses() -> dict[str, dict[str, list[str]]]:
    """Kind of test → operation → versions it succeeded in, as `tools/witness.py` found."""
    text = files("hubwire.emulator").joinpath("witnesses.json").read_text("utf-8")
    found: dict[str, dict[str, list[str]]] = json.loads(text)
    return found


def _served() -> set[str]:
    return {op for handlers in all_handlers() for op in handlers}
