"""What a property definition may say, on creation and on change.

https://developers.hubspot.com/docs/guides/api/crm/properties; what a live account refused in September and
October 2026: https://github.com/scopiousdigital/kalup (docs/hubspot.md). Texts that neither has are ours.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from hubwire.catalogue import load
from hubwire.catalogue.facts import Property
from hubwire.emulator import refusals
from hubwire.emulator.definitions import Definitions, OwnOption, OwnProperty
from hubwire.emulator.exchange import Refusal
from hubwire.emulator.formulas import BadFormula, parsed

FIELDS: dict[str, tuple[str, ...]] = {
    "bool": ("booleancheckbox", "calculation_equation"),
    "enumeration": ("booleancheckbox", "checkbox", "radio", "select", "calculation_equation"),
    "date": ("date",),
    "datetime": ("date",),
    "string": ("file", "text", "textarea", "calculation_equation", "html", "phonenumber"),
    "number": ("number", "calculation_equation"),
    "phone_number": ("phonenumber", "text"),
}
"""Which form fields go with which type; `object_coordinates` and `json` are HubSpot's own."""

SENSITIVITIES = ("non_sensitive", "sensitive", "highly_sensitive")
NAME = re.compile(r"[a-z][a-z0-9_]{0,99}", re.ASCII)


class Form(msgspec.Struct, rename="camel", kw_only=True):
    """What both a creation and a change may bring. `null` is like not saying anything."""

    options: list[OwnOption] | None = None
    description: str | None = None
    display_order: int | None = None
    hidden: bool | None = None
    form_field: bool | None = None
    calculation_formula: str | None = None
    show_currency_symbol: bool | None = None
    currency_property_name: str | None = None
    number_display_hint: str | None = None
    text_display_hint: str | None = None


class NewProperty(Form, rename="camel", kw_only=True):
    name: str
    label: str
    type: str
    field_type: str
    group_name: str
    has_unique_value: bool | None = None
    external_options: bool | None = None
    referenced_object_type: str | None = None
    data_sensitivity: str | None = None


class PropertyChange(Form, rename="camel", kw_only=True):
    label: str | None = None
    type: str | None = None
    field_type: str | None = None
    group_name: str | None = None


def created(
    definitions: Definitions, type_id: str, sent: NewProperty, at: int, user: str, *, grouped: bool = True
) -> OwnProperty:
    """The definition as it would be stored, or a refusal. One that was archived comes back with its age."""
    if sent.name in definitions.all(type_id):
        raise name_taken(sent.name)
    if not NAME.fullmatch(sent.name):
        raise refusals.validation(
            f"Property name {sent.name} is not valid: it starts with a lower-case letter and has lower-case"
            " letters, digits and underscores only",
            context={"propertyName": [sent.name]},
        )
    said = {name: value for name, value in _said(sent).items() if value is not None}
    own = OwnProperty(**{**said, "created": at, "updated": at, "created_by": user, "updated_by": user})
    _calculate(own)
    if sent.type == "bool" and {one.value for one in sent.options or ()} != {"true", "false"}:
        raise refusals.validation(
            f"The options of the bool property {own.name} must be exactly true and false",
            subCategory="PropertyValidationError.INVALID_BOOLEAN_OPTION",
        )
    if sent.type == "enumeration" and sent.options is None and not own.external_options:
        raise refusals.validation(f"The enumeration property {own.name} needs options")
    checked(definitions, type_id, own, grouped=grouped)
    if own.has_unique_value:
        _few_unique(definitions, type_id)
    if (before := definitions.own(type_id).get(own.name)) is not None:
        own.created, own.created_by = before.created, before.created_by
    return own


def changed(
    definitions: Definitions, type_id: str, own: OwnProperty, sent: PropertyChange, at: int, user: str
) -> OwnProperty:
    """The definition after a change: what is not said stays; options are replaced as a whole."""
    said = {name: value for name, value in _said(sent).items() if value is not None}
    built_in = definitions.all(type_id)[own.name] if is_hubspots(definitions, type_id, own) else None
    if built_in is not None:
        _may_change(built_in, own, said)
    if own.currency_property_name is not None and said.get("show_currency_symbol") is False:
        raise refusals.validation(
            f"{own.name} has a currency property: its currency symbol cannot be switched off",
            subCategory="PropertyValidationError.ONLY_CURRENCY_PROPERTIES_CAN_SPECIFY_CURRENCY",
        )
    after = msgspec.structs.replace(own, **said, updated=at, updated_by=user)
    if built_in is None:
        _calculate(after)
    checked(definitions, type_id, after)
    return after


def is_hubspots(definitions: Definitions, type_id: str, own: OwnProperty) -> bool:
    """It is HubSpot's, so neither archived nor redefined."""
    return own.hubspots or own.name in definitions.built_in(type_id)


def _said(sent: Form) -> dict[str, Any]:
    return {name: getattr(sent, name) for name in sent.__struct_fields__}


def _calculate(own: OwnProperty) -> None:
    if own.calculation_formula is not None:
        # A formula makes the field calculated, whatever was sent.
        own.field_type = "calculation_equation"
    own.calculated = own.field_type == "calculation_equation"


def _may_change(built_in: Property, own: OwnProperty, said: Mapping[str, Any]) -> None:
    """Of HubSpot's own definitions only choices and place may be changed."""
    free = {"options", "group_name", "display_order"}
    fixed = [name for name, value in said.items() if name not in free and value != getattr(own, name)]
    if fixed or ("options" in said and (built_in.type != "enumeration" or built_in.external_options)):
        raise refusals.validation(
            f'Property "{own.name}" is defined by HubSpot: its definition is read-only',
            context={"propertyName": [own.name]},
            subCategory="PropertyValidationError.READ_ONLY_DEFINITION",
        )


def checked(definitions: Definitions, type_id: str, own: OwnProperty, *, grouped: bool = True) -> None:
    """Refuses what does not go together."""
    _type_and_field(own)
    _options(own, hubspots=is_hubspots(definitions, type_id, own))
    if own.data_sensitivity not in SENSITIVITIES:
        raise refusals.validation(
            f"{own.data_sensitivity} was not one of the allowed options: [{', '.join(SENSITIVITIES)}]"
        )
    if grouped and own.group_name not in definitions.groups(type_id):
        raise refusals.validation(
            f"Property group {own.group_name} does not exist", context={"groupName": [own.group_name]}
        )
    if own.currency_property_name is not None and not own.show_currency_symbol:
        raise refusals.validation(
            f"{own.name} shows no currency symbol, so it can name no currency property",
            subCategory="PropertyValidationError.ONLY_CURRENCY_PROPERTIES_CAN_SPECIFY_CURRENCY",
        )
    for hint in (own.number_display_hint, own.text_display_hint):
        if hint == "":
            raise refusals.validation(f"A display hint of {own.name} must not be empty")
    if own.calculation_formula is not None:
        _formula(definitions, type_id, own, own.calculation_formula)


def _type_and_field(own: OwnProperty) -> None:
    if own.type not in FIELDS:
        raise refusals.validation(f"{own.type} was not one of the allowed options: [{', '.join(FIELDS)}]")
    if own.calculation_formula is None and own.field_type == "calculation_equation":
        raise refusals.validation(f"The calculated property {own.name} needs a calculationFormula")
    if own.field_type not in FIELDS[own.type]:
        raise refusals.validation(
            f"A property of type {own.type} cannot have the field type {own.field_type}:"
            f" it can have [{', '.join(FIELDS[own.type])}]"
        )


def _options(own: OwnProperty, *, hubspots: bool) -> None:
    if own.external_options:
        if own.options or not (own.referenced_object_type or hubspots):
            raise refusals.validation(
                f"{own.name} has external options: it needs a referencedObjectType and no options of its own"
            )
        return
    for texts in ([one.value for one in own.options], [one.label for one in own.options]):
        twice = sorted({text for text in texts if texts.count(text) > 1})
        if twice:
            raise refusals.validation(
                f"The options of {own.name} must be unique, but these occur twice: [{', '.join(twice)}]"
            )


def _few_unique(definitions: Definitions, type_id: str) -> None:
    most = load.limits().UNIQUE_PROPERTIES
    own = definitions.own(type_id).values()
    if sum(one.has_unique_value and one.archived is None for one in own) >= most:
        raise refusals.validation(f"An object type has at most {most} properties with unique values")


def _formula(definitions: Definitions, type_id: str, own: OwnProperty, text: str) -> None:
    try:
        names = parsed(text).names
    except BadFormula as bad:
        raise refusals.validation(f"The formula of {own.name} cannot be parsed: {text} ({bad})") from None
    for name in names:
        if name not in definitions.all(type_id) or name == own.name:
            raise no_such_property(name)
    known = {one.name: one.formula.names for one in definitions.formulas(type_id)} | {own.name: names}
    reached, seen = list(names), set[str]()
    while reached:
        name = reached.pop()
        if name == own.name:
            raise refusals.validation(f"The formula of {own.name} reads itself by way of other formulas")
        if name not in seen:
            seen.add(name)
            reached += known.get(name, ())


def users_of(definitions: Definitions, type_id: str, name: str) -> list[OwnProperty]:
    """The live calculated properties whose formula reads that property."""
    own = definitions.own(type_id)
    return [own[one.name] for one in definitions.formulas(type_id) if name in one.formula.names]


def name_taken(name: str) -> Refusal:
    """A property of that name lives already."""
    return Refusal(
        409,
        f"A property named '{name}' already exists.",
        category="OBJECT_ALREADY_EXISTS",
        subCategory="Properties.PROPERTY_WITH_NAME_EXISTS",
        context={"name": [name]},
    )


def no_such_property(name: str) -> Refusal:
    """404 for a definition."""
    return refusals.nothing_there(
        f'Property "{name}" does not exist',
        context={"propertyName": [name]},
        links={"docs": "https://developers.hubspot.com/docs/api-reference/latest/crm/properties/guide"},
        subCategory="PROPERTY_DOESNT_EXIST",
    )
