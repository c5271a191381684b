"""Which operations are served, and by what: every family of handlers says so itself."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any

from hubwire.emulator.exchange import Answer, Asked

Handler = Callable[[Any, Asked], Answer]
FAMILIES = "hubwire.emulator.handlers"
"""By name: what is served is told to the handlers too, and they may not import each other in a circle."""


@cache
def all_handlers() -> tuple[dict[str, Handler], dict[str, Handler]]:
    """Every family's `HANDLERS` (given the portal) and `ACCOUNT_HANDLERS` (given the whole account)."""
    of_portal: dict[str, Handler] = {}
    of_account: dict[str, Handler] = {}
    for found in pkgutil.iter_modules(import_module(FAMILIES).__path__):
        family = import_module(f"{FAMILIES}.{found.name}")
        of_portal.update(getattr(family, "HANDLERS", {}))
        of_account.update(getattr(family, "ACCOUNT_HANDLERS", {}))
    return of_portal, of_account
