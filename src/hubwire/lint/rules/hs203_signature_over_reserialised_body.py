"""HS203: a digest over JSON that was parsed and written again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from hubwire.lint import patterns as re
from hubwire.lint.digests import find_digests, signed
from hubwire.lint.facts import Expr
from hubwire.lint.finding import Confidence, Finding, Severity
from hubwire.lint.project import Unit
from hubwire.lint.rule import Rule, suggestion
from hubwire.lint.values import binding

_AGAIN = re.compile(r"^JSON\.stringify$|^(?:\w*json|rapidjson)\.dumps$")
_BODY = re.compile(
    r"(?i)(?:^|[.\s])(?:body|payload|events?|data|json)$|\.json\b|get_json|JSON\.parse|json\.loads|(?:req|request|ctx)\.(?:body|data)\b"
)


class SignatureOverReserialisedBody(Rule):
    """The signature is computed over a body that was parsed and serialised again.

    Why: HubSpot signs the bytes it sent. Spaces, key order, escapes and number formats come out
    differently, so valid deliveries are refused, and sooner or later somebody switches the check off.
    Instead: keep the raw body (`express.raw`, the `verify` hook of the body parser, `request.get_data()`,
    `await request.body()`) and sign that.
    """

    code, name, severity = "HS203", "signature-over-reserialised-body", Severity.ERROR
    references = (
        "https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/request-validation",
    )
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
            calls = [c for a, b in signed(unit, digest) for c in unit.facts.calls_in(a, b)]
            call = min((c for c in calls if self._again(unit, c)), key=lambda c: c.start, default=None)
            if call is not None:
                yield self.at(
                    unit, (call.start, min(call.end, call.start + 200)),
                    "the signature covers a body that was serialised again; HubSpot signed the bytes it sent",
                    confidence=Confidence.MEDIUM,
                    fix=suggestion("sign the raw body"),
                )  # fmt: skip

    def _again(self, unit: Unit, call: Expr) -> bool:
        """Whether a call writes JSON from what was read from a request."""
        if not _AGAIN.search(call.text) or not call.items:
            return False
        what = call.items[0]
        made = binding(unit, what.text, what.start) if what.kind == "name" else None
        spans = [what] if made is None else [what, made.value]
        return any(_BODY.search(unit.code[e.start : e.end]) for e in spans)
