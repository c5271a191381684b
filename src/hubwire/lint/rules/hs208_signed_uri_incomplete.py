"""HS208: a signature over a path instead of the address HubSpot called."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from hubwire.lint import patterns as re
from hubwire.lint.digests import find_digests, signed, version_of
from hubwire.lint.finding import Confidence, Finding, Severity
from hubwire.lint.project import Unit
from hubwire.lint.rule import Rule, suggestion

_PATH_ONLY = re.compile(
    r"\b(?:req|request|ctx)\.(?:url|path|originalUrl|baseUrl|full_path)\b(?!\.(?!path\b))|\bget_full_path\(|"
    r"\bevent(?:\.(?:path|rawPath)\b|\[[\"'](?:path|rawPath)[\"']\])|\w\.pathname\b|\burl\.path\b"
)
_FULL = re.compile(
    r"(?i)https?://|protocol|host\b|get_host|base_?url|public_?ur[li]|webhook_?ur[li]|target_?ur[li]|build_absolute_uri|"
    r"(?<!new URL\()request\.url\b(?!\.path)|full_?ur[li]|origin(?!al)|domain|new URL\([^)]*,"
)
_TAKEN = ("url", "path", "originalUrl")
"""What `const { url } = req` takes out of a request."""


class SignedUriIncomplete(Rule):
    """The signed text holds the path of the request, not the whole address.

    Why: HubSpot signs the configured target URL with scheme, host, path and query. A path alone never
    matches.
    Instead: build the address from configuration (behind a proxy the request does not know it), decode the
    twelve escapes HubSpot names, and sign method + address + raw body + timestamp.
    """

    code, name, severity = "HS208", "signed-uri-incomplete", Severity.WARNING
    strict = True
    references = (
        "https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/request-validation",
    )
    bad: ClassVar = (
        (
            "verify.js",
            "function verifyHubspot(req) {\n  const source = req.method + req.originalUrl + req.rawBody + "
            "ts;\n"
            "  const hash = crypto.createHmac('sha256', SECRET).update(source).digest('base64');\n"
            "  return safeEqual(hash, req.headers['x-hubspot-signature-v3']);\n}\n",
        ),
        (
            "verify.py",
            "import hmac\ndef verify_hubspot(request):\n"
            "    source = request.method + request.path + body + ts\n"
            "    digest = b64encode(hmac.new(KEY, source, 'sha256').digest())\n"
            "    return hmac.compare_digest(digest, request.headers['X-HubSpot-Signature-v3'])\n",
        ),
    )
    good: ClassVar = (
        (
            "verify.js",
            "function verifyHubspot(req) {\n"
            "  const source = req.method + `https://${req.hostname}${req.originalUrl}` + req.rawBody + ts;\n"
            "  const hash = crypto.createHmac('sha256', SECRET).update(source).digest('base64');\n"
            "  return safeEqual(hash, req.headers['x-hubspot-signature-v3']);\n}\n",
        ),
        (
            "verify.py",
            "import hmac\ndef verify_hubspot(request):\n"
            "    source = request.method + WEBHOOK_URL + body + ts\n"
            "    digest = b64encode(hmac.new(KEY, source, 'sha256').digest())\n"
            "    return hmac.compare_digest(digest, request.headers['X-HubSpot-Signature-v3'])\n",
        ),
    )

    def check(self, unit: Unit) -> Iterator[Finding]:
        """Version 3 digests over a bare path."""
        if unit.is_test:
            return
        for digest in unit.memo(find_digests):
            spans = signed(unit, digest) if version_of(digest, unit) == "v3" else []
            if any(_FULL.search(unit.code, *span) for span in spans):
                continue
            matches = (m for span in spans for m in _PATH_ONLY.finditer(unit.code, *span))
            places = [m.span() for m in matches] or list(self._taken(unit, spans))
            if places:
                yield self.at(
                    unit, min(places),
                    "the path is signed here, HubSpot signs the whole address",
                    confidence=Confidence.MEDIUM,
                    fix=suggestion("sign scheme, host, path and query of the configured address"),
                )  # fmt: skip

    def _taken(self, unit: Unit, spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
        """Names in the signed text that hold a part of an Express request."""
        for assign in unit.facts.assigns:
            if assign.target in _TAKEN and assign.value.kind == "name" and assign.value.text == "req":
                word = re.compile(rf"(?<![\w.]){assign.target}\b")
                yield from (m.span() for span in spans for m in word.finditer(unit.code, *span))
