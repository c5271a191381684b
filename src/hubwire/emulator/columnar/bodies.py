"""Bodies that differ from one that was read in the digits of their ids: read without taking them apart."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from hubwire.emulator.render import scrambled

QUOTED = re.compile(rb'"([0-9]+)"')
ZERO = ord("0")
Octets = NDArray[np.uint8]


class Alike:
    """Every such body is as long; its ids stand at the same places and have as many digits each."""

    def __init__(self, body: bytes, first: int, digits: int, apart: int, ids: int) -> None:
        """The first id begins at `first`, each of the others `apart` bytes after the one before."""
        self._first, self._strides, self._shape = first, (apart, 1), (ids, digits)
        octets = np.frombuffer(body, np.uint8).copy()
        self._most = np.zeros_like(octets)
        """How much greater a byte may be than in the pattern, whose ids have zeros only."""
        self._digits(octets)[:] = ZERO
        self._digits(self._most)[:] = 9
        self._pattern = octets
        self._powers = 10 ** np.arange(digits - 1, -1, -1)
        self._order = np.array(scrambled(list(range(ids))))

    @classmethod
    def of(cls, body: bytes, ids: Sequence[str]) -> Alike | None:
        """Others like this body, whose ids are plain numbers; None if it is not regular enough.

        No other text in it has only digits. An id told twice in one object would be one more.
        """
        found = [(match.start(1), match[1]) for match in QUOTED.finditer(body)]
        if not ids or b"\\" in body or [text for _, text in found] != [id_.encode() for id_ in ids]:
            return None
        first, apart = found[0][0], found[1][0] - found[0][0] if len(found) > 1 else len(body)
        regular = all(start == first + apart * place for place, (start, _) in enumerate(found))
        if not regular or {len(id_) for id_ in ids} != {len(ids[0])}:
            return None
        return cls(body, first, len(ids[0]), apart, len(ids))

    def numbers(self, body: bytes) -> NDArray[np.int64] | None:
        """The ids of a body as long, in the order in which a batch is told; None if it is not alike."""
        beyond = np.frombuffer(body, np.uint8) - self._pattern
        if (beyond > self._most).any():
            return None
        numbers: NDArray[np.int64] = self._digits(beyond) @ self._powers
        # No number begins with a zero.
        return numbers.take(self._order) if numbers.min() >= self._powers[0] else None

    def _digits(self, octets: Octets) -> Octets:
        return np.ndarray(self._shape, np.uint8, octets, self._first, self._strides)
