"""HS402: a path with a date on its grave."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from hubwire.lint.endpoints import path_of
from hubwire.lint.finding import Finding, Severity
from hubwire.lint.hubspot import find_calls
from hubwire.lint.knowledge import endings
from hubwire.lint.project import Unit
from hubwire.lint.rule import Rule, suggestion


class SunsetEndpoint(Rule):
    """A call goes to an endpoint that HubSpot has announced the end of, or has ended.

    Why: on that day the code stops, or works without fixes until it does.
    Instead: the path named in the finding.
    """

    code, name, severity = "HS402", "sunset-endpoint", Severity.WARNING
    strict = True
    references = ("https://developers.hubspot.com/changelog",)
    bad: ClassVar = (
        (
            "app.py",
            "import requests\nrequests.get('https://api.hubapi.com/contacts/v1/lists/7/contacts/all')\n",
        ),
        ("app.js", "axios.post('https://api.hubapi.com/oauth/v1/token', form);\n"),
        (
            "app.ts",
            "await fetch(`https://api.hubapi.com/crm/v4/objects/contacts/${id}/associations/deals`);\n",
        ),
    )
    good: ClassVar = (
        (
            "app.py",
            "import requests\nrequests.get('https://api.hubapi.com/crm/lists/2026-09/7/memberships')\n",
        ),
        ("app.js", "axios.post('https://api.hubapi.com/oauth/2026-09/token', form);\n"),
    )

    def check(self, unit: Unit) -> Iterator[Finding]:
        """Calls whose path is in the table of endings, once a path and file."""
        seen: set[str] = set()
        for call in unit.memo(find_calls):
            path = path_of(call.url)
            for end in endings() if call.url else ():
                if re.search(end.pattern, path) and end.pattern not in seen:
                    seen.add(end.pattern)
                    yield self.at(
                        unit, (call.start, min(call.end, call.start + 200)),
                        f"{call.label}: {end.what}, {end.day} ({end.source})",
                        fix=suggestion(f"use {end.instead}"),
                    )  # fmt: skip
