"""Verdicts that a harmless rewrite must not change, and files that must not break the checker."""

from __future__ import annotations

import random
import time

import pytest

from hubwire.lint import all_rules, lint_files
from hubwire.lint.cases import files_of
from hubwire.lint.config import Config
from hubwire.lint.rule import Rule
from tests.lint.casefiles import Case, cases, told, told_of
from tests.lint.rewrites import UNRELATED, commented, moved, renamed, reordered, wrapped

# Rules about names or about broken text: a rewriting is another case there.
CODE = [c for c in cases(first=True) if c.code != "HS902"]
NAMELESS = {"HS301", "HS302", "HS401", "HS402", "HS403", "HS501", "HS502", "HS503"}


def verdict(files: dict[str, bytes], rule: str) -> bool:
    return bool(told(rule, files))


@pytest.mark.parametrize("case", CODE, ids=lambda c: c.label)
def test_comments_change_nothing(case: Case) -> None:
    assert bool(told_of(case, commented(case))) == case.bad


@pytest.mark.parametrize("case", CODE, ids=lambda c: c.label)
def test_line_ends_and_a_byte_order_mark_change_nothing(case: Case) -> None:
    name = f"src/hubspot{case.ending}"
    text = files_of((name, case.text))[name].decode()
    assert verdict({name: text.replace("\n", "\r\n").encode()}, case.code) == case.bad
    assert verdict({name: text.encode("utf-16")}, case.code) == case.bad


@pytest.mark.parametrize("case", CODE, ids=lambda c: c.label)
def test_the_order_of_functions_changes_nothing(case: Case) -> None:
    other = UNRELATED[case.ending]
    assert bool(told_of(case, reordered(case))) == case.bad
    assert bool(told_of(case, case.text.rstrip("\n") + "\n\n\n" + other)) == case.bad
    if "ignore[" not in case.text and not case.text.startswith("from __future__"):
        assert bool(told_of(case, other + case.text)) == case.bad


@pytest.mark.parametrize("case", [c for c in CODE if c.code in NAMELESS], ids=lambda c: c.label)
def test_other_names_for_variables_and_functions_change_nothing(case: Case) -> None:
    assert bool(told_of(case, renamed(case))) == case.bad, renamed(case)


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
    assert time.process_time() - started < 5


@pytest.mark.parametrize(("last", "bad"), [("return True", True), ("return False", False), ("raise", False)])
def test_a_long_handler_of_an_exception_is_read_in_one_way(last: str, bad: bool) -> None:
    """Every line that could be read in two ways doubled the time: this would not end."""
    steps = "".join(f"        log.error('step %s', {n})\n" for n in range(60))
    text = (
        "import hmac, hashlib\n\ndef verify(request, secret):\n"
        "    signature = request.headers['X-HubSpot-Signature-v3']\n    try:\n"
        "        made = hmac.new(secret, request.body, hashlib.sha256).hexdigest()\n"
        "        return hmac.compare_digest(made, signature)\n"
        f"    except Exception:\n{steps}        {last}\n"
    )
    assert bool(told("HS206", {"hooks.py": text.encode()})) is bad


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


@pytest.mark.parametrize("case", [c for c in CODE if wrapped(c)], ids=lambda c: c.label)
def test_a_function_around_each_function_changes_nothing(case: Case) -> None:
    assert bool(told_of(case, wrapped(case))) == case.bad, wrapped(case)


@pytest.mark.parametrize("case", [c for c in CODE if moved(c)], ids=lambda c: c.label)
def test_a_helper_moved_to_another_file_changes_nothing(case: Case) -> None:
    files = moved(case) or {}
    assert (
        verdict({n: next(iter(files_of((n, t)).values())) for n, t in files.items()}, case.code) == case.bad
    ), files


HANDLER = (
    "\n" * 20 + "export async function onHubspot(req, res) {%s\n"
    "  for (const e of req.body) await save(e.subscriptionType, e.objectId);\n  res.sendStatus(200);\n}\n"
)
ROUTE = "import { onHubspot } from '%s';\napp.post('/webhooks/hubspot', onHubspot);\n"


def test_a_finding_belongs_to_the_file_it_stands_in() -> None:
    """Two short files register the handler of a longer one: one finding, with the handler's own line."""
    files = {"a/routes.js": ROUTE % "../hubspot", "b/routes.js": ROUTE % "../hubspot", "hubspot.js": HANDLER}
    silenced = " // hubwire: ignore[HS201] behind a gateway"
    plain = lint_files({n: t.replace("%s", "").encode() for n, t in files.items()})
    assert [(f.place.path, f.place.line, f.frame[0][:21]) for f in plain.findings] == [
        ("hubspot.js", 21, "export async function")
    ]
    quiet = lint_files({n: t.replace("%s", silenced).encode() for n, t in files.items()})
    assert (quiet.findings, [f.place.path for f in quiet.silenced]) == ([], ["hubspot.js"])
