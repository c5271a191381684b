"""HS505: a call whose scope the app never asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from hubwire.lint import patterns as re
from hubwire.lint.finding import Confidence, Finding, Severity
from hubwire.lint.hubspot import find_calls
from hubwire.lint.knowledge import scopes
from hubwire.lint.project import Unit
from hubwire.lint.rule import Rule, suggestion

_LIST = re.compile(r"(?i)scopes?[\"']?\s*[:=]")
_SCOPE = re.compile(
    r"crm\.(?:objects|schemas|lists|import|export)\.[\w.]+|\b(?:tickets|e-commerce|oauth|content|forms|files|automation)\b"
)


class MissingScope(Rule):
    """A file that states the scopes of its app calls an object that none of them covers.

    Why: HubSpot answers 403 in the accounts of customers, after they have installed the app.
    Instead: add the scope named in the finding to the app and to the authorize address.
    """

    code, name, severity = "HS505", "missing-scope", Severity.INFO
    strict = True
    references = ("https://developers.hubspot.com/scopes",)
    bad: ClassVar = (
        (
            "app.js",
            "const SCOPES = ['oauth', 'crm.objects.contacts.read'];\n"
            "axios.get('https://api.hubapi.com/crm/v3/objects/deals/1');\n",
        ),
        (
            "app.py",
            "import requests\nSCOPES = 'oauth crm.objects.contacts.read'\n"
            "requests.post('https://api.hubapi.com/crm/v3/objects/contacts', json={})\n",
        ),
    )
    good: ClassVar = (
        (
            "app.js",
            "const SCOPES = ['oauth', 'crm.objects.deals.read'];\naxios.get('https://api.hubapi.com/crm/v3/objects/deals/1');\n",
        ),
        (
            "app.py",
            "import requests\nrequests.post('https://api.hubapi.com/crm/v3/objects/contacts', json={})\n",
        ),
    )

    def check(self, unit: Unit) -> Iterator[Finding]:
        """Object calls of a file that lists scopes, once an object and direction."""
        if unit.is_test or "crm.objects." not in unit.source.text or not _LIST.search(unit.code):
            return
        stated = {m.group().rstrip(".") for m in _SCOPE.finditer(unit.code)}
        if not any(s.startswith("crm.objects") for s in stated):
            return
        seen: set[str] = set()
        for call in unit.memo(find_calls):
            kind = call.operation.kind
            wanted = scopes(call.operation.object_type.lower())
            if wanted is None or kind not in ("read", "list", "search", "create", "update", "delete"):
                continue
            enough = wanted[0] if kind in ("read", "list", "search") else wanted[1]
            scope = enough[0] if enough else ""
            if (
                not scope
                or scope in seen
                or {*enough, *(s.replace(".read", ".write") for s in enough)} & stated
            ):
                continue
            seen.add(scope)
            yield self.at(
                unit, (call.start, min(call.end, call.start + 200)),
                f"{call.label} needs the scope {scope}, which this file does not ask for",
                confidence=Confidence.MEDIUM,
                fix=suggestion(f"ask for {scope}"),
            )  # fmt: skip
