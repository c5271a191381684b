"""In which stretches of a long run of bytes a word can be: only where all pairs of its bytes are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

STRETCH = 1 << 16
PAIRS = 1 << 16


class Pairs:
    """Follows insertions: a stretch grows with what is put into it, and pairs once seen stay."""

    def __init__(self, blob: bytes) -> None:
        starts = np.arange(0, len(blob), STRETCH, dtype=np.int64)
        self._starts = np.append(starts, len(blob))
        self._seen = np.zeros((len(starts), PAIRS // 8), np.uint8)
        for stretch, start in enumerate(starts.tolist()):
            self._note(stretch, blob[start : start + STRETCH + 1])

    def _note(self, stretch: int, part: bytes) -> None:
        # Packed at once: all of them as flags would take as much room as the bytes.
        there = np.zeros(PAIRS, np.bool_)
        there[_pairs(part)] = True
        self._seen[stretch] |= np.packbits(there)

    def insert(self, texts: Sequence[bytes], places: Sequence[int]) -> None:
        """Each text was put in, with a byte after it, at its place (in order) in the bytes as they were."""
        into = np.searchsorted(self._starts, np.array(places, np.int64), "right") - 1
        grown = np.zeros(len(self._starts), np.int64)
        for stretch, text in zip(np.minimum(into, len(self._seen) - 1).tolist(), texts, strict=True):
            self._note(stretch, text)
            grown[stretch + 1] += len(text) + 1
        self._starts = self._starts + np.cumsum(grown)

    def places(self, blob: bytes, word: bytes, most: int) -> list[int]:
        """Where the word (of two bytes or more) begins, in order; not more than one beyond `most`."""
        found: list[int] = []
        for start, end in self._where(word):
            place = blob.find(word, start, end + len(word) - 1)
            while place >= 0:
                found.append(place)
                if len(found) > most:
                    return found
                place = blob.find(word, place + 1, end + len(word) - 1)
        return found

    def _where(self, word: bytes) -> Iterator[tuple[int, int]]:
        """Runs of stretches in which the word may begin. It may end in the next one."""
        can = np.ones(len(self._seen), np.bool_)
        for pair in set(_pairs(word).tolist()):
            seen = (self._seen[:, pair >> 3] >> (7 - (pair & 7)) & 1).astype(np.bool_)
            can &= seen | np.append(seen[1:], False)
        edges = np.flatnonzero(np.diff(np.concatenate([[False], can, [False]]).astype(np.int8)))
        starts: list[int] = self._starts[edges].tolist()
        yield from zip(starts[::2], starts[1::2], strict=True)


def _pairs(part: bytes) -> NDArray[np.int64]:
    """Each byte with its next one, as a number."""
    octets = np.frombuffer(part, np.uint8).astype(np.int64)
    return octets[:-1] << 8 | octets[1:]
