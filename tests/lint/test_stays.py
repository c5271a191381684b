"""Verdicts that a harmless rewrite must not change, and files that must not break the checker."""

from __future__ import annotations

import random
import re
import time
from pathlib import Path

import pytest

from hubwire.lint import all_rules, lint_files
from hubwire.lint.cases import files_of
from hubwire.lint.config import Config
from hubwire.lint.rule import Rule

CASES = Path(__file__).parent / "cases"


def verdict(files: dict[str, bytes], rule: str) -> bool:
    return bool(lint_files(files, Config(select=(rule,))).findings)


def commented(name: str, text: str) -> str:
    mark = "#" if name.endswith(".py") else "//"
    return "".join(
        f"{mark} a remark\n{line}" if line[:1].isalpha() else line for line in text.splitlines(keepends=True)
    )


def code_cases() -> list[object]:
    out = []
    for path in sorted(CASES.glob("*.txt")):
        code, language = path.stem.split("-")
        parts = re.split(r"^=== (bad|good): (.+)\n", path.read_text("utf-8"), flags=re.M)[1:]
        for kind, title, text in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
            if "hub" in text.lower():
                out.append(
                    pytest.param(
                        code, kind, f"src/hubspot.{language}", text, id=f"{path.stem}-{kind}-{title}"
                    )
                )
    return out


@pytest.mark.parametrize(("code", "kind", "name", "text"), code_cases())
def test_comments_change_nothing(code: str, kind: str, name: str, text: str) -> None:
    assert verdict({name: commented(name, text).encode()}, code) == (kind == "bad")


@pytest.mark.parametrize(("code", "kind", "name", "text"), code_cases())
def test_line_ends_and_a_byte_order_mark_change_nothing(code: str, kind: str, name: str, text: str) -> None:
    assert verdict({name: text.replace("\n", "\r\n").encode()}, code) == (kind == "bad")
    assert verdict({name: text.encode("utf-16")}, code) == (kind == "bad")


@pytest.mark.parametrize("rule", all_rules(), ids=lambda r: r.code)
def test_truncated_files_break_nothing(rule: Rule) -> None:
    for case in (*rule.bad, *rule.good):
        for name, data in files_of(case).items():
            for cut in range(0, len(data), max(1, len(data) // 12)):
                lint_files({name: data[:cut] + b" hubspot"}, Config(select=(rule.code,), profile="audit"))


@pytest.mark.parametrize("ending", [".py", ".js", ".ts", ".tsx", ".json", ".env"])
def test_random_bytes_break_nothing(ending: str) -> None:
    chance = random.Random(7)
    for size in (10, 1000, 40_000):
        started = time.perf_counter()
        for _ in range(3):
            lint_files(
                {f"a{ending}": b"hubspot " + chance.randbytes(size).replace(b"\0", b" ")},
                Config(profile="audit"),
            )
        assert time.perf_counter() - started < 6


@pytest.mark.parametrize(
    "unit", ["(", "[", "{", "a+", "`${", "f(", "if x:\n ", "{a:", "=>", '"', "hubspot.crm."]
)
def test_deep_nesting_breaks_nothing(unit: str) -> None:
    for ending in (".py", ".js", ".ts"):
        lint_files({f"a{ending}": f"# hubspot\n{unit * 3000}".encode()}, Config(profile="audit"))


LONG = "const a{n} = await fetch(`https://api.hubapi.com/crm/v3/objects/contacts/${{id}}`);\n"


def test_a_file_of_a_megabyte_is_quick() -> None:
    text = "".join(LONG.format(n=n) for n in range(9000)).encode()[:1_000_000]
    started = time.process_time()
    lint_files({"a.js": text}, Config())
    assert time.process_time() - started < 8


WRAPPED = {
    "HS502": (
        {"a.js": "for (const r of rows) await axios.post(`${HOST}/crm/v3/objects/contacts`, r);\n"},
        {
            "a.js": "import { send } from './hubspot/send';\nfor (const r of rows) await send(r);\n",
            "hubspot/send.js": "export const send = (r) =>\n"
            "axios.post(`${HOST}/crm/v3/objects/contacts`, r);\n",
        },
    ),
    "HS302": (
        {
            "a.js": "await Promise.all(ids.map((i) =>\n"
            "  fetch(`https://api.hubapi.com/crm/v3/objects/contacts/${i}`)));\n"
        },
        {
            "a.js": "const { read } = require('./hubspot/read');\n"
            "Promise.all(ids.map((i) => read(i))); // hubspot\n",
            "hubspot/read.js": "exports.read = (i) =>\n"
            "  fetch(`https://api.hubapi.com/crm/v3/objects/contacts/${i}`);\n",
        },
    ),
    "HS401": (
        {
            "a.py": "import requests\n"
            "requests.get('https://api.hubapi.com/crm/v3/owners', params={'hapikey': K})\n"
        },
        {
            "a.py": "import requests\nP = {'hapikey': K}\n"
            "requests.get('https://api.hubapi.com/crm/v3/owners', params=P)\n"
        },
    ),
}


@pytest.mark.parametrize("code", WRAPPED)
def test_a_helper_in_another_file_keeps_the_verdict(code: str) -> None:
    for files in WRAPPED[code]:
        assert verdict({n: t.encode() for n, t in files.items()}, code)


def test_an_alias_of_tsconfig_leads_to_the_helper() -> None:
    files = {
        "tsconfig.json": '{"compilerOptions": {"baseUrl": ".", "paths": {"#lib/*": ["lib/*"]}}}',
        "src/a.ts": "import { send } from '#lib/hubspot';\nfor (const r of rows) await send(r); // hubspot\n",
        "lib/hubspot.ts": "export { deliver as send } from './deliver';\n",
        "lib/deliver.ts": "export async function deliver(r) {\n"
        "  return fetch('https://api.hubapi.com/crm/v3/objects/contacts', { method: 'POST', body: r });\n}\n",
    }
    assert verdict({n: t.encode() for n, t in files.items()}, "HS502")
