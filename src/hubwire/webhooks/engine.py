"""The seam between the inbox and whatever decides which lane runs when, and where."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any, Protocol

Finished = Callable[[str, int | None], None]
"""Told that a lane is through, and when it wants to be run again: as `Work` returns it."""


class Work(Protocol):
    """Runs lanes. All of it on the loop of the engine."""

    async def __call__(self, lane: str) -> int | None:
        """Runs one; returns when it wants to be run again (milliseconds; 0: at once), None: it is empty."""
        ...

    async def many(self, lanes: Sequence[str], finished: Finished) -> None:
        """Runs several side by side; may return before they are through. StoreError: none was begun."""
        ...


class Engine(Protocol):
    """Claims, leases and timers. Ordering, retries and outcomes are the inbox's business."""

    async def ring(self, tx: Any, lanes: Collection[str], not_before: int = 0) -> None:
        """There is something to do in these lanes.

        `tx` is the transaction that it is part of, or None where the engine has no store of its own. A lane
        that is rung already stays so.
        """
        ...

    async def run(self, work: Work) -> None:
        """Runs lanes until `close`, never one lane twice at a time."""
        ...

    async def live_lanes(self) -> set[str]:
        """Lanes that are rung or running, as far as this engine knows."""
        ...

    async def close(self) -> None:
        """Takes no further lanes; `run` returns when those that run have ended."""
        ...
