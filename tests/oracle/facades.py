"""The two hubs by one name: tests for the blocking one run the async one too, on an event loop of its own."""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, cast

import hubwire

Kinds = tuple[Callable[..., hubwire.Hub], Callable[..., hubwire.AsyncHub]]
KINDS: Kinds = (hubwire.Hub, hubwire.AsyncHub)
FACADES = ("blocking", "asyncio")


@contextmanager
def opened(facade: str, *args: Any, kinds: Kinds = KINDS, **options: Any) -> Iterator[hubwire.Hub]:
    """A hub of that facade, to be used as the blocking one."""
    if facade == "blocking":
        with kinds[0](*args, **options) as hub:
            yield hub
        return
    with _Loop() as loop:
        other = kinds[1](*args, **options)
        try:
            yield cast(hubwire.Hub, Awaited(other, loop))
        finally:
            loop.run(other.aclose())


class _Loop:
    """An event loop in a thread."""

    def __enter__(self) -> _Loop:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=30)
        self._loop.close()

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=120)

    def each(self, values: AsyncIterator[Any]) -> Iterator[Any]:
        async def following() -> tuple[bool, Any]:
            try:
                return True, await anext(values)
            except StopAsyncIteration:
                return False, None

        while True:
            more, value = self.run(following())
            if not more:
                return
            yield value


class Awaited:
    """Something of the async facade: what it promises is waited for, what hangs on it is of the same kind."""

    def __init__(self, inner: Any, loop: _Loop) -> None:
        self._inner, self._loop = inner, loop

    def __getattr__(self, name: str) -> Any:
        return self._told(getattr(self._inner, name))

    def __iter__(self) -> Iterator[Any]:
        return self._loop.each(aiter(self._inner))

    def _told(self, value: Any) -> Any:
        if inspect.iscoroutine(value):
            return self._told(self._loop.run(value))
        if type(value).__name__.startswith("Async"):
            return Awaited(value, self._loop)
        if inspect.ismethod(value) and type(value.__self__).__name__.startswith("Async"):
            return lambda *args, **named: self._told(value(*args, **named))
        return self._loop.each(value) if isinstance(value, AsyncIterator) else value
