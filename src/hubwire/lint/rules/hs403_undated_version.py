"""HS403: a numeric API version where a dated one exists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from hubwire.lint.endpoints import SUNSETS, dated, path_of
from hubwire.lint.finding import Finding, Severity
from hubwire.lint.hubspot import find_calls
from hubwire.lint.project import Unit
from hubwire.lint.rule import Rule, suggestion


class UndatedVersion(Rule):
    """A call uses `/v1/`, `/v2/` or `/v3/` where HubSpot has a dated version of the same endpoint.

    Why: numeric versions lose support in September 2027; a dated one is supported for eighteen months and
    never changes.
    Instead: the dated path named in the finding (the place of the version moves with it).
    """

    code, name, severity = "HS403", "undated-version", Severity.INFO
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
            newer = dated(path) if call.url else ""
            if not newer or newer in seen or any(re.search(s.pattern, path) for s in SUNSETS):
                continue
            seen.add(newer)
            yield self.at(
                unit, (call.start, min(call.end, call.start + 200)),
                f"{call.label}: numeric API versions lose support in September 2027",
                strict=True,
                fix=suggestion(f"use {newer}"),
            )  # fmt: skip
