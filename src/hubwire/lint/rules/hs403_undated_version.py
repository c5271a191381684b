"""HS403: a numeric API version where a dated one exists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from hubwire.lint.endpoints import path_of
from hubwire.lint.finding import Finding, Severity
from hubwire.lint.hubspot import find_calls
from hubwire.lint.knowledge import endings, newer, numeric_end
from hubwire.lint.project import Unit
from hubwire.lint.rule import Rule, suggestion


class UndatedVersion(Rule):
    """A call uses `/v1/`, `/v2/` or `/v3/` where HubSpot has a dated version of the same endpoint.

    Why: numeric versions lose support in September 2027; a dated one is supported for eighteen months and
    never changes.
    Instead: the dated path named in the finding (the place of the version moves with it).
    """

    code, name, severity = "HS403", "undated-version", Severity.INFO
    strict = True
    references = ("https://developers.hubspot.com/docs/api-reference/legacy/migration-guide",)
    bad: ClassVar = (
        ("app.py", "import requests\nrequests.get('https://api.hubapi.com/crm/v3/objects/contacts/1')\n"),
        ("app.js", "axios.get('https://api.hubapi.com/crm/v3/owners?limit=100');\n"),
    )
    good: ClassVar = (
        (
            "app.py",
            "import requests\nrequests.get('https://api.hubapi.com/crm/objects/2026-09/contacts/1')\n",
        ),
        ("app.js", "axios.get('https://api.hubapi.com/marketing/v3/forms');\n"),
    )

    def check(self, unit: Unit) -> Iterator[Finding]:
        """Raw calls to a numeric version, once a path family and file."""
        seen: set[str] = set()
        for call in unit.memo(find_calls):
            path = path_of(call.url)
            instead = newer(path, call.method) if call.url else ""
            family = "/".join(instead.split("/")[:4])
            if not instead or family in seen or any(re.search(e.pattern, path) for e in endings()):
                continue
            seen.add(family)
            yield self.at(
                unit, (call.start, min(call.end, call.start + 200)),
                f"{call.label}: numeric API versions lose support in {numeric_end()}",
                fix=suggestion(f"use {instead}"),
            )  # fmt: skip
