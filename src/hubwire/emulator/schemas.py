"""The object types that one account defined."""

from __future__ import annotations

import msgspec

from hubwire.catalogue.facts import Grade, ObjectType
from hubwire.emulator.drawer import Drawer
from hubwire.emulator.store import Store

KIND = "schema"
CREATED, MODIFIED = "hs_createdate", "hs_lastmodifieddate"
PRIMARY = {"0-1": "firstname", "0-2": "name", "0-3": "dealname", "0-5": "subject"}
"""What stands for a record of HubSpot's own types. Recorded for contacts, assumed for the others."""


class OwnSchema(msgspec.Struct, rename="camel", kw_only=True):
    """A custom object."""

    number: int
    name: str
    singular: str | None
    plural: str | None
    description: str | None = None
    primary_display_property: str | None = None
    secondary_display_properties: list[str] = []
    required_properties: list[str] = []
    searchable_properties: list[str] = []
    allows_sensitive_properties: bool = True
    restorable: bool = True
    created: int = 0
    updated: int = 0
    created_by: int | None = None
    updated_by: int | None = None
    archived: int | None = None

    @property
    def type_id(self) -> str:
        return f"2-{self.number}"


def primary_display(kind: ObjectType, own: OwnSchema | None) -> str:
    """The property whose value stands for a record of that type."""
    return (own.primary_display_property if own else PRIMARY.get(kind.id, kind.defaults[0])) or ""


class Schemas:
    """Reads are from memory; `put` and `drop` write."""

    def __init__(self, store: Store, drawer: Drawer, portal_id: int) -> None:
        self._drawer, self._portal_id = drawer, portal_id
        self._types: dict[str, ObjectType] = {}
        store.on_rollback.append(self._types.clear)

    def all(self, *, archived: bool = False) -> list[OwnSchema]:
        """The live custom objects, or the archived ones, in the order of their making."""
        every = self._drawer.all(KIND, "", OwnSchema).values()
        return [one for one in every if (one.archived is not None) == archived]

    def get(self, type_id: str, *, archived: bool = False) -> OwnSchema | None:
        own = self._drawer.all(KIND, "", OwnSchema).get(type_id)
        return own if own is not None and (own.archived is not None) == archived else None

    def find(self, spelling: str, *, archived: bool = False) -> OwnSchema | None:
        """By type id or fully-qualified name; a bare name is none of HubSpot's spellings.

        `p_car` is the car of the account that is asked: https://github.com/singer-io/tap-hubspot
        """
        if spelling.startswith("2-"):
            return self.get(spelling, archived=archived)
        wanted = spelling.lower()
        if wanted.startswith("p_"):
            wanted = f"p{self._portal_id}{wanted[1:]}"
        return next(
            (one for one in self.all(archived=archived) if self.full_name(one).lower() == wanted), None
        )

    def full_name(self, own: OwnSchema) -> str:
        return f"p{self._portal_id}_{own.name}"

    def object_type(self, spelling: str) -> ObjectType | None:
        """A live custom object as the rest of the emulator goes by."""
        own = self.find(spelling)
        if own is None:
            return None
        known = self._types.get(own.type_id)
        if known is None:
            name = self.full_name(own)
            known = self._types[own.type_id] = ObjectType(
                id=own.type_id,
                name=name,
                singular=name,
                created=CREATED,
                modified=MODIFIED,
                defaults=(CREATED, MODIFIED, "hs_object_id"),
                query=tuple(own.searchable_properties),
                source="the account",
                grade=Grade.ASSUMED,
            )
        return known

    def next_number(self) -> int:
        """HubSpot numbers custom objects across all accounts."""
        return self._drawer.number("schema", 20_000_000 + self._portal_id % 9_000_000)

    def put(self, own: OwnSchema) -> None:
        self._drawer.put(KIND, "", own.type_id, own)
        self._types.pop(own.type_id, None)

    def drop(self, type_id: str) -> None:
        self._drawer.drop(KIND, "", type_id)
        self._types.pop(type_id, None)
