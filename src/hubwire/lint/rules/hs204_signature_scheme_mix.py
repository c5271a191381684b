"""HS204: the header of one signature version, the digest of another."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from hubwire.lint.digests import find_digests, version_of
from hubwire.lint.finding import Confidence, Finding, Severity
from hubwire.lint.project import Unit
from hubwire.lint.rule import Rule, suggestion


class SignatureSchemeMix(Rule):
    """The signature header and the digest belong to different versions.

    Version 3 (`X-HubSpot-Signature-v3`) is an HMAC in base64; versions 1 and 2 (`X-HubSpot-Signature`) are
    plain SHA-256 in hexadecimal.

    Why: the comparison never holds, so either every delivery is refused or the check has been made
    harmless.
    Instead: version 3 throughout: HMAC-SHA-256 of method + URI + raw body + timestamp, base64.
    """

    code, name, severity = "HS204", "signature-scheme-mix", Severity.ERROR
    references = (
        "https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/request-validation",
    )
    bad: ClassVar = (
        (
            "verify.js",
            "function verifyHubspot(req) {\n"
            "  const hash = crypto.createHmac('sha256', SECRET).update(src).digest('hex');\n"
            "  return safeEqual(hash, req.headers['x-hubspot-signature-v3']);\n}\n",
        ),
        (
            "verify.py",
            "import hashlib, hmac\ndef verify_hubspot(request):\n"
            "    digest = hashlib.sha256(SECRET + request.data).hexdigest()\n"
            "    return hmac.compare_digest(digest, request.headers['X-HubSpot-Signature-v3'])\n",
        ),
    )
    good: ClassVar = (
        (
            "verify.js",
            "function verifyHubspot(req) {\n"
            "  const hash = crypto.createHmac('sha256', SECRET).update(src).digest('base64');\n"
            "  return safeEqual(hash, req.headers['x-hubspot-signature-v3']);\n}\n",
        ),
        (
            "verify.py",
            "import hashlib, hmac\ndef verify_hubspot(request):\n"
            "    digest = hashlib.sha256(SECRET + request.data).hexdigest()\n"
            "    return hmac.compare_digest(digest, request.headers['X-HubSpot-Signature'])\n",
        ),
    )

    def check(self, unit: Unit) -> Iterator[Finding]:
        """Functions whose header and digest disagree."""
        if unit.is_test:
            return
        for digest in unit.memo(find_digests):
            text = digest.text.lower()
            both = "signature-v3" in text and re.search(r"x-hubspot-signature[\"'`]", text)
            version = version_of(digest, unit)
            hexadecimal = "digest('hex')" in text or 'digest("hex")' in text or "hexdigest" in text
            why = ""
            if both or not version:
                continue
            if version == "v3" and not digest.mac and re.search(r"createhash|hashlib\.sha256\(", text):
                why = "version 3 is an HMAC, this is a plain hash"
            elif version == "v3" and hexadecimal and "base64" not in text:
                why = "version 3 is base64, this is hexadecimal"
            elif version == "v1/v2" and digest.mac and not re.search(r"createhash|v3", text):
                why = "versions 1 and 2 are plain hashes, this is an HMAC"
            if why:
                yield self.at(
                    unit, (digest.func.start, min(digest.func.body, digest.func.start + 200)),
                    f"header and digest do not fit: {why}",
                    confidence=Confidence.MEDIUM,
                    fix=suggestion("use version 3 throughout"),
                )  # fmt: skip
