"""One property of many new records: as pieces of their documents, and as the column that a search reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import repeat
from typing import Any, Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

from hubwire.emulator.bulk.dice import Numbers
from hubwire.emulator.columnar.coded import UNSET, Coded
from hubwire.emulator.columnar.reading import Gathered, columns_of, of_numbers
from hubwire.emulator.columnar.texts import Flags, Places
from hubwire.emulator.columnar.written import clock, day, is_moment, parts, seconds
from hubwire.emulator.columns import Column

_encode = msgspec.json.Encoder().encode


class Choice:
    """Part of a text: of each record, one of `texts`."""

    def __init__(self, codes: NDArray[Any], texts: Sequence[str]) -> None:
        self.codes, self.texts = codes, texts

    def told(self, rows: slice = slice(None)) -> list[str]:
        return list(map(self.texts.__getitem__, self.codes[rows].tolist()))


Part = str | Numbers | Choice
Piece = str | Sequence[str]
"""The same in each record, or what comes in each of them."""


class Field(Protocol):
    def pieces(self, name: str, rows: slice) -> Iterator[Piece]:
        """What those records have of it in their documents, a comma before it."""

    def present(self) -> bool:
        """Whether any record has it."""

    def coded(self, column: Column, constant: str | None, order: Places) -> list[Coded]:
        """Its columns with the rows in that order, as `Gathered.coded` makes them of documents."""


class Picked:
    """Of each record one of a few values; None for none."""

    def __init__(self, codes: NDArray[Any], values: Sequence[str | None]) -> None:
        kind = np.uint8 if len(values) < 1 << 8 else np.uint16 if len(values) < 1 << 16 else np.int32
        self.codes, self.values = codes.astype(kind), values
        self._told: tuple[str, Choice] | None = None

    def pieces(self, name: str, rows: slice) -> Iterator[Piece]:
        before = f",{_json(name)}:"
        if len(self.values) == 1:
            yield "" if self.values[0] is None else before + _json(self.values[0])
            return
        if self._told is None or self._told[0] != name:
            texts = ["" if value is None else before + _json(value) for value in self.values]
            self._told = (name, Choice(self.codes, texts))
        yield self._told[1].told(rows)

    def present(self) -> bool:
        return bool(self._used())

    def coded(self, column: Column, constant: str | None, order: Places) -> list[Coded]:
        places: dict[str | None, int] = {}
        renumbered = np.full(len(self.values), UNSET, np.int32)
        for code in self._used():
            renumbered[code] = places.setdefault(self.values[code], len(places))
        return Gathered.of(renumbered[self.codes], list(places)).coded(column, constant, order)

    def _used(self) -> list[int]:
        return [code for code in np.unique(self.codes).tolist() if self.values[code] is not None]


def always(value: str, number: int) -> Picked:
    """The same in all of so many records."""
    return Picked(np.zeros(number, np.uint8), [value])


class Composed:
    """Texts put together of parts that need no escapes in JSON. Most are others than all others."""

    def __init__(self, *parts: Part) -> None:
        self._parts = parts

    def pieces(self, name: str, rows: slice) -> Iterator[Piece]:
        yield f',{_json(name)}:"'
        for part in self._parts:
            yield _told(part, rows)
        yield '"'

    def texts(self, rows: slice) -> list[str]:
        return run_together([_told(part, rows) for part in self._parts])

    def present(self) -> bool:
        return True

    def coded(self, column: Column, constant: str | None, order: Places) -> list[Coded]:
        del constant  # Each record has a value.
        return columns_of(column, self.texts(slice(None)), order)


class Moments:
    """Milliseconds."""

    def __init__(self, at: Numbers) -> None:
        self.at = at
        self._told: tuple[slice, list[str]] | None = None

    def pieces(self, name: str, rows: slice) -> Iterator[Piece]:
        yield f',{_json(name)}:"'
        yield self.texts(rows)
        yield '"'

    def texts(self, rows: slice) -> list[str]:
        """Several properties have the same: they are told once."""
        if self._told is None or self._told[0] != rows:
            days, minutes, rest = parts(self.at[rows])
            numbers = np.unique(days)
            dates = dict(
                zip(numbers.tolist(), (_cut(day(number)) for number in numbers.tolist()), strict=True)
            )
            pieces = (
                list(map(dates.__getitem__, days.tolist())),
                Choice(minutes, _clock()).told(),
                Choice(rest, _seconds()).told(),
            )
            self._told = (rows, run_together(pieces))
        return self._told[1]

    def present(self) -> bool:
        return True

    def coded(self, column: Column, constant: str | None, order: Places) -> list[Coded]:
        del constant
        if not is_moment(column):
            return columns_of(column, self.texts(slice(None)), order)
        return [of_numbers(column, self.at[order])]


class Some:
    """What some records have; the others do not."""

    def __init__(self, all_of_them: Composed | Moments, those: Flags) -> None:
        self._all, self._those = all_of_them, those

    def pieces(self, name: str, rows: slice) -> Iterator[Piece]:
        before = f',{_json(name)}:"'
        several = zip(self._those[rows].tolist(), self._all.texts(rows), strict=True)
        yield [f'{before}{text}"' if has else "" for has, text in several]

    def present(self) -> bool:
        return bool(self._those.any())

    def coded(self, column: Column, constant: str | None, order: Places) -> list[Coded]:
        if not isinstance(self._all, Moments) or not is_moment(column) or constant is not None:
            several = zip(self._those.tolist(), self._all.texts(slice(None)), strict=True)
            return columns_of(column, [text if has else constant for has, text in several], order)
        those = self._those[order]
        told = of_numbers(column, self._all.at[order][those])
        codes = np.full(len(those), UNSET, np.int32)
        codes[those] = told.codes
        return [Coded(column, codes, told.keys)]


def run_together(pieces: Sequence[Piece]) -> list[str]:
    """Of each record, what comes in it. Some piece is not the same in each."""
    kept: list[str | Sequence[str]] = []
    for piece in pieces:
        if isinstance(piece, str) and kept and isinstance(kept[-1], str):
            kept[-1] += piece
        else:
            kept.append(piece)
    # What repeats has no end.
    columns = [repeat(piece) if isinstance(piece, str) else piece for piece in kept if piece != ""]
    return list(map("".join, zip(*columns)))  # noqa: B905


def _told(part: Part, rows: slice) -> Piece:
    if isinstance(part, str):
        return part
    return part.told(rows) if isinstance(part, Choice) else list(map(str, part[rows].tolist()))


@cache
def _clock() -> list[str]:
    return [_cut(text) for text in clock()]


@cache
def _seconds() -> list[str]:
    return [_cut(text) for text in seconds()]


def _cut(text: bytes) -> str:
    return text.decode().strip('"')


def _json(text: str) -> str:
    return _encode(text).decode()
