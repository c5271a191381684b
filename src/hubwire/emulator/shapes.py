"""Request bodies: their shapes, and the Jackson-style words for a body that has another shape."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

import msgspec

from hubwire.emulator import refusals
from hubwire.emulator.exchange import Refusal

S = TypeVar("S")
Id = str | int
MESSAGE = re.compile(r"Expected `(?P<due>[^`]+)`, got `(?P<got>[^`]+)`")
MISSING = re.compile(r"Object missing required field `(?P<name>[^`]+)`")
PATH = re.compile(r" - at `(?P<path>[^`]*)`$")
STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]|\[\.\.\.\]")
BYTE = re.compile(r"byte (\d+)")
SCALAR = re.compile(rb"-?[0-9][0-9.eE+-]*|true|false")
MOST_QUOTED = 2_100
"""More than the inputs of any batch."""
TOKENS = {
    "object": ("Object value", "START_OBJECT"),
    "array": ("Array value", "START_ARRAY"),
    "str": ("String value", "VALUE_STRING"),
    "int": ("Integer value", "VALUE_NUMBER_INT"),
    "float": ("Floating-point value", "VALUE_NUMBER_FLOAT"),
    "bool": ("Boolean value", "VALUE_TRUE"),
    "null": ("Null value", "VALUE_NULL"),
}
JAVA = {"array": "java.util.ArrayList<java.lang.Object>", "str": "java.lang.String", "int": "int"}


NEWER = frozenset(
    {
        "PublicAssociationDefinitionCreateRequest",
        "PublicAssociationDefinitionUpdateRequest",
        "PublicMergeInput",
    }
)
"""Bodies of which it was observed that their gaps are told in the newer words."""


class AssociationSpec(msgspec.Struct):
    associationCategory: str
    associationTypeId: int


class ObjectRef(msgspec.Struct):
    id: Id


class NewAssociation(msgspec.Struct):
    to: ObjectRef
    types: list[AssociationSpec] | None = None


class ObjectInput(msgspec.Struct):
    """The body of a create or an update, and one input of their batches."""

    properties: dict[str, Any] | None = None
    associations: list[NewAssociation] | None = None
    objectWriteTraceId: str | None = None
    id: Id | None = None
    idProperty: str | None = None

    def values(self) -> dict[str, Any]:
        return self.properties or {}


class ChangeInput(ObjectInput, kw_only=True):
    """An input that names its record."""

    id: Id


class CreateBatch(msgspec.Struct):
    inputs: list[ObjectInput] | None = None


class ChangeBatch(msgspec.Struct):
    inputs: list[ChangeInput] | None = None


class ArchiveBatch(msgspec.Struct):
    inputs: list[ObjectRef] | None = None


class ReadBatch(msgspec.Struct):
    inputs: list[ObjectRef] | None = None
    properties: list[str] | None = None
    propertiesWithHistory: list[str] | None = None
    idProperty: str | None = None


class Filter(msgspec.Struct):
    propertyName: str | None = None
    operator: str | None = None
    value: Any = None
    values: list[Any] | None = None
    highValue: Any = None


class FilterGroup(msgspec.Struct):
    filters: list[Filter] | None = None


class Sort(msgspec.Struct):
    propertyName: str
    direction: str | None = None


class SearchBody(msgspec.Struct):
    filterGroups: list[FilterGroup] | None = None
    filters: list[Filter] | None = None
    sorts: list[str | Sort] | None = None
    query: str | None = None
    properties: list[str] | None = None
    limit: str | int | None = None
    after: str | int | None = None


class Pair(msgspec.Struct):
    to: ObjectRef
    source: ObjectRef = msgspec.field(name="from")
    types: list[AssociationSpec] | None = None
    type: str | None = None


class PairBatch(msgspec.Struct):
    inputs: list[Pair] | None = None


class Fan(msgspec.Struct):
    to: list[ObjectRef]
    source: ObjectRef = msgspec.field(name="from")


class FanBatch(msgspec.Struct):
    inputs: list[Fan] | None = None


class After(msgspec.Struct):
    id: Id
    after: str | None = None


class LinkedBatch(msgspec.Struct):
    inputs: list[After] | None = None


def decode(body: bytes, shape: type[S], name: str) -> S:
    """The body as `shape`, which HubSpot's error texts call `name`. Fractions keep their digits as text."""
    if not body.strip():
        raise refusals.body_missing()
    _only_unicode(body)
    try:
        value: S = taken(body, shape)
    except msgspec.ValidationError as error:
        if name in NEWER and (absent := _absent(body, shape)):
            raise refusals.fields_not_set(absent, body) from None
        raise _misfit(body, str(error), name) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _malformed(body, str(error)) from None
    for number, fields in enumerate(_scalar_maps(value)):
        _only_scalars(body, fields, number)
    return value


def taken(body: bytes, shape: type[S]) -> S:
    """The value. Where a text is due a number or a truth is taken as one, as Jackson takes it."""
    for _ in range(MOST_QUOTED):
        try:
            value: S = DECODERS[shape].decode(body)
        except msgspec.ValidationError as error:
            quoted = _quoted(body, str(error))
            if quoted is None:
                raise
            body = quoted
        else:
            return value
    raise refusals.validation(f"More than {MOST_QUOTED} numbers stand where texts are due")


def _quoted(body: bytes, message: str) -> bytes | None:
    """The body with the scalar in quotes that the message says is no text; None if it says something else."""
    match, path = MESSAGE.search(message), PATH.search(message)
    if not match or not path or match["due"].split(" |")[0] != "str":
        return None
    at = locate(body, _steps(path["path"]))
    found = SCALAR.match(body, at) if at is not None else None
    return body[: found.start()] + b'"' + found[0] + b'"' + body[found.end() :] if found else None


def _steps(path: str) -> list[str | int]:
    return [step[1] if step[1] else int(step[2] or 0) for step in STEP.finditer(path)]


def _only_unicode(body: bytes) -> None:
    """The decoder does not look into what it passes over or keeps as it is."""
    if not body.isascii():
        try:
            body.decode()
        except UnicodeDecodeError as error:
            raise _malformed(body, f"byte {error.start}") from None


class _Decoders(dict[Any, msgspec.json.Decoder[Any]]):
    """A number or a truth may stand in quotes, as with Jackson: a search's limit was recorded so, and
    connectors write associationTypeId so (https://github.com/segmentio/action-destinations)."""

    def __missing__(self, shape: Any) -> msgspec.json.Decoder[Any]:
        decoder = self[shape] = msgspec.json.Decoder(shape, float_hook=str, strict=False)
        return decoder


DECODERS = _Decoders()


def _scalar_maps(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, ObjectInput):
        yield value.values()
    elif isinstance(value, CreateBatch | ChangeBatch):
        for item in value.inputs or ():
            yield item.values()


def _only_scalars(body: bytes, fields: Mapping[str, Any], number: int) -> None:
    for name, value in fields.items():
        if isinstance(value, str) and value.isascii():
            continue
        if isinstance(value, dict | list):
            got = "object" if isinstance(value, dict) else "array"
            steps: list[str | int] = ["properties", name]
            where = locate(body, steps) or locate(body, ["inputs", number, *steps]) or 0
            raise _wrong(body, where, "java.lang.String", got)
        if isinstance(value, str) and not _storable(value):
            raise _malformed(body, "byte 0")


def _storable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _absent(body: bytes, shape: type[Any]) -> list[str]:
    """Fields that `shape`, a struct, must have and the body, an object, does not."""
    try:
        there = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return []  # the wrong shape stands before what is no JSON
    needed = [field.encode_name for field in msgspec.structs.fields(shape) if field.required]
    return [name for name in needed if name not in there] if isinstance(there, dict) else []


def _misfit(body: bytes, message: str, name: str) -> Refusal:
    path = PATH.search(message)
    steps = _steps(path["path"]) if path else []
    offset = locate(body, steps) or 0
    line, column = _position(body, offset)
    if missing := MISSING.search(message):
        return refusals.invalid_input_json(
            f"Cannot build {name}, some of required attributes are not set [{missing['name']}]",
            line=line,
            column=column,
        )
    match = MESSAGE.search(message)
    due, got = (match["due"].split(" |")[0], match["got"]) if match else ("object", "object")
    java = name if not steps else JAVA.get(due, "java.lang.Object")
    return _wrong(body, offset, java, got)


def _wrong(body: bytes, offset: int, java: str, got: str) -> Refusal:
    what, token = TOKENS.get(got, TOKENS["object"])
    line, column = _position(body, offset)
    return refusals.invalid_input_json(
        f"Cannot deserialize value of type `{java}` from {what} (token `JsonToken.{token}`)",
        line=line,
        column=column,
    )


def _malformed(body: bytes, message: str) -> Refusal:
    found = BYTE.search(message)
    offset = min(int(found[1]) if found else len(body), len(body))
    line, column = _position(body, offset)
    character = body[offset : offset + 1]
    if not character:
        detail = "Unexpected end-of-input: expected close marker"
    else:
        shown = character.decode("latin-1")
        detail = f"Unexpected character ('{shown}' (code {character[0]})): was expecting a valid value"
    return refusals.invalid_input_json(detail, line=line, column=column)


def _position(body: bytes, offset: int) -> tuple[int, int]:
    before = body[:offset]
    return before.count(b"\n") + 1, offset - (before.rfind(b"\n") + 1) + 1


def locate(body: bytes, steps: list[str | int]) -> int | None:
    """The byte offset of the value that `steps` lead to in a JSON body; None where they lead nowhere."""
    text = body.decode("utf-8", "replace")
    at = _skip(text, 0)
    for step in steps:
        spot = next((spot for key, spot in _members(text, at) if key == step), None)
        if spot is None:
            return None
        at = spot
    return len(text[:at].encode())


def _members(text: str, at: int) -> Iterator[tuple[str | int, int]]:
    """Keys or numbers of the members of the object or array at `at`, and where their values start."""
    scan = json.JSONDecoder().raw_decode
    opening, number = text[at : at + 1], 0
    if opening not in ("{", "["):
        return
    at = _skip(text, at + 1)
    while at < len(text) and text[at] not in "}]":
        key: str | int = number
        if opening == "{":
            key, at = scan(text, at)
            at = _skip(text, _skip(text, at) + 1)
        yield key, at
        try:
            at = _skip(text, scan(text, at)[1])
        except (ValueError, RecursionError):
            return
        number += 1
        if text[at : at + 1] == ",":
            at = _skip(text, at + 1)


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n":
        at += 1
    return at
