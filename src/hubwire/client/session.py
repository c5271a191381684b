"""What the flows of one hub share."""

from __future__ import annotations

import os
import random
import threading
from collections.abc import Callable, Iterable
from copy import copy
from functools import cached_property
from typing import TYPE_CHECKING, Any

import msgspec

from hubwire.auth.address import api_address
from hubwire.auth.defaults import default_source
from hubwire.auth.tokens import StaticToken, TokenSource
from hubwire.catalogue.versions import VERSIONS
from hubwire.client.clock import Clock, SystemClock
from hubwire.errors import ConfigError
from hubwire.wire.message import Timeout

if TYPE_CHECKING:
    from hubwire.client.events import Hook
    from hubwire.client.governor import Governor
    from hubwire.client.quota import Quota
    from hubwire.client.validation import Validation
    from hubwire.client.windows import Windows
SEARCH_READ_SECONDS = 60.0


class Retry(msgspec.Struct, frozen=True, kw_only=True):
    """How long to insist. Waiting for a quota counts towards `budget` only, not as an attempt."""

    attempts: int = 4
    """How often to send a call that fails (no connection, 5xx), the first time included."""
    budget: float = 120.0
    """Seconds after which a logical call is given up rather than sent again."""
    base: float = 0.5
    """Seconds before the second attempt; doubled each time, and made uneven."""
    longest: float = 20.0


class Session:
    """Address, token source, quotas, patience, time and randomness: everything a flow needs to know."""

    def __init__(
        self,
        tokens: TokenSource,
        *,
        base_url: str,
        version: str,
        clock: Clock,
        timeout: Timeout | None = None,
        quota: Quota | None = None,
        retry: Retry | None = None,
        windows: Callable[[Quota], Windows] | None = None,
    ) -> None:
        """`windows` finds those that the hub shares with others; None: it has its own."""
        self.hooks: tuple[Hook, ...] = ()
        self.tokens = tokens
        self.fixed = tokens.token if type(tokens) is StaticToken else None
        """A token that never changes, and need not be asked for."""
        self.base_url = base_url
        self.version = version
        self.clock = clock
        self.now = clock.now
        self.timeout = timeout or Timeout()
        self.search_timeout = timeout or Timeout(read=SEARCH_READ_SECONDS)
        self.retry = retry or Retry()
        self._quota, self._windows = quota, windows
        self._governor: Governor | None = None
        self._lock = threading.Lock()
        self.random: Callable[[], float] = random.random
        self.new_id: Callable[[], str] = lambda: os.urandom(8).hex()
        self.labels: dict[tuple[str, str], Any] = {}
        """Association labels of the account that were looked up, by pair of object types."""
        self.validation: Validation | None = None
        """How writes are checked before they are sent, unless a call says otherwise; None: not at all."""
        self.guard: Any = None
        """What checks them, once something was to be checked."""
        self.look: Callable[[Any, float, str | None], Any] = _nobody
        """Finds out what became of a call; the driver's, for errors that say that nobody knows."""
        self.types: dict[tuple[str, str], str] = {}
        """Types of properties that were looked up, by object type and name."""

    @property
    def governor(self) -> Governor:
        """Made for the first call: a hub that was only opened reads no table of limits."""
        if self._governor is None:
            from hubwire.client.governor import Governor
            from hubwire.client.quota import Quota

            with self._lock:  # one, whoever comes first: two would spend the quota twice
                if self._governor is None:
                    quota = self._quota or Quota()
                    self._governor = Governor(quota, self._windows(quota) if self._windows else None)
        return self._governor

    def spending(self, **terms: Any) -> Session:
        """A session that differs in its quota only, and spends from the same windows."""
        from hubwire.client.governor import Governor

        try:
            quota = msgspec.structs.replace(self.governor.quota, **terms)
        except TypeError as odd:
            raise ConfigError(f"a quota has no such field: {odd}") from None
        other = copy(self)
        other.__dict__.pop("width", None)
        other._governor = Governor(quota, self.governor.windows)
        return other

    @cached_property
    def width(self) -> int:
        """Chunks of one batch call that are under way side by side."""
        return self.governor.quota.width


def _nobody(call: Any, began: float, trace: str | None) -> Any:
    raise ConfigError("this client has no driver, so nothing can be asked")


def new_session(
    access_token: str | TokenSource | None,
    base_url: str | None,
    version: str,
    timeout: float | Timeout | None,
    clock: Clock | None,
    quota: Quota | None,
    retry: Retry | None,
) -> Session:
    """A session from what a hub was given; the environment fills in what it was not."""
    if version not in VERSIONS:
        raise ConfigError(f"unknown API version {version!r}; known are {', '.join(VERSIONS)}")
    given = default_source() if access_token is None else access_token
    tokens = StaticToken(given) if isinstance(given, str) else given
    base_url = api_address(base_url or getattr(tokens, "base_url", None))
    return Session(
        tokens,
        base_url=base_url,
        version=version,
        clock=clock or SystemClock(),
        timeout=Timeout(read=timeout) if isinstance(timeout, int | float) else timeout,
        quota=_from_settings() if quota is None else quota,
        retry=retry,
        # What keeps its own time shares no windows with what goes by the computer's.
        windows=shared_windows(tokens, base_url) if clock is None else None,
    )


def listeners(hooks: Iterable[Hook]) -> tuple[Hook, ...]:
    """The hooks, and with HUBWIRE_DEBUG one that tells the story of every call on stderr."""
    if os.environ.get("HUBWIRE_DEBUG", "").lower() in ("", "0", "false", "no", "off"):
        return tuple(hooks)
    from hubwire.client.story import Story

    return (*hooks, Story())


def _from_settings() -> Quota | None:
    from hubwire.client.quota_settings import settings

    told = settings()
    if not told:
        return None
    from hubwire.client.quota import Quota

    return Quota.of(told)


def shared_windows(tokens: TokenSource, base_url: str) -> Callable[[Quota], Windows]:
    """The windows of everybody who uses these tokens here, and with a store, elsewhere."""

    def find(quota: Quota) -> Windows:
        from hubwire.client.registry import registry

        # A source that does not say whose tokens it gives out is shared by those hubs only that share it.
        credential = getattr(tokens, "quota_key", None) or f"source {id(tokens)}"
        return registry.windows(quota, f"{base_url} {credential}", getattr(tokens, "account", None))

    return find
