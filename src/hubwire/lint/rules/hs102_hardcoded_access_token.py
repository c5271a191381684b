"""HS102: a token in the repository."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from hubwire.lint.finding import Confidence, Finding, Severity
from hubwire.lint.fixes import from_environment
from hubwire.lint.project import Unit
from hubwire.lint.rule import Rule
from hubwire.lint.secrets import redact, scan


class HardcodedAccessToken(Rule):
    """A private-app token, OAuth access or refresh token, or personal access key is written in the
    repository.

    Why: the token is the account for as long as it lives; private-app and refresh tokens live until
    somebody revokes them. HubSpot deactivates tokens that GitHub finds in public repositories, which stops
    the integration without notice.
    Instead: rotate the token, then read it from the environment or a secret store.
    """

    code, name, severity = "HS102", "hardcoded-access-token", Severity.ERROR
    fixes = "safe"
    reads = "text"
    references = ("https://developers.hubspot.com/docs/apps/legacy-apps/authentication/intro-to-auth",)
    bad: ClassVar = (
        ("app.py", 'client = HubSpot(access_token="{pat}")\n'),
        ("app.js", 'const hubspotClient = new hubspot.Client({ accessToken: "{pat}" });\n'),
        ("app.ts", 'const token = process.env.HUBSPOT_TOKEN || "{pat}";\n'),
        ("README.md", "curl -H 'Authorization: Bearer {pat}' https://api.hubapi.com/crm/v3/owners\n"),
    )
    good: ClassVar = (
        ("app.py", 'import os\nclient = HubSpot(access_token=os.environ["HUBSPOT_ACCESS_TOKEN"])\n'),
        (
            "app.js",
            'const c = new Client({ accessToken: "pat-na1-00000000-0000-0000-0000-000000000000" });\n',
        ),
        ("README.md", "export HUBSPOT_ACCESS_TOKEN=pat-na1-your-token-here\n"),
    )

    def check(self, unit: Unit) -> Iterator[Finding]:
        """Every value of this kind."""
        for secret in unit.memo(scan):
            if secret.kind in ("access-token", "refresh-token", "personal-access-key"):
                yield self.at(
                    unit, (secret.start, secret.end),
                    f"HubSpot {secret.kind.replace('-', ' ')} {redact(secret.value)} is written here; "
                    f"rotate it and read it from the environment",
                    confidence=Confidence.HIGH if secret.sure else Confidence.MEDIUM,
                    fix=from_environment(unit, secret),
                )  # fmt: skip
