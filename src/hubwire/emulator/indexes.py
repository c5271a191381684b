"""Which columns of which object types are indexed before anybody asks."""

from __future__ import annotations

from collections.abc import Mapping

from hubwire.catalogue.facts import ObjectType, Property
from hubwire.emulator.columns import Column, column
from hubwire.emulator.records import Table

FEW = 5_000
"""Up to so many live records a scan takes a few milliseconds and an index only costs."""

HOT: dict[str, tuple[str, ...]] = {
    "0-1": ("email", "hubspot_owner_id", "lifecyclestage", "lastname", "firstname"),
    "0-2": ("name", "domain", "hubspot_owner_id", "lifecyclestage"),
    "0-3": ("dealname", "pipeline", "dealstage", "hubspot_owner_id", "closedate", "amount"),
    "0-5": ("subject", "hs_pipeline", "hs_pipeline_stage", "hubspot_owner_id"),
    "0-7": ("name", "hs_sku"),
}
OTHERS = ("hs_timestamp", "hubspot_owner_id")


def hot(kind: ObjectType, definitions: Mapping[str, Property]) -> list[Column]:
    """Creation and modification time, what callers usually search by, and everything unique."""
    names = dict.fromkeys([kind.created, kind.modified, *HOT.get(kind.id, OTHERS)])
    names |= dict.fromkeys(name for name, definition in definitions.items() if definition.unique)
    known = (definitions[name] for name in names if name in definitions and name != "hs_object_id")
    return [column(kind, definition) for definition in known]


def ensure_hot(table: Table, definitions: Mapping[str, Property], live: int) -> None:
    """Builds the missing ones once the table is no longer small."""
    if live > FEW and table.kind.created not in table.indexes:
        for wanted in hot(table.kind, definitions):
            table.index(wanted)
