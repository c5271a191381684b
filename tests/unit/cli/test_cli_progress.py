"""Progress is a bar on a terminal, now and then a line in a log, and nothing for a script."""

from __future__ import annotations

import argparse
import io
import sys

import pytest

from hubwire.cli.commands import lint
from hubwire.cli.progress import Bar, Later, Lines, Rich, Silent, progress
from hubwire.lint import command


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Time:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_script_that_asked_for_json_sees_no_progress() -> None:
    assert isinstance(progress(quiet=True, out=Terminal()), Silent)


def test_a_log_gets_lines() -> None:
    assert isinstance(progress(quiet=False, out=io.StringIO()), Lines)


def test_a_terminal_gets_the_bar_of_rich() -> None:
    assert isinstance(progress(quiet=False, out=Terminal()), Rich)


def test_a_terminal_without_rich_gets_a_plain_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == "rich"]:
        monkeypatch.setitem(sys.modules, name, None)  # type: ignore[arg-type]
    assert isinstance(progress(quiet=False, out=Terminal()), Bar)


def test_lines_come_when_time_has_passed_and_something_was_done() -> None:
    out, time = io.StringIO(), Time()
    with Lines(out, time) as lines:
        lines.begin(1_000)
        lines.step("contacts", 300)
        assert out.getvalue() == ""
        time.now = 6.0
        lines.step("contacts", 1)
        lines.step("contacts", 1)
        time.now = 12.0
        lines.step("companies", 400)
    assert out.getvalue() == " 30 %  contacts\n 70 %  companies\n"


def test_a_line_never_tells_the_same_percent_twice_nor_more_than_all() -> None:
    out, time = io.StringIO(), Time()
    lines = Lines(out, time)
    lines.begin(0)
    for time.now in (6.0, 12.0, 18.0):
        lines.step("contacts", 1)
    assert out.getvalue() == "100 %  contacts\n"


def test_the_plain_bar_fills_up_and_wipes_itself() -> None:
    out, time = io.StringIO(), Time()
    with Bar(out, time) as bar:
        bar.begin(10)
        time.now = 1.0
        bar.step("contacts", 5)
        assert " 50%  contacts" in out.getvalue()
    assert out.getvalue().endswith("\r")


def test_the_bar_of_rich_draws_on_the_terminal_it_was_given() -> None:
    out = Terminal()
    with progress(quiet=False, out=out) as bar:
        bar.begin(10)
        bar.step("contacts", 10)
    assert "contacts" in out.getvalue()


def test_what_is_over_soon_shows_nothing() -> None:
    clock, out = Time(), Terminal()
    with Later(lambda: Bar(out, clock), clock) as steps:
        steps.begin(10)
        for _ in range(9):
            clock.now += 0.1
            steps.step("checking")
    assert out.getvalue() == ""


def test_what_takes_longer_is_shown_with_all_that_was_done() -> None:
    clock, out = Time(), Terminal()
    with Later(lambda: Bar(out, clock), clock) as steps:
        steps.begin(10)
        steps.step("checking", 4)
        clock.now = 1.5
        steps.step("checking")
        clock.now = 1.7
        steps.step("checking")
        assert out.getvalue().endswith(" 60%  checking                ")
    # The line is left empty, for whatever is said next.
    assert out.getvalue().endswith(" \r")


@pytest.mark.parametrize(
    ("options", "shown"),
    [([], True), (["--format", "json"], False), (["--format", "json", "--output", "report.json"], True)],
)
def test_the_checker_shows_steps_to_people(
    options: list[str], shown: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[object] = []
    monkeypatch.setattr(command, "run", lambda args, steps: given.append(steps) or 0)
    parser = argparse.ArgumentParser()
    lint.configure(parser)
    assert lint.run(parser.parse_args(options)) == 0
    assert [isinstance(each, Later) for each in given] == [shown]
