"""The command from outside: options, exit codes, reports, fixes, settings."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

import hubwire.lint
from hubwire.lint.__main__ import main
from hubwire.lint.cases import invented
from hubwire.lint.command import add_arguments, run
from hubwire.lint.pages import pages
from hubwire.lint.rule import all_rules

SOURCES = Path(hubwire.lint.__file__).parents[2]
KEY = f'import os\n\nHUBSPOT_API_KEY = "{invented()}"\n'


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / ".xdg"))
    (tmp_path / ".git").mkdir()
    return tmp_path


def write(name: str, text: str) -> Path:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def said(capsys: pytest.CaptureFixture[str], *args: str) -> tuple[int, str]:
    code = main(["src", *args])
    return code, capsys.readouterr().out


def test_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    write("src/clean.py", "x = 1\n")
    assert said(capsys)[0] == 0
    write("src/app.py", KEY)
    assert said(capsys)[0] == 1
    assert said(capsys, "--fail-on", "never")[0] == 0
    assert said(capsys, "--select", "HS3")[0] == 0
    assert said(capsys, "--select", "HS999")[0] == 2
    assert main(["nowhere"]) == 2


def test_json_is_one_object_with_the_promised_fields(capsys: pytest.CaptureFixture[str]) -> None:
    write("src/app.py", KEY)
    finding = json.loads(said(capsys, "--format", "json")[1])["findings"][0]
    assert {
        "path",
        "line",
        "column",
        "end_line",
        "code",
        "name",
        "severity",
        "confidence",
        "message",
        "fix",
    } <= set(finding)
    assert (finding["path"], finding["line"], finding["code"]) == ("src/app.py", 3, "HS101")


def test_every_format_is_well_formed(capsys: pytest.CaptureFixture[str]) -> None:
    write("src/app.py", KEY)
    sarif = json.loads(said(capsys, "--format", "sarif")[1])
    result = sarif["runs"][0]["results"][0]
    assert sarif["version"] == "2.1.0"
    assert result["ruleId"] == "HS101"
    assert result["partialFingerprints"]
    assert json.loads(said(capsys, "--format", "gitlab")[1])[0]["location"]["lines"]["begin"] == 3
    assert ET.fromstring(said(capsys, "--format", "junit")[1]).find("testsuite") is not None
    assert said(capsys, "--format", "github")[1].startswith("::error file=src/app.py,line=3,")
    assert "src/app.py:3:20: error HS101" in said(capsys)[1]


def test_a_fingerprint_survives_lines_added_above(capsys: pytest.CaptureFixture[str]) -> None:
    prints = []
    for text in (KEY, "# one more line\n" + KEY):
        write("src/app.py", text)
        prints.append(json.loads(said(capsys, "--format", "json")[1])["findings"][0]["fingerprint"])
    assert prints[0] == prints[1]


def test_fixes_are_applied_once_and_leave_a_clean_file(capsys: pytest.CaptureFixture[str]) -> None:
    path = write("src/app.py", KEY)
    assert said(capsys, "--fix")[0] == 0
    fixed = path.read_text()
    assert fixed == 'import os\n\nHUBSPOT_API_KEY = os.environ["HUBSPOT_API_KEY"]\n'
    compile(fixed, "app.py", "exec")
    said(capsys, "--fix")
    assert path.read_text() == fixed


def test_a_fix_that_needs_an_import_is_unsafe(capsys: pytest.CaptureFixture[str]) -> None:
    path = write("src/app.py", KEY.removeprefix("import os\n\n"))
    assert said(capsys, "--fix")[0] == 1
    assert said(capsys, "--unsafe-fixes")[0] == 0
    assert path.read_text().startswith("import os\n")


def test_comments_silence_and_unused_ones_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    path = write("src/app.py", KEY.rstrip("\n") + "  # hubwire: ignore[HS101] revoked\n")
    assert said(capsys)[0] == 0
    path.write_text("x = 1  # hubwire: ignore[HS101] hubspot\n")
    code, text = said(capsys)
    assert (code, "HS901" in text) == (1, True)
    assert said(capsys, "--fix")[0] == 0
    assert path.read_text() == "x = 1\n"


def test_a_baseline_postpones_what_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    path = write("src/app.py", KEY)
    said(capsys, "--write-baseline", "base.json")
    assert invented() not in Path("base.json").read_text()
    assert said(capsys, "--baseline", "base.json")[0] == 0
    path.write_text(KEY + f'HUBSPOT_CLIENT_SECRET = "{invented("new")}"\n')
    assert said(capsys, "--baseline", "base.json")[0] == 1


def test_entries_of_a_baseline_that_are_found_no_more_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    path, other = write("src/app.py", KEY), write("src/lib/other.py", KEY)

    def run(*args: str) -> tuple[int, int, str]:
        """The exit code, what JSON says is gone, and what is told beside a text."""
        code = main([*args, "--baseline", "base.json", "--format", "json"])
        gone = json.loads(capsys.readouterr().out)["stale"]
        assert main([*args, "--baseline", "base.json"]) == code
        return code, gone, capsys.readouterr().err

    said(capsys, "--write-baseline", "base.json")
    capsys.readouterr()
    assert run("src") == (0, 0, "")
    path.write_text("import os\n")
    told = "hubwire lint: 1 entry of base.json found no more; to record anew: "
    assert run("src") == run() == (0, 1, f"{told}hubwire lint --write-baseline base.json\n")
    # What a run does not look for is not gone.
    assert run("src/lib") == run("src", "--select", "HS2") == (0, 0, "")
    other.unlink()
    assert run("src")[1] == run("src", "--profile", "audit")[1] == 2


def test_a_quieter_profile_says_nothing_of_what_a_louder_one_recorded(
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = write("src/app.py", KEY)
    said(capsys, "--profile", "audit", "--write-baseline", "base.json")
    path.write_text("import os\n")
    for profile, gone in (("default", 0), ("strict", 0), ("audit", 1)):
        out = said(capsys, "--profile", profile, "--baseline", "base.json", "--format", "json")[1]
        assert json.loads(out)["stale"] == gone


def test_a_baseline_of_before_says_nothing_of_what_is_gone(capsys: pytest.CaptureFixture[str]) -> None:
    write("src/app.py", "import os\n")
    write("base.json", '{"version": 1, "findings": {"0123": 1}}')
    code, out = said(capsys, "--baseline", "base.json", "--format", "json")
    assert (code, json.loads(out)["stale"]) == (0, 0)


class Recorder:
    """Shows steps to a test."""

    def __init__(self) -> None:
        self.total, self.done, self.open = 0, 0, False

    def begin(self, total: int) -> None:
        assert self.open
        self.total = total

    def step(self, doing: str, amount: int = 1) -> None:
        assert self.open
        self.done += amount

    def __enter__(self) -> Recorder:
        self.open = True
        return self

    def __exit__(self, *_: object) -> None:
        self.open = False


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_steps_are_told_for_what_is_looked_at_and_checked(
    jobs: str, capsys: pytest.CaptureFixture[str], place: Path
) -> None:
    (place / ".xdg").mkdir()
    for n in range(90):
        write(f"src/a{n}.py", "# hubspot crm.\nimport requests\n" if n < 85 else "x = 1\n")
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    shown = Recorder()
    assert run(parser.parse_args(["src", "--jobs", jobs]), shown) == 0
    assert (shown.total, shown.done, shown.open) == (180, 180, False)
    # What is remembered is not checked again.
    again = Recorder()
    assert run(parser.parse_args(["src", "--jobs", jobs]), again) == 0
    assert (again.total, again.done) == (180, 90)
    assert "in 90 files" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pyproject.toml", '[tool.hubwire.lint]\nignore = ["HS101"]\n'),
        ("hubwire.toml", 'ignore = ["HS1"]\n'),
        ("hubwire.toml", 'ignore = ["HS1"]\n[profiles.acme]\naccount = 12345\n'),
        ("package.json", '{"hubwire": {"lint": {"per-file-ignores": {"src/*.py": ["HS101"]}}}}'),
    ],
)
def test_settings_are_read_from(name: str, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    write("src/app.py", KEY)
    write(name, text)
    assert said(capsys)[0] == 0


def test_an_unknown_setting_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    write("src/app.py", KEY)
    write("hubwire.toml", "colour = 1\n")
    assert said(capsys)[0] == 2


def test_the_cache_gives_the_same_and_keeps_no_credential(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write("src/app.py", KEY)
    first = said(capsys)
    assert said(capsys) == first
    kept = "".join(p.read_text() for p in (place / ".xdg").rglob("*.json"))
    assert "HS101" in kept
    assert invented() not in kept
    path.write_text("x = 1  # hubspot\n")
    assert said(capsys)[0] == 0


def test_staged_content_is_checked(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / ".git").rmdir()
    subprocess.run(["git", "init", "-q", "."], check=True)
    path = write("src/app.py", KEY)
    subprocess.run(["git", "add", "src"], check=True)
    path.write_text("x = 1\n")
    assert main(["--staged"]) == 1
    assert main([]) == 0


@pytest.mark.parametrize("pattern", ["src/made/*", "src/made/", "./src/made", "made", "src/*/app.py"])
def test_excluded_files_are_left_out_from_wherever_the_run_starts(
    place: Path, monkeypatch: pytest.MonkeyPatch, pattern: str
) -> None:
    made = write("src/made/app.py", KEY)
    write("src/remade/other.py", "x = 1  # hubspot\n")
    (place / "hubwire.toml").write_text(f'exclude = ["{pattern}"]\n', "utf-8")
    assert main([]) == main(["src"]) == main(["src/made"]) == main([str(made)]) == 0
    monkeypatch.chdir(place / "src")
    assert main([]) == main(["made"]) == 0
    (place / "hubwire.toml").write_text('exclude = ["mad", "made/app.py"]\n', "utf-8")
    assert main([]) == main(["made"]) == 1


def test_patterns_of_the_settings_hold_for_a_run_in_a_folder_below(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("src/app.py", KEY)
    (place / "hubwire.toml").write_text('[per-file-ignores]\n"src/*" = ["HS1"]\n', "utf-8")
    assert main([]) == 0
    monkeypatch.chdir(place / "src")
    assert main([]) == 0


def test_what_is_excluded_is_not_checked_when_staged(place: Path) -> None:
    (place / ".git").rmdir()
    subprocess.run(["git", "init", "-q", "."], check=True)
    write("src/app.py", KEY)
    subprocess.run(["git", "add", "src"], check=True)
    assert main(["--staged"]) == 1
    (place / "hubwire.toml").write_text('exclude = ["src"]\n', "utf-8")
    assert main(["--staged"]) == 0


def test_several_processes_find_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(100):
        write(f"src/app{number}.py", KEY)
    one = said(capsys, "--no-cache", "--jobs", "1")
    assert said(capsys, "--no-cache", "--jobs", "2") == one


def test_explain_prints_the_page(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--explain", "HS301"]) == 0
    assert capsys.readouterr().out == pages()["HS301.md"]
    assert main(["--explain", "missing-pagination"]) == 0


def test_the_pages_in_docs_are_up_to_date() -> None:
    folder = Path(__file__).parents[2] / "docs" / "rules"
    assert {p.name: p.read_text("utf-8") for p in folder.glob("*.md")} == pages()
    assert len(pages()) == len(all_rules()) + 1


def test_the_projects_own_tree_is_clean(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(SOURCES.parent)
    assert main(["src", "docs", "tests", "--no-cache", "--fail-on", "never"]) == 0
    assert "no findings" in capsys.readouterr().out


def test_a_comment_in_a_string_silences_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    write("src/app.py", KEY.rstrip("\n") + ' + "# hubwire: ignore[HS101]"\n')
    assert said(capsys)[0] == 1


def test_the_library_loads_no_http_library() -> None:
    code = (
        "import sys, hubwire.lint; hubwire.lint.all_rules(); "
        "names = ('httpx', 'httpx2', 'requests', 'aiohttp', 'hubwire.client', 'pygls'); "
        "print([m for m in names if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", "import sys; sys.path.insert(0, '')\n" + code],
        capture_output=True,
        text=True,
        check=True,
        cwd=SOURCES,
    )
    assert done.stdout.strip() == "[]"


def test_the_editor_server_knows_findings_and_fixes() -> None:
    pytest.importorskip("pygls")
    from hubwire.lint.server import check, make_server

    assert make_server().name == "hubwire-lint"
    assert [f.code for f in check(Path.cwd() / "app.py", KEY).findings] == ["HS101"]


def test_settings_of_a_file_hold_for_unused_comments_too(capsys: pytest.CaptureFixture[str]) -> None:
    write("src/app.py", "# hubspot\nx = 1  # hubwire: ignore[HS101] old\n")
    assert "HS901" in said(capsys, "--fail-on", "never")[1]
    write("hubwire.toml", '[per-file-ignores]\n"src/*" = ["HS901"]\n')
    assert "HS901" not in said(capsys, "--fail-on", "never")[1]
