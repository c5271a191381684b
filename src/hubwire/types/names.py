"""Python names for what an account calls as it likes."""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Collection


def attribute(text: str, taken: Collection[str], fallback: str) -> str:
    """`Billing contact` → `billing_contact`; a taken or reserved name gets a number or an underscore."""
    words = "_".join(_words(text)).lower()
    return _free(_start(words, fallback), taken, "_")


def exact(name: str, taken: Collection[str]) -> str:
    """A property's own name, where Python can take it."""
    plain = unicodedata.normalize("NFKC", name)
    if not plain.isidentifier():
        plain = _start("_".join(_words(plain)), "property")
    if plain.startswith("__"):
        # Python would mangle it inside a class.
        plain = "p" + plain
    return _free(plain, taken, "_")


def pascal(text: str, fallback: str) -> str:
    """`deal stage` → `DealStage`."""
    joined = "".join(word[:1].upper() + word[1:] for word in _words(text))
    return _start(joined, fallback)


def unique(name: str, taken: Collection[str]) -> str:
    """The name, with a number if it is taken."""
    return _free(name, taken, "")


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"[\W_]+", unicodedata.normalize("NFKC", text)) if word]


def _start(name: str, fallback: str) -> str:
    name = name if name.isidentifier() else f"{fallback}_{name}" if name else fallback
    return name if name.isidentifier() else fallback


def _free(name: str, taken: Collection[str], joint: str) -> str:
    if keyword.iskeyword(name):
        name += "_"
    if name not in taken:
        return name
    if joint and f"{name}_" not in taken:
        return f"{name}_"
    number = 2
    while f"{name}{joint}{number}" in taken:
        number += 1
    return f"{name}{joint}{number}"


def literal(text: str) -> str:
    """A Python string in double quotes, on one line whatever it holds."""
    shown = repr(text)
    if shown.startswith("'") and '"' not in text:
        return f'"{shown[1:-1]}"'
    return shown


def remark(text: str, longest: int = 70) -> str:
    """A text as part of a comment or docstring: one line, nothing that is not seen."""
    words = " ".join(text.split())
    shown = (
        "".join(each if each.isprintable() else "?" for each in words).replace("\\", "/").replace('"', "'")
    )
    return shown if len(shown) <= longest else shown[: longest - 1].rstrip() + "…"
