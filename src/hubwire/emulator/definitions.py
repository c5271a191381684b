"""Property definitions of one account: HubSpot's own from the catalogue, and those the account added."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import msgspec

from hubwire.catalogue import load
from hubwire.catalogue.facts import Grade, ObjectType, Option, Property
from hubwire.emulator import moments
from hubwire.emulator.columns import Column, column
from hubwire.emulator.drawer import Drawer
from hubwire.emulator.formulas import BadFormula, Formula, parsed
from hubwire.emulator.rules import Rule
from hubwire.emulator.store import Store

PROPERTY, GROUP, RULES = "property", "group", "rules"
NOT_SENSITIVE = "non_sensitive"


class OwnOption(msgspec.Struct, rename="camel", omit_defaults=True):
    """One choice of an enumeration."""

    label: str
    value: str
    description: str | None = None
    display_order: int = -1
    hidden: bool = False


class OwnProperty(msgspec.Struct, rename="camel", kw_only=True, omit_defaults=True):
    """A definition the account added, or one of HubSpot's that it changed."""

    name: str
    label: str
    type: str
    field_type: str
    group_name: str
    description: str = ""
    options: list[OwnOption] = []
    display_order: int = -1
    hidden: bool = False
    form_field: bool = False
    has_unique_value: bool = False
    external_options: bool = False
    referenced_object_type: str | None = None
    calculation_formula: str | None = None
    data_sensitivity: str = "non_sensitive"
    show_currency_symbol: bool | None = None
    currency_property_name: str | None = None
    number_display_hint: str | None = None
    text_display_hint: str | None = None
    created: int = 0
    updated: int = 0
    created_by: str | None = None
    updated_by: str | None = None
    archived: int | None = None
    """When it was archived; its name is free for a new definition, which then restores the values."""

    calculated: bool = False
    hubspots: bool = False
    """HubSpot added it to this account's type, and it cannot be archived."""


PIPELINE_PROPERTIES = (("hs_pipeline", "Pipeline"), ("hs_pipeline_stage", "Pipeline stage"))
"""What a custom object gets with its first pipeline, and keeps."""


@dataclass(frozen=True, slots=True)
class Calculated:
    """A property that a formula gives its value."""

    name: str
    type: str
    formula: Formula


class OwnGroup(msgspec.Struct, rename="camel", omit_defaults=True):
    """A property group that the account added, renamed or took away."""

    name: str
    label: str
    display_order: int = -1
    archived: bool = False


class Definitions:
    """Reads are from memory; `put`, `add` and `put_group` write."""

    def __init__(self, store: Store, drawer: Drawer) -> None:
        self._drawer = drawer
        self._known: dict[str, Mapping[str, Property]] = {}
        self._formulas: dict[str, tuple[Calculated, ...]] = {}
        self._sensitive: dict[str, dict[str, str]] = {}
        self._unique: dict[str, tuple[str, ...]] = {}
        self._columns: dict[tuple[str, str], Column] = {}
        caches = (self._known, self._formulas, self._sensitive, self._unique, self._columns)
        store.on_rollback += [cache.clear for cache in caches]

    def all(self, type_id: str) -> Mapping[str, Property]:
        """Every live definition of that object type by name."""
        known = self._known.get(type_id)
        if known is None:
            hubspots = self.built_in(type_id)
            live = (one for one in self.own(type_id).values() if one.archived is None)
            known = self._known[type_id] = {
                **hubspots,
                **{one.name: _fact(one, hubspots.get(one.name)) for one in live},
            }
        return known

    def get(self, type_id: str, name: str) -> Property | None:
        return self.all(type_id).get(name)

    def formulas(self, type_id: str) -> tuple[Calculated, ...]:
        """The calculated properties, each after those that it reads."""
        known = self._formulas.get(type_id)
        if known is None:
            known = self._formulas[type_id] = tuple(_in_order(self.own(type_id)))
        return known

    def unique(self, type_id: str) -> tuple[str, ...]:
        """The properties of which no two live records have the same value, by their definitions."""
        known = self._unique.get(type_id)
        if known is None:
            named = self.all(type_id).items()
            known = self._unique[type_id] = tuple(name for name, definition in named if definition.unique)
        return known

    def column(self, kind: ObjectType, name: str) -> Column:
        """That of a (defined) property on the table of live records."""
        known = self._columns.get((kind.id, name))
        if known is None:
            known = self._columns[kind.id, name] = column(kind, self.all(kind.id)[name])
        return known

    def sensitive(self, type_id: str) -> Mapping[str, str]:
        """The live properties that not everybody may read: `sensitive` or `highly_sensitive`, by name."""
        known = self._sensitive.get(type_id)
        if known is None:
            known = self._sensitive[type_id] = {
                name: one.data_sensitivity
                for name, one in self.own(type_id).items()
                if one.archived is None and one.data_sensitivity != NOT_SENSITIVE
            }
        return known

    def own(self, type_id: str) -> Mapping[str, OwnProperty]:
        """What the account added or changed, archived ones too."""
        return self._drawer.all(PROPERTY, type_id, OwnProperty)

    def put(self, type_id: str, definition: OwnProperty) -> None:
        """Adds a definition; one of that name is replaced."""
        self._drawer.put(PROPERTY, type_id, definition.name, definition)
        self._forget(type_id)

    def forget(self, type_id: str) -> None:
        """Takes away everything the account defined on that type."""
        self._drawer.drop_all(PROPERTY, type_id)
        self._drawer.drop_all(GROUP, type_id)
        self._drawer.drop_all(RULES, type_id)
        self._forget(type_id)

    def add(self, type_id: str, fact: Property, at: int) -> None:
        """Adds a custom property told as a fact; one of that name is replaced."""
        own = as_own(fact)
        own.form_field, own.created, own.updated = True, at, at
        self.put(type_id, own)

    def as_dict(self, type_id: str, name: str, *, archived: bool = False) -> dict[str, Any] | None:
        """One definition as HubSpot sends it."""
        own, hubspots = self.own(type_id).get(name), self.built_in(type_id).get(name)
        if own is None and hubspots is not None:
            own = as_own(hubspots)
        if own is None or (own.archived is not None) != archived:
            return None
        return body(own, hubspots)

    def as_dicts(
        self, type_id: str, *, archived: bool = False, sensitivity: str = "non_sensitive"
    ) -> list[dict[str, Any]]:
        """The definitions of one sensitivity as HubSpot sends them, by name."""
        names = sorted(self.own(type_id) if archived else self.all(type_id))
        every = (self.as_dict(type_id, name, archived=archived) for name in names)
        return [one for one in every if one is not None and one["dataSensitivity"] == sensitivity]

    def _forget(self, type_id: str) -> None:
        self._known.pop(type_id, None)
        self._formulas.pop(type_id, None)
        self._sensitive.pop(type_id, None)
        self._unique.pop(type_id, None)
        for key in [key for key in self._columns if key[0] == type_id]:
            del self._columns[key]

    # Groups

    def groups(self, type_id: str) -> dict[str, OwnGroup]:
        """The live groups by name: HubSpot's, the account's, and any that some definition names."""
        own = self._drawer.all(GROUP, type_id, OwnGroup)
        labels = dict(load.property_groups(type_id)) if type_id in _standard() else {}
        for definition in self.all(type_id).values():
            labels.setdefault(definition.group, _label(definition.group))
        known = {name: OwnGroup(name, label) for name, label in labels.items()} | dict(own)
        return {name: known[name] for name in sorted(known) if not known[name].archived}

    def built_in(self, type_id: str) -> Mapping[str, Property]:
        """HubSpot's own definitions; custom objects have what every type has."""
        if type_id.startswith("2-"):
            return load.common_properties(self.main_group(type_id))
        return load.properties(type_id)

    def main_group(self, type_id: str) -> str:
        """The group of a type's main properties."""
        if type_id in _standard():
            return next(iter(load.property_groups(type_id)))
        return next(iter(self._drawer.all(GROUP, type_id, OwnGroup)), "information")

    def put_group(self, type_id: str, group: OwnGroup) -> None:
        self._drawer.put(GROUP, type_id, group.name, group)

    # Validation rules

    def rules(self, type_id: str) -> Mapping[str, list[Rule]]:
        """The rules of every property that has some."""
        return self._drawer.all(RULES, type_id, list[Rule])

    def put_rules(self, type_id: str, name: str, rules: list[Rule]) -> None:
        self._drawer.put(RULES, type_id, name, rules)


def _in_order(own: Mapping[str, OwnProperty]) -> Iterator[Calculated]:
    waiting = {one.name: one for one in _calculated(own)}
    while waiting:
        ready = [
            one for one in waiting.values() if waiting.keys().isdisjoint({*one.formula.names} - {one.name})
        ]
        # Formulas that read one another in a circle are refused; should there be some, any order does.
        for one in ready or list(waiting.values()):
            yield waiting.pop(one.name)


def _calculated(own: Mapping[str, OwnProperty]) -> Iterator[Calculated]:
    for one in own.values():
        if one.archived is None and one.calculation_formula:
            # A state file may have a formula from before they were read.
            with suppress(BadFormula):
                yield Calculated(one.name, one.type, parsed(one.calculation_formula))


def _standard() -> frozenset[str]:
    return frozenset(kind.id for kind in load.object_types())


def _label(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _fact(own: OwnProperty, hubspots: Property | None) -> Property:
    """What the rest of the emulator goes by."""
    return Property(
        name=own.name,
        label=own.label,
        type=own.type,
        field_type=own.field_type,
        group=own.group_name,
        description=own.description,
        options=tuple(
            Option(value=one.value, label=one.label, order=one.display_order, hidden=one.hidden)
            for one in own.options
        ),
        calculated=own.calculated,
        read_only=hubspots is not None and hubspots.read_only,
        unique=own.has_unique_value,
        hidden=own.hidden,
        external_options=own.external_options,
        source="the account",
        grade=Grade.ASSUMED,
    )


def body(own: OwnProperty, hubspots: Property | None = None) -> dict[str, Any]:
    """Key order as in a recorded create-property answer."""
    shown: dict[str, Any] = {
        "updatedAt": moments.text(own.updated),
        "createdAt": moments.text(own.created),
        "archivedAt": None if own.archived is None else moments.text(own.archived),
        "name": own.name,
        "label": own.label,
        "type": own.type,
        "fieldType": own.field_type,
        "description": own.description,
        "groupName": own.group_name,
        "options": [_option(one) for one in own.options],
        "createdUserId": own.created_by,
        "updatedUserId": own.updated_by,
        "referencedObjectType": own.referenced_object_type,
        "displayOrder": own.display_order,
        "calculated": own.calculated,
        "externalOptions": own.external_options,
        "archived": own.archived is not None,
        "hasUniqueValue": own.has_unique_value,
        "hidden": own.hidden,
        "hubspotDefined": True if own.hubspots or hubspots else None,
        "showCurrencySymbol": own.show_currency_symbol,
        "currencyPropertyName": own.currency_property_name,
        "numberDisplayHint": own.number_display_hint,
        "textDisplayHint": own.text_display_hint,
        "modificationMetadata": {
            "archivable": hubspots is None and not own.hubspots,
            "readOnlyDefinition": hubspots is not None or own.hubspots,
            "readOnlyValue": own.calculated or (hubspots is not None and hubspots.read_only),
        },
        "formField": own.form_field,
        "calculationFormula": own.calculation_formula,
        "dataSensitivity": own.data_sensitivity,
    }
    return {key: value for key, value in shown.items() if value is not None}


def _option(option: OwnOption) -> dict[str, Any]:
    shown = {
        "label": option.label,
        "value": option.value,
        "description": option.description,
        "displayOrder": option.display_order,
        "hidden": option.hidden,
    }
    return {key: value for key, value in shown.items() if value is not None}


def current(definitions: Definitions, type_id: str, name: str) -> OwnProperty:
    """A live definition in the form that can be changed; KeyError if there is none."""
    own = definitions.own(type_id).get(name)
    if own is not None and own.archived is None:
        return msgspec.structs.replace(own)
    return as_own(definitions.all(type_id)[name])


def pipeline_property(name: str, label: str, group: str) -> OwnProperty:
    """The property of a custom object that says where in a pipeline a record is."""
    return OwnProperty(
        name=name,
        label=label,
        type="enumeration",
        field_type="select",
        group_name=group,
        external_options=True,
        hubspots=True,
    )


def as_own(fact: Property) -> OwnProperty:
    """One of HubSpot's definitions in the form in which the account may change it."""
    return OwnProperty(
        name=fact.name,
        label=fact.label,
        type=fact.type,
        field_type=fact.field_type,
        group_name=fact.group,
        description=fact.description,
        options=[OwnOption(o.label, o.value, None, o.order, o.hidden) for o in fact.options],
        has_unique_value=fact.unique,
        hidden=fact.hidden,
        external_options=fact.external_options,
        calculated=fact.calculated,
    )
