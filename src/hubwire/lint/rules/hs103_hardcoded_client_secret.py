"""HS103: an app's client secret in the repository."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from hubwire.lint.finding import Confidence, Finding, Severity
from hubwire.lint.fixes import from_environment
from hubwire.lint.project import Unit
from hubwire.lint.rule import Rule
from hubwire.lint.secrets import redact, scan


class HardcodedClientSecret(Rule):
    """The client secret of a HubSpot app is written in the repository.

    Why: with the secret one can exchange codes and refresh tokens as the app, and sign webhooks that pass
    for HubSpot's.
    Instead: rotate the secret in the app's settings, read it from the environment or a secret store.
    """

    code, name, severity = "HS103", "hardcoded-client-secret", Severity.ERROR
    fixes = "safe"
    reads = "text"
    references = (
        "https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/request-validation",
    )
    bad: ClassVar = (
        ("app.py", 'HUBSPOT_CLIENT_SECRET = "{uuid}"\n'),
        ("app.js", 'const hubspot = { clientId: process.env.ID, clientSecret: "{uuid}" };\n'),
        (".env", "HUBSPOT_CLIENT_SECRET={uuid}\n"),
    )
    good: ClassVar = (
        ("app.py", 'import os\nHUBSPOT_CLIENT_SECRET = os.environ["HUBSPOT_CLIENT_SECRET"]\n'),
        (
            "app.js",
            'const hubspot = { clientId: "{uuid}", clientSecret: process.env.HUBSPOT_CLIENT_SECRET };\n',
        ),
        (".env.example", "HUBSPOT_CLIENT_SECRET=yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy\n"),
    )

    def check(self, unit: Unit) -> Iterator[Finding]:
        """Every value of this kind."""
        for secret in unit.memo(scan):
            if secret.kind in ("client-secret",):
                yield self.at(
                    unit, (secret.start, secret.end),
                    f"client secret {redact(secret.value)} of a HubSpot app is written here; rotate it "
                    f"and read it from the environment",
                    confidence=Confidence.HIGH if secret.sure else Confidence.MEDIUM,
                    fix=from_environment(unit, secret),
                )  # fmt: skip
