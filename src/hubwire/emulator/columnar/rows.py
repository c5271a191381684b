"""The rows that columns share: which record each is, whether it lives, and the order of creation."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from hubwire.emulator.columnar.texts import Flags, Places

SMALLEST = 1_024
SPREAD = 16
"""Numbers that ids may be spread over, for each of them."""


class Rows:
    """A record keeps its row for good; one that is gone leaves its row dead."""

    def __init__(self, ids: Places, created: Places, alive: Flags | None = None) -> None:
        """All live unless told."""
        self._ids, self._created = ids, created
        self._alive = np.ones(len(ids), np.bool_) if alive is None else alive
        self.total, self.dead = len(ids), len(ids) - int(self._alive.sum())
        self._by_id = _places_by_size(ids)
        self._sorted_ids = ids[self._by_id]
        self._later: dict[int, int] = {}
        self._lowest = int(self._sorted_ids[0]) if len(ids) else 0
        self._direct: NDArray[np.int32] | None = None
        self._order: NDArray[np.int32] | None = None
        self._ages: NDArray[np.int32] = np.empty(0, np.int32)
        if not (created[1:] >= created[:-1]).all() or not self._by_id_too():
            self._reorder()

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
    def ages(self) -> NDArray[np.int32] | None:
        """Each row's place in order of creation; None where they lie in that order."""
        return None if self._order is None else self._ages[: self.total]

    def of_ids(self, ids: Sequence[int]) -> Places:
        """The rows of those ids that have one."""
        if len(self._later) > len(self._sorted_ids) // 8 + SMALLEST:
            self._by_id = _places_by_size(self.ids)
            self._sorted_ids, self._later = self.ids[self._by_id], {}
            self._lowest, self._direct = int(self._sorted_ids[0]), None
        wanted = np.array(ids, np.int64)
        places = np.searchsorted(self._sorted_ids, wanted)
        inside = places < len(self._sorted_ids)
        places, sought = places[inside], wanted[inside]
        known = self._by_id[places[self._sorted_ids[places] == sought]].astype(np.int64)
        later = [self._later[id_] for id_ in ids if id_ in self._later]
        return np.concatenate([known, np.array(later, np.int64)]) if later else known

    def places(self, ids: Sequence[int]) -> NDArray[np.int32]:
        """The row of each id; -1 for one that has none, or had none when many were last looked up."""
        wanted = np.array(ids, np.int64)
        wanted -= self._lowest
        direct = self._by_number()
        # What lies below wraps round to large numbers.
        if not len(ids) or wanted.view(np.uint64).max() < len(direct):
            return direct.take(wanted)
        rows = np.full(len(ids), -1, np.int32)
        inside = (wanted >= 0) & (wanted < len(direct))
        rows[inside] = direct[wanted[inside]]
        return rows

    def leads(self, ids: NDArray[np.int64]) -> NDArray[np.int32] | None:
        """The same; None if that is -1 for any of them, or some id is named twice."""
        direct, wanted = self._by_number(), ids - self._lowest
        # What lies below wraps round to large numbers.
        if wanted.view(np.uint64).max() >= len(direct):
            return None
        rows = direct.take(wanted)
        ordered = np.sort(rows)
        twice = b"\1" in (ordered[1:] == ordered[:-1]).tobytes()
        return None if twice or ordered[0] < 0 else rows

    def live_apart(self, rows: NDArray[np.int32]) -> bool:
        """Whether all of those rows live, and none is named twice."""
        ordered = np.sort(rows)
        twice = b"\1" in (ordered[1:] == ordered[:-1]).tobytes()
        return not twice and (not self.dead or bool(self.alive[rows].all()))

    def place(self, id_: int) -> int:
        """The same for one."""
        direct, number = self._by_number(), id_ - self._lowest
        return int(direct[number]) if 0 <= number < len(direct) else -1

    def _by_number(self) -> NDArray[np.int32]:
        """By id: they lie close together."""
        if self._direct is None:
            known = self._sorted_ids
            span = int(known[-1]) - self._lowest + 1 if len(known) else 0
            self._direct = np.full(span if span <= SPREAD * len(known) else 0, -1, np.int32)
            if len(self._direct):
                self._direct[known - self._lowest] = np.where(self.alive[self._by_id], self._by_id, -1)
        return self._direct

    def bury(self, rows: Places) -> None:
        """Those records are gone."""
        self._alive[rows] = False
        self._point(rows, np.full(len(rows), -1, np.int32))
        self.dead = self.total - int(self.alive.sum())

    def revive(self, rows: Places) -> None:
        self._alive[rows] = True
        self._point(rows, rows.astype(np.int32))
        self.dead = self.total - int(self.alive.sum())

    def _point(self, rows: Places, to: NDArray[np.int32]) -> None:
        """Where the ids of those rows lead, so far as they lead anywhere."""
        if self._direct is not None:
            numbers = self._ids[rows] - self._lowest
            inside = (numbers >= 0) & (numbers < len(self._direct))
            self._direct[numbers[inside]] = to[inside]

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
            self._reorder()

    def _reorder(self) -> None:
        self._order = np.lexsort((self.ids, self.created)).astype(np.int32)
        self._place(self._order, 0)

    def _by_id_too(self) -> bool:
        """Whether rows of equal age lie in the order of their ids."""
        same = self.created[1:] == self.created[:-1]
        return bool((self.ids[1:][same] > self.ids[:-1][same]).all())

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
        if self._order is None:
            self._place(order, 0)
        self._order = np.concatenate([order[:kept], tail])
        self._place(tail, kept)

    def _place(self, rows: NDArray[np.int32], first: int) -> None:
        self._ages = _grown(self._ages, len(self._ages), self.total)
        self._ages[rows] = np.arange(first, first + len(rows), dtype=np.int32)


def _places_by_size(ids: Places) -> NDArray[np.int32]:
    """As `argsort`, for numbers of which none comes twice."""
    lowest = int(ids.min(initial=0 if not len(ids) else int(ids[0])))
    span = int(ids.max(initial=lowest)) - lowest + 1
    if span > SPREAD * len(ids):
        return np.argsort(ids).astype(np.int32)
    places = np.full(span, -1, np.int32)
    places[ids - lowest] = np.arange(len(ids), dtype=np.int32)
    return places[places >= 0]


def _grown(array: np.ndarray, used: int, total: int) -> np.ndarray:
    if total <= len(array):
        return array
    room = np.zeros(max(total + total // 8, SMALLEST), array.dtype)
    room[:used] = array[:used]
    return room
