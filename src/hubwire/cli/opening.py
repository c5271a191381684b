"""Opens an emulated account for a command; what is in the way becomes a message."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from hubwire.errors import ConfigError

if TYPE_CHECKING:
    from hubwire.emulator import Emulator

TYPES = ("STANDARD", "DEVELOPER_TEST", "SANDBOX", "APP_DEVELOPER")
TIERS = ("free", "starter", "professional", "enterprise")
MEMORY = ":memory:"


class StateInUse(ConfigError):
    """Another emulator has the state file open."""


def opened(
    state: str,
    *,
    seed: str,
    tier: str,
    limits: bool = True,
    auto_consent: bool = False,
    index_lag: float = 0,
) -> Emulator:
    """The emulator on that state; anything in the way is a `ConfigError` that says what to do."""
    try:
        from hubwire.emulator import Emulator, StateError
    except ImportError as missing:
        raise ConfigError(str(missing)) from None
    check_state(state)
    try:
        return Emulator(
            state,
            seed=seed,
            tier=tier,
            limits=limits,
            auto_consent=auto_consent,
            index_lag=index_lag,
        )
    except StateError as problem:
        raise (StateInUse if "in use" in str(problem) else ConfigError)(str(problem)) from None
    except ImportError as missing:
        raise ConfigError(str(missing)) from None


def check_state(state: str) -> None:
    """Refuse paths that cannot hold a state file with a better message than the database has."""
    if state == MEMORY:
        return
    if not state:
        raise ConfigError("--state '' names no file. Name one, or :memory: to keep nothing.")
    path = Path(state)
    if path.is_dir():
        raise ConfigError(f"--state {state} is a directory. Name a file in it.")
    if not path.absolute().parent.is_dir():
        raise ConfigError(f"--state {state}: there is no directory {path.absolute().parent}. Make it first.")
