"""Everything that HubSpot would refuse about the values of one write."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hubwire.client.preflight.rules import kept
from hubwire.client.preflight.shape import Shape
from hubwire.client.preflight.values import Refused, stored
from hubwire.client.validation import Deed
from hubwire.errors import InvalidProperty

STRICT = "2026-09"
"""The first version that enforces what admins require."""


def check(shape: Shape, sent: Mapping[str, str], deed: Deed, version: str) -> tuple[InvalidProperty, ...]:
    """All of it, in the order of the properties. An upsert may meet a record that has the rest already."""
    strict = version >= STRICT and version != "v3"
    good: dict[str, str] = {}
    problems = []
    for name, text in sent.items():
        try:
            good[name] = _value(shape, name, text, sent, strict)
        except Refused as refused:
            problems.append(InvalidProperty(name, refused.code, refused.text))
    if deed == "create":
        _place(shape, good)
    wrong = {problem.name for problem in problems}
    return (*problems, *_missing(shape, good, wrong, deed, strict))


def _value(shape: Shape, name: str, text: str, sent: Mapping[str, str], strict: bool) -> str:
    definition = shape.properties.get(name)
    if definition is None:
        raise Refused("PROPERTY_DOESNT_EXIST", f'Property "{name}" does not exist')
    email = name == "email" and shape.type_id == "0-1"
    value = stored(definition, text, shape.choices(name, sent), email=email, lenient=strict)
    rules = shape.rules.get(name)
    return kept(rules, value) if rules else value


def _place(shape: Shape, good: dict[str, str]) -> None:
    """A record that is born with a stage and no pipeline is in the pipeline that has the stage."""
    pipeline, stage = shape.places
    if stage and good.get(stage) and not good.get(pipeline):
        found = shape.pipeline_of(good[stage])
        if found is not None:
            good[pipeline] = found


def _missing(
    shape: Shape, good: Mapping[str, str], wrong: set[str], deed: Deed, strict: bool
) -> Iterator[InvalidProperty]:
    new = deed == "create"
    always = shape.required | (shape.form if strict and new else set())
    if wrong and not strict:
        # Before 2026-09 there is one refusal for bad values and another for missing ones.
        always = frozenset()
    for name in sorted(always - wrong):
        # What a write to an existing record does not name stays as it is there.
        if not good.get(name) and (new or name in good):
            yield InvalidProperty(name, "MISSING_REQUIRED_PROPERTY", f"A value for {name} must be provided")
    for rule in shape.conditions if strict else ():
        name = rule.property
        if name in wrong or good.get(name) or good.get(rule.on) not in rule.values:
            continue
        if new or name in good:
            text = f"{name} is required because of a conditional property rule based on [{rule.on}]"
            yield InvalidProperty(name, "MISSING_CONDITIONAL_REQUIRED_PROPERTY", text)
