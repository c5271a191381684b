"""HS207: signature version 1 or 2 only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from hubwire.lint import patterns as re
from hubwire.lint.digests import find_digests, version_of
from hubwire.lint.finding import Confidence, Finding, Severity
from hubwire.lint.project import Unit
from hubwire.lint.rule import Rule, suggestion

_HELPER = re.compile(r"(?:^|\.)Signature\.is_?[vV]alid$")


class OldSignatureVersion(Rule):
    """Webhooks are verified by version 1 or 2 of HubSpot's signature only.

    Why: these are plain hashes without a timestamp: a recorded delivery can be replayed, and version 1 does
    not even cover the address.
    Instead: version 3, whose headers HubSpot sends alongside the old ones.
    """

    code, name, severity = "HS207", "old-signature-version", Severity.INFO
    strict = True
    references = (
        "https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/request-validation",
    )
    bad: ClassVar = (
        (
            "verify.js",
            "function verifyHubspot(req) {\n"
            "  const hash = crypto.createHash('sha256').update(SECRET + req.rawBody).digest('hex');\n"
            "  return safeEqual(hash, req.headers['x-hubspot-signature']);\n}\n",
        ),
        (
            "verify.py",
            "import hashlib, hmac\ndef verify_hubspot(request):\n"
            "    digest = hashlib.sha256(SECRET + request.data).hexdigest()\n"
            "    return hmac.compare_digest(digest, request.headers['X-HubSpot-Signature'])\n",
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
            "import hashlib\ndef etag(hubspot_record):\n"
            "    return hashlib.sha256(hubspot_record).hexdigest()\n",
        ),
    )

    def check(self, unit: Unit) -> Iterator[Finding]:
        """Verifiers of a file that never mentions version 3."""
        if unit.is_test or re.search(r"(?i)signature[-_]?v3", unit.source.text):
            return
        for digest in unit.memo(find_digests):
            if version_of(digest, unit) == "v1/v2" and not digest.mac:
                yield self.at(
                    unit, (digest.func.start, min(digest.func.body, digest.func.start + 200)),
                    "only signature version 1 or 2 is checked",
                    confidence=Confidence.MEDIUM,
                    fix=suggestion("check X-HubSpot-Signature-v3"),
                )  # fmt: skip
        for call in unit.facts.calls:
            # The helpers of the official SDKs check version 1 or 2 unless told otherwise.
            if _HELPER.search(call.text) and not re.search(r"[\"']v3[\"']", unit.code):
                yield self.at(
                    unit, (call.start, min(call.end, call.start + 200)),
                    "the SDK's helper checks signature version 1 or 2 unless it is told to check v3",
                    confidence=Confidence.MEDIUM,
                    fix=suggestion("pass version v3, its header and the timestamp"),
                )  # fmt: skip
