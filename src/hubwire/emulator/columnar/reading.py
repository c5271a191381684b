"""Columns made from values as the records have them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import numpy as np

from hubwire.emulator import moments
from hubwire.emulator.columnar.coded import UNSET, Coded, Codes
from hubwire.emulator.columnar.keys import Keys, Numbers, keys_of
from hubwire.emulator.columnar.texts import Places, Texts
from hubwire.emulator.columnar.written import is_day, is_moment, plain
from hubwire.emulator.columns import Column

MANY = 30_000
"""From so many distinct values on they wait as text: dictionaries of millions of them are too large."""

NO_MOMENT = int(np.iinfo(np.int64).min)
WIDEST = 64
"""Bytes of texts that are sorted all at once."""

_decoder = msgspec.json.Decoder(list[str | None])


def key_of(column: Column) -> Callable[[str], Any]:
    """Value as stored → key of that column; None where it has none."""
    match column.sort:
        case "text":
            return str.casefold
        case "number":
            return _number
        case "moment":
            return moments.parse
    return str


def _number(value: str) -> float | None:
    try:
        return float(value)
    except ValueError:
        return None


class Gathered:
    """The values of one property, in the order of the rows."""

    def __init__(self, before: int) -> None:
        """`before` rows came before it was first seen, without it."""
        self._rows = before
        self._codes: list[Codes] = [np.full(before, UNSET, np.int32)] if before else []
        self._places: dict[str | None, int] = {None: UNSET}
        self._waiting: list[bytes] = []

    @classmethod
    def of(cls, codes: Codes, distinct: Sequence[str | None]) -> Gathered:
        """Those whose codes are known already: places in `distinct`, which has no value twice."""
        made = cls(0)
        made._rows, made._codes = len(codes), [codes]
        made._places |= zip(distinct, range(len(distinct)), strict=True)
        return made

    def add(self, values: Sequence[str | None]) -> None:
        self._rows += len(values)
        if self._waiting:
            self._waiting.append(msgspec.json.encode(values))
            return
        places = self._places
        for value in set(values).difference(places):
            places[value] = len(places) - 1
        self._codes.append(np.fromiter(map(places.__getitem__, values), np.int32, len(values)))
        if len(places) > MANY:
            distinct = [*places][1:]
            for codes in self._codes:
                some = [None if code == UNSET else distinct[code] for code in codes.tolist()]
                self._waiting.append(msgspec.json.encode(some))
            self._codes, self._places = [], {None: UNSET}

    def reach(self, rows: int) -> None:
        """So many rows are read; those it was not told of do not have it."""
        if rows > self._rows:
            self.add([None] * (rows - self._rows))

    def coded(self, column: Column, constant: str | None, order: Places) -> list[Coded]:
        """The column with its rows in that order; and an exact one, where values of one key differ."""
        values = self._values()
        if values is not None:
            several = columns_of(column, values, order)
        else:
            several = _several(column, self._coded, order)
        for each in several:
            if constant is not None and (unset := np.flatnonzero(each.unset())).size:
                keys = [key_of(each.column)(constant)] * unset.size
                each.follow(unset, keys, len(order), [constant] * unset.size)
        return several

    def _values(self) -> list[str | None] | None:
        """Those that waited; nothing is kept here."""
        if not self._waiting:
            return None
        waiting, self._waiting = self._waiting[::-1], []
        values: list[str | None] = []
        while waiting:
            values += _decoder.decode(waiting.pop())
        return values

    def _coded(self, column: Column) -> Coded:
        distinct = [value for value in self._places if value is not None]
        codes, keys = _codes(column, distinct)
        joined = np.concatenate(self._codes) if self._codes else np.empty(0, np.int32)
        made = Coded(column, np.append(codes, np.int32(UNSET))[joined], keys)
        return _telling(made, codes, distinct)


class GatheredMoments:
    """The same of moments: as milliseconds, as long as all are written as moments are here."""

    def __init__(self, column: Column, before: int) -> None:
        self._column, self._rows = column, before
        self._parts = [np.full(before, NO_MOMENT, np.int64)]
        self._others: Gathered | None = None
        """Has them once that is not so any more."""

    def add(self, values: Sequence[str | None]) -> None:
        self._rows += len(values)
        if self._others is None:
            part = _moments_or_none(self._column, values)
            if part is not None:
                self._parts.append(part)
                return
            self._others = self._as_texts()
        self._others.add(values)

    def reach(self, rows: int) -> None:
        if rows > self._rows:
            self.add([None] * (rows - self._rows))

    def coded(self, column: Column, constant: str | None, order: Places) -> list[Coded]:
        if self._others is None and constant is not None:
            self._others = self._as_texts()
        if self._others is not None:
            return self._others.coded(column, constant, order)
        at = np.concatenate(self._parts)[order]
        there = at != NO_MOMENT
        told = of_numbers(column, at[there])
        codes = np.full(len(at), UNSET, np.int32)
        codes[there] = told.codes
        return [Coded(column, codes, told.keys)]

    def _as_texts(self) -> Gathered:
        made, parts = Gathered(0), self._parts
        self._parts = []
        for part in parts:
            made.add([None if ms == NO_MOMENT else moments.text(ms) for ms in part.tolist()])
        return made


def _moments_or_none(column: Column, values: Sequence[str | None]) -> np.ndarray | None:
    """Milliseconds, NO_MOMENT for those unset; None if some are not written as moments are here."""
    known = [value for value in values if value is not None]
    parsed = _moments(column, known)
    if parsed is None or len(known) == len(values):
        return parsed
    part = np.full(len(values), NO_MOMENT, np.int64)
    part[[value is not None for value in values]] = parsed
    return part


def gather(column: Column | None, before: int) -> Gathered | GatheredMoments:
    """For the values of a property, after `before` rows without it. `column`: its own, if it is defined."""
    if column is not None and is_moment(column):
        return GatheredMoments(column, before)
    return Gathered(before)


def columns_of(column: Column, values: Sequence[str | None], order: Places) -> list[Coded]:
    """The column of those values with its rows in that order; and an exact one, where values of one key
    differ."""
    return _several(column, lambda each: of_values(each, values), order)


def _several(column: Column, make: Callable[[Column], Coded], order: Places) -> list[Coded]:
    made = make(column)
    # An exact column always is faithful.
    several = [made] if made.faithful else [made, make(as_stored(column))]
    for each in several:
        each.arrange(order)
    return several


def as_stored(column: Column) -> Column:
    """The same property, its values apart where they differ at all."""
    return Column(column.name, "exact", column.sql)


def of_values(column: Column, values: Sequence[str | None]) -> Coded:
    """The column of those values."""
    if column.sort in ("moment", "number"):
        set_values = [value for value in values if value is not None]
        codes, keys = _codes(column, set_values)
        all_codes = np.full(len(values), UNSET, np.int32)
        there = np.fromiter((value is not None for value in values), np.bool_, len(values))
        all_codes[there] = codes
        return _telling(Coded(column, all_codes, keys), codes, set_values)
    if column.sort != "text":
        return of_keys(column, values)
    # A million of them take much room.
    if all(value is None or value == value.casefold() for value in values):
        return of_keys(column, values)
    texts = [value if value is None else value.casefold() for value in values]
    made = of_keys(column, texts)
    return _telling(made, made.codes, values)


def _telling(made: Coded, codes: Codes, values: Sequence[str | None]) -> Coded:
    """The column, which learns how its values are written: each has the code beside it."""
    column, keys = made.column, made.keys
    if column.sort in ("moment", "time"):
        made.faithful = not (codes == UNSET).any() and _canonical(column, values)
    elif column.sort in ("text", "number"):
        texts: list[str | None] = [None] * len(keys)
        for code, value in zip(codes.tolist(), values, strict=True):
            if value is not None and code != UNSET and texts[code] is None:
                texts[code] = value
            elif value is not None and (code == UNSET or texts[code] != value):
                made.faithful = False
                return made
        told = [text or "" for text in texts]
        if any(plain(column, keys, code) != text for code, text in enumerate(told)):
            made.texts = Texts.of(told)
    return made


def _canonical(column: Column, values: Sequence[str | None]) -> bool:
    """Whether texts that were read as moments are written as moments are here."""
    number, text = len(values), "".join(value or "" for value in values)
    widths = {len(value or "") for value in values}
    if is_day(column):
        return widths <= {10}
    return widths <= {20, 24} and text.count("T") == text.count("Z") == number and ".000Z" not in text


def folded(column: Column, exact: Coded) -> Coded:
    """The column of the same values without their letter case."""
    keys = exact.keys
    texts = [keys[place] for place in range(len(keys))] if isinstance(keys, Texts) else []
    codes, new = _codes(column, texts)
    return Coded(column, np.append(codes, np.int32(UNSET))[exact.codes], new)


def of_keys(column: Column, keys: Sequence[Any]) -> Coded:
    """The column of those keys."""
    if len(keys) > MANY and (made := _of_texts(column, keys)) is not None:
        return made
    distinct = set(keys)
    distinct.discard(None)
    ordered = sorted(distinct)
    places = dict(zip(ordered, range(len(ordered)), strict=True))
    places[None] = UNSET
    codes = np.fromiter(map(places.__getitem__, keys), np.int32, len(keys))
    # A million texts take much room in each of them: one at a time.
    del places, distinct
    return Coded(column, codes, keys_of(column, ordered))


def _of_texts(column: Column, keys: Sequence[Any]) -> Coded | None:
    """The same, sorted as bytes of one width: in a third of the time, where all are short texts."""
    if column.sort not in ("text", "exact", "multi"):
        return None
    there = np.fromiter((key is not None for key in keys), np.bool_, len(keys))
    octets = [key.encode("utf-8", "surrogatepass") for key in keys if key is not None]
    # An array of bytes forgets zeros at the end of each.
    if not octets or max(map(len, octets)) > WIDEST or b"\0" in b"".join(octets):
        return None
    wide = np.array(octets)
    del octets
    order = wide.argsort(kind="stable")
    wide = wide[order]
    first = np.append(True, wide[1:] != wide[:-1])
    codes = np.full(len(keys), UNSET, np.int32)
    told = np.empty(len(order), np.int32)
    told[order] = np.cumsum(first, dtype=np.int32) - 1
    codes[there] = told
    return Coded(column, codes, Texts.of_bytes(wide[first].tolist()))


def of_numbers(column: Column, numbers: np.ndarray) -> Coded:
    """The column of numbers that every row has."""
    distinct, codes = np.unique(numbers, return_inverse=True)
    return Coded(column, codes.astype(np.int32), Numbers(distinct))


def _codes(column: Column, values: Sequence[str]) -> tuple[Codes, Keys]:
    """Of each value, its code among the keys of all."""
    if column.sort == "moment" and (parsed := _moments(column, values)) is not None:
        coded = of_numbers(column, parsed)
        return coded.codes, coded.keys
    if column.sort == "number" and (numbers := _floats(values)) is not None:
        coded = of_numbers(column, numbers)
        return coded.codes, coded.keys
    coded = of_keys(column, [key_of(column)(value) for value in values])
    return coded.codes, coded.keys


def _moments(column: Column, values: Sequence[str]) -> np.ndarray | None:
    """Milliseconds, where all are written as HubSpot writes them. Of others NumPy makes years and months."""
    if not _canonical(column, values):
        return None
    try:
        found = np.array([value.removesuffix("Z") for value in values], "datetime64[ms]").astype(np.int64)
    except ValueError:
        return None
    return found if found.min(initial=0) >= moments.LOWEST else None


def _floats(values: Sequence[str]) -> np.ndarray | None:
    try:
        numbers = np.array(values, np.float64)
    except ValueError:
        return None
    return None if np.isnan(numbers).any() else numbers
