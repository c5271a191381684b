"""Shared by all families, for asyncio.

`family_sync.py` is generated from this file by `tools/unasync.py`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import TypeVar

from hubwire.client import listing
from hubwire.client.call import Call
from hubwire.client.calls.shaped import Listing
from hubwire.client.definitions import Shape
from hubwire.client.driver import AsyncDriver
from hubwire.client.execute import execute

T = TypeVar("T")
S = TypeVar("S", bound=Shape)


class AsyncFamily:
    """Calls that belong together."""

    def __init__(self, driver: AsyncDriver) -> None:
        self._driver, self._session = driver, driver.session
        self._version = driver.session.version

    async def _do(self, call: Call[T]) -> T:
        return await self._driver.run(execute(call, self._session))

    def _every(self, page: Callable[[str | None], Call[Listing[S]]]) -> AsyncIterator[S]:
        """What all pages hold; a page is asked for from where the one before ended."""
        return self._driver.each(listing.every(self._session, page))
