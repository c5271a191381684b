"""The dice of many records at once: each throws what `crowd.Dice` would throw for it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

ENOUGH = np.uint64(1 << 40)
STEP, FIRST, SECOND = (
    np.uint64(number) for number in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)
)
Numbers = NDArray[np.int64]


class Dices:
    """SplitMix64, one for each seed: https://prng.di.unimi.it/splitmix64.c"""

    def __init__(self, seeds: Numbers) -> None:
        self._states = seeds.astype(np.uint64)
        self._left = np.zeros(len(seeds), np.uint64)

    def below(self, limit: int) -> Numbers:
        spent = self._left < ENOUGH
        if spent.all():
            self._states += STEP
            self._left = _mixed(self._states)
        elif spent.any():
            states = self._states[spent] + STEP
            self._states[spent] = states
            self._left[spent] = _mixed(states)
        left = self._left // np.uint64(limit)
        thrown = self._left - left * np.uint64(limit)
        self._left = left
        return thrown.view(np.int64)

    def between(self, low: int, high: int) -> Numbers:
        return self.below(high - low) + low


def _mixed(states: NDArray[np.uint64]) -> NDArray[Any]:
    mixed = (states ^ (states >> np.uint64(30))) * FIRST
    mixed = (mixed ^ (mixed >> np.uint64(27))) * SECOND
    return mixed ^ (mixed >> np.uint64(31))
