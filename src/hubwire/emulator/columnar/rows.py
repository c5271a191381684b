"""The rows that columns share: which record each is, whether it lives, and the order of creation."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from hubwire.emulator.columnar.texts import Flags, Places

SMALLEST = 1_024


class Rows:
    """A record keeps its row for good; one that is gone leaves its row dead."""

    def __init__(self, ids: Places, created: Places) -> None:
        """Both in order of creation, equal times by id."""
        self._ids, self._created, self._alive = ids, created, np.ones(len(ids), np.bool_)
        self.total, self.dead = len(ids), 0
        self._by_id = np.argsort(ids).astype(np.int32)
        self._sorted_ids = ids[self._by_id]
        self._later: dict[int, int] = {}
        self._order: NDArray[np.int32] | None = None

    @property
    def ids(self) -> Places:
        return self._ids[: self.total]

    @property
    def created(self) -> Places:
        return self._created[: self.total]

    @property
    def alive(self) -> Flags:
        return self._alive[: self.total]

    @property
    def order(self) -> NDArray[np.int32] | None:
        """Rows in order of creation; None where that is how they lie."""
        return self._order

    def of_ids(self, ids: Sequence[int]) -> Places:
        """The rows of those ids that have one."""
        if len(self._later) > len(self._sorted_ids) // 8 + SMALLEST:
            self._by_id = np.argsort(self.ids).astype(np.int32)
            self._sorted_ids, self._later = self.ids[self._by_id], {}
        wanted = np.array(ids, np.int64)
        places = np.searchsorted(self._sorted_ids, wanted)
        inside = places < len(self._sorted_ids)
        places, sought = places[inside], wanted[inside]
        known = self._by_id[places[self._sorted_ids[places] == sought]].astype(np.int64)
        later = [self._later[id_] for id_ in ids if id_ in self._later]
        return np.concatenate([known, np.array(later, np.int64)]) if later else known

    def bury(self, rows: Places) -> None:
        """Those records are gone."""
        self._alive[rows] = False
        self.dead = self.total - int(self.alive.sum())

    def revive(self, rows: Places) -> None:
        self._alive[rows] = True
        self.dead = self.total - int(self.alive.sum())

    def add(self, ids: Places, created: Places) -> Places:
        """Rows for new records."""
        by_age = np.lexsort((ids, created))
        first = self.total
        self.total += len(ids)
        self._ids, self._created, self._alive = (
            _grown(array, first, self.total) for array in (self._ids, self._created, self._alive)
        )
        rows = np.arange(first, self.total)
        self._ids[rows], self._created[rows], self._alive[rows] = ids[by_age], created[by_age], True
        self._later |= zip(self._ids[rows].tolist(), rows.tolist(), strict=True)
        self._order_tail(first)
        answer = np.empty(len(ids), np.int64)
        answer[by_age] = rows
        return answer

    def age(self, rows: Places, created: Places) -> None:
        """Creation times of known records, which may be others now."""
        if not np.array_equal(self._created[rows], created):
            self._created[rows] = created
            self._order = np.lexsort((self.ids, self.created)).astype(np.int32)

    def _order_tail(self, first: int) -> None:
        """Puts the rows from `first` on, and those created at the same time or later, in order."""
        order = self._order if self._order is not None else np.arange(first, dtype=np.int32)
        oldest = int(self._created[first])
        kept = bisect_left(range(first), oldest, key=lambda place: int(self._created[order[place]]))
        if kept == first and self._order is None:
            return
        tail = np.concatenate([order[kept:], np.arange(first, self.total, dtype=np.int32)])
        tail = tail[np.lexsort((self._ids[tail], self._created[tail]))]
        if self._order is None and np.array_equal(tail, np.arange(kept, self.total)):
            return
        self._order = np.concatenate([order[:kept], tail])


def _grown(array: np.ndarray, used: int, total: int) -> np.ndarray:
    if total <= len(array):
        return array
    room = np.zeros(max(total + total // 8, SMALLEST), array.dtype)
    room[:used] = array[:used]
    return room
