"""Reads our own sources as syntax trees, for the tests beside it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "hubwire"

GENERATED = "# Generated from "
"""How files begin that a tool writes and CI compares whole: no budget holds for them."""


@dataclass(frozen=True, slots=True)
class Function:
    where: str
    lines: int
    """Without the docstring."""
    parameters: int


@cache
def modules() -> tuple[Path, ...]:
    """Every module of the package, generated ones left out."""
    return tuple(
        path for path in sorted(PACKAGE.rglob("*.py")) if not path.read_text("utf-8").startswith(GENERATED)
    )


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def functions() -> Iterator[Function]:
    for path in modules():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield measured(path, node)


def measured(path: Path, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Function:
    assert node.end_lineno is not None
    lines = node.end_lineno - node.lineno + 1
    first = node.body[0]
    if ast.get_docstring(node) is not None:
        assert first.end_lineno is not None
        lines -= first.end_lineno - first.lineno + 1
    asked = node.args
    parameters = len(asked.posonlyargs) + len(asked.args) + len(asked.kwonlyargs)
    if asked.args and asked.args[0].arg in ("self", "cls"):
        parameters -= 1
    return Function(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", lines, parameters)


def imported(path: Path) -> Iterator[tuple[str, int]]:
    """Absolute names of the modules a file imports, at any depth, with the line."""
    package = ["hubwire", *path.relative_to(PACKAGE).parts[:-1]] if path.is_relative_to(PACKAGE) else []
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            yield ".".join([*above, *([node.module] if node.module else [])]), node.lineno
