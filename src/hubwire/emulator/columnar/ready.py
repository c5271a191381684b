"""What is told of records, row by row: all of a record lies together, so that it is read in one go.

Columns have a property of all records together, which is good for searching; telling a hundred records from
them goes to a hundred places in each.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from hubwire.emulator.columnar.coded import Coded
from hubwire.emulator.columnar.keys import Numbers
from hubwire.emulator.columnar.texts import Texts
from hubwire.emulator.columnar.written import NULL, clock, day, encode, is_moment, parts, seconds

ID, DIGITS = "hs_object_id", 18
MANY, MANY_MOMENTS, MOST = 16_000, 1_000, 60_000
"""So many distinct values are written beforehand and have numbers; new ones get some until there are most."""
FEW, FRAMES = 4_000, 8
"""So many of them are written again with what comes around them, in so many ways."""
WIDEST, SLACK = 64, 4
"""Bytes of a value that is kept as it is told; and room for longer ones that come."""
LONGEST = 65_536
"""Days between the first and the last moment."""
CHUNK, PART = 20_000, 4_096
QUOTE = ord('"')
SPECIAL = bytes([*range(32), ord('"'), ord("\\")])


class Slot(Protocol):
    """Where one property's value is in each row."""

    pieces: int

    def some(self, rows: NDArray[Any], ready: NDArray[Any]) -> Sequence[list[bytes]]: ...

    def one(self, row: int) -> bytes: ...

    def put(self, rows: NDArray[Any], texts: Sequence[str | None]) -> list[int]:
        """Those rows have these values now; returns the places of those that it has no room for."""


class Ready:
    """Records by row, in as many bytes each as their slots take together."""

    def __init__(self, columns: Sequence[Coded], often: Collection[str], ids: NDArray[np.int64]) -> None:
        """Values that are told `often` may take some room, the others only if they are few."""
        self.slots: dict[str, Slot] = {}
        self._total = len(ids)
        few = [each for each in columns if not _many(each)]
        others = [each for each in columns if _many(each) and each.column.name in often]
        times: Times = []
        kept = [*((each, None) for each in few), *((each, _wide(each, times)) for each in others)]
        kept = [(each, wide) for each, wide in kept if wide is not None or not _many(each)]
        kinds = [(each.column.name, "<u2" if wide is None else wide.dtype) for each, wide in kept]
        self._kind = np.dtype([(ID, f"S{DIGITS}"), *kinds])
        self.records = np.zeros(len(ids), self._kind)
        self._whole = self.records.view(f"V{self._kind.itemsize}")
        for each, wide in kept:
            name = each.column.name
            self.slots[name] = _numbered(self, each) if wide is None else Wide(self, name)
        # So few at a time that they stay in the processor's cache while one property after another is put in.
        for start in range(0, len(ids), PART):
            rows = slice(start, start + PART)
            part = self.records[rows]
            part[ID] = _digits(ids[rows])
            for each, wide in kept:
                codes = each.codes[rows]
                part[each.column.name] = codes + 1 if wide is None else wide.take(codes, mode="wrap")

    def at(self, rows: NDArray[Any]) -> NDArray[Any]:
        """Those rows."""
        # Taken as bytes: ten times as fast as field by field.
        return self._whole.take(rows, mode="wrap").view(self._kind)

    def reach(self, ids: NDArray[np.int64]) -> None:
        """The rows have these ids: some may be new."""
        total, known = len(ids), self._total
        if total > len(self.records):
            room = np.zeros(total + total // 16, self._kind)
            room[: len(self.records)] = self.records
            self.records, self._whole = room, room.view(self._whole.dtype)
        self.records[ID][known:total] = ids[known:]
        self._total = total


class Numbered:
    """Every distinct value is known as JSON, after a comma and its name."""

    pieces = 1

    def __init__(self, ready: Ready, name: str, told: Sequence[bytes]) -> None:
        """The number of a value is its place in `told`; unset is the first."""
        self._ready, self._name, self.prefix = ready, name, b",%b:" % encode(name)
        self._told = np.fromiter([self.prefix + text for text in told], object, len(told))
        self._numbers: dict[bytes, int] = {}
        self._framed: dict[tuple[bytes, bytes], Framed] = {}
        self.bare = Framed(self, b"", b"")

    @property
    def told(self) -> NDArray[Any]:
        return self._told

    def framed(self, before: bytes, after: bytes) -> Numbered | Framed | None:
        """What tells the values with that around them; None where it takes too much room."""
        if (before, after) == (self.prefix, b""):
            return self
        known = self._framed.get((before, after))
        if known is None and len(self._told) <= FEW and len(self._framed) < FRAMES:
            known = self._framed[before, after] = Framed(self, before, after)
        return known

    def places(self, ready: NDArray[Any]) -> NDArray[Any]:
        """Of each row's value among those that are told."""
        numbers: NDArray[Any] = ready[self._name]
        return numbers

    def row(self, row: int) -> int:
        return int(self._ready.records[self._name][row])

    def some(self, rows: NDArray[Any], ready: NDArray[Any]) -> Sequence[list[bytes]]:
        del rows
        return (self._told.take(ready[self._name]).tolist(),)

    def one(self, row: int) -> bytes:
        told: bytes = self._told[self.row(row)]
        return told

    def put(self, rows: NDArray[Any], texts: Sequence[str | None]) -> list[int]:
        told = [self.prefix + (NULL if text is None else encode(text)) for text in texts]
        if not self._numbers:
            self._numbers = dict(zip(self._told.tolist(), range(len(self._told)), strict=True))
        numbers = self._numbers
        new = [text for text in dict.fromkeys(told) if text not in numbers][: MOST - len(numbers)]
        if new:
            numbers.update(zip(new, range(len(numbers), len(numbers) + len(new)), strict=True))
            self._told = np.append(self._told, np.fromiter(new, object, len(new)))
        self._ready.records[self._name][rows] = [numbers.get(text, 0) for text in told]
        return [place for place, text in enumerate(told) if text not in numbers]


class Framed:
    """The same without the name, between what else comes before and after each value."""

    pieces = 1

    def __init__(self, numbered: Numbered, before: bytes, after: bytes) -> None:
        self._numbered, self._before, self._after = numbered, before, after
        self._told = np.empty(0, object)

    def _all(self) -> NDArray[Any]:
        told, known = self._numbered.told, len(self._told)
        if known < len(told):
            cut, before, after = len(self._numbered.prefix), self._before, self._after
            new = [before + text[cut:] + after for text in told[known:].tolist()]
            self._told = np.append(self._told, np.fromiter(new, object, len(new)))
        return self._told

    def some(self, rows: NDArray[Any], ready: NDArray[Any]) -> Sequence[list[bytes]]:
        del rows
        return (self._all().take(self._numbered.places(ready)).tolist(),)

    def one(self, row: int) -> bytes:
        told: bytes = self._all()[self._numbered.row(row)]
        return told

    def put(self, rows: NDArray[Any], texts: Sequence[str | None]) -> list[int]:
        return self._numbered.put(rows, texts)


class Wide:
    """Each row has the value as it is told."""

    pieces = 1

    def __init__(self, ready: Ready, name: str) -> None:
        self._ready, self._name = ready, name

    def some(self, rows: NDArray[Any], ready: NDArray[Any]) -> Sequence[list[bytes]]:
        del rows
        return (ready[self._name].tolist(),)

    def one(self, row: int) -> bytes:
        told: bytes = self._ready.records[self._name].item(row)
        return told

    def put(self, rows: NDArray[Any], texts: Sequence[str | None]) -> list[int]:
        told = [NULL if text is None else encode(text) for text in texts]
        room = self._ready.records.dtype[self._name].itemsize
        self._ready.records[self._name][rows] = told
        return [place for place, text in enumerate(told) if len(text) > room]


def _many(column: Coded) -> bool:
    return len(column.keys) >= (MANY_MOMENTS if is_moment(column.column) else MANY)


def _numbered(ready: Ready, column: Coded) -> Numbered:
    told = [NULL, *(encode(column.text(code)) for code in range(len(column.keys)))]
    return Numbered(ready, column.column.name, told)


def _digits(numbers: NDArray[np.int64]) -> NDArray[np.bytes_]:
    """As text."""
    width = len(str(int(numbers.max())))
    if int(numbers.min()) < 10 ** (width - 1):
        return numbers.astype(f"S{DIGITS}")
    groups = -(-width // 4)
    told, left = np.empty((len(numbers), groups), np.uint32), numbers
    for place in range(groups - 1, -1, -1):
        left, last = np.divmod(left, 10_000)
        told[:, place] = _four().take(last)
    # Those of the first group that are none of the number are zeros.
    cut = np.ascontiguousarray(told.view(np.uint8)[:, groups * 4 - width :])
    return cut.view(f"S{width}")[:, 0]


@cache
def _four() -> NDArray[np.uint32]:
    """Four digits each, as they lie in memory."""
    return np.array([b"%04d" % number for number in range(10_000)]).view(np.uint32)


Times = list[tuple[NDArray[np.int64], NDArray[np.bytes_] | None]]
"""Moments, and how they are told."""


def _wide(column: Coded, times: Times) -> NDArray[np.bytes_] | None:
    """Values by code as they are told, unset last; None where that takes too much room.

    Most records were never changed: the moments at which they were are those at which they were created, and
    are taken from `times`.
    """
    if not is_moment(column.column) or not isinstance(column.keys, Numbers):
        return _texts(column)
    values = column.keys.values
    for known, told in times:
        if np.array_equal(known, values):
            return told
    times.append((values, _moments(values)))
    return times[-1][1]


def _room(number: int, width: int) -> NDArray[np.bytes_]:
    """For so many values, with the last one, which is unset."""
    told = np.zeros(number + 1, f"S{max(width, len(NULL)) + SLACK}")
    told[-1] = NULL
    return told


def _texts(column: Coded) -> NDArray[np.bytes_] | None:
    texts = column.texts if column.texts is not None else column.keys
    if not isinstance(texts, Texts) or int(np.diff(texts.starts).max()) + 1 > WIDEST:
        return None
    if len(texts.blob.translate(None, SPECIAL)) == len(texts.blob):
        return _quoted(texts)
    made: list[NDArray[np.bytes_]] = []
    for start in range(0, len(texts), CHUNK):
        end = min(start + CHUNK, len(texts))
        made.append(np.array([encode(texts[place]) for place in range(start, end)]))
    width = max(each.dtype.itemsize for each in made)
    if width > WIDEST:
        return None
    told = _room(len(texts), width)
    for place, each in enumerate(made):
        told[place * CHUNK : place * CHUNK + len(each)] = each
    return told


def _quoted(texts: Texts) -> NDArray[np.bytes_]:
    """Those of which JSON escapes nothing."""
    lengths = np.diff(texts.starts) - 1
    widest = int(lengths.max())
    told = _room(len(texts), widest + 2)
    octets = told.view(np.uint8).reshape(len(told), -1)
    octets[:-1, 0] = QUOTE
    # From each byte on, as many as the longest has: what is not of the text itself is wiped out.
    blob = texts.blob + bytes(widest)
    runs = np.ndarray((len(texts.blob),), f"V{max(widest, 1)}", blob, strides=(1,))
    inside = np.arange(max(widest, 1))
    for start in range(0, len(texts), PART):
        rows = slice(start, start + PART)
        some = lengths[rows]
        taken = runs[texts.starts[:-1][rows]].view(np.uint8).reshape(len(some), -1)
        part = octets[start : start + len(some)]
        part[:, 1 : 1 + len(inside)] = taken * (inside < some[:, None])
        part[np.arange(len(some)), some + 1] = QUOTE
    return told


def _moments(milliseconds: NDArray[np.int64]) -> NDArray[np.bytes_] | None:
    days, minutes, rest = parts(milliseconds)
    first, last = int(days[0]), int(days[-1])
    if last - first > LONGEST:
        return None
    known = np.array([day(number) for number in range(first, last + 1)])
    tables = [(known, days - first), (np.array(clock()), minutes), (np.array(seconds()), rest)]
    told = _room(len(milliseconds), sum(table.dtype.itemsize for table, _ in tables))
    octets = told.view(np.uint8).reshape(len(told), -1)
    start = 0
    for table, places in tables:
        width = table.dtype.itemsize
        taken = table.view(f"V{width}").take(places)
        octets[:-1, start : start + width] = taken.view(np.uint8).reshape(-1, width)
        start += width
    return told
