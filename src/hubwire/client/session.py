"""What the flows of one hub share."""

from __future__ import annotations

import os
import random
import threading
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

import msgspec

from hubwire.auth.tokens import StaticToken, TokenSource, from_environment
from hubwire.catalogue.versions import VERSIONS
from hubwire.client.clock import Clock, SystemClock
from hubwire.errors import ConfigError
from hubwire.wire.message import Timeout

if TYPE_CHECKING:
    from hubwire.client.governor import Governor, Quota
    from hubwire.client.validation import Validation

BASE_URL = "https://api.hubapi.com"
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
    ) -> None:
        self.tokens = tokens
        self.base_url = base_url
        self.version = version
        self.clock = clock
        self.now = clock.now
        self.timeout = timeout or Timeout()
        self.search_timeout = timeout or Timeout(read=SEARCH_READ_SECONDS)
        self.retry = retry or Retry()
        self._quota = quota
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

    @property
    def governor(self) -> Governor:
        """Made for the first call: a hub that was only opened reads no table of limits."""
        if self._governor is None:
            from hubwire.client.governor import Governor

            with self._lock:  # one, whoever comes first: two would spend the quota twice
                self._governor = self._governor or Governor(self._quota)
        return self._governor

    @cached_property
    def width(self) -> int:
        """Chunks of one batch call that are under way side by side."""
        return self.governor.quota.width


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
    tokens = from_environment() if access_token is None else access_token
    return Session(
        StaticToken(tokens) if isinstance(tokens, str) else tokens,
        base_url=address(base_url or os.environ.get("HUBSPOT_BASE_URL") or BASE_URL),
        version=version,
        clock=clock or SystemClock(),
        timeout=Timeout(read=timeout) if isinstance(timeout, int | float) else timeout,
        quota=quota,
        retry=retry,
    )


def address(base_url: str) -> str:
    """A base URL in the form that paths can be appended to."""
    base_url = base_url.strip().rstrip("/")
    scheme, _, host = base_url.partition("://")
    if scheme.lower() not in ("http", "https") or not host or set(host) & set("?# "):
        raise ConfigError(f"base_url {base_url!r} is not like {BASE_URL!r}")
    return base_url
