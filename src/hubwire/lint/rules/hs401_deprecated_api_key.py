"""HS401: the account API key, gone since November 2022."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from hubwire.lint import patterns as re
from hubwire.lint.clients import find_clients
from hubwire.lint.facts import Expr
from hubwire.lint.finding import Finding, Severity
from hubwire.lint.project import Unit
from hubwire.lint.rule import Rule, suggestion
from hubwire.lint.values import binding, fold

DEVELOPER = re.compile(
    r"\bwebhooks/v\d|/app-webhooks/|/timeline|/extensions/|automation/v4/actions|automation/actions|custom-channels|/integrations/v1/|"
    r"(?i:app_?id=|appId|developer)"
)


_PAIR = re.compile(r"(?:return|[=\[,(])\s*[(\[]\s*$")
"""Before the name of a parameter that stands beside its value: `[("hapikey", key)]`."""

_QUERY = re.compile(r"(?i)param|query|(?:^|[._])qs$")


_HANDED = re.compile(
    r"(?i)[?&]hapikey=|[\"'`]hapikey=|[\"']hapikey[\"']\s*[:\]=,)]|\bhapikey\s*[:=](?!=)|"
    r"\.hapikey\s*=|[{,]\s*hapikey\s*[,}]"
)


def _handed_over(code: str) -> Iterator[re.Match[str]]:
    """What the pattern finds in code, tried around the places of the name only."""
    low = re.lowered(code)
    at, last = low.find("hapikey"), 0
    while at >= 0:
        before = at - 1
        while before > last and code[before].isspace():
            before -= 1
        tried = (_HANDED.match(code, start) for start in (before, at - 1, at) if start >= last)
        match = next((m for m in tried if m is not None), None)
        if match is not None:
            yield match
            last = match.end()
        at = low.find("hapikey", max(at + 1, last))


class DeprecatedApiKey(Rule):
    """A request or an SDK is given an account API key (`hapikey`).

    The developer API key of app configuration endpoints (webhook settings, timeline event types,
    extensions, custom workflow actions) is still in use and is not reported.

    Why: HubSpot stopped accepting account API keys on 30 November 2022; such calls answer 401. The key also
    ends up in every log that keeps URLs.
    Instead: send a private-app or OAuth token as `Authorization: Bearer …`.
    """

    code, name, severity = "HS401", "deprecated-api-key", Severity.ERROR
    references = ("https://developers.hubspot.com/changelog/upcoming-api-key-sunset",)
    bad: ClassVar = (
        (
            "app.py",
            "import requests\nrequests.get('https://api.hubapi.com/crm/v3/objects/contacts', "
            "params={'hapikey': KEY})\n",
        ),
        (
            "app.js",
            "axios.get(`https://api.hubapi.com/contacts/v1/lists?hapikey=${process.env.HUBSPOT_KEY}`);\n",
        ),
        (
            "app.ts",
            "import { Client } from '@hubspot/api-client';\n"
            "const client = new Client({ apiKey: process.env.KEY });\n",
        ),
    )
    good: ClassVar = (
        (
            "app.py",
            "import requests\nrequests.get('https://api.hubapi.com/crm/v3/objects/contacts',\n"
            "             headers={'Authorization': f'Bearer {TOKEN}'})\n",
        ),
        (
            "app.js",
            "axios.get(`https://api.hubapi.com/webhooks/v3/${APP_ID}/settings`, { params: "
            "{ hapikey: DEVELOPER_KEY } });\n",
        ),
        (
            "app.ts",
            "import { Client } from '@hubspot/api-client';\n"
            "const client = new Client({ developerApiKey: process.env.KEY });\n",
        ),
    )

    def check(self, unit: Unit) -> Iterator[Finding]:
        """Every place where an account key is handed over."""
        if unit.is_test:
            return
        if "hapikey" in unit.low:
            yield from self._requests(unit)
        for client in find_clients(unit):
            if client.api_key and not re.search(
                r"(?i)developer", unit.code[client.call.start : client.call.end]
            ):
                yield self._report(unit, client.call, "this client is given an account API key")
        for call in unit.facts.calls if "setapikey" in unit.low else ():
            head, _, last = call.text.rpartition(".")
            made = binding(unit, head, call.start) if last == "setApiKey" else None
            if made is not None and any(
                made.value.start <= client.call.start < made.value.end for client in find_clients(unit)
            ):
                yield self._report(unit, call, "this client is given an account API key")

    def _requests(self, unit: Unit) -> Iterator[Finding]:
        seen: set[int] = set()
        for match in _handed_over(unit.code):
            offset = match.start()
            line = unit.source.line_of(offset)
            if line in seen or self._is_developer(unit, offset) or not self._sent(unit, match):
                continue
            seen.add(line)
            start, end = unit.source.line_span(line)
            text = unit.source.text[start:end]
            lead = len(text) - len(text.lstrip())
            yield self._report(
                unit, Expr("", start + lead, end), "the account API key goes along as `hapikey`"
            )

    def _sent(self, unit: Unit, match: re.Match[str]) -> bool:
        """A definition (`hapikey = os.getenv(…)`) sends nothing by itself."""
        text = match.group()
        after = unit.code[match.end() : match.end() + 12].lstrip()
        if (text.endswith("]") and not after.startswith("=")) or re.match(
            r"None|null|undefined|\"\"|''", after
        ):
            return False
        if text[-1] in ",)" and text[0] in "\"'":
            before = unit.code[max(0, match.start() - 40) : match.start()]
            paired = _PAIR.search(before) and text[-1] == "," and after[:1] not in ("'", '"', "`", "")
            return bool(paired or re.search(r"(?i)(?:set|append|add|param\w*|query)\(\s*$", before))
        if "?" in text or "&" in text or '"' in text or "'" in text:
            line = unit.source.line(unit.source.line_of(match.start()))
            asked = unit.code[max(0, match.start() - 40) : match.start() + 1]
            if re.search(r"(?i)(?:getenv|environ\w*|environ\.get)\s*[(\[]\s*[\"']$", asked):
                return False
            return not re.search(
                r"(?i)\bre\.\w+\(|\.replace\(|argparse|add_argument|\.includes\(|\.has\(|in "
                r"params|console\.|logger|print\(|hapikey=[\"'`]\s+(?:not\s+)?in\b",
                line,
            )
        assigned = re.match(r"\.?hapikey\s*=", text, re.I)
        if assigned:
            statement = next((a for a in unit.facts.assigns if a.start <= match.start() < a.end), None)
            return statement is not None and self._asks(unit, statement.target)
        # What a callback makes is not what the call that is given the callback sends.
        inside = unit.facts.func_at(match.start())
        around = [
            c
            for c in unit.facts.calls
            if c.start <= match.start() < c.end and unit.facts.func_at(c.start) == inside
        ]
        objects = re.search(
            r"(?i)(?:params|qs|query|searchParams)\w*\s*[:=]\s*\{[^{}]*$",
            unit.code[max(0, match.start() - 200) : match.start()],
        )
        return bool(around or objects) and not re.search(
            r"(?i):\s*(?:string|str|any)\b", unit.code[match.start() : match.end() + 12]
        )

    def _asks(self, unit: Unit, target: str) -> bool:
        """Whether what is assigned goes into an address: by its name, or as a query that a call is given."""
        handed = rf"\b(?:params|query|qs|searchParams)\s*[=:]\s*{re.escape(target)}\b"
        return bool(_QUERY.search(target) or re.search(handed, unit.code))

    def _is_developer(self, unit: Unit, offset: int) -> bool:
        around = [c for c in unit.facts.calls if c.start <= offset < c.end]
        text = unit.code[max(0, offset - 200) : offset + 120] if not around else ""
        if around:
            call = min(around, key=lambda c: c.end - c.start)
            outer = max(
                (c for c in around if c.end - c.start < 1500), key=lambda c: c.end - c.start, default=call
            )
            text = unit.code[outer.start : outer.end] + " ".join(fold(unit, a) for a in outer.args[:2])
        return bool(DEVELOPER.search(text))

    def _report(self, unit: Unit, where: Expr, what: str) -> Finding:
        return self.at(
            unit, (where.start, min(where.end, where.start + 200)),
            f"{what}; HubSpot refuses these since 30 November 2022",
            fix=suggestion("send a private-app or OAuth token in the header `Authorization: Bearer …`"),
        )  # fmt: skip
