"""The ids of a plain batch read, straight from its body to numbers."""

from __future__ import annotations

from typing import Literal

import msgspec

Names = tuple[str, ...]
BEYOND = 10**15


class One(msgspec.Struct, gc=False):
    id: int


class Several(msgspec.Struct):
    """A batch that asks for nothing special; others do not fit."""

    inputs: list[One]
    properties: Names | None = None
    propertiesWithHistory: Literal[None] = None
    idProperty: Literal[None] = None


_decode = msgspec.json.Decoder(Several, strict=False).decode


def numbers_of(body: bytes) -> tuple[list[int], Names] | None:
    """The numbers and the properties to tell; None for a body that is to be read in full.

    Ids that are not written as records' numbers are (`007`, `7.0`, `7e1`) are no numbers here.
    """
    # An id that is no row of digits has a sign, a point or an exponent: the first no record has.
    if b"." in body or b"\\" in body:
        return None
    try:
        wanted = _decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    names = wanted.properties or ()
    exponents = body.count(b"e") + body.count(b"E")
    if exponents:
        # Those of the names, and of `properties` itself.
        exponents -= sum(name.count("e") + name.count("E") for name in names) + 2
        if exponents:
            return None
    numbers = [one.id for one in wanted.inputs]
    return None if not numbers or max(numbers) >= BEYOND else (numbers, names)
