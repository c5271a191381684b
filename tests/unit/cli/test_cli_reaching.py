"""What `hubwire emulator run` says of a command that does not trust the local authority."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from hubwire.cli.reaching import interpreter


def script(folder: Path, first: bytes) -> str:
    path = folder / "tap-hubspot"
    path.write_bytes(first + b"\nimport sys\n")
    path.chmod(0o755)
    return str(path)


def test_the_python_of_a_command_is_itself_or_named_in_its_first_line(tmp_path: Path) -> None:
    """A reader can copy the `--certifi …` that the hint gives."""
    assert interpreter(sys.executable) == sys.executable
    assert interpreter(script(tmp_path, b"#!/opt/tap/bin/python3.11")) == "/opt/tap/bin/python3.11"
    assert interpreter(script(tmp_path, b"#! /opt/tap/bin/python -E")) == "/opt/tap/bin/python"


def test_a_first_line_that_asks_env_is_looked_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    python = tmp_path / "python3"
    python.write_bytes(b"")
    python.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert interpreter(script(tmp_path, b"#!/usr/bin/env python3")) == str(python)
    assert interpreter("tap-hubspot") == str(python)
    assert interpreter(script(tmp_path, b"#!/usr/bin/env node")) is None


@pytest.mark.parametrize("first", [b"", b"#!", b"#!/bin/sh", b"\x7fELF\x02\x01\x01\x00", b"#!/\xff\xfe/perl"])
def test_no_python_is_named_of_what_is_none(tmp_path: Path, first: bytes) -> None:
    assert interpreter(script(tmp_path, first)) is None
    assert interpreter(str(tmp_path / "nothing")) is None
