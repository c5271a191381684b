"""Looking at an inbox and changing it from another process than the one that receives."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import TypeVar

from hubwire.webhooks.control import ask, operate
from hubwire.webhooks.inbox import Entry, Inbox, Selection, Stats, Summary
from hubwire.webhooks.lock import InUse
from hubwire.webhooks.stores import SqliteStore, store

T = TypeVar("T")


class Office:
    """The inbox of an address. A file is read beside whoever writes to it, and written through them."""

    def __init__(self, address: str) -> None:
        self._store = store(address)
        self._file = self._store.path if isinstance(self._store, SqliteStore) else None

    def stats(self) -> Stats:
        """The counts."""
        if self._file is not None:
            from hubwire.webhooks.inbox_sqlite import viewing

            with viewing(self._file) as view:
                return view.stats()
        return self._opened(lambda inbox: inbox.stats())

    def list(self, selection: Selection, *, before: int | None = None, most: int = 100) -> list[Summary]:
        """Events, newest first."""
        if self._file is not None:
            from hubwire.webhooks.inbox_sqlite import viewing

            with viewing(self._file) as view:
                return view.list(selection, before, most)
        return self._opened(lambda inbox: inbox.list(selection, before=before, most=most))

    def show(self, event: int) -> Entry | None:
        """Everything about one."""
        if self._file is not None:
            from hubwire.webhooks.inbox_sqlite import viewing

            with viewing(self._file) as view:
                return view.show(event)
        return self._opened(lambda inbox: inbox.show(event))

    def change(self, operation: str, selection: Selection) -> int:
        """`replay`, `discard` or `purge`; returns how many events it was done to."""
        if self._file is not None:
            from hubwire.webhooks.inbox_sqlite import viewing

            # An inbox that is not there is not made.
            viewing(self._file).close()
        now = int(time.time() * 1000)
        try:
            return self._opened(lambda inbox: operate(inbox, operation, selection, now))
        except InUse as taken:
            if "control" not in taken.holder:
                raise
            return ask(taken.holder, operation, asdict(selection))

    def _opened(self, use: Callable[[Inbox], Awaitable[T]]) -> T:
        async def main() -> T:
            inbox = self._store.inbox()
            await inbox.open()
            try:
                return await use(inbox)
            finally:
                await inbox.close()

        return asyncio.run(main())
