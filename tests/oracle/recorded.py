"""Compares an answer with one recorded from the live service: keys, their order, the kind of every value.

The recordings are not part of this repository. They are looked for in `HUBWIRE_RECORDED`, else in
`shared/recorded` beside the checkout.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parents[2]
FOLDER = Path(os.environ.get("HUBWIRE_RECORDED") or CHECKOUT.parent / "shared" / "recorded")

KINDS = {
    "moment": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z",
    "uuid": r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    "boolean text": r"true|false",
    "digits": r"\d+",
}

PERSONAL = ("email", "firstName", "lastName")
"""Of owners: whatever the account's people are called."""


def load(name: str) -> Any:
    return json.loads((FOLDER / name).read_text("utf-8"))


def differences(recorded: Any, told: Any, where: str = "") -> Iterator[str]:
    """Every place where `told` is not of the recorded shape, as `path: what`. List items share one path.

    Texts have to be equal but for their numbers, those of `PERSONAL` excepted.
    """
    if isinstance(recorded, dict) and isinstance(told, dict):
        yield from _of_objects(recorded, told, where)
    elif isinstance(recorded, list) and isinstance(told, list):
        if len(recorded) != len(told):
            yield f"{where}: {len(told)} items, recorded {len(recorded)}"
        for one, other in zip(recorded, told, strict=False):
            yield from differences(one, other, f"{where}[]")
    elif kind(recorded) != kind(told) and not (
        isinstance(told, str) and where.rpartition(".")[2] in PERSONAL
    ):
        yield f"{where}: {kind(told)}, recorded {kind(recorded)}"


def _of_objects(recorded: dict[str, Any], told: dict[str, Any], where: str) -> Iterator[str]:
    here = f"{where}." if where else ""
    yield from (f"{here}{name}: missing" for name in recorded if name not in told)
    yield from (f"{here}{name}: not in the recording" for name in told if name not in recorded)
    both = [name for name in recorded if name in told]
    if both != [name for name in told if name in recorded]:
        yield f"{where or 'body'}: keys in another order"
    for name in both:
        yield from differences(recorded[name], told[name], f"{here}{name}")


def kind(value: Any) -> str:
    """What a value is; of a text, what it looks like, numbers and times left out."""
    if not isinstance(value, str):
        return {dict: "object", list: "list", type(None): "null", bool: "boolean"}.get(type(value), "number")
    for name, pattern in KINDS.items():
        if re.fullmatch(pattern, value):
            return name
    return re.sub(r"\d+", "#", re.sub(r"https://app(-\w+)?\.", "https://app.", value))
