"""HS205: a signed delivery that may be years old."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from hubwire.lint import patterns as re
from hubwire.lint.digests import find_digests, version_of
from hubwire.lint.finding import Confidence, Finding, Severity
from hubwire.lint.flow import reach
from hubwire.lint.project import Unit
from hubwire.lint.rule import Rule, suggestion

_AGE = re.compile(
    r"(?i)\b300\b|300_?000|5\s*\*\s*60|60\s*\*\s*5|max_?age|tolerance|MAX_\w*(?:AGE|SKEW|TIMESTAMP)|"
    r"Date\.now\(\)\s*-|getTime\(\)\s*-|time\.time\(\)[^\n]*-|(?:\s|\)|\bnow)-\s*(?:\w+\.)*(?:timestamp|ts)\b|"
    r"[<>]=?\s*(?:Date\.now|time\.time|\+?new Date|now\b)|\.diff\(|differenceIn\w+\(|isBefore\(|isAfter\(|"
    r"timedelta|total_seconds|is_?fresh|expired|too old|stale|is_?valid_?timestamp|skew"
)
_STAMP = re.compile(r"(?i)timestamp|\bts\b|request_?time|sent_?at|x-hubspot-request")


class SignatureWithoutTimestamp(Rule):
    """A version 3 signature is accepted whatever its age.

    Why: whoever has seen one delivery can send it again for ever.
    Instead: refuse deliveries whose `X-HubSpot-Request-Timestamp` is more than five minutes away from now,
    either way.
    """

    code, name, severity = "HS205", "signature-without-timestamp", Severity.WARNING
    strict = True
    references = (
        "https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/request-validation",
    )
    bad: ClassVar = (
        (
            "verify.js",
            "function verifyHubspot(req) {\n"
            "  const hash = crypto.createHmac('sha256', SECRET).update(src).digest('base64');\n"
            "  return safeEqual(hash, req.headers['x-hubspot-signature-v3']);\n}\n",
        ),
        (
            "verify.py",
            "import hmac\ndef verify_hubspot(request):\n"
            "    digest = b64encode(hmac.new(KEY, source(request), 'sha256').digest())\n"
            "    return hmac.compare_digest(digest, request.headers['X-HubSpot-Signature-v3'])\n",
        ),
    )
    good: ClassVar = (
        (
            "verify.js",
            "function verifyHubspot(req) {\n  if (Math.abs(Date.now() - ts) > 300000) return false;\n"
            "  const hash = crypto.createHmac('sha256', SECRET).update(src).digest('base64');\n"
            "  return safeEqual(hash, req.headers['x-hubspot-signature-v3']);\n}\n",
        ),
        (
            "verify.py",
            "import hmac, time\ndef verify_hubspot(request):\n"
            "    if abs(time.time() - sent(request)) > 300:\n"
            "        return False\n    digest = b64encode(hmac.new(KEY, source(request), "
            "'sha256').digest())\n"
            "    return hmac.compare_digest(digest, request.headers['X-HubSpot-Signature-v3'])\n",
        ),
    )

    def check(self, unit: Unit) -> Iterator[Finding]:
        """Version 3 checks without an age limit, callers in the file included."""
        digests = unit.memo(find_digests)
        if unit.is_test or not digests or self._aged(unit):
            return
        for digest in digests:
            if version_of(digest, unit) != "v3" or not re.search(
                r"[=!]==?|compare_digest|timingSafeEqual|[eE]qual", digest.text
            ):
                continue
            if any(_AGE.search(u.body(f)) for u, f in reach(unit, digest.func, 2)):
                continue
            if any(self._aged(u) for u, _ in unit.project.importers(unit)):
                continue
            yield self.at(
                unit, (digest.func.start, min(digest.func.body, digest.func.start + 200)),
                "a signed delivery of any age is accepted",
                confidence=Confidence.MEDIUM,
                fix=suggestion("refuse timestamps more than five minutes away from now"),
            )  # fmt: skip

    def _aged(self, unit: Unit) -> bool:
        """Whether a function of a file looks at how old something is; a number alone says nothing."""
        bodies = (unit.body(f) for f in unit.facts.functions)
        return any(_AGE.search(body) and _STAMP.search(body) for body in bodies)
