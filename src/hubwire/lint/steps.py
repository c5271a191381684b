"""How far a run has come, for whoever shows it."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol


class Steps(Protocol):
    """Told the whole amount once, then every step."""

    def begin(self, total: int) -> None: ...
    def step(self, doing: str, amount: int = 1) -> None: ...


Shown = AbstractContextManager[Steps]
"""What shows steps while it is entered."""
