"""HS206: no secret, no check."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from hubwire.lint import patterns as re
from hubwire.lint.digests import find_digests
from hubwire.lint.finding import Confidence, Finding, Severity
from hubwire.lint.limits import function_at
from hubwire.lint.project import Unit
from hubwire.lint.rule import Rule, suggestion
from hubwire.lint.verification import CRYPTO

_MISSING = re.compile(
    r"(?i)^\(?\s*(?:!|not\s+)\s*(?:\w+\.)*\w*(?:secret|signature|sig|key|timestamp)\w*\s*(?:(?:\|\||or)\s*(?:!|not\s+)?[\w.]+\s*)*\)?$|"
    r"(?i:secret|signature)\w*\s+is\s+None|(?i:secret|signature)\w*\s*===?\s*(?:undefined|null)".replace(
        "(?i:", "(?:"
    )
)
_LETS = re.compile(r"\breturn\s+(?:true|True)\b|(?:return\s+)?next\(\s*\)|valid:\s*true|isValid:\s*true")


_CAUGHT = re.compile(
    r"\bcatch\s*(?:\([^)]*\))?\s*\{[^{}]*(?:return\s+true\b|next\(\s*\)|[vV]alid:\s*true)[^{}]*\}"
    r"|\bexcept\b[^\n]*:[ \t\r]*(?:\n[ \t]++(?!return|raise|def|try|if)[^\n]*+)*+\n?[ \t]+return True\b"
)


class SignatureFailOpen(Rule):
    """A signature check lets everything pass when the secret or the header is missing.

    Why: a forgotten environment variable turns the check off without a sound, and a missing header is what
    a forger sends.
    Instead: refuse. Start the program only with a secret; make an insecure mode something one has to spell
    out.
    """

    code, name, severity = "HS206", "signature-fail-open", Severity.WARNING
    strict = True
    references = (
        "https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/request-validation",
    )
    bad: ClassVar = (
        (
            "verify.js",
            "function verifyHubspotSignature(req) {\n  if (!SECRET) return true;\n"
            "  const hash = crypto.createHmac('sha256', SECRET).update(src).digest('base64');\n"
            "  return safeEqual(hash, req.headers['x-hubspot-signature-v3']);\n}\n",
        ),
        (
            "verify.py",
            "import hmac\ndef verify_hubspot_signature(request):\n    if not SECRET:\n        return True\n"
            "    digest = hmac.new(SECRET, source(request), 'sha256').hexdigest()\n"
            "    return hmac.compare_digest(digest, request.headers['X-HubSpot-Signature'])\n",
        ),
    )
    good: ClassVar = (
        (
            "verify.js",
            "function verifyHubspotSignature(req) {\n  if (!SECRET) return false;\n"
            "  const hash = crypto.createHmac('sha256', SECRET).update(src).digest('base64');\n"
            "  return safeEqual(hash, req.headers['x-hubspot-signature-v3']);\n}\n",
        ),
        (
            "verify.py",
            "import hmac\ndef verify_hubspot_signature(request):\n    if not SECRET:\n"
            "        raise RuntimeError('no secret')\n"
            "    digest = hmac.new(SECRET, source(request), 'sha256').hexdigest()\n"
            "    return hmac.compare_digest(digest, request.headers['X-HubSpot-Signature'])\n",
        ),
    )

    def check(self, unit: Unit) -> Iterator[Finding]:
        """Branches of a verifier that accept what was never checked."""
        low = unit.source.text.lower()
        if unit.is_test or "hubspot" not in low or not ("signature" in low or "secret" in low):
            return
        if not any(word in low for word in ("hmac", "hash", "crypto", "subtle")):
            return
        if not CRYPTO.search(unit.code):
            return
        for branch in unit.facts.branches:
            cond = unit.code[branch.cond[0] : branch.cond[1]]
            then = unit.code[branch.then[0] : branch.then[1]]
            if (
                not _MISSING.search(cond)
                or not _LETS.search(then)
                or re.search(r"\b40\d\b|throw|raise", then)
            ):
                continue
            func = function_at(unit, branch.start)
            near = f"{func.name} {unit.body(func)}" if func is not None else ""
            if (
                func is None
                or not re.search(r"(?i)hub_?spot|signature", near)
                or not re.search(r"(?i)verif|valid|signature|x-hub|webhook|hmac\.new|createH|hashlib", near)
            ):
                continue
            yield self.at(
                unit, (branch.start, min(branch.end, branch.start + 200)),
                "everything passes when this value is missing",
                confidence=Confidence.MEDIUM,
                fix=suggestion("refuse instead"),
            )  # fmt: skip
        for digest in unit.memo(find_digests):
            caught = _CAUGHT.search(unit.code, digest.func.start, digest.func.end)
            if caught is not None:
                yield self.at(
                    unit, (caught.start(), min(caught.end(), caught.start() + 200)),
                    "everything passes when the check itself fails",
                    confidence=Confidence.MEDIUM,
                    fix=suggestion("refuse instead"),
                )  # fmt: skip
