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


@pytest.mark.parametrize("rule", all_rules(), ids=lambda r: r.code)
def test_a_manual_shows_both_languages_and_says_where_to_read_on(rule: Rule) -> None:
    for cases in (rule.bad, rule.good):
        endings = {name.rpartition(".")[2] for case in cases[:4] for name in files_of(case)}
        assert "py" in endings
        assert endings & {"js", "jsx", "ts", "tsx"}
    # What rules about comments and broken files rest on is no fact of HubSpot's.
    assert rule.references or rule.code.startswith("HS9")
