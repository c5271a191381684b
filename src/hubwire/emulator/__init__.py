"""A HubSpot account on this machine, which unmodified HubSpot clients can call."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hubwire.emulator import serve
    from hubwire.emulator.answer import Emulator
    from hubwire.emulator.clock import Clock
    from hubwire.emulator.identity import Identity
    from hubwire.emulator.store import StateError

__all__ = ["Clock", "Emulator", "Identity", "StateError", "serve"]

HOMES = {
    "Clock": "clock",
    "Emulator": "answer",
    "Identity": "identity",
    "StateError": "store",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        if name in HOMES:
            return getattr(import_module(f"{__name__}.{HOMES[name]}"), name)
        return import_module(f"{__name__}.{name}")
    except ModuleNotFoundError as missing:
        if (missing.name or "").startswith("hubwire"):
            raise
        raise ImportError(
            f"the emulator needs {missing.name}: pip install 'hubwire[emulator]'", name=missing.name
        ) from missing
