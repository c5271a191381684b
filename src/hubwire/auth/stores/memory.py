"""Tokens for as long as the program runs."""

from __future__ import annotations

import builtins
import threading
import time
from collections.abc import Callable

from hubwire.auth.grant import Tokens
from hubwire.auth.stores.store import Kept, Key, Lease, Listed


class MemoryStore:
    """For tests, and for programs that are given their tokens anew each time. Nothing is encrypted."""

    def __init__(self, *, clock: Callable[[], float] = time.time) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._kept: dict[Key, Kept] = {}
        self._leases: dict[Key, tuple[str, float]] = {}

    def load(self, key: Key) -> Kept | None:
        """What is held."""
        return self._kept.get(key)

    def save(
        self, key: Key, tokens: Tokens, *, expected: int | None = None, disconnected: str | None = None
    ) -> Kept | None:
        """Replaces version `expected`."""
        with self._lock:
            held = self._kept.get(key)
            version = 0 if held is None else held.version
            if expected is not None and expected != version:
                return None
            kept = self._kept[key] = Kept(tokens, version + 1, disconnected)
            return kept

    def delete(self, key: Key) -> bool:
        """Forgets the account."""
        with self._lock:
            return self._kept.pop(key, None) is not None

    def list(self) -> builtins.list[Listed]:
        """All accounts."""
        with self._lock:
            held = sorted(self._kept.items())
        return [Listed(key, kept.version, kept.tokens.expires_at, kept.disconnected) for key, kept in held]

    def acquire(self, key: Key, holder: str, seconds: float) -> Lease | None:
        """The lease, unless another holder has it."""
        now = self._clock()
        with self._lock:
            self._leases = {each: lease for each, lease in self._leases.items() if lease[1] > now}
            if self._leases.get(key, (holder, 0.0))[0] != holder:
                return None
            self._leases[key] = (holder, now + seconds)
        return Lease(key, holder)

    def release(self, lease: Lease) -> None:
        """Ends the lease."""
        with self._lock:
            if self._leases.get(lease.key, ("", 0.0))[0] == lease.holder:
                del self._leases[lease.key]

    def close(self) -> None:
        """Nothing is open."""
