"""How a run starts: what it loads, and what an interruption meets."""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
import subprocess
import sys
from types import ModuleType

import pytest

import hubwire.lint
from hubwire.cli import main as cli
from hubwire.lint import __main__ as module
from hubwire.lint import command
from hubwire.lint.patterns import Waiting


def modules() -> list[ModuleType]:
    found = pkgutil.walk_packages(hubwire.lint.__path__, "hubwire.lint.")
    names = (each.name for each in found if not each.name.endswith(("__main__", "server")))
    return [importlib.import_module(name) for name in names]


def test_every_pattern_can_be_made() -> None:
    waiting = {
        f"{each.__name__}.{name}": value
        for each in modules()
        for name, value in vars(each).items()
        if isinstance(value, Waiting)
    }
    assert len(waiting) > 100
    for name, value in waiting.items():
        assert re.compile(value.pattern, value._flags), name


def test_a_pattern_is_made_when_it_is_first_asked() -> None:
    pattern = Waiting("(a+)b", 0)
    assert "search" not in vars(pattern)
    found = pattern.search("xaab")
    assert found is not None
    assert found.group(1) == "aa"
    assert "search" in vars(pattern)
    assert pattern.groups == 1


def test_a_command_loads_what_it_needs_itself(tmp_path: object) -> None:
    code = (
        "import json, sys\nfrom hubwire.cli.main import main\n"
        f"assert main(['lint', {str(tmp_path)!r}]) == 0\n"
        "print(json.dumps([m for m in sys.modules if m.startswith('hubwire.cli.commands.')]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout.splitlines()[-1]) == ["hubwire.cli.commands.lint"]


def test_an_interruption_of_the_start_is_told_in_a_word(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "add_arguments", stop)
    assert module.main(["."]) == 130
    assert capsys.readouterr() == ("", "interrupted.\n")
    assert cli.main(["lint", "."]) == 130
    assert capsys.readouterr() == ("", "hubwire: interrupted.\n")
