"""What the fixtures give: an emulated account with everything a test wants of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from hubwire.emulator.account import Seen
from hubwire.emulator.answer import Emulator
from hubwire.emulator.apps import Kind
from hubwire.emulator.clock import Clock
from hubwire.emulator.faults import Deed
from hubwire.emulator.identity import Identity
from hubwire.emulator.serve import running
from hubwire.testing.pace import Pace
from hubwire.testing.transport import AsyncInProcess, InProcess

if TYPE_CHECKING:
    from hubwire import AsyncHub, Hub

MORNING = 1_789_462_800.0
"""What the clock of a test shows at first: 15 September 2026, 09:00 in UTC."""
ADDRESS = "http://hubspot.test"


class Account:
    """A fresh account of the test's own, with no records in it."""

    def __init__(self, emulator: Emulator, base_url: str) -> None:
        self.emulator, self.base_url = emulator, base_url

    @property
    def identity(self) -> Identity:
        return self.emulator.identity

    @property
    def access_token(self) -> str:
        """Static token of the built-in app, with every scope."""
        return self.identity.access_token

    @property
    def clock(self) -> Clock:
        return self.emulator.clock

    @property
    def requests(self) -> list[Seen]:
        """The last requests, oldest first."""
        return self.emulator.requests

    def seed(self, name: str = "empty", **numbers: int) -> None:
        """Fills the account: `demo`, or with so many `contacts`, `companies`, `deals`, `tickets`."""
        self.emulator.seed(name, **numbers)

    def snapshot(self, name: str = "default") -> None:
        """Keeps everything as it is now, to `restore` it."""
        self.emulator.snapshot(name)

    def restore(self, name: str = "default") -> None:
        """Everything as it was at the snapshot; quotas begin unused."""
        self.emulator.restore(name)

    def fault(self, do: Deed, **how: Any) -> int:
        """Makes calls go wrong: `fault("status", status=502, op="objects.*", count=2)`."""
        return self.emulator.fault(do, **how)

    def token(self, *, scopes: Iterable[str], kind: Kind = "private-app") -> str:
        """A token with only these scopes, of an app with a quota of its own."""
        return self.emulator.token(scopes=scopes, kind=kind)


class LocalAccount(Account):
    """An account in this process, on a clock that only pauses and the test move."""

    def __init__(self, emulator: Emulator, base_url: str) -> None:
        super().__init__(emulator, base_url)
        self.pace = Pace(emulator.clock)
        """The clock of this account's hubs."""

    def hub(self, access_token: Any = None, **options: Any) -> Hub:
        """A `Hub` onto the account. It never really waits; options are those of `Hub`."""
        from hubwire import Hub

        options.setdefault("transport", InProcess(self.emulator.asgi, self.pace))
        return Hub(access_token or self.access_token, **self._options(options))

    def async_hub(self, access_token: Any = None, **options: Any) -> AsyncHub:
        """The same for asyncio."""
        from hubwire import AsyncHub

        options.setdefault("transport", AsyncInProcess(self.emulator.asgi, self.pace))
        return AsyncHub(access_token or self.access_token, **self._options(options))

    def _options(self, options: dict[str, Any]) -> dict[str, Any]:
        options.setdefault("base_url", self.base_url)
        options.setdefault("clock", self.pace)
        return options


@contextmanager
def local(**options: Any) -> Iterator[LocalAccount]:
    """An account without a socket. Options are those of `Emulator`; clock and credentials never differ."""
    emulator = Emulator(**{"clock": Clock.at(MORNING), "identity": Identity.for_tests(), **options})
    try:
        yield LocalAccount(emulator, ADDRESS)
    finally:
        emulator.close()


@contextmanager
def served(**options: Any) -> Iterator[Account]:
    """An account on a free port of 127.0.0.1 and in real time, for clients that need a socket."""
    emulator = Emulator(**{"identity": Identity.for_tests(), **options})
    try:
        with running(emulator) as base_url:
            yield Account(emulator, base_url)
    finally:
        emulator.close()
