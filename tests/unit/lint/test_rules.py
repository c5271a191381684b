"""Every rule finds its bad cases and leaves its good ones alone."""

from __future__ import annotations

import pytest

from hubwire.lint import all_rules, lint_files
from hubwire.lint.cases import files_of
from hubwire.lint.config import Config
from hubwire.lint.rule import IncompleteRule, Rule


def cases(kind: str) -> list[object]:
    out = []
    for rule in all_rules():
        for number, case in enumerate(getattr(rule, kind)):
            names = "+".join(files_of(case))
            out.append(pytest.param(rule, case, id=f"{rule.code}-{number}-{names}"))
    return out


def found(rule: Rule, case: object, *, bad: bool = False) -> list[str]:
    select = () if rule.code == "HS901" else (rule.code,)
    profile = "strict" if bad else "default"
    report = lint_files(files_of(case), Config(select=select, profile=profile))
    return [f"{f.place.path}:{f.place.line} {f.message}" for f in report.findings if f.code == rule.code]


@pytest.mark.parametrize(("rule", "case"), cases("bad"))
def test_a_bad_case_is_found(rule: Rule, case: object) -> None:
    assert found(rule, case, bad=True)


@pytest.mark.parametrize(("rule", "case"), cases("good"))
def test_a_good_case_is_left_alone(rule: Rule, case: object) -> None:
    assert found(rule, case) == []


def test_codes_and_names_are_unique() -> None:
    rules = all_rules()
    assert len({r.code for r in rules}) == len(rules) == len({r.name for r in rules})


def test_an_incomplete_rule_is_refused() -> None:
    with pytest.raises(IncompleteRule, match="severity"):
        type("Half", (Rule,), {"code": "HS999", "name": "half", "__doc__": "Why: x. Instead: y."})
