"""The object library: types that an account must have switched on.

https://developers.hubspot.com/docs/guides/crm/using-object-apis names them. The emulator's accounts have all
of them on; what HubSpot answers for one that is off is not known.
"""

from __future__ import annotations

from hubwire.catalogue import load
from hubwire.emulator import refusals
from hubwire.emulator.drawer import Drawer

SWITCHED = ("0-162", "0-410", "0-420", "0-421")


def enabled(drawer: Drawer) -> dict[str, bool]:
    """Which of them are on, by type id."""
    kept = drawer.all("library", "", bool)
    return {type_id: kept.get(type_id, True) for type_id in SWITCHED}


def switch(drawer: Drawer, spelling: str, *, on: bool) -> None:
    """Turns one on or off; ValueError for a type that has no switch."""
    kind = load.object_type(spelling)
    if kind is None or kind.id not in SWITCHED:
        raise ValueError(f"{spelling} is no type of the object library")
    drawer.put("library", "", kind.id, on)


def must_be_on(drawer: Drawer, spelling: str) -> None:
    """Refuses records of a type that is off."""
    kind = load.object_type(spelling)
    if kind is not None and not drawer.all("library", "", bool).get(kind.id, True):
        raise refusals.validation(f"Objects of type {kind.id} ({kind.upper}) are not enabled in this account")
