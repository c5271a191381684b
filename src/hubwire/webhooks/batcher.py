"""Many small requests sent as few larger ones: what gathers while one is under way goes next."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Q = TypeVar("Q")
R = TypeVar("R")


class Batcher(Generic[Q, R]):
    """`perform` takes a sequence and gives as many results, in the same order."""

    def __init__(self, perform: Callable[[Sequence[Q]], Awaitable[Sequence[R]]], most: int = 256) -> None:
        self._perform, self._most = perform, most
        self._waiting: list[tuple[Q, asyncio.Future[R]]] = []
        self._task: asyncio.Task[None] | None = None

    async def ask(self, question: Q) -> R:
        """The result for one; what goes wrong for the batch is raised to everybody in it."""
        future: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((question, future))
        if self._task is None or self._task.done():
            self._task = asyncio.ensure_future(self._run())
        return await future

    async def _run(self) -> None:
        # Once around the loop: who is ready now comes along.
        await asyncio.sleep(0)
        while self._waiting:
            batch, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
            try:
                results = await self._perform([question for question, _ in batch])
            except BaseException as problem:
                for _, future in batch:
                    if not future.done():
                        future.set_exception(problem)
                if not isinstance(problem, Exception):
                    raise
                continue
            for (_, future), result in zip(batch, results, strict=True):
                if not future.done():
                    future.set_result(result)
