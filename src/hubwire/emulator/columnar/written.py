"""The values of a column as JSON, many rows at a time."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

from hubwire.emulator import moments
from hubwire.emulator.columnar.keys import Keys, Numbers
from hubwire.emulator.columns import Column

NULL = b"null"
RowNumbers = NDArray[Any]

encode = msgspec.json.Encoder().encode


class Source(Protocol):
    """The part of `Coded` that is written from."""

    @property
    def codes(self) -> NDArray[np.int32]: ...

    keys: Keys

    def text(self, code: int) -> str: ...


class Writer(Protocol):
    """Writes a property's values."""

    pieces: int
    """So many come one after another."""

    def some(self, rows: RowNumbers, ready: NDArray[Any]) -> Sequence[list[bytes]]:
        """Each piece of every row's value; `ready` has those rows as `Ready` has them."""

    def one(self, row: int) -> bytes: ...


class Written:
    """Each value is written when it is asked for."""

    pieces = 1

    def __init__(self, source: Source) -> None:
        self._source = source

    def some(self, rows: RowNumbers, ready: NDArray[Any]) -> Sequence[list[bytes]]:
        del ready
        text = self._source.text
        codes: list[int] = self._source.codes[rows].tolist()
        return ([NULL if code < 0 else encode(text(code)) for code in codes],)

    def one(self, row: int) -> bytes:
        code = int(self._source.codes[row])
        return NULL if code < 0 else encode(self._source.text(code))


class Moments:
    """Milliseconds, from three tables: the day, the minute of the day, the milliseconds of the minute."""

    pieces = 3

    def __init__(self, source: Source, keys: Numbers) -> None:
        self._source, self._keys = source, keys

    def some(self, rows: RowNumbers, ready: NDArray[Any]) -> Sequence[list[bytes]]:
        del ready
        codes = self._source.codes[rows]
        # Some code is looked up for the unset too, and then written over.
        values = self._keys.values if len(self._keys) else np.zeros(1, np.int64)
        days, minutes, rest = parts(values[codes])
        told = [
            list(map(day, days.tolist())),
            list(map(clock().__getitem__, minutes.tolist())),
            list(map(seconds().__getitem__, rest.tolist())),
        ]
        for place in np.flatnonzero(codes < 0).tolist():
            for piece, text in zip(told, (NULL, b"", b""), strict=True):
                piece[place] = text
        return told

    def one(self, row: int) -> bytes:
        code = int(self._source.codes[row])
        return NULL if code < 0 else b'"%b"' % moments.text(int(self._keys.values[code])).encode()


def writer(column: Column, source: Source) -> Writer:
    """How the values of that column are written."""
    if is_moment(column) and isinstance(source.keys, Numbers):
        return Moments(source, source.keys)
    return Written(source)


def parts(milliseconds: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Days since the epoch, minutes of the day, milliseconds of the minute."""
    minutes, rest = np.divmod(milliseconds, 60_000)
    days, minutes = np.divmod(minutes, 1440)
    return days, minutes, rest


@cache
def day(number: int) -> bytes:
    """How a moment of that day begins."""
    return b'"%bT' % moments.day(number * moments.DAY).encode()


@cache
def clock() -> list[bytes]:
    """How it goes on, by the minute of the day."""
    return [b"%02d:%02d:" % divmod(minute, 60) for minute in range(1440)]


@cache
def seconds() -> list[bytes]:
    """How it ends: without the fraction where it is zero, as `moments.text` has it."""
    return [
        b'%02d.%03dZ"' % divmod(rest, 1000) if rest % 1000 else b'%02dZ"' % (rest // 1000)
        for rest in range(60_000)
    ]


def is_moment(column: Column) -> bool:
    """Whether its values are moments of a day."""
    return column.sort in ("moment", "time") and not is_day(column)


def is_day(column: Column) -> bool:
    """Whether its values are days: they are moments at midnight, but written without the time."""
    return column.sort == "moment" and column.sql.endswith("'T00:00:00.000')")


def plain(column: Column, keys: Keys, code: int) -> str:
    """The value that follows from a key alone."""
    if isinstance(keys, Numbers):
        key: Any = keys.values[code].item()
        if column.sort not in ("moment", "time"):
            return str(key)
        return moments.day(key) if is_day(column) else moments.text(key)
    return keys[code]
