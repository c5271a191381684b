"""Silencing comments in every kind of file and place, and what is said of those that silence nothing."""

from __future__ import annotations

import re

import pytest

from hubwire.lint import Config, Finding, lint_files
from hubwire.lint.cases import invented
from hubwire.lint.fix import applied, edits_of

U = invented()
CALL = "requests.get(\n    'https://api.hubapi.com/crm/v3/objects/contacts',\n    headers=h,\n)"
PLAIN = f"import requests\nanswer = {CALL}"


def said(name: str, text: str, **settings: object) -> list[Finding]:
    return lint_files({name: text.replace("{}", U).encode()}, Config(**settings)).findings  # type: ignore[arg-type]


SILENT = [
    ("app.py", 'HUBSPOT_API_KEY = "{}"  # hubwire: ignore[HS101] revoked'),
    ("app.py", 'HUBSPOT_API_KEY = "{}"  # hubwire: ignore'),
    ("app.py", 'HUBSPOT_API_KEY = "{}"  # HubWire: Ignore[hs101]'),
    ("app.py", 'HUBSPOT_API_KEY = "{}"  # hubwire: ignore[hardcoded-api-key] old'),
    ("app.py", 'HUBSPOT_API_KEY = "{}"  # noqa: S105 # hubwire: ignore[HS1] old'),
    ("app.py", 'HUBSPOT_API_KEY = "{}"  # hubwire: ignore[HS101] old # noqa: S105'),
    ("app.py", '# hubwire: ignore[HS101] old\nHUBSPOT_API_KEY = "{}"'),
    ("app.py", '# hubwire: ignore[HS101] old\n# it was revoked\n\nHUBSPOT_API_KEY = "{}"'),
    ("app.py", '# hubwire: ignore[HS101] old\r\nHUBSPOT_API_KEY = "{}"\r\n'),
    ("app.py", '# hubwire: ignore-file[HS101] made up\nx = 1\ny = 2\nHUBSPOT_API_KEY = "{}"'),
    ("app.py", 'x = 1\nHUBSPOT_API_KEY = "{}"\n# hubwire: ignore-file\n'),
    ("app.js", 'const hubspotApiKey = "{}"; // hubwire: ignore[HS101] old'),
    ("app.js", 'const hubspotApiKey = "{}"; /* hubwire: ignore[HS101] old */ go();'),
    ("app.ts", '/* hubwire: ignore[HS101] old */\nconst hubspotApiKey = "{}";'),
    ("app.ts", '/*\n * hubwire: ignore-file[HS101] old\n */\nconst x = 1;\nconst hubspotApiKey = "{}";'),
    ("app.ts", '/**\n * What it is for.\n * hubwire: ignore[HS101] old\n */\nconst hubspotApiKey = "{}";'),
    ("app.jsx", 'const a = (\n  <b>\n  {/* hubwire: ignore[HS101] */}\n  <Hubspot apiKey="{}" />\n  </b>);'),
    ("app.tsx", 'const a = (\n  <b>\n    <Hubspot apiKey="{}" /> {/* hubwire: ignore[HS101] */}\n  </b>\n);'),
    (".env", "HUBSPOT_API_KEY={} # hubwire: ignore[HS101] old"),
    (".env", "# hubwire: ignore[HS101] old\nHUBSPOT_API_KEY={}"),
    ("a.yaml", "hubspot:\n  api_key: {}  # hubwire: ignore[HS101] old"),
    ("a.yaml", "hubspot:\n  # hubwire: ignore[HS101] old\n  api_key: {}"),
    ("a.toml", "[hubspot]\napi_key = '{}' # hubwire: ignore[HS101] old"),
    ("a.ini", "[hubspot]\n; hubwire: ignore[HS101] old\napi_key = {}"),
    ("a.sql", "-- hubwire: ignore[HS101] old\nINSERT INTO hubspot_api_key VALUES (hubspot_api_key = '{}');"),
    ("Dockerfile", "# hubwire: ignore[HS101] old\nENV HUBSPOT_API_KEY={}"),
    ("a.sh", "export HUBSPOT_API_KEY={} # hubwire: ignore[HS101] old"),
    ("a.html", "<!-- hubwire: ignore[HS101] old -->\n<b data-hubspot-api-key='{}'>"),
    ("a.md", "<!-- hubwire: ignore[HS101] old -->\nHubSpot API key: {}"),
    ("a.tf", 'variable "hubspot_api_key" {\n  default = "{}" # hubwire: ignore[HS101] old\n}'),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text"), SILENT, ids=[f"{n}-{t[:60]!r}" for n, t in SILENT])
def test_a_comment_silences(name: str, text: str) -> None:
    bare = re.sub("hubwire:", "hubwide:", text, flags=re.I)
    assert [f.code for f in said(name, bare)] == ["HS101"]
    assert said(name, text) == []


@pytest.mark.parametrize("place", ["# %s\nanswer = {}", "answer = {}  # %s", "answer = {}\n# %s"])
def test_a_comment_stands_above_a_long_statement_or_at_its_end(place: str) -> None:
    text = "import requests\n" + place.replace("{}", CALL) % "hubwire: ignore[HS301] a script"
    assert [f.code for f in said("app.py", PLAIN)] == ["HS301"]
    left = [f.code for f in said("app.py", text + "\n")]
    assert left == (["HS301", "HS901"] if place.endswith("\n# %s") else [])


NOTHING = "this comment silences nothing"
UNUSED = [
    ("x = 1  # hubwire: ignore[HS101] a", f"{NOTHING} for HS101", "x = 1"),
    ("x = 1  # hubwire: ignore  # hubspot", NOTHING, "x = 1"),
    ("x = 1  # hubwire: ignore[HS101] a # noqa: E1", f"{NOTHING} for HS101", "x = 1 # noqa: E1"),
    ("x = 1  # hubwire: ignore[HS104] in a strict one", f"{NOTHING} for HS104", "x = 1"),
    ("# hubwire: ignore[HS101] a\r\nx = 1", f"{NOTHING} for HS101", "x = 1"),
    ("x = 1  # hubwire: ignore[HS999, HS301]", "no rule is called HS999", None),
    ("x = 1  # hubwire: ignore[no-such-rule]", "no rule is called no-such-rule", None),
    ('HUBSPOT_API_KEY = "{}"  # hubwire: ignore[HS101, HS301] old', f"{NOTHING} for HS301",
     'HUBSPOT_API_KEY = "{}"  # hubwire: ignore[HS101] old'),
    ("# hubwire: ignore-file[HS101] a\nx = 1", f"{NOTHING} for HS101", "x = 1"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message", "after"), UNUSED, ids=[t for t, _, _ in UNUSED])
def test_a_useless_comment_is_told_and_removed(text: str, message: str, after: str | None) -> None:
    data = text.replace("{}", U).encode()
    (finding,) = said("hubspot.py", text)
    assert (finding.code, finding.message) == ("HS901", message)
    edits = edits_of([finding], unsafe=False).get("hubspot.py", [])
    assert applied(data, edits).decode() == (text if after is None else after).replace("{}", U)


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("const x = 1; /* hubwire: ignore[HS101] old */ go();", "const x = 1; go();"),
        ("const x = 1; // hubwire: ignore[HS101] old", "const x = 1;"),
        ("const a = <b>\n  {/* hubwire: ignore[HS101] old */}\n  <i/></b>;", "const a = <b>\n  <i/></b>;"),
    ],
)
def test_a_useless_comment_is_removed_and_nothing_else(text: str, after: str) -> None:
    (finding,) = said("hubspot.jsx", text)
    assert applied(text.encode(), edits_of([finding], unsafe=False)["hubspot.jsx"]).decode() == after


LOGGED = "# hubspot\nimport requests\nprint(access_token)  # hubwire: ignore[HS104] a test account\n"


@pytest.mark.parametrize("settings", [{}, {"profile": "strict"}, {"profile": "audit"}, {"ignore": ("HS104",)},
                                      {"per_file_ignores": {"*.py": ("HS104",)}}])  # fmt: skip
def test_whether_a_comment_is_used_does_not_hang_on_the_profile(settings: dict[str, object]) -> None:
    assert said("app.py", LOGGED, **settings) == []


def test_nothing_is_said_of_comments_when_that_rule_is_left_out() -> None:
    assert said("hubspot.py", "x = 1  # hubwire: ignore[HS101]", ignore=("HS901",)) == []
    assert said("hubspot.py", "x = 1  # hubwire: ignore[HS101]", select=("HS1",)) == []
