"""Progress is a bar on a terminal, now and then a line in a log, and nothing for a script."""

from __future__ import annotations

import io
import sys

import pytest

from hubwire.cli.progress import Bar, Lines, Rich, Silent, progress


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
