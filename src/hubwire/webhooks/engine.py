"""The seam between the inbox and whatever decides which lane runs when, and where."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from typing import Any, Protocol

Work = Callable[[str], Awaitable[int | None]]
"""Runs one lane; returns when it wants to be run again (milliseconds; 0: at once), None when it is empty."""


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
