"""Rows by a text that each record has for itself, such as its e-mail address: many are looked up at once.

Records that were written later are not known here, and rows may tell other texts meanwhile: what is found is
compared with what the row tells, and what is not found has to be looked for elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hubwire.emulator.columnar.coded import UNSET, Coded
from hubwire.emulator.columnar.ready import Ready
from hubwire.emulator.columnar.texts import Flags

Rows = NDArray[np.int32]
Mixed = NDArray[np.uint64]
WORD, CHUNK = 8, 1 << 16
FACTOR = 0x9E3779B97F4A7C15
"""An odd number with bits in no order, which spreads texts."""
NOBODY = -1
MOST_TRIES = 255


class Places:
    """One place for each of many mixed numbers, no two the same: found with one look at a table of shifts.

    Numbers are in groups of one or a few; each group is shifted until all of it falls on free places.
    https://doi.org/10.1007/978-3-642-04128-0_61 (Belazzougui, Botelho, Dietzfelbinger: Hash, Displace, and
    Compress), without the compressing.
    """

    def __init__(self, mixed: Mixed, rows: Rows) -> None:
        bits = max(len(mixed) - 1, 1).bit_length() + 1
        self._mask, self._group = np.uint64((1 << bits) - 1), np.uint64(64 - bits + 1)
        self.rows: Rows = np.full(1 << bits, NOBODY, np.int32)
        self._shifts = np.zeros(1 << (bits - 1), np.uint8)
        for several in _groups(mixed >> self._group):
            self._settle(mixed[several], rows[several])

    def find(self, mixed: Mixed) -> Rows:
        """The row at the place of each number: another one's, or none, for numbers that have no place."""
        shifts = self._shifts.take((mixed >> self._group).view(np.int64))
        return self.rows.take(self._at(mixed, shifts).view(np.int64))

    def _at(self, mixed: Mixed, shift: Any) -> Mixed:
        places: Mixed = (mixed + shift * (mixed >> np.uint64(17) | np.uint64(1))) & self._mask
        return places

    def _settle(self, mixed: Mixed, rows: Rows) -> None:
        """Places for groups (the first axis) of equal size; a few may be left without."""
        for shift in range(MOST_TRIES + 1):
            places = self._at(mixed, np.uint64(shift)).view(np.int64)
            free = (self.rows[places] < 0).all(axis=1)
            some, wanted = places[free], rows[free]
            # Where several want one place, the last of them has it.
            self.rows[some] = wanted
            has = self.rows[some] == wanted
            settled = has.all(axis=1)
            self.rows[some[~settled][has[~settled]]] = NOBODY
            self._shifts[(mixed[free][settled, 0] >> self._group).view(np.int64)] = shift
            left = np.ones(len(mixed), np.bool_)
            left[np.flatnonzero(free)[settled]] = False
            mixed, rows = mixed[left], rows[left]
            if not len(mixed):
                return


def _groups(groups: Mixed) -> Iterator[NDArray[np.int64]]:
    """Where the members of each group are: those of all groups of one size together, large groups first."""
    order = np.argsort(groups, kind="stable")
    _, first, sizes = np.unique(groups[order], return_index=True, return_counts=True)
    for size in np.unique(sizes)[::-1].tolist():
        yield order[first[sizes == size][:, None] + np.arange(size)]


class Addresses:
    """Made from the texts as rows tell them: as JSON, without escapes."""

    def __init__(self, ready: Ready, column: Coded, rows: Rows) -> None:
        self._ready, self._name = ready, column.column.name
        width = -(-ready.records.dtype[self._name].itemsize // WORD) * WORD
        self._kind = np.dtype(f"S{width}")
        self._factors = np.array([pow(FACTOR, n, 1 << 64) for n in range(1, width // WORD + 1)], np.uint64)
        mixed = np.empty(len(rows), np.uint64)
        for start in range(0, len(rows), CHUNK):
            texts = ready.records[self._name][rows[start : start + CHUNK]].astype(self._kind)
            mixed[start : start + CHUNK] = self._mixed(texts)
        self._places = Places(mixed, rows)

    @classmethod
    def of(cls, ready: Ready, column: Coded, alive: Flags) -> Addresses | None:
        """None where two records that live have the same text, or rows do not hold it."""
        held: Mapping[str, Any] = ready.records.dtype.fields or {}
        if column.column.name not in held or held[column.column.name][0].kind != "S":
            return None
        codes = column.codes
        rows = np.flatnonzero((codes != UNSET) & alive[: len(codes)]).astype(np.int32)
        alone = len(rows) and np.bincount(codes[rows]).max() == 1
        return cls(ready, column, rows) if alone else None

    def _mixed(self, texts: NDArray[np.bytes_]) -> Mixed:
        mixed: Mixed = texts.view(np.uint64).reshape(len(texts), -1) @ self._factors
        mixed ^= mixed >> np.uint64(29)
        mixed *= self._factors[0]
        mixed ^= mixed >> np.uint64(32)
        return mixed

    def find(self, texts: Sequence[bytes], order: Sequence[int]) -> tuple[Rows, NDArray[Any]] | None:
        """The row of each of those texts in that order, and what it tells; None if some are not found here.

        Texts are JSON: quoted, in small letters, nothing escaped.
        """
        wanted = np.array(texts, self._kind)[order]
        rows = self._places.find(self._mixed(wanted))
        ready = self._ready.at(rows)
        alike = (ready[self._name] == wanted).tobytes()
        # A row that is none is the last one, which may be anybody's.
        return (rows, ready) if b"\0" not in alike and rows.min() >= 0 else None
