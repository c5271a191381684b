"""HS202: a signature compared with ==."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from hubwire.lint import patterns as re
from hubwire.lint.digests import find_digests
from hubwire.lint.facts import Expr
from hubwire.lint.finding import Confidence, Finding, Fix, Severity
from hubwire.lint.project import Unit
from hubwire.lint.rule import Rule, replacement, suggestion
from hubwire.lint.values import binding

_SIGNATURE = re.compile(r"(?i)sig(?:nature)?\b|signature|hash|digest|hmac|expected|computed|calculated")
_NAMES = re.compile(r"(?<![\w$.\"'])[A-Za-z_$][\w$]*")


class SignatureNotConstantTime(Rule):
    """A webhook signature is compared with `==` or `===`.

    Why: such a comparison stops at the first difference, so its timing tells a forger how far they got.
    Instead: `hmac.compare_digest` in Python, `crypto.timingSafeEqual` on equally long buffers in Node.
    """

    code, name, severity = "HS202", "signature-not-constant-time", Severity.WARNING
    fixes = "safe"
    strict = True
    references = ("https://docs.python.org/3/library/hmac.html#hmac.compare_digest",)
    bad: ClassVar = (
        (
            "verify.py",
            "import hashlib, hmac\ndef verify_hubspot(signature, body):\n"
            "    expected = hmac.new(KEY, body, hashlib.sha256).hexdigest()\n"
            "    return signature == expected\n",
        ),
        (
            "verify.js",
            "function verifyHubspotSignature(req) {\n"
            "  const hash = crypto.createHmac('sha256', SECRET).update(raw).digest('base64');\n"
            "  return hash === req.headers['x-hubspot-signature-v3'];\n}\n",
        ),
    )
    good: ClassVar = (
        (
            "verify.py",
            "import hashlib, hmac\ndef verify_hubspot(signature, body):\n"
            "    expected = hmac.new(KEY, body, hashlib.sha256).hexdigest()\n"
            "    return hmac.compare_digest(signature, expected)\n",
        ),
        (
            "verify.js",
            "function verifyHubspotSignature(req) {\n"
            "  const hash = crypto.createHmac('sha256', SECRET).update(raw).digest();\n"
            "  return crypto.timingSafeEqual(hash, Buffer.from(req.headers['x-hubspot-signature-v3'], "
            "'base64'));\n}\n",
        ),
    )

    def check(self, unit: Unit) -> Iterator[Finding]:
        """Comparisons of two signature-like values in a function that computes one."""
        for digest in unit.memo(find_digests):
            for compare in unit.facts.compares:
                if not digest.func.start <= compare.start < digest.func.end or compare.text not in (
                    "==",
                    "===",
                    "!=",
                    "!==",
                ):
                    continue
                if len(compare.items) == 2 and all(self._signature_like(unit, e) for e in compare.items):
                    yield self.at(
                        unit, (compare.start, compare.end),
                        f"`{compare.text}` compares a signature; its timing helps a forger",
                        confidence=Confidence.MEDIUM,
                        fix=self._fix(unit, compare),
                    )  # fmt: skip

    def _signature_like(self, unit: Unit, expr: Expr) -> bool:
        text = unit.code[expr.start : expr.end]
        return (
            (expr.kind in ("name", "call", "subscript") or ":=" in text)
            and bool(_SIGNATURE.search(text) or re.search(r"(?i)hmac|digest\(", self._made_of(unit, expr)))
            and not re.search(r"(?i)length|len\(|version", text)
        )

    def _fix(self, unit: Unit, compare: Expr) -> Fix:
        left, right = (unit.source.text[e.start : e.end] for e in compare.items)
        imported = any(i.local == "hmac" for i in unit.facts.imports)
        if unit.facts.language != "py" or not imported:
            return suggestion("compare with hmac.compare_digest or crypto.timingSafeEqual")
        negation = "not " if compare.text == "!=" else ""
        text = f"{negation}hmac.compare_digest({left}, {right})"
        # Where the header may be missing, None is unequal to a text, and no argument of compare_digest.
        absent = any(".get(" in self._made_of(unit, e) for e in compare.items)
        span = (compare.start, compare.end)
        return replacement("compare with hmac.compare_digest", span, text, safe=not absent)

    def _made_of(self, unit: Unit, expr: Expr) -> str:
        """The text of an expression and, for a name, of what it is bound to."""
        text = unit.code[expr.start : expr.end]
        made = binding(unit, expr.text, expr.start) if expr.kind == "name" else None
        for _ in range(3):
            if made is None:
                break
            bound = unit.code[made.value.start : made.value.end]
            text += bound
            # `btoa(String.fromCharCode(...new Uint8Array(mac)))`: what it was before.
            names = (binding(unit, name, made.start) for name in _NAMES.findall(bound))
            made = next((b for b in names if b is not None), None)
        return text
