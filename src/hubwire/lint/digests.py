"""Places that compute or compare HubSpot's webhook signatures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from hubwire.lint import patterns as re
from hubwire.lint.facts import Func
from hubwire.lint.project import Unit

_MAC = re.compile(r"createHmac|hmac\.new|HmacSHA256|subtle\.sign|hmac\.digest")
_HASH = re.compile(r"createHash|hashlib\.sha256|CryptoJS\.SHA256|\bsha256\(")
_MADE = (
    "createHmac", "hmac.new", "HmacSHA256", "subtle.sign", "hmac.digest", "createHash", "sha256(",
    "hashlib.sha256", "CryptoJS.SHA256",
)  # fmt: skip
_TOP = ("\ndef ", "\nclass ", "\nasync def ", "\n@")
_ABOUT = re.compile(r"(?i)hub_?spot|x-hubspot-signature")


_SINK = re.compile(
    r"(?i)create_?hmac|create_?hash|\.update$|hmac\.|hashlib\.|sha256|subtle\.(?:sign|digest|verify)|"
    r"(?:sign|signature|hash|hmac|digest)$"
)
_NAMES = re.compile(r"(?<![\w$.\"'])[A-Za-z_$][\w$]*")
HELPER = 1_500
"""Longest function, in bytes, that is taken for one that puts the signed text together."""


@dataclass(frozen=True, slots=True)
class Digest:
    """A function that computes a signature of HubSpot's."""

    func: Func
    text: str
    mac: bool
    """HMAC (version 3) rather than a plain hash (versions 1 and 2)."""


def near(unit: Unit, offset: int) -> bool:
    """Whether a definition of a Python file that computes a digest names what it would be HubSpot's by."""
    low = unit.low
    if unit.source.language == "py":
        start = max(0, *(low.rfind(word, 0, offset) for word in _TOP))
        ends = [end for word in _TOP if (end := low.find(word, offset)) >= 0]
        low = f"{unit.path.lower()} {low[start : min(ends, default=len(low))]}"
    return "signature" in low and ("hubspot" in low or "hub_spot" in low)


def _places(text: str, word: str) -> Iterator[int]:
    at = text.find(word)
    while at >= 0:
        yield at
        at = text.find(word, at + 1)


def find_digests(unit: Unit) -> list[Digest]:
    """Functions of a file that compute HubSpot signatures, innermost ones only."""
    low = unit.low
    if "signature" not in low or ("hmac" not in low and "sha256" not in low):
        return []
    text = unit.source.text
    if not any(near(unit, at) for word in _MADE for at in _places(text, word)):
        return []
    if not _ABOUT.search(unit.code) or not (_MAC.search(unit.code) or _HASH.search(unit.code)):
        return []
    found = []
    for func in unit.facts.functions:
        body = unit.body(func)
        if not (_MAC.search(body) or _HASH.search(body)):
            continue
        said = f"{func.owner} {func.name} {body} {unit.path}"
        if _ABOUT.search(said) and re.search(r"(?i)signature", said):
            found.append(Digest(func, body, bool(_MAC.search(body))))
    return [
        d for d in found if not any(o.func.start > d.func.start and o.func.end <= d.func.end for o in found)
    ]


def version_of(digest: Digest, unit: Unit) -> str:
    """The signature version a function speaks of: `v1`, `v2`, `v3`, or nothing."""
    text = digest.text.lower().replace("_", "-")
    if "signature-v3" in text or re.search(r"v3", digest.func.name.lower()):
        return "v3"
    if "signature-version" in text or "x-hubspot-signature" in text:
        return "v1/v2"
    return ""


def signed(unit: Unit, digest: Digest) -> list[tuple[int, int]]:
    """The stretches that a digest is made of: its arguments, what names in them stand for, helpers."""
    func, facts = digest.func, unit.facts
    sinks = [c for c in facts.calls_in(func.start, func.end) if _SINK.search(c.text)]
    todo = [(item.start, item.end) for call in sinks for item in call.items]
    given = [a for a in facts.assigns if func.start <= a.start < func.end]
    found: list[tuple[int, int]] = []
    names: set[str] = set()
    while todo:
        start, end = todo.pop()
        if (start, end) in found:
            continue
        found.append((start, end))
        fresh = set(_NAMES.findall(unit.code, start, end)) - names
        names |= fresh
        todo += [(a.start, a.value.end) for a in given if a.target in fresh]
        if func.start <= start < func.end:
            todo += _helpers(unit, func, start, end)
    return found or [(func.start, func.end)]


def _helpers(unit: Unit, func: Func, start: int, end: int) -> list[tuple[int, int]]:
    """Short functions of the same file that a stretch calls."""
    called = {c.text.removeprefix("self.").removeprefix("this.") for c in unit.facts.calls_in(start, end)}
    return [
        (f.start, f.end)
        for f in unit.facts.functions
        if f.name in called and f.start != func.start and f.end - f.start < HELPER
    ]
