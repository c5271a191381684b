"""Reads what an account lets the records of a type hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from hubwire.catalogue import load
from hubwire.client.call import Call, call
from hubwire.client.calls import definitions
from hubwire.client.calls.shaped import Listing
from hubwire.client.definitions import PropertyDefinition
from hubwire.client.execute import execute
from hubwire.client.preflight.shape import Rule, Shape
from hubwire.client.records import decode
from hubwire.client.session import Session
from hubwire.client.validation import Validation
from hubwire.errors import Forbidden, Invalid, NotFound
from hubwire.wire.flow import Flow
from hubwire.wire.message import Reply

T = TypeVar("T")
SENSITIVE = ("sensitive", "highly_sensitive")


class _Rule(msgspec.Struct, rename="camel"):
    rule_type: str = ""
    rule_arguments: Sequence[str] = ()
    should_apply_normalization: bool = False


class _Ruled(msgspec.Struct, rename="camel"):
    property_name: str = ""
    property_validation_rules: list[_Rule] = []


class _AllRules(msgspec.Struct):
    results: list[_Ruled] = []


class _Schema(msgspec.Struct, rename="camel"):
    object_type_id: str = ""
    required_properties: list[str] = []


_rules = msgspec.json.Decoder(_AllRules)
_schema = msgspec.json.Decoder(_Schema)
_properties = msgspec.json.Decoder(Listing[PropertyDefinition])


def read_shape(session: Session, kind: str, validation: Validation) -> Flow[Shape]:
    """Four to six calls. Parts that the token may not read are left to HubSpot to judge."""
    version = session.version
    known = load.object_type(kind)
    own = _Schema(known.id if known else kind)
    if known is None:
        own = yield from execute(call("schemas.read", version, {"objectType": kind}, _read_schema), session)
    listed = yield from execute(definitions.properties(version, kind), session)
    properties = {each.name: each for each in listed.results}
    for sensitivity in SENSITIVE:
        # A list tells only those of one kind, and a property that is not listed would be refused here.
        query = [("dataSensitivity", sensitivity)]
        asked = call("properties.list", version, {"objectType": kind}, _read_properties, query=query)
        more = yield from _permitted(asked, session)
        properties |= {each.name: each for each in (more.results if more else ())}
    pipelines = yield from _permitted(definitions.pipelines(version, kind), session)
    rules = yield from _permitted(
        call("validations.list", version, {"objectType": own.object_type_id or kind}, _read_rules), session
    )
    spellings = [name for name in (kind, own.object_type_id, known and known.singular) if name]
    return Shape(
        kind=kind,
        type_id=own.object_type_id,
        properties=properties,
        pipelines=tuple(pipelines.results if pipelines else ()),
        rules=_by_property(rules),
        required=frozenset(own.required_properties),
        form=set(_named(validation.required, spellings)),
        conditions=list(_named(validation.conditional, spellings)),
        read_at=session.now(),
    )


def _permitted(asked: Call[T], session: Session) -> Flow[T | None]:
    try:
        return (yield from execute(asked, session))
    except (Forbidden, Invalid, NotFound):
        return None


def _named(by_kind: Mapping[str, Sequence[T]], spellings: Sequence[str]) -> Sequence[T]:
    return [each for spelling in spellings for each in by_kind.get(spelling, ())]


def _by_property(found: _AllRules | None) -> dict[str, list[Rule]]:
    return {
        each.property_name: [
            Rule(rule.rule_type, rule.rule_arguments, rule.should_apply_normalization)
            for rule in each.property_validation_rules
        ]
        for each in (found.results if found else ())
    }


def _read_schema(reply: Reply) -> _Schema:
    return decode(reply, _schema)


def _read_rules(reply: Reply) -> _AllRules:
    return decode(reply, _rules)


def _read_properties(reply: Reply) -> Any:
    return decode(reply, _properties)
