"""What fixes make of files: programs that parse, without the finding, and no second change."""

from __future__ import annotations

import ast

import pytest

from hubwire.lint import all_rules, lint_files
from hubwire.lint.cases import files_of, invented
from hubwire.lint.config import Config
from hubwire.lint.fix import applied, edits_of
from hubwire.lint.parse import parse
from hubwire.lint.source import Source
from tests.lint.casefiles import Case, cases

U = invented()
ENV = 'os.environ["HUBSPOT_API_KEY"]'


def fixed(name: str, text: str, *, unsafe: bool = True) -> str:
    data = text.encode()
    report = lint_files({name: data}, Config(select=("HS1", "HS2", "HS9"), profile="strict"))
    return applied(data, edits_of(report.findings, unsafe=unsafe).get(name, ())).decode()


IMPORTED = [
    ('"""Doc."""\n{}\n', '"""Doc."""\n\nimport os\n\n{}\n'),
    ('"""Doc."""\nfrom __future__ import annotations\n\n{}\n',
     '"""Doc."""\nfrom __future__ import annotations\n\nimport os\n\n\n{}\n'),
    ("from __future__ import annotations\nimport sys\n{}\n",
     "from __future__ import annotations\nimport os\nimport sys\n{}\n"),
    ("#!/usr/bin/env python\n# -*- coding: utf-8 -*-\n{}\n",
     "#!/usr/bin/env python\n# -*- coding: utf-8 -*-\n\nimport os\n\n{}\n"),
    ("\ufeff{}\n", "\ufeffimport os\n\n{}\n"),
    ("\ufeffimport sys\n{}\n", "\ufeffimport os\nimport sys\n{}\n"),
    ("import sys\r\n{}\r\n", "import os\r\nimport sys\r\n{}\r\n"),
    ("{}\r\n", "import os\r\n\r\n{}\r\n"),
    ("def f():\n    import requests\n    {}\n", "import os\n\ndef f():\n    import requests\n    {}\n"),
    ("def f():\n\timport os\n\nX = 1\n{}\n", "import os\n\ndef f():\n\timport os\n\nX = 1\n{}\n"),
    ("try:\n    import json\nexcept ImportError:\n    json = None\n{}\n",
     "import os\n\ntry:\n    import json\nexcept ImportError:\n    json = None\n{}\n"),
    ("{}", "import os\n\n{}"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after"), IMPORTED, ids=[repr(b) for b, _ in IMPORTED])
def test_an_import_is_added_where_it_holds_for_the_whole_file(before: str, after: str) -> None:
    text = before.format(f'HUBSPOT_API_KEY = "{U}"')
    assert fixed("app.py", text) == after.format(f"HUBSPOT_API_KEY = {ENV}")
    assert fixed("app.py", text, unsafe=False) == text
    ast.parse(fixed("app.py", text).lstrip("\ufeff"))


REPLACED = [
    ("app.py", 'import os\nHUBSPOT_API_KEY = r"{}"\n', f"import os\nHUBSPOT_API_KEY = {ENV}\n"),
    ("app.py", 'import os\nHUBSPOT_API_KEY = f"{}"\n', f"import os\nHUBSPOT_API_KEY = {ENV}\n"),
    ("app.py", 'import os\nHUBSPOT_API_KEY = """{}"""\n', f"import os\nHUBSPOT_API_KEY = {ENV}\n"),
    ("app.py", 'import os as o\nHUBSPOT_API_KEY = "{}"\n',
     'import os as o\nHUBSPOT_API_KEY = o.environ["HUBSPOT_API_KEY"]\n'),
    ("app.py", 'from os import environ\nHUBSPOT_API_KEY = "{}"\n',
     'from os import environ\nHUBSPOT_API_KEY = environ["HUBSPOT_API_KEY"]\n'),
    ("app.py", 'import os\nk = os.getenv("HUBSPOT_API_KEY", "{}")\n',
     'import os\nk = os.getenv("HUBSPOT_API_KEY")\n'),
    ("app.py", 'import os\nk = os.environ.get("HUBSPOT_API_KEY") or "{}"\n',
     'import os\nk = os.environ.get("HUBSPOT_API_KEY")\n'),
    ("app.js", 'const HUBSPOT_API_KEY = "{}";\n', "const HUBSPOT_API_KEY = process.env.HUBSPOT_API_KEY;\n"),
    ("app.ts", 'const HUBSPOT_KEY: string = "{}";\n',
     "const HUBSPOT_KEY: string = process.env.HUBSPOT_API_KEY!;\n"),
    ("app.js", 'const k = process.env.HUBSPOT_KEY || "{}";\n', "const k = process.env.HUBSPOT_KEY;\n"),
    ("app.js", "const k = process.env.HUBSPOT_KEY ?? `{}`;\n", "const k = process.env.HUBSPOT_KEY;\n"),
    ("app.jsx", 'const a = <HubspotProvider apiKey="{}" />;\n',
     "const a = <HubspotProvider apiKey={process.env.HUBSPOT_API_KEY} />;\n"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "before", "after"), REPLACED, ids=[b for _, b, _ in REPLACED])
def test_a_whole_literal_is_replaced(name: str, before: str, after: str) -> None:
    text = before.replace("{}", U)
    assert fixed(name, text) == after
    assert fixed(name, text, unsafe=False) == (text if name.endswith("x") else after)


LEFT = [
    ("app.py", 'import os\nHUBSPOT_API_KEY = b"{}"\n'),
    ("app.py", 'import os\nHUBSPOT_API_KEY = "{}" ""\n'),
    ("app.py", "import os\nu = f\"https://api.hubapi.com?hapikey={'{}'}\"\n"),
    ("app.py", 'import os\n# HUBSPOT_API_KEY = "{}"\n'),
    ("app.py", 'import os\ndef f(os):\n    hubspot_api_key = "{}"\n'),
    ("app.py", 'import os\ndef f(hubspot_api_key: Literal["{}"]): ...\n'),
    ("app.js", 'const hubspot = { "{}": 1 };\n'),
    ("app.js", 'fetch("https://api.hubapi.com/x?hapikey={}");\n'),
    ("app.js", 'const k = import.meta.env.VITE_HUBSPOT_API_KEY || "{}"; // hubspot\n'),
    ("app.js", '"use client";\nconst hubspotApiKey = "{}";\n'),
    ("app.ts", 'const k = Deno.env.get("HUBSPOT_API_KEY") ?? "{}";\n'),
    ("app.ts", 'type HubspotApiKey = "{}";\n'),
    ("app.ts", 'enum Hubspot { API_KEY = "{}" }\n'),
    ("code.gs", "const HUBSPOT_API_KEY = '{}';\n"),
    ("c.json", '{"hubspot_api_key": "{}"}\n'),
    (".env", 'HUBSPOT_API_KEY="{}"\n'),
    ("page.html", '<!-- hubspot --><script>const HUBSPOT_API_KEY = "{}";</script>\n'),
]


@pytest.mark.parametrize(("name", "text"), LEFT, ids=[t for _, t in LEFT])
def test_what_is_no_whole_value_of_a_program_is_left_to_people(name: str, text: str) -> None:
    assert fixed(name, text.replace("{}", U)) == text.replace("{}", U)


CHECK = (
    "import hashlib, hmac\n\n\ndef verify_hubspot(request):\n    sent = {}\n"
    "    expected = hmac.new(KEY, request.data, hashlib.sha256).hexdigest()\n    return {}\n"
)


@pytest.mark.parametrize(
    ("sent", "compared", "after", "safe"),
    [
        ("request.headers['X-HubSpot-Signature-v3']", "sent == expected",
         "hmac.compare_digest(sent, expected)", True),
        ("request.headers.get('X-HubSpot-Signature-v3')", "sent != expected",
         "not hmac.compare_digest(sent, expected)", False),
    ],
)  # fmt: skip
def test_a_header_that_may_be_missing_is_compared_by_an_unsafe_fix(
    sent: str, compared: str, after: str, safe: bool
) -> None:
    text, wanted = (CHECK.format(sent, said).replace("sent", "signature") for said in (compared, after))
    assert fixed("verify.py", text) == wanted
    assert fixed("verify.py", text, unsafe=False) == (wanted if safe else text)


def broken(name: str, text: str) -> int:
    return parse(Source(name, text.encode())).errors


@pytest.mark.parametrize("case", [c for c in cases() if c.bad and c.code != "HS902"], ids=lambda c: c.label)
def test_the_fix_of_a_case_parses_removes_the_finding_and_is_done(case: Case) -> None:
    name = f"src/hubspot{case.ending}"
    text = files_of((name, case.text))[name].decode()
    for line_end in ("\n", "\r\n"):
        before = text.replace("\n", line_end)
        once = fixed(name, before)
        assert broken(name, once) <= broken(name, before), once
        if once != before:
            assert once.count("\n") == once.count(line_end), once
            for _ in range(4):
                once, before = fixed(name, once), once
            assert once == before


def test_every_rule_is_known_to_fix_or_to_suggest() -> None:
    fixing = set()
    for rule in all_rules():
        for case in rule.bad:
            found = lint_files(files_of(case), Config(profile="audit")).findings
            fixing |= {f.code for f in found if f.fix and f.fix.edits}
    assert fixing == {r.code for r in all_rules() if r.fixes == "safe"}
    assert fixing == {"HS101", "HS102", "HS103", "HS202", "HS901"}
