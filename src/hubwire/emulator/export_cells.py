"""Columns and cells of an export: properties as people read them, and the records that are associated.

https://developers.hubspot.com/docs/api-reference/crm-exports-v3/guide. Columns of associated records are
called as readers of HubSpot's files know them ("Associated Company", "Associated Company IDs (Primary)"), and
points in time are `2024-03-12 09:14`, in the account's time zone (assumed). Contacts stand there with their
full name or their email.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import cached_property
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from hubwire.catalogue.facts import AssociationType, ObjectType, Property
from hubwire.emulator import moments
from hubwire.emulator.associations import Edge, End
from hubwire.emulator.calculated import CONSTANTS
from hubwire.emulator.portal import Portal
from hubwire.emulator.records import Record
from hubwire.emulator.schemas import primary_display

MOST_LINKS = 1_000
STAGES, PIPELINES = ("dealstage", "hs_pipeline_stage"), ("pipeline", "hs_pipeline")
OWNER = "hubspot_owner_id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Which columns, and how their cells are written."""

    properties: Sequence[str]
    associated: Sequence[str]
    internal_names: bool
    internal_values: bool
    named: bool
    """Whether associated records come with what stands for them, not only with their ids."""
    labelled: bool
    every_link: bool


class Cells:
    """One export's rows."""

    def __init__(self, portal: Portal, kind: ObjectType, wish: Wish, zone: str) -> None:
        self.portal, self.kind, self.wish, self.zone = portal, kind, wish, _zone(zone)
        self._definitions = portal.definitions.all(kind.id)
        self._others = [portal.kind(other) for other in wish.associated]

    def header(self) -> list[str]:
        """Labels, or internal names if those are asked for."""
        wish = self.wish
        names = [name if wish.internal_names else self._definitions[name].label for name in wish.properties]
        for other in self._others:
            what = f"Associated {other.singular.replace('_', ' ').title()}"
            for label in ("", *(f" ({kind.label})" for kind in self._labels(other))):
                names += [f"{what} IDs{label}", *([f"{what}{label}"] if wish.named else [])]
        return ["Record ID", *names]

    def row(self, record: Record) -> list[str]:
        cells = [str(record.id), *(self._value(record, name) for name in self.wish.properties)]
        for other in self._others:
            cells += self._linked(record, other)
        return cells

    # Properties

    def _value(self, record: Record, name: str) -> str:
        stored = record.props.get(name, CONSTANTS.get(self.kind.id, {}).get(name, ""))
        if name == "hs_object_id":
            stored = str(record.id)
        return stored if self.wish.internal_values or not stored else self._readable(name, stored)

    def _readable(self, name: str, stored: str) -> str:
        definition = self._definitions[name]
        if definition.type == "datetime":
            return self._moment(stored)
        if name == OWNER:
            return self._owners.get(stored, stored)
        if name in STAGES or name in PIPELINES:
            return self._stages.get(stored, stored)
        return _labelled(definition, stored)

    def _moment(self, stored: str) -> str:
        ms = moments.parse(stored)
        if ms is None:
            return stored
        try:
            return datetime.fromtimestamp(ms / 1000, self.zone).strftime("%Y-%m-%d %H:%M")
        except (OverflowError, ValueError, OSError):
            return stored

    @cached_property
    def _owners(self) -> Mapping[str, str]:
        every = [*self.portal.owners(archived=True), *self.portal.owners()]
        return {
            one["id"]: f"{one['firstName']} {one['lastName']}".strip() or str(one["email"]) for one in every
        }

    @cached_property
    def _stages(self) -> Mapping[str, str]:
        """Labels of pipelines and stages."""
        found: dict[str, str] = {}
        for pipeline in self.portal.pipelines.of(self.kind.id):
            found[pipeline.id] = pipeline.label
            found.update((stage.id, stage.label) for stage in pipeline.stages)
        return found

    # Associated records

    def _labels(self, other: ObjectType) -> list[AssociationType]:
        if not self.wish.labelled:
            return []
        return [
            kind for kind in self.portal.relations.types(self.kind.id, other.id) if kind.label is not None
        ]

    def _linked(self, record: Record, other: ObjectType) -> list[str]:
        """Ids, and names if those are asked for: of all of the type, then by label."""
        edges = self.portal.edges.of(End(self.kind.id, record.id), other.id)
        there = self.portal.table(other).existing({edge.to for edge in edges})
        edges = [edge for edge in edges if edge.to in there]
        cells = self._both(edges, other)
        for kind in self._labels(other):
            cells += self._both([edge for edge in edges if _same(edge.type, kind)], other)
        return cells

    def _both(self, edges: Sequence[Edge], other: ObjectType) -> list[str]:
        ids = sorted({edge.to for edge in edges})[: None if self.wish.every_link else MOST_LINKS]
        joined = ";".join(map(str, ids))
        return [joined, ";".join(self._names(other, ids))] if self.wish.named else [joined]

    def _names(self, other: ObjectType, ids: Sequence[int]) -> list[str]:
        name = primary_display(other, self.portal.schemas.get(other.id))
        return [_named(other, record, name) for record in self.portal.table(other).in_order(ids)]


def _same(one: AssociationType, other: AssociationType) -> bool:
    return (one.category, one.id) == (other.category, other.id)


def _named(kind: ObjectType, record: Record, name: str) -> str:
    if kind.id == "0-1":
        full = " ".join(filter(None, (record.props.get(part) for part in ("firstname", "lastname"))))
        return full or record.props.get("email", "")
    return record.props.get(name, "")


def _labelled(definition: Property, stored: str) -> str:
    labels = {option.value: option.label for option in definition.options}
    if definition.type != "enumeration" or not labels:
        return stored
    return ";".join(labels.get(part, part) for part in stored.split(";"))


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except ZoneInfoNotFoundError:
        return UTC
