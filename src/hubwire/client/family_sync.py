# Generated from family.py by tools/unasync.py: change that file, not this one.

"""Shared by all families."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from hubwire.client import listing
from hubwire.client.call import Call
from hubwire.client.calls.shaped import Listing
from hubwire.client.definitions import Shape
from hubwire.client.driver_sync import Driver
from hubwire.client.execute import execute

T = TypeVar("T")
S = TypeVar("S", bound=Shape)


class Family:
    """Calls that belong together."""

    def __init__(self, driver: Driver) -> None:
        self._driver, self._session = (driver, driver.session)
        self._version = driver.session.version

    def _do(self, call: Call[T]) -> T:
        return self._driver.run(execute(call, self._session))

    def _every(self, page: Callable[[str | None], Call[Listing[S]]]) -> Iterator[S]:
        """What all pages hold; a page is asked for from where the one before ended."""
        return self._driver.each(listing.every(self._session, page))
