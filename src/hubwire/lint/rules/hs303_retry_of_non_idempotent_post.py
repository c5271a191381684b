"""HS303: a create that is sent again without asking whether it arrived."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from hubwire.lint import patterns as re
from hubwire.lint.finding import Confidence, Finding, Severity
from hubwire.lint.limits import function_at, relevant
from hubwire.lint.project import Unit
from hubwire.lint.rule import Rule, suggestion

_METHODS = re.compile(
    r"(?:allowed_methods|method_whitelist)\s*=\s*(?:None|False|[^\n]*[\"']POST[\"'])"
    r"|(?:retry|retries)\b[^\n]{0,80}\bmethods\s*:\s*\[[^\]\n]*[\"'](?:POST|post)[\"']"
)
_POLICY = re.compile(
    r"\bretryCondition\s*:\s*(?:(?:\([^)]*\)|\w+)\s*=>\s*true\b|axiosRetry\.(?:isNetworkError|isRetryableError)\b)"
)
_WRAPPERS = {
    "p-retry", "async-retry", "promise-retry", "exponential-backoff", "ts-retry-promise", "retry",
    "@lifeomic/attempt",
}  # fmt: skip
_AGAIN = re.compile(r"(?i)\b(?:attempt|retr(?:y|ies)|tries)\w*")
_CAUGHT = re.compile(
    r"\bexcept\b(?![^\n]*HTTPError)[^\n]*:[ \t\r]*\n(?![ \t]*(?:raise|return|break)\b)"
    r"|\bcatch\s*(?:\([^)]*\))?\s*\{(?![^{}]*\b(?:throw|return|break)\b)"
)
_DECORATED = re.compile(r"^(?:tenacity\.)?retry\b|^backoff\.on_exception|^stamina\.retry")
_NARROW = re.compile(r"(?i)429|rate_?limit|TooMany|retry_if_result|retry_if_exception\(|giveup")


class RetryOfNonIdempotentPost(Rule):
    """A retry covers creating requests, whatever went wrong.

    Why: a create that timed out may have been carried out. Sent again it makes a second record; HubSpot
    knows no idempotency key.
    Instead: retry creates on 429 only, or upsert by a unique property.
    """

    code, name, severity = "HS303", "retry-of-non-idempotent-post", Severity.WARNING
    strict = True
    references = ("https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines",)
    bad: ClassVar = (
        (
            "client.py",
            "# api.hubapi.com\nfrom urllib3.util import Retry\n"
            "retry = Retry(total=5, status_forcelist=[429, 502], allowed_methods=['GET', 'POST'])\n",
        ),
        (
            "client.py",
            "import requests\nfrom tenacity import retry, stop_after_attempt\n\n"
            "@retry(stop=stop_after_attempt(3))\n"
            "def create(body):\n    return requests.post('https://api.hubapi.com/crm/v3/objects/contacts',"
            " json=body)\n",
        ),
        (
            "client.js",
            "const pRetry = require('p-retry');\nconst url = 'https://api.hubapi.com/crm/v3/objects/deals';\n"
            "const create = (body) => pRetry(() => axios.post(url, body), { retries: 5 });\n",
        ),
    )
    good: ClassVar = (
        (
            "client.py",
            "# api.hubapi.com\nfrom urllib3.util import Retry\n"
            "retry = Retry(total=5, status_forcelist=[429])\n",
        ),
        (
            "client.py",
            "import requests\nfrom tenacity import retry, stop_after_attempt\n\n"
            "@retry(stop=stop_after_attempt(3))\n"
            "def read(id):\n    return requests.get(f'https://api.hubapi.com/crm/v3/objects/contacts/{id}')\n",
        ),
        (
            "client.js",
            "const pRetry = require('p-retry');\nconst url = 'https://api.hubapi.com/crm/v3/objects/deals';\n"
            "const read = (id) => pRetry(() => axios.get(`${url}/${id}`), { retries: 5 });\n",
        ),
    )

    def check(self, unit: Unit) -> Iterator[Finding]:
        """Retry policies that name POST, and retry decorators on functions that create."""
        if unit.is_test or (not relevant(unit) and "hubapi" not in unit.source.text):
            return
        for policy in (_METHODS, _POLICY):
            for match in policy.finditer(unit.code):
                yield self._report(unit, match.start(), match.end(), "this retry policy covers POST")
        for call in relevant(unit):
            if call.operation.kind != "create":
                continue
            how = self._wrapped(unit, call.start) or self._looped(unit, call.start)
            if how:
                yield self._report(unit, call.start, call.end, how)
            func = function_at(unit, call.start)
            if func is None:
                continue
            again = next((d for d in func.decorators if _DECORATED.match(d) and not _NARROW.search(d)), None)
            if again:
                yield self._report(
                    unit,
                    call.start,
                    call.end,
                    f"`@{again.split('(')[0]}` repeats this create after any failure",
                )

    def _wrapped(self, unit: Unit, offset: int) -> str:
        """What repeats the function that a call stands in."""
        names = {i.local for i in unit.facts.imports if i.module in _WRAPPERS}
        for call in unit.facts.calls if names else ():
            if call.text in names and call.start < offset < call.end:
                narrow = _NARROW.search(unit.code, call.start, call.end)
                return "" if narrow else f"`{call.text}` repeats this create after any failure"
        return ""

    def _looped(self, unit: Unit, offset: int) -> str:
        """A loop over attempts that goes on whatever was raised."""
        for loop in unit.facts.loops_at(offset):
            head, body = unit.code[loop.start : loop.body], unit.code[loop.start : loop.end]
            if _AGAIN.search(head) and _CAUGHT.search(body) and not _NARROW.search(body):
                return "this loop repeats the create after any failure"
        return ""

    def _report(self, unit: Unit, start: int, end: int, what: str) -> Finding:
        return self.at(
            unit, (start, min(end, start + 200)),
            f"{what}; a create that timed out may have been carried out",
            confidence=Confidence.MEDIUM,
            fix=suggestion("retry creates on 429 only, or upsert by a unique property"),
        )  # fmt: skip
