"""Fixes shared by several rules."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hubwire.lint.finding import Edit, Fix

if TYPE_CHECKING:
    from hubwire.lint.project import Unit
    from hubwire.lint.secrets import Secret

VARIABLES = {
    "api-key": "HUBSPOT_API_KEY",
    "access-token": "HUBSPOT_ACCESS_TOKEN",
    "refresh-token": "HUBSPOT_REFRESH_TOKEN",
    "client-secret": "HUBSPOT_CLIENT_SECRET",
    "personal-access-key": "HUBSPOT_PERSONAL_ACCESS_KEY",
}


def from_environment(unit: Unit, secret: Secret) -> Fix:
    """Read the credential from the environment: safe where a whole literal is replaced and the import is "
    "there."""
    variable = VARIABLES[secret.kind]
    summary = f"read it from the environment variable {variable}"
    text = unit.source.text
    quote = text[secret.start - 1 : secret.start]
    comment = any(a <= secret.start < b for a, b in unit.facts.quiet) if unit.source.language else True
    if comment or quote not in ("'", '"', "`") or text[secret.end : secret.end + 1] != quote:
        return Fix(summary)
    start, end = secret.start - 1, secret.end + 1
    if re.search(r"(?i)(getenv|environ(\.get)?|env)\s*[(\[][^()\[\]]*$", text[max(0, start - 80) : start]):
        return Fix(summary)
    if unit.facts.language != "py":
        return Fix(summary, (Edit(start, end, f"process.env.{variable}"),), True)
    has_os = any(i.local == "os" and i.symbol == "*" for i in unit.facts.imports)
    edits = [Edit(start, end, f'os.environ["{variable}"]')]
    if not has_os:
        at = unit.facts.imports[0].start if unit.facts.imports else 0
        edits.insert(0, Edit(at, at, "import os\n"))
    return Fix(summary, tuple(edits), has_os)
