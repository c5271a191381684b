"""The wider cases of the rules: a text file each and language, sections `=== bad: …` and `=== good: …`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hubwire.lint import lint_files
from hubwire.lint.cases import files_of
from hubwire.lint.config import Config

CASES = Path(__file__).parent / "cases"
_SECTION = re.compile(r"^=== (bad|good): (.+)\n", re.M)
_ENDINGS = {"py": (".py",), "js": (".js", ".ts")}


def sections() -> list[object]:
    out = []
    for path in sorted(CASES.glob("*.txt")):
        code, language = path.stem.split("-")
        parts = _SECTION.split(path.read_text("utf-8"))[1:]
        for kind, title, text in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
            out += [
                pytest.param(code, kind, text, ending, id=f"{code}{ending}-{kind}-{title}")
                for ending in _ENDINGS[language]
            ]
    return out


@pytest.mark.parametrize(("code", "kind", "text", "ending"), sections())
def test_case(code: str, kind: str, text: str, ending: str) -> None:
    text = (
        text
        if re.search("hubspot|hubapi", text, re.I)
        else f"{text}\n{'#' if ending == '.py' else '//'} hubspot\n"
    )
    report = lint_files(files_of((f"src/hubspot{ending}", text)), Config(select=(code,)))
    assert bool(report.findings) == (kind == "bad"), [f.message for f in report.findings]


@pytest.mark.parametrize("path", sorted(CASES.glob("*.txt")), ids=lambda p: p.stem)
def test_there_are_ten_of_each(path: Path) -> None:
    kinds = [m.group(1) for m in _SECTION.finditer(path.read_text("utf-8"))]
    assert kinds.count("bad") >= 10
    assert kinds.count("good") >= 10
