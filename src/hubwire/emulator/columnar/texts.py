"""Distinct texts in order, in one run of bytes: a million e-mail addresses take 35 MB and not 90."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from hubwire.emulator.columnar.pairs import Pairs

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
PART, PROBE = 1 << 18, 1 << 13
LONG = 1 << 20
"""Looking through so many bytes takes a millisecond; in more of them words are looked for by their pairs."""


class Texts:
    """Sorted by code point, which is how SQLite sorts UTF-8."""

    def __init__(self, blob: bytes, starts: Places) -> None:
        """`starts` has one place more than there are texts: where a further one would begin."""
        self.blob, self.starts = blob, starts
        self._pairs: Pairs | None = None

    def prepare(self) -> None:
        """Spends now what would make the first search for a word slow."""
        if self._pairs is None and len(self.blob) > LONG:
            self._pairs = Pairs(self.blob)

    @classmethod
    def of(cls, ordered: Iterable[str]) -> Texts:
        return cls.of_bytes([_bytes(text) for text in ordered])

    @classmethod
    def of_bytes(cls, parts: Sequence[bytes]) -> Texts:
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
        new, at = [_bytes(text) for text in texts], self.starts[places].tolist()
        parts: list[bytes] = []
        before = 0
        for text, place in zip(new, at, strict=True):
            parts += (self.blob[before:place], text, b"\xff")
            before = place
        parts.append(self.blob[before:])
        self.blob = b"".join(parts)
        lengths = np.diff(self.starts) - 1
        self.starts = _starts(np.insert(lengths, places, [len(text) for text in new]))
        if self._pairs is not None:
            self._pairs.insert(new, at)

    # Words

    @property
    def octets(self) -> NDArray[np.uint8]:
        return np.frombuffer(self.blob, np.uint8)

    def occurrences(self, word: str) -> Iterator[Places]:
        """Where the (folded) word begins in the bytes, in order, some at a time."""
        wanted = _bytes(word)
        if self._often(wanted):
            yield from self._frequent(wanted)
            return
        if self._pairs is not None and len(wanted) > 1:
            found = self._pairs.places(self.blob, wanted, RARE)
        else:
            found = list(islice(self._one_by_one(wanted), RARE + 1))
        if len(found) <= RARE:
            yield np.array(found, np.int64)
        else:
            yield from self._frequent(wanted)

    def _often(self, wanted: bytes) -> bool:
        """Whether so much of it is in a few parts that to begin one by one would be time lost."""
        if len(self.blob) <= LONG:
            return False
        probes = range(0, len(self.blob), PART)
        seen = sum(self.blob.count(wanted, start, start + PROBE) for start in probes)
        return seen * (PART // PROBE) > RARE

    def _one_by_one(self, wanted: bytes) -> Iterator[int]:
        place = self.blob.find(wanted)
        while place >= 0:
            yield place
            place = self.blob.find(wanted, place + 1)

    def _frequent(self, wanted: bytes) -> Iterator[Places]:
        """For a word with so many occurrences that one by one takes longer than all bytes at once."""
        all_bytes = self.octets
        frequencies = np.bincount(all_bytes[:SAMPLE], minlength=256)
        rarest = min(range(len(wanted)), key=lambda place: int(frequencies[wanted[place]]))
        # So few at a time that what is made of them stays in the processor's cache.
        for start in range(rarest, len(all_bytes), PART):
            found = np.flatnonzero(all_bytes[start : start + PART] == wanted[rarest]) + (start - rarest)
            yield found[self.stands(wanted, found)]

    def stands(self, wanted: bytes, places: Places) -> Flags:
        """Whether it stands at each of the places."""
        rows = np.flatnonzero(places + len(wanted) <= len(self.blob))
        for offset in range(0, len(wanted), 8):
            rows = rows[self._stands(wanted[offset : offset + 8], places[rows] + offset)]
        flags = np.zeros(len(places), np.bool_)
        flags[rows] = True
        return flags

    def _stands(self, part: bytes, places: Places) -> Flags:
        """The same for up to eight bytes, which are read as one number."""
        blob = self.blob if len(self.blob) >= 8 else self.blob.ljust(8, b"\xff")
        numbers = np.ndarray((len(blob) - 7,), "<u8", blob, strides=(1,))
        # The last bytes have too few after them: their numbers begin before.
        starts = np.minimum(places, len(numbers) - 1)
        read = numbers[starts] >> ((places - starts) * 8).astype(np.uint64)
        flags: Flags = (read & np.uint64((1 << 8 * len(part)) - 1)) == int.from_bytes(part, "little")
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
        if not len(places):
            return places
        # Places come from near each other: few starts, which stay in the processor's cache, are looked at.
        low, high = np.searchsorted(self.starts, (places.min(), places.max()), "right")
        owners: Places = np.searchsorted(self.starts[low:high], places, "right") + (low - 1)
        return owners


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _starts(lengths: Places) -> Places:
    starts = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths + 1, out=starts[1:])
    return starts
