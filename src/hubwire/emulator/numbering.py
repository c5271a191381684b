"""Which id the n-th record of a type has."""

from __future__ import annotations

from functools import lru_cache
from random import Random
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    # NumPy is loaded only for accounts with many records.
    from numpy.typing import NDArray

BLOCK = 16

N = TypeVar("N", int, "NDArray[Any]")


def number_to_id(portal_id: int, type_id: str, number: N) -> N:
    """The id of the n-th record of a type, or of several: unique, the same in every run, and not in order of
    creation (HubSpot's are not), yet close together for the sake of the B-tree."""
    scattered: N = number // BLOCK * BLOCK + (7 * (number % BLOCK) + 3) % BLOCK
    return _start(portal_id, type_id) + scattered


@lru_cache(maxsize=1_024)
def _start(portal_id: int, type_id: str) -> int:
    return Random(f"{portal_id}:{type_id}").randrange(10_000_000, 60_000_000) * 10_000
