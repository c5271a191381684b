"""Places that compute or compare HubSpot's webhook signatures."""

from __future__ import annotations

import re
from dataclasses import dataclass

from hubwire.lint.facts import Func
from hubwire.lint.project import Unit

_MAC = re.compile(r"createHmac|hmac\.new|HmacSHA256|subtle\.sign|hmac\.digest")
_HASH = re.compile(r"createHash|hashlib\.sha256|CryptoJS\.SHA256|\bsha256\(")
_ABOUT = re.compile(r"(?i)hub_?spot|x-hubspot-signature")


@dataclass(frozen=True, slots=True)
class Digest:
    """A function that computes a signature of HubSpot's."""

    func: Func
    text: str
    mac: bool
    """HMAC (version 3) rather than a plain hash (versions 1 and 2)."""


def find_digests(unit: Unit) -> list[Digest]:
    """Functions of a file that compute HubSpot signatures, innermost ones only."""
    low = unit.low
    if "signature" not in low or ("hmac" not in low and "sha256" not in low):
        return []
    if not _ABOUT.search(unit.code) or not (_MAC.search(unit.code) or _HASH.search(unit.code)):
        return []
    found = []
    for func in unit.facts.functions:
        body = unit.body(func)
        if not (_MAC.search(body) or _HASH.search(body)):
            continue
        near = f"{func.name} {body} {unit.path}"
        if _ABOUT.search(near) and re.search(r"(?i)signature", near):
            found.append(Digest(func, body, bool(_MAC.search(body))))
    return [
        d for d in found if not any(o.func.start > d.func.start and o.func.end <= d.func.end for o in found)
    ]


def version_of(digest: Digest, unit: Unit) -> str:
    """The signature version a function speaks of: `v1`, `v2`, `v3`, or nothing."""
    text = digest.text.lower()
    if "signature-v3" in text or "signature_v3" in text or re.search(r"v3", digest.func.name.lower()):
        return "v3"
    if "signature-version" in text or "x-hubspot-signature" in text:
        return "v1/v2"
    return ""
