"""Property definitions of one account: HubSpot's own from the catalogue, and those the account added."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from hubwire.catalogue import load
from hubwire.catalogue.facts import Property
from hubwire.emulator import moments
from hubwire.emulator.store import Store

GROUP_LABELS = {
    "contactinformation": "Contact information",
    "companyinformation": "Company information",
    "dealinformation": "Deal information",
    "ticketinformation": "Ticket information",
}


class Definitions:
    """Reads are from memory; only `add` writes."""

    def __init__(self, store: Store, portal_id: int) -> None:
        self._store = store
        self._table = f"properties_{portal_id}"
        self._known: dict[str, Mapping[str, Property]] = {}
        store.on_rollback.append(self._known.clear)

    def all(self, type_id: str) -> Mapping[str, Property]:
        """Every definition of that object type by name."""
        known = self._known.get(type_id)
        if known is None:
            known = self._known[type_id] = {**load.properties(type_id), **self._own(type_id)}
        return known

    def get(self, type_id: str, name: str) -> Property | None:
        return self.all(type_id).get(name)

    def add(self, type_id: str, definition: Property, at: int) -> None:
        """Adds a custom property; one of that name is replaced."""
        text = msgspec.json.encode(definition).decode()
        self._store.run(
            f"INSERT INTO {self._table} (type, name, definition, created, updated) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET definition = excluded.definition, updated = excluded.updated",
            (type_id, definition.name, text, at, at),
        )
        self._known.pop(type_id, None)

    def as_dict(self, type_id: str, name: str) -> dict[str, Any] | None:
        """One definition as HubSpot sends it."""
        definition = self.get(type_id, name)
        return None if definition is None else _body(definition, self._times(type_id).get(name))

    def as_dicts(self, type_id: str) -> list[dict[str, Any]]:
        """All definitions as HubSpot sends them, by name."""
        times = self._times(type_id)
        known = self.all(type_id)
        return [_body(known[name], times.get(name)) for name in sorted(known)]

    def groups(self, type_id: str) -> list[dict[str, Any]]:
        """The property groups that some definition names, as HubSpot sends them."""
        names = sorted({definition.group for definition in self.all(type_id).values()})
        labels = {name: GROUP_LABELS.get(name, _label(name)) for name in names}
        return [
            {"name": name, "label": labels[name], "displayOrder": -1, "archived": False} for name in names
        ]

    def _own(self, type_id: str) -> dict[str, Property]:
        rows = self._store.all(f"SELECT name, definition FROM {self._table} WHERE type = ?", (type_id,))
        return {name: msgspec.json.decode(text, type=Property) for name, text in rows}

    def _times(self, type_id: str) -> dict[str, tuple[int, int]]:
        rows = self._store.all(f"SELECT name, created, updated FROM {self._table} WHERE type = ?", (type_id,))
        return {name: (created, updated) for name, created, updated in rows}


def _label(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _body(definition: Property, times: tuple[int, int] | None) -> dict[str, Any]:
    """Key order as in a recorded create-property answer; built-in ones say `hubspotDefined` and no user."""
    created, updated = times or (0, 0)
    custom = times is not None
    body: dict[str, Any] = {
        "updatedAt": moments.text(updated),
        "createdAt": moments.text(created),
        "name": definition.name,
        "label": definition.label,
        "type": definition.type,
        "fieldType": definition.field_type,
        "description": definition.description,
        "groupName": definition.group,
        "options": [
            {
                "label": option.label,
                "value": option.value,
                "displayOrder": option.order,
                "hidden": option.hidden,
            }
            for option in definition.options
        ],
        "displayOrder": -1,
        "calculated": definition.calculated,
        "externalOptions": definition.external_options,
        "archived": False,
        "hasUniqueValue": definition.unique,
        "hidden": definition.hidden,
        "hubspotDefined": True,
        "modificationMetadata": {
            "archivable": custom,
            "readOnlyDefinition": not custom,
            "readOnlyValue": definition.read_only or definition.calculated,
        },
        "formField": custom and not definition.calculated,
        "dataSensitivity": "non_sensitive",
    }
    if custom:
        del body["hubspotDefined"]
    return body
