"""The ways in which records of an account can be associated: HubSpot's own, and those it defined."""

from __future__ import annotations

from typing import Any

import msgspec

from hubwire.catalogue import load
from hubwire.catalogue.facts import AssociationType, Grade
from hubwire.emulator.drawer import Drawer
from hubwire.emulator.store import Store

KIND = "relation"
OWN = "USER_DEFINED"
MOST = 10_000
HUBSPOTS_MOST = {930: 1, 3: 1_000}
"""Where fewer than MOST can be associated: one billing contact of a company, 1,000 contacts of a deal.
Recorded with the order of keys in https://github.com/amp-labs/connectors (associations of contacts)."""


class OwnRelation(msgspec.Struct, rename="camel"):
    """One direction of a way to associate that the account defined."""

    id: int
    from_type: str
    to_type: str
    name: str
    label: str | None
    inverse: int
    created: int

    @property
    def unlabeled(self) -> bool:
        return self.label is None

    def fact(self) -> AssociationType:
        return AssociationType(
            id=self.id,
            category="USER_DEFINED",
            from_type=self.from_type,
            to_type=self.to_type,
            name=self.name,
            label=self.label,
            inverse=self.inverse,
            unlabeled=self.unlabeled,
            source="the account",
            grade=Grade.ASSUMED,
        )


class Relations:
    """Reads are from memory; `define`, `relabel` and `drop` write, in both directions."""

    def __init__(self, store: Store, drawer: Drawer) -> None:
        self._drawer = drawer
        self._facts: dict[int, AssociationType] = {}
        store.on_rollback.append(self._facts.clear)

    def own(self) -> list[OwnRelation]:
        """All directions the account defined, in the order of their ids."""
        return list(self._drawer.all(KIND, "", OwnRelation).values())

    def get(self, relation_id: int) -> OwnRelation | None:
        return self._drawer.all(KIND, "", OwnRelation).get(f"{relation_id:09}")

    def types(self, from_type: str, to_type: str) -> tuple[AssociationType, ...]:
        """Every way from one object type to another, unlabeled first."""
        own = (self._fact(one) for one in self.own() if (one.from_type, one.to_type) == (from_type, to_type))
        every = (*load.association_types(from_type, to_type), *own)
        return tuple(sorted(every, key=lambda kind: not kind.unlabeled))

    def type(self, category: str, relation_id: int) -> AssociationType | None:
        if category != OWN:
            return load.association_type(category, relation_id)
        own = self.get(relation_id)
        return None if own is None else self._fact(own)

    def default(self, from_type: str, to_type: str) -> AssociationType | None:
        """The unlabeled way, which a link without a label gets."""
        known = load.default_association(from_type, to_type)
        if known is not None or not self.own():
            return known
        return next((kind for kind in self.types(from_type, to_type) if kind.unlabeled), None)

    def define(
        self, from_type: str, to_type: str, name: str, labels: tuple[str | None, str | None], at: int
    ) -> tuple[OwnRelation, OwnRelation]:
        """Adds a way, there and back. Between records of one type a way without a second label is its own
        inverse."""
        there = self._drawer.number("relation", 1, 2)
        back = there if from_type == to_type and labels[0] == labels[1] else there + 1
        pair = (
            OwnRelation(there, from_type, to_type, name, labels[0], back, at),
            OwnRelation(back, to_type, from_type, name, labels[1], there, at),
        )
        for one in pair:
            self._put(one)
        return pair

    def relabel(self, own: OwnRelation, label: str, inverse: str) -> None:
        """New texts for both directions."""
        self._put(msgspec.structs.replace(own, label=label))
        other = self.get(own.inverse)
        if other is not None and other.id != own.id:
            self._put(msgspec.structs.replace(other, label=inverse))

    def drop(self, own: OwnRelation) -> None:
        """Takes both directions away."""
        for number in (own.id, own.inverse):
            self._drawer.drop(KIND, "", f"{number:09}")
            self._facts.pop(number, None)

    def _put(self, own: OwnRelation) -> None:
        self._drawer.put(KIND, "", f"{own.id:09}", own)
        self._facts.pop(own.id, None)

    def _fact(self, own: OwnRelation) -> AssociationType:
        fact = self._facts.get(own.id)
        if fact is None:
            fact = self._facts[own.id] = own.fact()
        return fact


def definition(kind: AssociationType, at: str | None, most: tuple[int | None, int | None]) -> dict[str, Any]:
    """As schemas show it; `most` is how many records the account allows, there and back."""
    hubspots = kind.category == "HUBSPOT_DEFINED"
    there, back = (
        own if own is not None else HUBSPOTS_MOST.get(number, MOST) if hubspots else MOST
        for own, number in zip(most, (kind.id, kind.inverse), strict=True)
    )
    return {
        "fromObjectTypeId": kind.from_type,
        "toObjectTypeId": kind.to_type,
        "name": kind.name.upper() if hubspots else kind.name,
        "cardinality": "ONE_TO_ONE" if there == 1 else "ONE_TO_MANY",
        "inverseCardinality": "ONE_TO_ONE" if back == 1 else "ONE_TO_MANY",
        "hasUserEnforcedMaxToObjectIds": most[0] is not None,
        "hasUserEnforcedMaxFromObjectIds": most[1] is not None,
        "maxToObjectIds": there,
        "maxFromObjectIds": back,
        "id": str(kind.id),
        "createdAt": at,
        "updatedAt": at,
    }
