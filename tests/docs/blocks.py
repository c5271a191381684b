"""Runs the code blocks of one page, in order, as a reader would.

Python blocks of a page share their names, and run with the environment of a reader who has an emulator:
`HUBSPOT_BASE_URL` and `HUBSPOT_ACCESS_TOKEN` point at one. A block with tests in it is given to pytest.
Console blocks run every line that starts with `$ `; what the page shows below it has to be in the output,
where `…` stands for anything. Blocks of other languages are for the eye.
"""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
import textwrap
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sybil import Example, Sybil
from sybil.parsers.markdown import CodeBlockParser

from hubwire import Hub, OAuthApp
from hubwire.cli.browser import consent
from hubwire.emulator.identity import Identity

ROOT = Path(__file__).resolve().parents[2]
LONGEST = 100

SERVES = re.compile(r"hubwire emulator( --.*)?$")
"""The command that runs an emulator; its own commands talk to one."""
ELSEWHERE = (
    "make ",
    "git clone ",
    "cd ",
    "python -m venv ",
    ". .venv/",
    "pip install ",
    "python -m pip install ",
)
"""Commands that .ci/run covers: they install, or run everything."""


@dataclass
class Reader:
    """Where the blocks of one page run."""

    folder: Path
    environment: dict[str, str]
    names: dict[str, Any] = field(default_factory=lambda: {"__name__": "__main__"})

    def python(self, example: Example) -> None:
        source = str(example.parsed)
        if re.search(r"^\s*(async )?def test_", source, re.MULTILINE):
            self.tests(source, example.line)
            return
        # Line numbers of a failure are those of the page.
        exec(compile("\n" * example.line + source, example.path, "exec"), self.names)

    def tests(self, source: str, line: int) -> None:
        path = self.folder / f"test_line_{line}.py"
        path.write_text(source, encoding="utf-8")
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "--rootdir",
            str(self.folder),
            path,
        ]
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=LONGEST,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def console(self, example: Example) -> None:
        for command, shown in commands(str(example.parsed)):
            if command.startswith(ELSEWHERE):
                continue
            told = self.serving(command) if SERVES.match(command) else self.ran(command)
            assert matches(shown, told), f"$ {command}\nshown:\n{shown}\ntold:\n{told}"

    def ran(self, command: str) -> str:
        done = subprocess.run(
            ["bash", "-euc", command],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=LONGEST,
            check=False,
        )
        # 1 is how a push says that some rows were refused: a page may show that.
        assert done.returncode in (0, 1), f"$ {command} → {done.returncode}\n{done.stdout}"
        return done.stdout

    def serving(self, command: str) -> str:
        """An emulator runs until it is stopped: its first words, then the end of it."""
        words = [*shlex.split(command), "--port", "0"]
        with subprocess.Popen(
            words,
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            assert process.stdout is not None
            first = process.stdout.readline()
            process.send_signal(signal.SIGTERM)
            rest = process.stdout.read()
            assert process.wait(timeout=20) == 0, first + rest
        return first + rest


def commands(block: str) -> list[tuple[str, str]]:
    """Each `$ ` line (with those continued by a backslash) and what is shown below it."""
    found = []
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        lines = part.splitlines()
        length = 1
        while lines[length - 1].endswith("\\"):
            length += 1
        found.append(
            (" ".join(line.rstrip("\\").strip() for line in lines[:length]), "\n".join(lines[length:]))
        )
    return found


def matches(shown: str, told: str) -> bool:
    """Whether every shown line is in the output, in order; `…` stands for anything."""
    place = 0
    for line in textwrap.dedent(shown).splitlines():
        if not line.strip() or line.strip() == "…":
            continue
        pattern = ".*".join(re.escape(part) for part in line.strip().split("…"))
        found = re.compile(pattern).search(told, place)
        if found is None:
            return False
        place = found.end()
    return True


def run(page: Path, reader: Reader) -> int:
    """Runs every block of `page`; how many there were."""
    parsers = [
        CodeBlockParser(language="python", evaluator=reader.python),
        CodeBlockParser(language="console", evaluator=reader.console),
    ]
    examples = list(Sybil(parsers=parsers, path=str(page.parent)).parse(page).examples())
    before = dict(os.environ)
    try:
        for example in examples:
            example.evaluate()
    finally:
        os.environ.clear()
        os.environ.update(before)
        for value in reader.names.values():
            if isinstance(value, Hub):
                value.close()
    return len(examples)


def app_names(who: Identity, base_url: str) -> dict[str, Any]:
    """What pages about an app take as given, where an emulator consents by itself."""
    app = OAuthApp(who.client_id, who.client_secret, base_url=base_url)

    def code() -> str:
        return consent(app.authorize_url("s"), app.redirect_uri, "s")

    return {
        "app_id": who.app_id,
        "developer_key": who.developer_api_key,
        "client_id": who.client_id,
        "client_secret": who.client_secret,
        "redirect_uri": app.redirect_uri,
        "code": code(),
        "another_code": code(),
    }


def environment(base_url: str, token: str, folder: Path) -> dict[str, str]:
    """That of a reader whose account is the emulator at `base_url`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HUBSPOT_", "PYTEST_"))}
    beside = str(Path(sys.executable).parent)
    return {
        **kept,
        "PATH": f"{beside}{os.pathsep}{kept.get('PATH', '')}",
        "HUBSPOT_BASE_URL": base_url,
        "HUBSPOT_ACCESS_TOKEN": token,
        # What a command keeps between runs stays out of the home of whoever runs the tests.
        "XDG_CACHE_HOME": str(folder / "cache"),
        "COLUMNS": "110",
    }
