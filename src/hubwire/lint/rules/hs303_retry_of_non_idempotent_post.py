"""HS303: a create that is sent again without asking whether it arrived."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from hubwire.lint.finding import Confidence, Finding, Severity
from hubwire.lint.limits import function_at, relevant
from hubwire.lint.project import Unit
from hubwire.lint.rule import Rule, suggestion

_METHODS = re.compile(
    r"(?:allowed_methods|method_whitelist)\s*=\s*(?:None|False|[^\n]*[\"']POST[\"'])"
    r"|(?:retry|retries)\b[^\n]{0,80}\bmethods\s*:\s*\[[^\]\n]*[\"'](?:POST|post)[\"']"
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
    )

    def check(self, unit: Unit) -> Iterator[Finding]:
        """Retry policies that name POST, and retry decorators on functions that create."""
        if unit.is_test or (not relevant(unit) and "hubapi" not in unit.source.text):
            return
        for match in _METHODS.finditer(unit.code):
            yield self._report(unit, match.start(), match.end(), "this retry policy covers POST")
        for call in relevant(unit):
            func = function_at(unit, call.start)
            if call.operation.kind != "create" or func is None:
                continue
            again = next((d for d in func.decorators if _DECORATED.match(d) and not _NARROW.search(d)), None)
            if again:
                yield self._report(
                    unit,
                    call.start,
                    call.end,
                    f"`@{again.split('(')[0]}` repeats this create after any failure",
                )

    def _report(self, unit: Unit, start: int, end: int, what: str) -> Finding:
        return self.at(
            unit, (start, min(end, start + 200)),
            f"{what}; a create that timed out may have been carried out",
            confidence=Confidence.MEDIUM,
            fix=suggestion("retry creates on 429 only, or upsert by a unique property"),
        )  # fmt: skip
