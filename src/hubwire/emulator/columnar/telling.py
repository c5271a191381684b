"""Records told from columns: as a read tells them, without reading and writing each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from hubwire.catalogue.facts import ObjectType, Property
from hubwire.emulator.calculated import CONSTANTS
from hubwire.emulator.columnar.ready import ID, Numbered
from hubwire.emulator.columnar.table import Columns
from hubwire.emulator.columnar.written import NULL, Writer, encode
from hubwire.emulator.columns import column

Part = bytes | Writer | None
"""What comes next in a record: the same in each, a property's value, or the id."""
Store = Callable[[Sequence[int]], Mapping[int, bytes]]
"""Tells those of the ids that live, the long way."""


class Telling:
    """One set of properties of the records of one type."""

    def __init__(self, columns: Columns, parts: Sequence[Part]) -> None:
        self._columns, self._parts = columns, parts
        self._version = columns.version
        self._record: list[bytes] = []
        """The pieces of each record; those that are not the same in each are empty."""
        self._ids: list[int] = []
        self._values: dict[Writer, list[int]] = {}
        """Where in it the id comes, and each property's value."""
        for part in parts:
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
        values = [
            _value(columns, kind, definitions, name, 0 < place < len(names))
            for place, name in enumerate(wanted)
        ]
        known = [parts for parts in values if parts is not None]
        if len(known) < len(values):
            return None
        *shown, born, changed = known
        parts: list[Part] = [b'{"id":"', None, b'","properties":{']
        for place, (name, value) in enumerate(zip(names, shown, strict=True)):
            if isinstance(value[0], Numbered):
                parts += value
            else:
                parts += ((b"," if place else b""), encode(name), b":", *value)
        parts += (b'},"createdAt":', *born, b',"updatedAt":', *changed)
        parts += (b',"archived":false,"url":', encode(url)[:-1], None, b'"},')
        return cls(columns, list(_run_together(parts)))

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
        return b"".join(told)[:-1]

    def several(self, ids: Sequence[int], store: Store) -> list[bytes] | None:
        """The records in that order, with commas between them, in pieces; None if some do not live."""
        rows = self._columns.places(ids)
        length = len(self._record)
        pieces = self._record * len(ids)
        ready = self._columns.ready.at(rows)
        for writer, places in self._values.items():
            for number, told in enumerate(writer.some(rows, ready)):
                for place in places:
                    pieces[place + number :: length] = told
        texts = ready[ID].tolist()
        for place in self._ids:
            pieces[place::length] = texts
        if rows.min() < 0 and not self._read(pieces, rows.tolist(), ids, store):
            return None
        pieces[-1] = pieces[-1][:-1]
        return pieces

    def each(self, ids: Sequence[int], store: Store) -> dict[int, bytes] | None:
        """The same, each by its id."""
        pieces, length = self.several(ids, store), len(self._record)
        if pieces is None:
            return None
        pieces[-1] += b","
        return {
            id_: b"".join(pieces[place : place + length])[:-1]
            for id_, place in zip(ids, range(0, len(pieces), length), strict=True)
        }

    def _read(self, pieces: list[bytes], rows: list[int], numbers: Sequence[int], store: Store) -> bool:
        """Puts in those that columns do not tell; False if some do not live."""
        length, empty = len(self._record), [b""] * (len(self._record) - 1)
        places = [place for place, row in enumerate(rows) if row < 0]
        found = store([numbers[place] for place in places])
        for place in places:
            if numbers[place] not in found:
                return False
            pieces[place * length : (place + 1) * length] = [*empty, bytes(found[numbers[place]]) + b","]
        return True


def _value(
    columns: Columns, kind: ObjectType, definitions: Mapping[str, Property], name: str, with_name: bool
) -> Sequence[Part] | None:
    """What tells the property, its name before it if that is at hand and wanted; None if nothing does."""
    wanted = column(kind, definitions[name])
    if wanted.sort == "id":
        return (b'"', None, b'"')
    if not columns.has(wanted):
        constant = CONSTANTS.get(kind.id, {}).get(name)
        return (NULL if constant is None else encode(constant),)
    writer = columns.writer(wanted)
    if isinstance(writer, Numbered) and not with_name:
        writer = writer.bare
    return None if writer is None else (writer,)


def _run_together(parts: Sequence[Part]) -> Iterator[Part]:
    """What is the same in each record as few pieces."""
    same = b""
    for part in parts:
        if isinstance(part, bytes):
            same += part
            continue
        yield same
        same = b""
        yield part
    yield same
