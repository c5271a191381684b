"""Every case of every rule: bad ones are found, good ones are left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from hubwire.lint import all_rules
from tests.lint.casefiles import FOLDER, SECTION, Case, cases, told_of


@pytest.mark.parametrize("case", list(cases()), ids=lambda c: c.label)
def test_case(case: Case) -> None:
    said = told_of(case)
    assert bool(said) == case.bad, said


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.txt")), ids=lambda p: p.stem)
def test_there_are_ten_of_each(path: Path) -> None:
    kinds = [m.group(1) for m in SECTION.finditer(path.read_text("utf-8"))]
    assert kinds.count("bad") >= 10
    assert kinds.count("good") >= 10


def test_every_rule_has_cases_in_both_languages() -> None:
    wanted = {f"{rule.code}-{language}" for rule in all_rules() for language in ("py", "js")}
    assert {p.stem for p in FOLDER.glob("*.txt")} == wanted
