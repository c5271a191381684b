"""The lines of source that a report shows, with secrets masked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hubwire.lint.finding import Place
from hubwire.lint.secrets import mask

if TYPE_CHECKING:
    from hubwire.lint.source import Source

LINES = 3
WIDTH = 160
BEFORE = 60
"""Characters shown before a finding far out on its line."""
FAR = 2_000
"""What is masked on either side of a finding: more than any secret is long, less than a bundled file."""


def framed(source: Source, place: Place) -> tuple[tuple[str, ...], tuple[int, int]]:
    """The first lines of a place, and where on the first of them it stands: offset and width."""
    first, offset, width = _window(source, place)
    last = min(place.end_line, place.line + LINES - 1)
    below = (_start(source, number) for number in range(place.line + 1, last + 1))
    return (first, *below), (offset, width)


def shown(source: Source, place: Place) -> str:
    """The stretch of a line around the beginning of a place."""
    return _window(source, place)[0].strip()


def _line(source: Source, number: int) -> str:
    return source.show(*source.line_span(number)).rstrip("\r")


def _start(source: Source, number: int) -> str:
    return _cut(mask(_line(source, number)[:FAR]))


def _window(source: Source, place: Place) -> tuple[str, int, int]:
    """A piece of the line that holds the beginning of a place.

    It is masked first and cut then: half a secret has no shape.
    """
    line = _line(source, place.line)
    at = place.column - 1
    end = place.end_column - 1 if place.end_line == place.line else len(line)
    start = max(0, at - FAR)
    before, found, after = line[start:at], line[at : min(end, at + FAR)], line[end : end + FAR]
    whole = mask(before + found + after)
    offset, width = len(mask(before)), len(mask(found))
    if mask(before) + mask(found) != whole[: offset + width]:
        # The place begins or ends inside of something masked: no mark is better than a wrong one.
        offset, width = min(offset, len(whole)), 0
    if offset + min(width, 40) <= WIDTH and start == 0:
        return _cut(whole), offset, min(width, WIDTH - offset)
    skipped = max(0, offset - BEFORE)
    return _cut("…" + whole[skipped:]), offset - skipped + 1, min(width, WIDTH - BEFORE - 1)


def _cut(text: str) -> str:
    return text if len(text) <= WIDTH else text[: WIDTH - 1] + "…"
