"""HS203: a digest over JSON that was parsed and written again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from hubwire.lint.digests import find_digests
from hubwire.lint.finding import Confidence, Finding, Severity
from hubwire.lint.project import Unit
from hubwire.lint.rule import Rule, suggestion

_AGAIN = re.compile(
    r"JSON\.stringify\(\s*(?:await\s+)?(?:\w+\.)*(?:body|payload|events?|data|json)\b[^)]*\)|json\.dumps\(\s*(?:await\s+)?[^()]*(?:json|body|payload|events?|data)\b(?:\(\))?[^)]*\)"
)


class SignatureOverReserialisedBody(Rule):
    """The signature is computed over a body that was parsed and serialised again.

    Why: HubSpot signs the bytes it sent. Spaces, key order, escapes and number formats come out
    differently, so valid deliveries are refused, and sooner or later somebody switches the check off.
    Instead: keep the raw body (`express.raw`, the `verify` hook of the body parser, `request.get_data()`,
    `await request.body()`) and sign that.
    """

    code, name, severity = "HS203", "signature-over-reserialised-body", Severity.ERROR
    bad: ClassVar = (
        (
            "verify.js",
            "function verifyHubspotSignature(req) {\n"
            "  const source = req.method + url + JSON.stringify(req.body) + ts;\n"
            "  const hash = crypto.createHmac('sha256', SECRET).update(source).digest('base64');\n"
            "  return safeEqual(hash, req.headers['x-hubspot-signature-v3']);\n}\n",
        ),
        (
            "verify.py",
            "import hashlib, hmac, json\ndef verify_hubspot_signature(request):\n"
            "    source = SECRET + json.dumps(request.json)\n"
            "    digest = hashlib.sha256(source.encode()).hexdigest()\n"
            "    return hmac.compare_digest(digest, request.headers['X-HubSpot-Signature'])\n",
        ),
    )
    good: ClassVar = (
        (
            "verify.js",
            "function verifyHubspotSignature(req) {\n"
            "  const hash = crypto.createHmac('sha256', SECRET).update(req.method + url + req.rawBody + "
            "ts).digest('base64');\n"
            "  return safeEqual(hash, req.headers['x-hubspot-signature-v3']);\n}\n",
        ),
        (
            "verify.py",
            "import hashlib, hmac\ndef verify_hubspot_signature(request):\n"
            "    digest = hashlib.sha256(SECRET + request.get_data()).hexdigest()\n"
            "    return hmac.compare_digest(digest, request.headers['X-HubSpot-Signature'])\n",
        ),
    )

    def check(self, unit: Unit) -> Iterator[Finding]:
        """Serialising calls in a function that computes a signature."""
        if unit.is_test:
            return
        for digest in unit.memo(find_digests):
            match = _AGAIN.search(digest.text)
            if match is None or re.search(
                r"(?i)log|console|print", digest.text[max(0, match.start() - 40) : match.start()]
            ):
                continue
            start = digest.func.start + match.start()
            yield self.at(
                unit, (start, start + len(match.group())),
                "the signature covers a body that was serialised again; HubSpot signed the bytes it sent",
                confidence=Confidence.MEDIUM,
                fix=suggestion("sign the raw body"),
            )  # fmt: skip
