"""Which files a run reads, and how little of the checker it loads for those that do not matter."""

import base64
import gc
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from hubwire.lint import Config, lint_files, lint_paths
from hubwire.lint.collect import LIMIT, collect
from hubwire.lint.markers import marked
from hubwire.lint.project import Project
from hubwire.lint.run import Disk

TOKENS = (
    b"HubSpot", b"api.hubapi.com", b"hapikey", b"HAPI_KEY", b"js.hsforms.net", b"pat-na1-", b"pat-eu1-",
    b"pat-ap1-", b"CiRuYTEt", b"CiRldTEt", b"CiRhcDEt", b"basicApi", b"basic_api", b"/crm/v3/",
    b"/crm/v4/", b"subscriptionType",
)  # fmt: skip
NEAR = (b"github", b"hubris", b"hapi", b"/crm/v1/", b"basic", b"subscriptions", b"pat-us1-", b"circle")


@pytest.mark.parametrize("token", TOKENS)
def test_every_sign_of_hubspot_marks_a_file(token):
    assert marked(b"x = 1  # " + token + b"\n")


@pytest.mark.parametrize("token", NEAR)
def test_what_only_begins_like_a_sign_marks_none(token):
    assert not marked(b"x = 1  # " + token + b" \n")


@pytest.fixture
def tree(tmp_path):
    """A folder with files to read and files to leave alone."""
    left = ("node_modules/x.js", "sub/build/y.py", "app.min.js", "yarn.lock")
    for name in ("b.py", "a.py", "sub/c.py", "sub/env/d.json", *left):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x = 1\n")
    (tmp_path / "huge.py").write_bytes(b"#" * (LIMIT + 1))
    (tmp_path / "link.py").symlink_to(tmp_path / "a.py")
    (tmp_path / "round").symlink_to(tmp_path)
    return tmp_path


@pytest.mark.parametrize("region", [b"na1", b"na2", b"eu1", b"ap1"])
def test_a_personal_key_is_found_where_nothing_else_speaks_of_hubspot(tmp_path, region):
    key = base64.b64encode(b"\n$" + region + b"-" + random.Random(3).randbytes(70)).rstrip(b"=")
    (tmp_path / ".env").write_bytes(b"KEY=" + key + b"\n")
    (finding,) = lint_paths([tmp_path]).findings
    assert (finding.code, key.decode() in str(finding)) == ("HS102", False)


def names(found, tree):
    return [Path(f).relative_to(tree).as_posix() for f in found]


def test_a_walk_leaves_out_what_is_vendored_huge_or_a_link(tree):
    assert names(collect([tree]), tree) == ["a.py", "b.py", "sub/c.py", "sub/env/d.json"]


def test_a_repository_is_read_like_a_folder(tree):
    subprocess.run(["git", "init", "-q", str(tree)], check=True)
    (tree / ".gitignore").write_text("b.py\n")
    assert names(collect([tree]), tree) == [".gitignore", "a.py", "sub/c.py", "sub/env/d.json"]


def test_a_file_that_is_named_is_read_whatever_it_is(tree):
    assert names(collect([tree / "huge.py", tree / "app.min.js"]), tree) == ["huge.py", "app.min.js"]


def test_a_tree_of_something_else_loads_no_rules_and_no_parser(tree):
    script = (
        "import sys; from hubwire.lint.__main__ import main; code = main(['--no-cache', sys.argv[1]]);"
        "print(code, [m for m in sys.modules if m.startswith(('hubwire.lint.rules', 'tree_sitter'))])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tree)], capture_output=True, text=True, check=True, env=os.environ
    )
    assert done.stdout.splitlines()[-1] == "0 []"


def test_a_reader_finds_files_only_where_there_are_some(tree):
    read = Disk(tree / "sub")
    assert read("c.py") == read("../sub/c.py") == b"x = 1\n"
    assert read("../a.py") == b"x = 1\n"
    assert read("none/at/all.py") is None
    assert read("c.py/under.py") is None


def test_an_import_on_the_first_line_leads_to_its_file():
    texts = {"a.py": b"from b import base\nimport c as d, e\n", "b.py": b"base = 1\n", "e.py": b"\n"}
    project = Project(texts.get)
    unit = project.get("a.py")
    assert [u.path for u, _ in project.importers(project.get("b.py"))] == ["a.py"]
    assert project.resolve_module(unit, "e").path == "e.py"


def test_a_version_that_stands_alone_is_part_of_an_address():
    """`/email/public/{VERSION}/events` has no `/v1` to find; its version is found, and then what holds it."""
    text = (
        b"import asyncio\nimport hubspot_login\nVERSION = 'v1'\n\n"
        b"class Events:\n    async def one(self, session, row):\n"
        b"        url = f'{self.url_base}/email/public/{VERSION}/events?campaignId={row}'\n"
        b"        return await session.get(url)\n\n"
        b"    async def many(self, session, rows):\n"
        b"        return await asyncio.gather(*[self.one(session, row) for row in rows])\n"
    )
    found = lint_files({"hubspot_events.py": text}, Config(profile="audit")).findings
    assert "HS302" in {f.code for f in found}


def test_what_a_caller_froze_stays_frozen(tree):
    gc.freeze()
    try:
        before = gc.get_freeze_count()
        lint_paths([tree])
        lint_files({"hub.py": b"# hubspot\n"})
        assert gc.get_freeze_count() >= before > 0
    finally:
        gc.unfreeze()
