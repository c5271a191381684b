"""Distinct texts in order, in one run of bytes: a million e-mail addresses take 35 MB and not 90."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

Flags = NDArray[np.bool_]
Places = NDArray[np.int64]

END = 255
"""Ends every text: a byte that UTF-8 never has."""
GAP, LETTER, BEYOND = 0, 1, 2
"""What a byte is: no part of a word, a letter or digit, or a part of something that is not ASCII."""
CLASSES = np.array(
    [BEYOND if byte > 127 else LETTER if chr(byte).isalnum() else GAP for byte in range(256)], np.uint8
)
CLASSES[END] = GAP
SAMPLE = 1 << 20
RARE = 20_000


class Texts:
    """Sorted by code point, which is how SQLite sorts UTF-8."""

    def __init__(self, blob: bytes, starts: Places) -> None:
        """`starts` has one place more than there are texts: where a further one would begin."""
        self.blob, self.starts = blob, starts

    @classmethod
    def of(cls, ordered: Iterable[str]) -> Texts:
        parts = [_bytes(text) for text in ordered]
        lengths = np.fromiter((len(part) for part in parts), np.int64, len(parts))
        return cls(b"\xff".join([*parts, b""]), _starts(lengths))

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, place: int) -> str:
        return self._raw(place).decode("utf-8", "surrogatepass")

    def _raw(self, place: int) -> bytes:
        return self.blob[self.starts[place] : self.starts[place + 1] - 1]

    def left(self, text: str) -> int:
        """How many are less."""
        return self._bisect(_bytes(text), 0)

    def right(self, text: str) -> int:
        """How many are not greater."""
        wanted = _bytes(text)
        place = self._bisect(wanted, 0)
        return place + (place < len(self) and self._raw(place) == wanted)

    def _bisect(self, wanted: bytes, low: int) -> int:
        high = len(self)
        while low < high:
            middle = (low + high) // 2
            if self._raw(middle) < wanted:
                low = middle + 1
            else:
                high = middle
        return low

    def places(self, texts: Sequence[str]) -> tuple[Places, Flags]:
        """Where each of them (given in order) is or would be, and whether it is there."""
        places = np.empty(len(texts), np.int64)
        there = np.zeros(len(texts), np.bool_)
        low = 0
        for number, text in enumerate(texts):
            wanted = _bytes(text)
            low = self._bisect(wanted, low)
            places[number] = low
            there[number] = low < len(self) and self._raw(low) == wanted
        return places, there

    def insert(self, texts: Sequence[str], places: Places) -> None:
        """Puts new ones in; `places` are where they belong among those there are."""
        parts: list[bytes] = []
        before = 0
        for text, place in zip(texts, places.tolist(), strict=True):
            at = int(self.starts[place])
            parts += (self.blob[before:at], _bytes(text), b"\xff")
            before = at
        parts.append(self.blob[before:])
        self.blob = b"".join(parts)
        lengths = np.diff(self.starts) - 1
        added = np.fromiter((len(_bytes(text)) for text in texts), np.int64, len(texts))
        self.starts = _starts(np.insert(lengths, places, added))

    # Words

    @property
    def octets(self) -> NDArray[np.uint8]:
        return np.frombuffer(self.blob, np.uint8)

    def occurrences(self, word: str) -> Places:
        """Where the (folded) word begins in the bytes, in order."""
        wanted = _bytes(word)
        found: list[int] = []
        place = self.blob.find(wanted)
        while place >= 0 and len(found) < RARE:
            found.append(place)
            place = self.blob.find(wanted, place + 1)
        return np.array(found, np.int64) if place < 0 else self._frequent(wanted)

    def _frequent(self, wanted: bytes) -> Places:
        """For a word with so many occurrences that one by one takes longer than all bytes at once."""
        all_bytes = self.octets
        last = len(all_bytes) - len(wanted)
        frequencies = np.bincount(all_bytes[:SAMPLE], minlength=256)
        rarest = min(range(len(wanted)), key=lambda place: int(frequencies[wanted[place]]))
        found = np.flatnonzero(all_bytes[rarest : rarest + last + 1] == wanted[rarest])
        return found[self.stands(wanted, found)]

    def stands(self, wanted: bytes, places: Places) -> Flags:
        """Whether it stands at each of the places."""
        all_bytes = self.octets
        inside = places + len(wanted) <= len(all_bytes)
        rows = np.flatnonzero(inside)
        for offset, byte in enumerate(wanted):
            rows = rows[all_bytes[places[rows] + offset] == byte]
        flags = np.zeros(len(places), np.bool_)
        flags[rows] = True
        return flags

    def before(self, places: Places) -> NDArray[np.uint8]:
        """What stands before each place."""
        classes = CLASSES[self.octets[places - 1]]
        classes[places == 0] = GAP
        return classes

    def at(self, places: Places) -> NDArray[np.uint8]:
        """What stands at each place."""
        return CLASSES[self.octets[places]]

    def owners(self, places: Places) -> Places:
        """Which text each place lies in."""
        return np.searchsorted(self.starts, places, "right") - 1


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _starts(lengths: Places) -> Places:
    starts = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths + 1, out=starts[1:])
    return starts
