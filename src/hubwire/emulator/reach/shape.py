"""What JSON looks like with every value taken out: names, types, and how texts are written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

Shape = Any
"""A dict of shapes, a list of at most one shape, or a word."""

KINDS = {
    "moment": r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d))?",
    "uuid": r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
    "boolean text": r"true|false",
    "digits": r"-?\d+(\.\d+)?",
    "email": r"[^@\s]+@[^@\s]+\.[^@\s]+",
    "url": r"https?://\S+",
    "empty": r"",
}
NAME = re.compile(r"[A-Za-z_$][\w$.-]*")
"""Keys that may be kept: anything else may be somebody's data."""


def shape_of(value: Any) -> Shape:
    """Names and types of a decoded JSON document; the elements of a list are merged into one."""
    if isinstance(value, dict):
        merged: dict[str, Shape] = {}
        for key, each in value.items():
            name = key if _harmless(key) else f"{{{kind_of(key)}}}"
            merged[name] = merge(merged[name], shape_of(each)) if name in merged else shape_of(each)
        return merged
    if isinstance(value, list):
        shapes = [shape_of(each) for each in value]
        for one in shapes[1:]:
            shapes[0] = merge(shapes[0], one)
        return shapes[:1]
    return kind_of(value)


def kind_of(value: Any) -> str:
    """A word for a scalar, which says nothing of its value."""
    if isinstance(value, str):
        return next((kind for kind, pattern in KINDS.items() if re.fullmatch(pattern, value)), "text")
    return {type(None): "null", bool: "boolean"}.get(type(value), "number")


def merge(one: Shape, other: Shape) -> Shape:
    """A shape that both fit: names that only one has get a `?`, different words are joined by `|`."""
    if one == other:
        return one
    if isinstance(one, dict) and isinstance(other, dict):
        return _merged_objects(one, other)
    if isinstance(one, list) and isinstance(other, list):
        return [merge(one[0], other[0])] if one and other else one or other
    words = {word for each in (one, other) for word in _word(each).split("|")}
    return "|".join(sorted(words))


def differences(recorded: Shape, ours: Shape, where: str = "") -> Iterator[str]:
    """Where `ours` does not fit what was recorded, as `path: what`."""
    if isinstance(recorded, dict) and isinstance(ours, dict):
        theirs, mine = _plain(recorded), _plain(ours)
        for name in theirs | mine:
            path = f"{where}.{name}".lstrip(".")
            if name not in mine:
                if f"{name}?" not in recorded:
                    yield f"{path}: missing"
            elif name not in theirs:
                if f"{name}?" not in ours:
                    yield f"{path}: not recorded"
            else:
                yield from differences(theirs[name], mine[name], path)
    elif isinstance(recorded, list) and isinstance(ours, list):
        if recorded and ours:
            yield from differences(recorded[0], ours[0], f"{where}[]")
    else:
        known, told = set(_word(recorded).split("|")), set(_word(ours).split("|"))
        if not known & told and "null" not in known | told:
            yield f"{where or 'body'}: {_word(ours)}, recorded {_word(recorded)}"


def _merged_objects(one: dict[str, Shape], other: dict[str, Shape]) -> dict[str, Shape]:
    mine, theirs = _plain(one), _plain(other)
    merged: dict[str, Shape] = {}
    for name in (*mine, *(name for name in theirs if name not in mine)):
        both = name in mine and name in theirs
        optional = not both or f"{name}?" in one or f"{name}?" in other
        shape = merge(mine[name], theirs[name]) if both else mine.get(name, theirs.get(name))
        merged[f"{name}?" if optional else name] = shape
    return merged


def _plain(shape: dict[str, Shape]) -> dict[str, Shape]:
    return {name.removesuffix("?"): each for name, each in shape.items()}


def _word(shape: Shape) -> str:
    return "object" if isinstance(shape, dict) else "list" if isinstance(shape, list) else str(shape)


def _harmless(key: str) -> bool:
    return len(key) <= 100 and NAME.fullmatch(key) is not None and kind_of(key) == "text"
