"""Noting what became of events, many in one transaction: what gathers while one is under way goes next."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from hubwire.webhooks.inbox import Inbox, Settled, StoreError

log = logging.getLogger("hubwire.webhooks")

Noted = Callable[[Settled, bool], None]
"""Told when it is on disk; False when it does not count."""

MOST = 1024
SHY = 1.0


class Settler:
    """`settle` returns at once. An inbox that cannot be written is tried until it can: what a handler did is
    not done again because a disk was full.
    """

    def __init__(self, inbox: Inbox, after: Callable[[], None]) -> None:
        """`after` is called when a transaction is through."""
        self._inbox, self._after = inbox, after
        self._waiting: list[Settled] = []
        self._noted: list[Noted] = []
        self._task: asyncio.Task[None] | None = None

    def settle(self, result: Settled, noted: Noted) -> None:
        """Calls `noted` later."""
        self._waiting.append(result)
        self._noted.append(noted)
        if self._task is None or self._task.done():
            self._task = asyncio.ensure_future(self._run())

    async def settled(self, result: Settled) -> bool:
        """The same, to be waited for."""
        told: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self.settle(result, lambda _, counts: None if told.done() else told.set_result(counts))
        return await told

    async def flush(self) -> None:
        """Returns when everything is on disk."""
        while self._task is not None and not self._task.done():
            await asyncio.wait({self._task})

    async def _run(self) -> None:
        while self._waiting:
            results, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
            told, self._noted = self._noted[:MOST], self._noted[MOST:]
            counts = await self._written(results)
            for noted, result, counted in zip(told, results, counts, strict=True):
                noted(result, counted)
            self._after()
            # Once around the loop: what is through now comes along.
            await asyncio.sleep(0)

    async def _written(self, results: list[Settled]) -> list[bool]:
        while True:
            try:
                return await self._inbox.settle(results)
            except StoreError as problem:
                log.error("webhooks: %d outcomes cannot be stored, trying again: %s", len(results), problem)
                await asyncio.sleep(SHY)
