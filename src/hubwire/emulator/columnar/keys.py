"""The distinct values of a column in order: numbers in an array, texts in `Texts`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hubwire.emulator.columnar.texts import Flags, Places, Texts
from hubwire.emulator.columns import Column


class Numbers:
    """Distinct numbers in order; asked like `Texts`."""

    def __init__(self, values: NDArray[Any]) -> None:
        self.values = values

    def __len__(self) -> int:
        return len(self.values)

    def left(self, key: float) -> int:
        return int(np.searchsorted(self.values, key, "left"))

    def right(self, key: float) -> int:
        return int(np.searchsorted(self.values, key, "right"))

    def places(self, keys: Sequence[float]) -> tuple[Places, Flags]:
        wanted = np.array(keys, self.values.dtype)
        places = np.searchsorted(self.values, wanted, "left")
        there = np.zeros(len(wanted), np.bool_)
        inside = places < len(self.values)
        there[inside] = self.values[places[inside]] == wanted[inside]
        return places, there

    def insert(self, keys: Sequence[float], places: Places) -> None:
        self.values = np.insert(self.values, places, np.array(keys, self.values.dtype))


Keys = Numbers | Texts
"""Codes are places in it."""


def keys_of(column: Column, ordered: Sequence[Any]) -> Keys:
    """The keys of a column of that sort; they are distinct and in order."""
    if column.sort in ("time", "moment"):
        return Numbers(np.array(ordered, np.int64))
    if column.sort == "number":
        return Numbers(np.array(ordered, np.float64))
    return Texts.of(ordered)
