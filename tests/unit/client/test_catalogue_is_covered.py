"""Whatever the catalogue knows of today's API, the client has a call for."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import hubwire.client.calls
from hubwire.catalogue import load

CALLS = Path(hubwire.client.calls.__file__).parent
ELSEWHERE = {
    "oauth": "`hubwire.auth` asks for tokens",
    "installs": "`hubwire.auth` takes an app out of an account",
    "legacy": "what HubSpot retires has no method",
    **dict.fromkeys(
        ("calling", "calls", "cards", "flags", "occurrences", "templates", "timeline", "video"),
        "what apps add to the CRM has no method yet: `hub.request`",
    ),
    **dict.fromkeys(
        ("currencies", "origins", "preferences", "splits", "taxes", "units"),
        "settings and deal splits have no method yet: `hub.request`",
    ),
}
LEFT_OUT = {
    "lists.idmapping.read": "`lists.idmapping.batch` does the same for any number",
    "lists.folders.move": "nobody asked for it yet: `hub.request`",
    "lists.folders.rename": "nobody asked for it yet: `hub.request`",
    "account.usage_of_all": "nobody asked for it yet: `hub.request`",
    "schemas.purge": "nobody asked for it yet: `hub.request`",
    "journal.filters.read": "`journal.filters.list` tells the same",
}


def patterns() -> list[re.Pattern[str]]:
    """First argument of every `call(…)`: a name, or one with a verb left open."""
    found = []
    for path in CALLS.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.JoinedStr):
                parts = [
                    re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"[a-z_]+"
                    for part in node.values
                ]
                found.append(re.compile("".join(parts)))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.append(re.compile(re.escape(node.value)))
    return found


def test_every_endpoint_of_today_has_a_call() -> None:
    known = patterns()
    missing = [
        endpoint.op
        for endpoint in load.endpoints()
        if endpoint.op.partition(".")[0] not in ELSEWHERE
        and endpoint.op not in LEFT_OUT
        and not endpoint.op.startswith("associations.v3.")
        and not any(pattern.fullmatch(endpoint.op) for pattern in known)
    ]
    assert missing == []
