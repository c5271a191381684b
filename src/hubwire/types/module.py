"""The source text of a module of record classes. The same schema gives the same text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from hubwire.client.definitions import PipelineDefinition, PropertyDefinition
from hubwire.client.outcomes import LinkType
from hubwire.client.typed.labels import AssociationTypes
from hubwire.client.typed.record import TypedRecord
from hubwire.types.model import AccountTypes, Kind, ObjectTypes
from hubwire.types.names import attribute, exact, literal, pascal, remark, unique

HEAD = '''"""What records of the HubSpot account hold. Written by `hubwire types`, not by hand."""

# ruff: noqa: E501
# fmt: off

from __future__ import annotations

from typing import Literal

from hubwire.client.typed import (
{names}
)
'''
PLAIN = {"number": "Number", "date": "Date", "datetime": "Datetime", "bool": "Bool"}
TRUTH = {"true", "false"}
PIPELINE, STAGE = ("pipeline", "hs_pipeline"), ("dealstage", "hs_pipeline_stage")
RESERVED = frozenset(dir(TypedRecord))
TAKEN = frozenset(
    {"Literal", "TypedRecord", "ReadOnly", "Choice", "Choices", "Other", *PLAIN.values(), "Text"}
)

Options = list[tuple[str, str]]
"""Value and label of each."""


def source(account: AccountTypes) -> str:
    """The whole module."""
    taken = set(TAKEN | {"AssociationTypes", "LinkType", "annotations"})
    classes = {}
    # The account's own object types come first to the names they want.
    for each in sorted(account.objects, key=lambda each: not each.kind.custom):
        name = unique(pascal(each.kind.singular, "Custom"), taken)
        classes[each.kind.id] = name
        taken.add(name)
    body: list[str] = []
    for each in account.objects:
        body += _object(each, classes[each.kind.id], taken)
    kinds = {each.kind.id: each.kind for each in account.objects}
    for (start, end), types in account.links.items():
        name = unique(f"{classes[start]}To{classes[end]}", taken)
        taken.add(name)
        body += _links(name, kinds[start], kinds[end], types)
    text = "\n".join(body)
    used = [
        name for name in _importable() if re.search(rf"^(?:class|    \w+\W).*\b{name}\b[\[(,)]", text, re.M)
    ]
    names = "\n".join(f"    {name}," for name in used)
    return f"{HEAD.format(names=names)}{text}\n"


def _importable() -> list[str]:
    return sorted({*TAKEN - {"Literal", "Other"}, "AssociationTypes", "LinkType"})


def _object(each: ObjectTypes, name: str, taken: set[str]) -> Iterator[str]:
    """The choices of an object's enumerations, then its class."""
    lines: list[str] = []
    attributes: set[str] = set(RESERVED)
    for definition in each.properties:
        made = _field(each, definition)
        options = made[1]
        choice = ""
        if options:
            choice = unique(f"{name}{pascal(definition.name, 'Property')}", taken)
            taken.add(choice)
            yield from _choices(choice, options)
        # Names that the lines of a class use must mean the same in it.
        own = exact(definition.name, attributes | taken)
        attributes.add(own)
        lines.append(_attribute(own, definition, made[0], choice))
    yield "\n"
    yield f"class {name}(TypedRecord, kind={literal(each.kind.name)}):"
    yield f'    """{remark(each.kind.plural)} ({each.kind.id})."""\n'
    yield "    __slots__ = ()\n"
    yield from lines


def _attribute(own: str, definition: PropertyDefinition, kind: str, choice: str) -> str:
    label = remark(definition.label)
    told = f"  # {label}" if label and label.lower() != definition.name.replace("_", " ").lower() else ""
    shown = literal(definition.name)
    made = f"{kind}({shown}, {choice})" if choice else f"{kind}({shown})"
    typed = f"{kind}[{choice}]" if choice else kind
    if definition.read_only or definition.name == "hs_object_id":
        bare = f"{typed}({shown}, {choice})" if choice else made
        return f"    {own} = ReadOnly({bare}){told}"
    return f"    {own}: {typed} = {made}{told}"


def _field(each: ObjectTypes, definition: PropertyDefinition) -> tuple[str, Options]:
    """The class of the attribute, and the choices it has."""
    if definition.type in PLAIN:
        return PLAIN[definition.type], []
    if each.pipelines and definition.name in (*PIPELINE, *STAGE):
        return "Choice", list(_of_pipelines(each.pipelines, stages=definition.name in STAGE))
    if definition.type != "enumeration" or definition.external_options:
        return "Text", []
    values = sorted({option.value: option.label for option in definition.options if option.value}.items())
    if {value for value, _ in values} == TRUTH:
        return "Bool", []
    if not values:
        return "Text", []
    return ("Choices" if definition.field_type == "checkbox" else "Choice"), values


def _of_pipelines(pipelines: Iterable[PipelineDefinition], *, stages: bool) -> Iterator[tuple[str, str]]:
    for pipeline in pipelines:
        if not stages:
            yield pipeline.id, pipeline.label
            continue
        for stage in sorted(pipeline.stages, key=lambda one: (one.display_order or 0, one.id)):
            yield stage.id, f"{pipeline.label}: {stage.label}"


def _choices(name: str, options: Options) -> Iterator[str]:
    yield f"\n{name} = Literal["
    for value, label in options:
        told = f"  # {remark(label)}" if label and label != value else ""
        yield f"    {literal(value)},{told}"
    yield "]"


def _links(name: str, start: Kind, end: Kind, types: Iterable[LinkType]) -> Iterator[str]:
    yield "\n"
    yield f"class {name}(AssociationTypes):"
    yield f'    """From {remark(start.plural)} to {remark(end.plural)}."""\n'
    yield f"    FROM, TO = {literal(start.name)}, {literal(end.name)}\n"
    attributes = set(dir(AssociationTypes))
    for each in types:
        own = attribute(each.label or "unlabeled", attributes, f"type_{each.type_id}")
        attributes.add(own)
        label = f", {literal(each.label)}" if each.label else ""
        yield f"    {own} = LinkType({literal(each.category)}, {each.type_id}{label})"
