"""HS104: a token in the log."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from hubwire.lint import patterns as re
from hubwire.lint.facts import Expr
from hubwire.lint.finding import Confidence, Finding, Severity
from hubwire.lint.project import Unit
from hubwire.lint.rule import Rule, suggestion
from hubwire.lint.values import binding

_LOG = re.compile(
    r"^(?:console\.(?:log|info|debug|warn|error|dir|trace)|print|pprint|(?:self\.|this\.)?(?:logger|log|logging|winston|pino)\."
    r"(?:log|info|debug|warn|warning|error|exception|critical|trace|verbose))$"
)
_VALUE = re.compile(
    r"(?i)(?<![\w.])(?:\w+\.)*(?:access_?token|refresh_?token|client_?secret|hapi_?key|(?:hub_?spot|hs)_?\w*(?:token|secret|api_?key)|private_?app_?token)$"
)
_READ = re.compile(r"(?i)(?:token|secret|key)$")
_ENVIRONMENT = re.compile(r"(?i)(?:env\w*\W+|getenv\W+)\w*hub_?spot\w*(?:token|secret|key)")
_PART = re.compile(r"(?i)substring|slice|substr|\[:|length|len\(|mask|redact|hash|bool|!!|typeof|exists|has")


_KEY = re.compile(r"(?:\[|\.get\(|getenv\()\s*[\"'](\w+)[\"'](?:\s*,[^()]*)?[\])]$")


class SecretLogged(Rule):
    """The value of a HubSpot token, secret or key is written to a log.

    Why: logs are copied, shipped and kept by many who may not act as the account.
    Instead: log whether the value is there, or its first four characters.
    """

    code, name, severity = "HS104", "secret-logged", Severity.WARNING
    strict = True
    references = ("https://developers.hubspot.com/docs/apps/legacy-apps/authentication/intro-to-auth",)
    bad: ClassVar = (
        ("app.py", "# hubspot\nprint(access_token)\n"),
        ("app.py", "import logging\nlogging.info('token %s', hubspot_token)\n"),
        ("app.js", "console.log('HubSpot token', process.env.HUBSPOT_ACCESS_TOKEN);\n"),
        ("app.ts", "logger.debug(`hubspot refresh ${tokens.refreshToken}`);\n"),
    )
    good: ClassVar = (
        ("app.py", "# hubspot\nprint(bool(access_token))\n"),
        ("app.py", "# hubspot\nprint('access_token was refreshed')\n"),
        ("app.js", "console.log('HubSpot token set:', !!process.env.HUBSPOT_ACCESS_TOKEN);\n"),
        ("app.ts", "logger.debug(`hubspot refresh ${tokens.refreshToken.slice(0, 4)}`);\n"),
    )

    def check(self, unit: Unit) -> Iterator[Finding]:
        """Log calls that take the value itself."""
        if unit.is_test or not re.search("hubspot|hubapi", unit.low):
            return
        for call in unit.facts.calls:
            if not _LOG.match(call.text):
                continue
            parts = [p for item in call.items for p in self._written(item)]
            value = next((p for p in parts if self._secret(unit, p)), None)
            if value is not None:
                named = unit.source.show(value.start, value.end)
                yield self.at(
                    unit, (call.start, min(call.end, call.start + 200)),
                    f"`{named}` is written to the log",
                    confidence=Confidence.MEDIUM,
                    fix=suggestion("leave the value out, or log only that it is set"),
                )  # fmt: skip

    def _written(self, expr: Expr) -> Iterator[Expr]:
        """The values that end up in the text: not what a function makes of them, nor what is only asked."""
        if expr.kind in ("template", "object", "array", "spread") or (
            expr.kind == "binary" and expr.text in ("+", "%", "||", "??", "or")
        ):
            for item in expr.items:
                yield from self._written(item)
        elif expr.kind == "cond":
            for item in expr.items[1:]:
                yield from self._written(item)
        elif expr.kind in ("name", "subscript", "call"):
            yield expr

    def _secret(self, unit: Unit, expr: Expr) -> bool:
        """By its own name, the key it is read by, or the variable of the environment that it comes from."""
        text = unit.code[expr.start : expr.end]
        if expr.kind != "name":
            key = _KEY.search(text)
            return key is not None and bool(_VALUE.search(key.group(1)))
        if _PART.search(expr.text):
            return False
        if _VALUE.search(expr.text):
            return True
        made = binding(unit, expr.text, expr.start) if _READ.search(expr.text) else None
        return made is not None and bool(_ENVIRONMENT.search(unit.code[made.value.start : made.value.end]))
