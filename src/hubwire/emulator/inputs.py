"""What the controls are told, and how they refuse it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import msgspec

from hubwire.emulator.exchange import Asked, Refusal

S = TypeVar("S")


class Input(msgspec.Struct, forbid_unknown_fields=True):
    """What a control may be told; a misspelt name is refused."""


def read(asked: Asked, shape: type[S]) -> S:
    """The body; none is an empty one."""
    try:
        return msgspec.json.decode(asked.body or b"{}", type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError) as error:
        raise bad(str(error)) from None


def tried(act: Callable[[], S]) -> S:
    """What is refused as ValueError, refused as an answer."""
    try:
        return act()
    except ValueError as error:
        raise bad(str(error)) from None


def bad(why: str) -> Refusal:
    return Refusal(400, f"hubwire emulator: {why}.", category="VALIDATION_ERROR")


def missing(why: str) -> Refusal:
    return Refusal(404, f"hubwire emulator: {why}.", category="OBJECT_NOT_FOUND")
