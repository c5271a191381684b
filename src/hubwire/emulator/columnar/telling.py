"""Records told from columns: as a read tells them, without reading and writing each of them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hubwire.catalogue.facts import ObjectType, Property
from hubwire.emulator.calculated import CONSTANTS
from hubwire.emulator.columnar.ready import ID, Numbered
from hubwire.emulator.columnar.table import Columns
from hubwire.emulator.columnar.written import NULL, Writer, encode
from hubwire.emulator.columns import Column, column

Part = bytes | Writer | None
"""What comes next in a record: the same in each, a property's value, or the id."""
Store = Callable[[Sequence[int]], Mapping[int, bytes]]
"""Tells those of the ids that live, the long way."""
Find = Callable[[Sequence[str]], Mapping[str, int]]
"""The ids of the records that have those texts."""


class Telling:
    """One set of properties of the records of one type."""

    def __init__(self, columns: Columns, parts: Sequence[Part]) -> None:
        """`parts` begin and end with what is the same in each record."""
        self._columns, self._parts = columns, parts
        self._version = columns.version
        self._first, self._last = same(parts[0]), same(parts[-1])
        self._between = self._last + b","
        """Between two records: a piece that ends the one and begins the other is one piece less of each."""
        self._record = [self._between + self._first]
        """The pieces of each record; those that are not the same in each are empty."""
        self._ids: list[int] = []
        self._values: dict[Writer, list[int]] = {}
        """Where in it the id comes, and each property's value."""
        for part in parts[1:-1]:
            if part is None:
                self._ids.append(len(self._record))
            elif not isinstance(part, bytes):
                self._values.setdefault(part, []).append(len(self._record))
            pieces = 1 if part is None or isinstance(part, bytes) else part.pieces
            self._record += [part] if isinstance(part, bytes) else [b""] * pieces

    @classmethod
    def of(
        cls,
        columns: Columns,
        kind: ObjectType,
        definitions: Mapping[str, Property],
        names: Sequence[str],
        url: str,
    ) -> Telling | None:
        """`url` is a record's page without the id at its end. None if columns do not tell all properties."""
        wanted = (*names, kind.created, kind.modified)
        values = [_value(columns, kind, definitions, name) for name in wanted]
        known = [parts for parts in values if parts is not None]
        if len(known) < len(values):
            return None
        *shown, born, changed = known
        parts: list[Part] = [b'{"id":"', None, b'","properties":{']
        for place, (name, value) in enumerate(zip(names, shown, strict=True)):
            parts += ((b"," if place else b""), encode(name), b":", *value)
        parts += (b'},"createdAt":', *born, b',"updatedAt":', *changed)
        parts += (b',"archived":false,"url":', encode(url)[:-1], None, b'"}')
        return cls(columns, list(_framed(list(_run_together(parts)))))

    def current(self, columns: object) -> bool:
        """Whether it tells what these columns know."""
        return columns is self._columns and self._version == self._columns.version

    def one(self, id_: int) -> bytes | None:
        """The record; None if columns do not tell it."""
        row = self._columns.place(id_)
        if row < 0:
            return None
        text = b"%d" % id_
        told: list[bytes] = []
        for part in self._parts:
            if part is None:
                told.append(text)
            else:
                told.append(part if isinstance(part, bytes) else part.one(row))
        return b"".join(told)

    def several(self, ids: Sequence[int], store: Store) -> list[bytes] | None:
        """The records in that order, with commas between them, in pieces; None if some do not live."""
        rows = self._columns.places(ids)
        pieces = self._pieces(rows, self._columns.ready.at(rows))
        return None if rows.min() < 0 and not self._read(pieces, rows.tolist(), ids, store) else pieces

    def numbered(self, ids: NDArray[np.int64], store: Store) -> list[bytes] | None:
        """The same; None as well if some id is named twice."""
        rows = self._columns.leads(ids)
        if rows is not None:
            return self._pieces(rows, self._columns.ready.at(rows))
        numbers: list[int] = ids.tolist()
        return self.several(numbers, store) if len(set(numbers)) == len(numbers) else None

    def page(self, start: int, limit: int, store: Store) -> tuple[list[bytes], int] | None:
        """So many records from id `start` on, and where the next page starts; None if columns do not tell."""
        found = self._columns.page(start, limit)
        if found is None:
            return None
        rows, ids = found
        pieces = self._pieces(rows, self._columns.ready.at(rows))
        if rows.min() < 0 and not self._read(pieces, rows.tolist(), ids.tolist(), store):
            return None
        return pieces, int(ids[-1]) + 1

    def addressed(
        self, wanted: Column, texts: Sequence[bytes], order: Sequence[int], find: Find, store: Store
    ) -> list[bytes] | None:
        """The records with these texts in that column, in that order of theirs: see `Columns.addressed`."""
        found = self._columns.addressed(wanted, texts, order)
        if found is None:
            return None
        rows, ready = found
        pieces = self._pieces(rows, ready)
        if doubtful := self._columns.doubtful(rows):
            asked = {texts[order[place]][1:-1].decode(): id_ for place, id_ in doubtful}
            if find(list(asked)) != asked:
                return None
            ids = self._columns.rows.ids.take(rows).tolist()
            rows[[place for place, _ in doubtful]] = -1
            if not self._read(pieces, rows.tolist(), ids, store):
                return None
        return pieces

    def _pieces(self, rows: NDArray[np.int32], ready: NDArray[Any]) -> list[bytes]:
        """`ready` has the rows as `Ready` has them."""
        length = len(self._record)
        pieces = self._record * len(rows)
        for writer, places in self._values.items():
            for number, told in enumerate(writer.some(rows, ready)):
                for place in places:
                    pieces[place + number :: length] = told
        texts = ready[ID].tolist()
        for place in self._ids:
            pieces[place::length] = texts
        pieces[0] = self._first
        pieces.append(self._last)
        return pieces

    def each(self, ids: Sequence[int], store: Store) -> dict[int, bytes] | None:
        """The same, each by its id."""
        pieces, length = self.several(ids, store), len(self._record)
        if pieces is None:
            return None
        pieces[0] = self._between + pieces[0]
        cut, last = len(self._between), self._last
        return {
            id_: b"".join((*pieces[place : place + length], last))[cut:]
            for id_, place in zip(ids, range(0, len(pieces) - 1, length), strict=True)
        }

    def _read(self, pieces: list[bytes], rows: list[int], numbers: Sequence[int], store: Store) -> bool:
        """Puts in those that columns do not tell; False if some do not live."""
        length, empty = len(self._record), [b""] * (len(self._record) - 1)
        places = [place for place, row in enumerate(rows) if row < 0]
        found = store([numbers[place] for place in places])
        for place in places:
            if numbers[place] not in found:
                return False
            # The last piece of each record is the first one of the next.
            text = bytes(found[numbers[place]]).removesuffix(self._last)
            pieces[place * length : (place + 1) * length] = [
                self._between + text if place else text,
                *empty,
            ]
        return True


def same(part: Part) -> bytes:
    """The part, of which it is known that it is the same in each record."""
    if not isinstance(part, bytes):
        raise TypeError(f"no fixed part: {part}")
    return part


def _value(
    columns: Columns, kind: ObjectType, definitions: Mapping[str, Property], name: str
) -> Sequence[Part] | None:
    """What tells the property; None if nothing does."""
    wanted = column(kind, definitions[name])
    if wanted.sort == "id":
        return (b'"', None, b'"')
    if not columns.has(wanted):
        constant = CONSTANTS.get(kind.id, {}).get(name)
        return (NULL if constant is None else encode(constant),)
    writer = columns.writer(wanted)
    return None if writer is None else (writer,)


def _run_together(parts: Sequence[Part]) -> Iterator[Part]:
    """What is the same in each record as few pieces."""
    same = b""
    for part in parts:
        if isinstance(part, bytes):
            same += part
            continue
        if same:
            yield same
        same = b""
        yield part
    yield same


def _framed(parts: Iterable[Part]) -> Iterator[Part]:
    """Numbered values together with what is the same around them: fewer pieces. The rest as it is."""
    rest, before = deque(parts), b""
    while rest:
        part = rest.popleft()
        if isinstance(part, bytes):
            before += part
            continue
        if isinstance(part, Numbered):
            # What stands between two of them goes to the second one: others have use for the first then.
            follows = (
                same(rest[0]) if isinstance(rest[0], bytes) and not isinstance(rest[1], Numbered) else b""
            )
            if follows and (framed := part.framed(before, follows)) is not None:
                rest.popleft()
                part, before = framed, b""
            elif (framed := part.framed(before, b"")) is not None:
                part, before = framed, b""
            elif before.endswith(part.prefix):
                before = before.removesuffix(part.prefix)
            else:
                part = part.bare
        if before:
            yield before
        before = b""
        yield part
    yield before
