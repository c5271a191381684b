"""What the journeys share: the command in this process, the command as a process, and files to push."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from hubwire.cli.main import main
from hubwire.testing.accounts import Account

VARIABLES = ("HUBSPOT_ACCESS_TOKEN", "HUBSPOT_PRIVATE_APP_TOKEN", "HUBSPOT_BASE_URL")


@dataclass(frozen=True)
class Ended:
    """A command that has ended."""

    code: int
    out: str
    err: str

    @property
    def report(self) -> dict[str, Any]:
        """What `--json` printed: one object, and nothing else."""
        found: dict[str, Any] = json.loads(self.out)
        return found


Command = Callable[..., Ended]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home and a working directory of the test's own, and no account in the environment."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    for name in ("HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def hubwire(capfd: pytest.CaptureFixture[str]) -> Command:
    """Runs a command in this process."""

    def run(*arguments: object) -> Ended:
        capfd.readouterr()
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as end:  # argparse's way to say no
            code = end.code if isinstance(end.code, int) else 1
        out, err = capfd.readouterr()
        assert "Traceback" not in err
        return Ended(code, out, err)

    return run


@pytest.fixture
def account(hubspot_server: Account, monkeypatch: pytest.MonkeyPatch) -> Account:
    """An account on a socket that the environment names."""
    monkeypatch.setenv("HUBSPOT_BASE_URL", hubspot_server.base_url)
    monkeypatch.setenv("HUBSPOT_ACCESS_TOKEN", hubspot_server.access_token)
    return hubspot_server


@pytest.fixture
def people(tmp_path: Path) -> Path:
    """Thirty contacts at six companies."""
    path = tmp_path / "people.csv"
    rows = [
        f"person{number:02d}@example.com,Ada,Nº {number},firm{number % 6}.example.com,Firm {number % 6}"
        for number in range(30)
    ]
    path.write_text(
        "\n".join(["email,firstname,lastname,company.domain,company.name", *rows]) + "\n", "utf-8"
    )
    return path


@pytest.fixture
def process() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts the command as a process; whatever still runs when the test ends is killed."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: object) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "hubwire", *map(str, arguments)]
        child = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env={**os.environ},
        )
        started.append(child)
        return child

    yield start
    for child in started:
        if child.poll() is None:
            child.kill()
        child.communicate()
