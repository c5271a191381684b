"""Validation rules of properties.

https://developers.hubspot.com/docs/api-reference/latest/crm/properties/property-validations
"""

from __future__ import annotations

from typing import Any

import msgspec

from hubwire.catalogue.facts import ObjectType
from hubwire.emulator import refusals, render
from hubwire.emulator.exchange import Answer, Asked
from hubwire.emulator.portal import Portal
from hubwire.emulator.property_forms import no_such_property
from hubwire.emulator.rules import ARGUMENTS, Rule, arguments_fit, fits_field
from hubwire.emulator.shapes import decode


class RuleInput(msgspec.Struct, rename="camel"):
    rule_arguments: list[str]
    should_apply_normalization: bool | None = None


def list_(portal: Portal, asked: Asked) -> Answer:
    """GET …/{objectTypeId}: the rules of every property that has some."""
    kind = portal.kind(asked.places["objectType"])
    results = [
        {"propertyName": name, "propertyValidationRules": [_body(rule) for rule in rules]}
        for name, rules in portal.definitions.rules(kind.id).items()
    ]
    return render.answer({"results": results})


def of_property(portal: Portal, asked: Asked) -> Answer:
    """GET …/{propertyName}."""
    kind, name = _property(portal, asked)
    return render.answer({"results": [_body(rule) for rule in _rules(portal, kind, name)]})


def read(portal: Portal, asked: Asked) -> Answer:
    """GET …/rule-type/{ruleType}."""
    kind, name = _property(portal, asked)
    wanted = asked.places["ruleType"]
    for rule in _rules(portal, kind, name):
        if rule.rule_type == wanted:
            return render.answer(_body(rule))
    raise refusals.nothing_there(
        f"Property {name} has no validation rule of type {wanted}", context={"ruleType": [wanted]}
    )


def set_(portal: Portal, asked: Asked) -> Answer:
    """PUT …/rule-type/{ruleType}: adds the rule, or replaces its arguments."""
    kind, name = _property(portal, asked)
    wanted = asked.places["ruleType"]
    if wanted not in ARGUMENTS:
        raise refusals.validation(f"{wanted} was not one of the allowed options: [{', '.join(ARGUMENTS)}]")
    sent = decode(asked.body, RuleInput, "PublicPropertyValidationRuleUpdate")
    if not arguments_fit(wanted, sent.rule_arguments):
        raise refusals.validation(
            f"[{', '.join(sent.rule_arguments)}] are not arguments of a validation rule of type {wanted}"
        )
    held = portal.definitions.all(kind.id)[name]
    if not fits_field(wanted, held.type, held.field_type):
        raise refusals.validation(f"A validation rule of type {wanted} does not fit the type of {name}")
    rule = Rule(wanted, sent.rule_arguments, bool(sent.should_apply_normalization))
    others = [one for one in _rules(portal, kind, name) if one.rule_type != wanted]
    portal.definitions.put_rules(kind.id, name, [*others, rule])
    return Answer(204)


def _property(portal: Portal, asked: Asked) -> tuple[ObjectType, str]:
    kind, name = portal.kind(asked.places["objectType"]), asked.places["propertyName"]
    if portal.definitions.get(kind.id, name) is None:
        raise no_such_property(name)
    return kind, name


def _rules(portal: Portal, kind: ObjectType, name: str) -> list[Rule]:
    return portal.definitions.rules(kind.id).get(name, [])


def _body(rule: Rule) -> dict[str, Any]:
    return {
        "ruleType": rule.rule_type,
        "ruleArguments": rule.rule_arguments,
        "shouldApplyNormalization": rule.should_apply_normalization,
    }


HANDLERS = {
    "validations.list": list_,
    "validations.of_property": of_property,
    "validations.read": read,
    "validations.set": set_,
}
