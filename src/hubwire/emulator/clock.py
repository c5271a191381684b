"""The emulator's idea of now."""

from __future__ import annotations

import threading
import time


class Clock:
    """Wall time, shifted by what it was advanced; or, frozen, what it was told.

    `Clock()` runs, evenly: setting the computer's clock back reopens no quota. `Clock.at(moment)` stands
    still until somebody advances it, and never looks at the wall.
    """

    def __init__(self, frozen: float | None = None) -> None:
        self._lock = threading.Lock()
        self._frozen = frozen
        self.running = frozen is None
        """It began with the wall's time."""
        self._shift = 0.0 if frozen is not None else time.time() - time.monotonic()

    @classmethod
    def at(cls, moment: float) -> Clock:
        """A clock that shows `moment` (seconds since the epoch) until it is advanced."""
        return cls(moment)

    @property
    def frozen(self) -> bool:
        return self._frozen is not None

    def now(self) -> float:
        """Seconds since the epoch."""
        return self._frozen if self._frozen is not None else time.monotonic() + self._shift

    def ahead(self) -> float:
        """Seconds by which it was moved on beyond the wall; 0 for one that never looks there."""
        return max(0.0, self.now() - time.time()) if self.running else 0.0

    def advance(self, seconds: float) -> float:
        """Moves on by `seconds` and returns the new time. Going back would break every quota: refused."""
        if seconds < 0:
            raise ValueError(f"a clock only moves on, not by {seconds} seconds")
        with self._lock:
            if self._frozen is None:
                self._shift += seconds
            else:
                self._frozen += seconds
        return self.now()

    def reach(self, moment: float) -> None:
        """Moves on to `moment`, unless it is past already: what a sleep on this clock does."""
        with self._lock:
            if self._frozen is None:
                self._shift += max(0.0, moment - self.now())
            else:
                self._frozen = max(self._frozen, moment)

    def freeze(self) -> float:
        """Stands still from here on; returns the moment."""
        with self._lock:
            self._frozen = self.now()
        return self._frozen
