"""The wider cases of the rules: a text file each and language, sections `=== bad: …` and `=== good: …`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hubwire.lint import lint_files
from hubwire.lint.cases import files_of
from hubwire.lint.config import Config
from hubwire.lint.rule import find_rule

FOLDER = Path(__file__).parent / "cases"
SECTION = re.compile(r"^=== (bad|good): (.+)\n", re.M)
_ENDINGS = {"py": (".py",), "js": (".js", ".ts")}


@dataclass(frozen=True)
class Case:
    """One piece of code and whether its rule has something to say about it."""

    code: str
    bad: bool
    title: str
    ending: str
    text: str

    @property
    def label(self) -> str:
        """Name of the test."""
        return f"{self.code}{self.ending}-{'bad' if self.bad else 'good'}-{self.title}"


def cases(first: bool = False) -> Iterator[Case]:
    """Every case in every ending of its language, or in the first one."""
    for path in sorted(FOLDER.glob("*.txt")):
        code, language = path.stem.split("-")
        parts = SECTION.split(path.read_text("utf-8"))[1:]
        for kind, title, text in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
            for ending in _ENDINGS[language][:1] if first else _ENDINGS[language]:
                mark = "#" if ending == ".py" else "//"
                said = text if re.search("hubspot|hubapi", text, re.I) else f"{text}\n{mark} hubspot\n"
                yield Case(code, kind == "bad", title, ending, said)


def told(code: str, files: dict[str, bytes]) -> list[str]:
    """What a rule says about some files."""
    # An unused suppression is one only when the rules it names took part.
    chosen = () if code == "HS901" else (code,)
    rule = find_rule(code)
    profile = "strict" if rule is not None and rule.strict else "default"
    found = lint_files(files, Config(select=chosen, profile=profile)).findings
    return [f.message for f in found if f.code == code]


def told_of(case: Case, text: str | None = None) -> list[str]:
    """What the rule of a case says about it, or about a rewriting of it."""
    return told(case.code, files_of((f"src/hubspot{case.ending}", case.text if text is None else text)))
