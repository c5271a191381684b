"""Settings of the checker: what they may hold, what is refused, and in which words."""

from __future__ import annotations

from pathlib import Path

import pytest

from hubwire.lint.__main__ import main
from hubwire.lint.cases import invented

KEY = f'HUBSPOT_API_KEY = "{invented()}"\n'


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / ".xdg"))
    (tmp_path / ".git").mkdir()
    (tmp_path / "app.py").write_text(KEY, "utf-8")
    return tmp_path


REFUSED = [
    ("hubwire.toml", 'select = "HS1"', "select is a list of texts"),
    ("hubwire.toml", "select = ['HS101', 3]", "select is a list of texts"),
    ("hubwire.toml", "select = ['HS999']", "no rule is called 'HS999'"),
    ("hubwire.toml", "exclude = 'app.py'", "exclude is a list of texts"),
    ("hubwire.toml", "profile = 3", "profile is a text, not 3"),
    ("hubwire.toml", "profile = 'loud'", "profile is one of default, strict, audit"),
    ("hubwire.toml", "fail-on = 'bogus'", "fail-on is one of error, warning, info, never"),
    ("hubwire.toml", "fail_on = 1", "fail_on is a text, not 1"),
    ("hubwire.toml", "baseline = 3", "baseline is a text, not 3"),
    ("hubwire.toml", "baseline = 'nowhere.json'", "nowhere.json is no baseline"),
    ("hubwire.toml", "per-file-ignores = ['a']", "per-file-ignores is not a table"),
    ("hubwire.toml", "[per-file-ignores]\n'*.py' = 'HS101'", "per-file-ignores.*.py is a list of texts"),
    ("hubwire.toml", "[per-file-ignores]\n'*.py' = ['HS999']", "no rule is called 'HS999'"),
    ("hubwire.toml", "lint = 3", "lint is not a table"),
    ("hubwire.toml", "[lint]\nselct = []", "unknown setting 'selct'; known: baseline, exclude, fail-on"),
    ("hubwire.toml", "home = 'x'", "unknown setting 'home'"),
    ("hubwire.toml", "no toml", "hubwire.toml: "),
    ("hubwire.toml", f"secret-allow = ['{invented()}']", "secret-allow holds SHA-256 digests"),
    ("pyproject.toml", "[tool.hubwire]\nlint = 3", "tool.hubwire.lint is not a table"),
    ("pyproject.toml", "[tool]\nhubwire = 3", "tool.hubwire is not a table"),
    ("pyproject.toml", "[tool.hubwire.lint", "pyproject.toml: "),
    ("package.json", '{"hubwire": {"lint": 3}}', "hubwire.lint is not a table"),
    ("package.json", '{"hubwire": 3}', "hubwire is not a table"),
    ("package.json", '{"hubwire": {', "package.json: "),
]


@pytest.mark.parametrize(("name", "text", "said"), REFUSED, ids=[f"{n}-{t}" for n, t, _ in REFUSED])
def test_what_makes_no_sense_is_refused_in_words(
    name: str, text: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(name).write_text(text + "\n", "utf-8")
    assert main([]) == 2
    told = capsys.readouterr().err
    assert said in told
    assert invented() not in told


ACCEPTED = [
    ("hubwire.toml", "ignore = ['hs101']"),
    ("hubwire.toml", "ignore = ['Hardcoded-API-Key']"),
    ("hubwire.toml", "[per-file-ignores]\n'*.py' = ['hardcoded-api-key']"),
    ("hubwire.toml", "ignore = ['HS1']\n[quota]\nburst = 100\n[profiles.acme]\naccount = 1"),
    ("hubwire.toml", "per_file_ignores = {'app.py' = ['HS1']}\n[quota]\nburst = 100"),
    ("package.json", '{"hubwire": {"ignore": ["HS101"]}}'),
    ("package.json", '\ufeff{"hubwire": {"ignore": ["HS101"]}}'),
]


@pytest.mark.parametrize(("name", "text"), ACCEPTED, ids=[f"{n}-{t}" for n, t in ACCEPTED])
def test_what_makes_sense_is_followed(name: str, text: str) -> None:
    Path(name).write_text(text + "\n", "utf-8")
    assert main([]) == 0


@pytest.mark.parametrize(
    ("name", "text"),
    [("pyproject.toml", "tool = 3"), ("package.json", "{"), ("hubwire.toml", "[quota]\nburst = 1")],
)
def test_files_without_a_word_for_the_checker_are_left_alone(name: str, text: str) -> None:
    Path(name).write_text(text + "\n", "utf-8")
    assert main([]) == 1


def test_a_baseline_of_the_settings_lies_beside_them(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (place / "sub").mkdir()
    assert main(["--write-baseline", "known.json"]) == 0
    (place / "hubwire.toml").write_text("baseline = 'known.json'\n", "utf-8")
    assert main([]) == 0
    monkeypatch.chdir(place / "sub")
    (place / "sub" / "x.py").write_text("x = 1\n", "utf-8")
    assert main([]) == 0


@pytest.mark.parametrize("option", ["--select", "--ignore"])
def test_rules_are_named_in_any_spelling(option: str) -> None:
    for name in ("HS101", "hs101", "hs1", "Hardcoded-API-Key"):
        assert main(["app.py", option, name]) == (1 if option == "--select" else 0)
    for name in (",", "HS999", "api-key", "HS101 HS102"):
        assert main(["app.py", option, name]) == 2


def test_a_rule_is_explained_in_any_spelling(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--explain", "hs101"]) == main(["--explain", "Hardcoded-API-Key"]) == 0
    assert main(["--explain", "HS1"]) == 2
    assert "no rule is called 'HS1'" in capsys.readouterr().err


def test_statistics(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--statistics"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "     1  HS101  hardcoded-api-key", "1 error in 1 file (1 speaks of HubSpot)",
    ]  # fmt: skip
    assert main(["--statistics", "--format", "json"]) == 1
    assert '"count": 1' in capsys.readouterr().out
    assert main(["--statistics", "--format", "sarif"]) == 2


@pytest.mark.parametrize(
    "text", ["", "[]", '{"findings": 3}', '{"findings": {"abc": "x"}}', '{"version": 1}']
)
def test_a_file_that_is_no_baseline_is_refused(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("known.json").write_text(text, "utf-8")
    assert main(["--baseline", "known.json"]) == 2
    assert "known.json is no baseline" in capsys.readouterr().err


def test_a_baseline_knows_findings_that_moved_and_as_many_as_there_were() -> None:
    assert main(["app.py", "--write-baseline", "known.json"]) == 0
    Path("app.py").write_text("\n\nx = 1\n" + KEY, "utf-8")
    assert main(["app.py", "--baseline", "known.json"]) == 0
    Path("app.py").write_text(KEY + KEY, "utf-8")
    assert main(["app.py", "--baseline", "known.json"]) == 1
    assert main(["app.py", "--baseline", "known.json", "--write-baseline", "known.json"]) == 0
    assert main(["app.py", "--baseline", "known.json"]) == 0


def test_a_strict_rule_that_is_named_by_itself_is_shown_in_every_profile() -> None:
    Path("app.py").write_text("# hubspot\nprint(access_token)\n", "utf-8")
    assert main(["app.py"]) == main(["app.py", "--select", "HS1"]) == 0
    for named in ("HS104", "secret-logged"):
        assert main(["app.py", "--select", named]) == 1
    Path("hubwire.toml").write_text("select = ['hs104']\n", "utf-8")
    assert main(["app.py"]) == 1


def test_what_was_done_beside_the_report_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["app.py", "--write-baseline", "known.json"]) == 0
    assert capsys.readouterr() == ("", "hubwire lint: recorded 1 in known.json\n")
    assert main(["app.py", "--unsafe-fixes"]) == 0
    assert capsys.readouterr().err == "hubwire lint: 1 file changed\n"
