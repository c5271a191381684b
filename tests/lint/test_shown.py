"""What people see: frames, marks, colours, reasons; and what they must not see."""

from __future__ import annotations

import io
import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from hubwire.lint import Config, lint_files
from hubwire.lint.__main__ import main
from hubwire.lint.cases import invented
from hubwire.lint.report import FORMATS, renderer

U = invented()
LOOP = (
    "import requests\n\n\ndef fetch(contact_id):\n"
    '    return requests.get(f"https://api.hubapi.com/crm/v3/objects/contacts/{contact_id}")\n\n\n'
    "def everyone(ids):\n    return [fetch(i) for i in ids]\n"
)


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "TERM"):
        monkeypatch.delenv(name, raising=False)


def text(files: dict[str, str], **settings: object) -> str:
    report = lint_files({n: t.encode() for n, t in files.items()}, Config(**settings))  # type: ignore[arg-type]
    return renderer("text")(report)


def test_a_finding_shows_its_place_what_it_hangs_together_with_why_and_what_to_do() -> None:
    assert text({"app.py": LOOP}, select=("HS502",)).splitlines() == [
        "app.py:9:13: info HS502 single-call-in-loop: GET /crm/v3/objects/contacts/… once for every element "
        "of `ids`; a batch call takes 100",
        "  > 9 |     return [fetch(i) for i in ids]",
        "      |             ^^^^^^^^",
        "    app.py:9:12: the loop over ids",
        "    app.py:5:12: the request it sends: return "
        'requests.get(f"https://api.hubapi.com/crm/v3/objects/contacts/{contact_id}")',
        "    why: a hundred records cost a hundred requests of the quota instead of one, and take a hundred",
        "         round trips.",
        "    fix: collect the inputs and send them with the batch endpoint",
        "",
        "1 info in 1 file (1 speaks of HubSpot)",
    ]


def test_a_reason_is_given_once() -> None:
    assert text({"app.py": f'HUBSPOT_API_KEY = "{U}"\nHUBSPOT_KEY = "{U}"\n'}).count("why: ") == 1


@pytest.mark.parametrize(
    ("before", "lead"),
    [
        ("", ""),
        ("\t", "\t"),
        ("名前 = 1; ", "          "),
        ("é = 1; ", "       "),
        ("🎈 = 1; ", "        "),
    ],
)
def test_the_mark_is_below_what_it_marks(before: str, lead: str) -> None:
    lines = text({"app.py": f'{before}HUBSPOT_API_KEY = "{U}"\n'}).splitlines()
    assert lines[2] == "      | " + lead + " " * len('HUBSPOT_API_KEY = "') + "^" * len(
        "e6f4…(36 characters)"
    )


def test_a_place_far_out_on_a_line_is_in_the_frame() -> None:
    shown = text({"app.js": "a();" * 5_000 + f'hubspotApiKey = "{U}";' + "b();" * 5_000}).splitlines()
    at = shown[2].index("^")
    assert shown[1][at:].startswith(U[:4] + "…(36 characters)")
    assert len(shown[1]) < 200


def test_no_piece_of_a_credential_is_shown_wherever_it_stands_on_a_line() -> None:
    for before in [*range(110, 290, 3), 1_990, 2_000, 2_030]:
        line = f'hubspot = ["{"x" * before}", 1]; HUBSPOT_API_KEY = "{U}"; y = "{"z" * 300}"; K = "{U}"\n'
        report = lint_files({"app.py": line.encode()}, Config(profile="audit"))
        assert report.findings
        for form in FORMATS:
            assert U[5:13] not in renderer(form)(report)


def test_a_credential_in_a_reason_is_masked() -> None:
    line = f'HUBSPOT_API_KEY = "{U}"  # hubwire: ignore[HS101] {U} is revoked\n'
    report = lint_files({"app.py": line.encode()})
    assert [len(report.findings), len(report.silenced)] == [0, 1]
    for form in FORMATS:
        assert U[5:] not in renderer(form)(report)


@pytest.mark.parametrize("form", FORMATS)
def test_what_a_file_holds_cannot_command_the_terminal(form: str) -> None:
    bad = f'HUBSPOT_API_KEY = "{U}"  # \x1b[2J\x9b31m \u202e\r\n'
    report = lint_files({"a\x1b[31m\u202e\n.py": bad.encode()})
    written = renderer(form)(report)
    assert "\x1b" not in written
    assert form in ("json", "sarif", "gitlab") or "\x9b" not in written
    assert form != "text" or "\u202e" not in written
    if form in ("text", "github"):
        assert len(written.splitlines()) == written.count("\n")
    if form == "junit":
        ET.fromstring(written)
    if form in ("json", "sarif", "gitlab"):
        json.loads(written)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("terminal", "environment", "colours"),
    [
        (True, {}, True),
        (False, {}, False),
        (True, {"NO_COLOR": "1"}, False),
        (True, {"NO_COLOR": ""}, True),
        (True, {"TERM": "dumb"}, False),
        (False, {"FORCE_COLOR": "1"}, True),
        (False, {"FORCE_COLOR": "0"}, False),
        (False, {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
    ],
)
def test_colours_are_for_terminals(
    terminal: bool, environment: dict[str, str], colours: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    out = Terminal() if terminal else io.StringIO()
    monkeypatch.setattr("sys.stdout", out)
    Path("app.py").write_text(f'HUBSPOT_API_KEY = "{U}"\n', "utf-8")
    assert main(["app.py"]) == 1
    assert ("\x1b[" in out.getvalue()) is colours
    out.seek(0)
    out.truncate()
    assert main(["app.py", "--format", "json"]) == 1
    assert "\x1b" not in out.getvalue()
    assert main(["app.py", "--output", "report.txt"]) == 1
    assert "\x1b" not in Path("report.txt").read_text("utf-8")


@pytest.mark.parametrize("columns", ["1", "40", "300"])
def test_a_narrow_terminal_gets_whole_lines(columns: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert max(len(line) for line in text({"app.py": LOOP}, select=("HS502",)).splitlines()[5:8]) <= 100
