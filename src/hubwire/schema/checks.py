"""What is wrong with a declaration, before any account is asked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from hubwire.catalogue import load
from hubwire.errors import ConfigError
from hubwire.schema.declared import (
    FIELDS,
    SENSITIVITIES,
    CustomObject,
    Label,
    Objects,
    Pipeline,
    Property,
    Schema,
)

OBJECT_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,49}", re.ASCII)
NAME = re.compile(r"[a-z][a-z0-9_]{0,99}", re.ASCII)
LABEL_NAME = re.compile(r"[^\W\d][^\W]*")


def check(schema: Schema) -> None:
    """Raises a `ConfigError` that lists every fault and where it is."""
    faults = list(_faults(schema))
    if faults:
        raise ConfigError("the schema cannot be used:\n" + "\n".join(f"  {fault}" for fault in faults))


def _faults(schema: Schema) -> Iterator[str]:
    yield from _twice("custom", [each.name.lower() for each in schema.custom])
    yield from _twice("objects", [each.name.lower() for each in schema.standard])
    for own in schema.custom:
        where = f"custom.{own.name}"
        yield from _custom(where, own)
        yield from _common(where, own)
    for kind in schema.standard:
        where = f"objects.{kind.name}"
        if load.object_type(kind.name) is None:
            yield f"{where}: no object type of HubSpot's; an own one is declared as custom.{kind.name}"
        yield from _common(where, kind)
    for place, label in enumerate(schema.labels, 1):
        yield from _label(f"labels, number {place}", label)


def _custom(where: str, own: CustomObject) -> Iterator[str]:
    if not OBJECT_NAME.fullmatch(own.name):
        yield f"{where}: a name has up to 50 letters, digits and underscores, and starts with a letter"
    declared = {each.name for each in own.properties if not each.absent}
    roles = {
        "primary": [own.primary] if own.primary else [],
        "secondary": own.secondary,
        "searchable": own.searchable,
        "required": own.required,
    }
    for role, names in roles.items():
        for name in names:
            if name not in declared and not name.startswith("hs_") and name != "hubspot_owner_id":
                yield f"{where}.{role}: {name} is not among its properties"


def _common(where: str, kind: Objects) -> Iterator[str]:
    yield from _twice(f"{where}.properties", [each.name for each in kind.properties])
    for each in kind.properties:
        yield from _property(f"{where}.properties.{each.name}", each)
    for group in kind.groups:
        if not NAME.fullmatch(group.name):
            yield f"{where}.groups.{group.name}: {_name_rule}"
    for pipeline in kind.pipelines:
        yield from _pipeline(f"{where}.pipelines.{pipeline.id}", pipeline, deals=_type_id(kind) == "0-3")


_name_rule = "a name has lower-case letters, digits and underscores, and starts with a letter"


def _property(where: str, each: Property) -> Iterator[str]:
    if not NAME.fullmatch(each.name):
        yield f"{where}: {_name_rule}"
    if each.absent:
        return
    if each.kind not in FIELDS:
        yield f"{where}.type: {each.kind} is none of {', '.join(FIELDS)}"
        return
    if each.field and (each.type or each.options) and each.field not in FIELDS[each.kind]:
        yield f"{where}.field: {each.kind} takes {', '.join(FIELDS[each.kind])}, not {each.field}"
    if each.sensitivity and each.sensitivity not in SENSITIVITIES:
        yield f"{where}.sensitivity: {each.sensitivity} is none of {', '.join(SENSITIVITIES)}"
    if each.options and each.kind != "enumeration":
        yield f"{where}.options: only an enumeration has options, not {each.kind}"
    yield from _twice(f"{where}.options", [option.value for option in each.choices])
    yield from _twice(f"{where}.options, labels", [one.label for one in each.choices if one.label])
    if any(not option.value or ";" in option.value for option in each.choices):
        yield f"{where}.options: a value is not empty and has no ';', which joins several"


def _pipeline(where: str, pipeline: Pipeline, *, deals: bool) -> Iterator[str]:
    if not pipeline.stages:
        yield f"{where}: a pipeline has at least one stage"
    yield from _twice(f"{where}.stages", [stage.id for stage in pipeline.stages])
    for stage in pipeline.stages:
        chance = stage.probability
        if chance is not None and not 0 <= chance <= 1:
            yield f"{where}.stages.{stage.id}: probability is from 0.0 to 1.0"
        if deals and chance is None:
            yield f"{where}.stages.{stage.id}: a stage of deals needs a probability, from 0.0 to 1.0"


def _label(where: str, label: Label) -> Iterator[str]:
    for name, text in (("from", label.from_), ("to", label.to), ("label", label.label)):
        if not text.strip():
            yield f"{where}: {name} is empty"
    if label.name and not LABEL_NAME.fullmatch(label.name):
        yield f"{where}: a name has no hyphens or spaces, and does not start with a digit"


def _twice(where: str, names: Sequence[str] | Iterable[str]) -> Iterator[str]:
    names = list(names)
    for name in dict.fromkeys(names):
        if names.count(name) > 1:
            yield f"{where}: {name} is declared {names.count(name)} times"


def _type_id(kind: Objects) -> str:
    known = None if isinstance(kind, CustomObject) else load.object_type(kind.name)
    return known.id if known else ""
