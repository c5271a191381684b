"""HS101: an API key in the repository."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from hubwire.lint.finding import Confidence, Finding, Severity
from hubwire.lint.fixes import from_environment
from hubwire.lint.project import Unit
from hubwire.lint.rule import Rule
from hubwire.lint.secrets import redact, scan


class HardcodedApiKey(Rule):
    """A HubSpot API key (account or developer) is written in the repository.

    Why: whoever can read the repository, a build log or a container image can act as the account. Deleting
    the line does not help: the key stays in the history.
    Instead: revoke the key, read the new credential from the environment or a secret store, and prefer a
    private-app token or OAuth: account API keys stopped working in November 2022.
    """

    code, name, severity = "HS101", "hardcoded-api-key", Severity.ERROR
    fixes = "safe"
    reads = "text"
    references = ("https://developers.hubspot.com/changelog/upcoming-api-key-sunset",)
    bad: ClassVar = (
        ("app.py", 'import requests\nHUBSPOT_API_KEY = "{uuid}"\n'),
        ("app.js", 'const hubspot = new Hubspot({ apiKey: "{uuid}" });\n'),
        (".env", "HUBSPOT_API_KEY={uuid}\n"),
    )
    good: ClassVar = (
        ("app.py", 'import os\nHUBSPOT_API_KEY = os.environ["HUBSPOT_API_KEY"]\n'),
        ("app.js", "const hubspot = new Hubspot({ apiKey: process.env.HUBSPOT_API_KEY });\n"),
        (".env.example", "HUBSPOT_API_KEY=00000000-0000-0000-0000-000000000000\n"),
    )

    def check(self, unit: Unit) -> Iterator[Finding]:
        """Every value typed as an API key."""
        for secret in unit.memo(scan):
            if secret.kind == "api-key":
                yield self.at(
                    unit, (secret.start, secret.end),
                    f"HubSpot API key {redact(secret.value)} is written here; revoke it and read it from "
                    f"the environment",
                    confidence=Confidence.HIGH if secret.sure else Confidence.MEDIUM,
                    fix=from_environment(unit, secret),
                )  # fmt: skip
