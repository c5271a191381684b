# Generated from schemas.py by tools/unasync.py: change that file, not this one.

"""Object types."""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Mapping
from typing import Any

from hubwire.client.calls import schemas, shaped
from hubwire.client.definitions import SchemaAssociation, SchemaDefinition
from hubwire.client.family_sync import Family
from hubwire.client.kinds import path_name, type_id


class Schemas(Family):
    """Object types: the account's own (custom objects), and HubSpot's where they are named."""

    def list(self, *, archived: bool = False) -> builtins.list[SchemaDefinition]:
        """All custom ones."""
        return self._do(schemas.page(self._version, archived)).results

    def get(self, kind: str) -> SchemaDefinition:
        """One of them, by `2-1234`, `p123_cars`, or `contacts`."""
        return self._do(schemas.read(self._version, path_name(kind)))

    def read_many(self, kinds: Iterable[str]) -> builtins.list[SchemaDefinition]:
        """Some of them."""
        return self._do(schemas.read_many(self._version, [*map(path_name, kinds)])).results

    def create(
        self, definition: Mapping[str, Any] | SchemaDefinition | None = None, /, **fields: Any
    ) -> SchemaDefinition:
        """A new one: name, labels, properties, required_properties, associated_objects and so on."""
        body = shaped.body(definition, fields)
        return self._do(schemas.create(self._version, body))

    def update(self, kind: str, **fields: Any) -> SchemaDefinition:
        """Other labels, or other properties in their parts. The answer names no properties."""
        return self._do(schemas.update(self._version, path_name(kind), shaped.body(None, fields)))

    def delete(self, kind: str, *, purge: bool = False) -> None:
        """Deletes one without records; with `purge` one that is deleted, so that its name is free."""
        self._do(schemas.delete(self._version, path_name(kind), purge))

    def associate(self, kind: str, to: str, *, name: str | None = None) -> SchemaAssociation:
        """Lets records of one type be associated with those of another."""
        ends = {"fromObjectTypeId": type_id(kind), "toObjectTypeId": type_id(to)}
        body = {**ends, **({"name": name} if name else {})}
        return self._do(schemas.associate(self._version, path_name(kind), body))

    def dissociate(self, kind: str, association: str) -> None:
        """Takes that away again."""
        self._do(schemas.dissociate(self._version, path_name(kind), association))

    def enabled(self, kind: str | None = None) -> dict[str, bool]:
        """Which of HubSpot's own types are switched on, by type id: all, or one."""
        if kind is None:
            found = self._do(schemas.enabled(self._version, None))
            return {str(key): bool(value) for key, value in found.get("enablementByObjectTypeId", {}).items()}
        known = type_id(kind)
        return {known: bool(self._do(schemas.enabled(self._version, known)).get("enablement"))}
