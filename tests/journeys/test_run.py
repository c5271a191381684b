"""`hubwire emulator run`: any command against an account, and nothing of it left afterwards."""

from __future__ import annotations

import os
import shlex
import signal
import stat
import subprocess
import sys
from pathlib import Path

import certifi
import pytest

from tests.journeys.conftest import Command

pytestmark = [pytest.mark.socket, pytest.mark.skipif(sys.platform == "win32", reason="signals are sent")]

RUN = [sys.executable, "-m", "hubwire", "emulator", "run"]
DETAILS = "https://api.hubapi.com/account-info/v3/details"
PREPARED = f"""
import os, requests
sent = {{"Authorization": "Bearer " + os.environ["HUBSPOT_ACCESS_TOKEN"]}}
asked = requests.Request("GET", "{DETAILS}", headers=sent)
print(requests.Session().send(asked.prepare()).status_code)
"""


def python(code: str) -> list[str]:
    return ["--", sys.executable, "-c", code]


def started(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*RUN, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def own(tmp_path: Path) -> tuple[Path, str]:
    """A certifi file and a Python that has it."""
    folder = tmp_path / "own python"
    folder.mkdir()
    bundle = folder / "cacert.pem"
    bundle.write_bytes(Path(certifi.where()).read_bytes())
    (folder / "certifi.py").write_text(f"def where():\n    return {str(bundle)!r}\n", "utf-8")
    script = folder / "python"
    script.write_text(f'#!/bin/sh\nPYTHONPATH="{folder}:$PYTHONPATH" exec "{sys.executable}" "$@"\n', "utf-8")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    return bundle, str(script)


@pytest.mark.parametrize("code", [0, 1, 7])
def test_the_exit_code_is_the_commands(hubwire: Command, code: int) -> None:
    assert hubwire("emulator", "run", *python(f"raise SystemExit({code})")).code == code


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP], ids=lambda one: one.name)
def test_a_signal_is_passed_on_and_the_command_decides(number: signal.Signals) -> None:
    code = (
        "import signal, sys\n"
        f"signal.signal({int(number)}, lambda *_: sys.exit(9))\n"
        "print('ready', flush=True)\n"
        "signal.pause()"
    )
    with started(*python(code)) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        child.send_signal(number)
        assert child.wait(timeout=60) == 9


def test_a_command_that_a_signal_ended_is_told_as_shells_do(hubwire: Command) -> None:
    ended = hubwire("emulator", "run", *python("import os, signal; os.kill(os.getpid(), signal.SIGKILL)"))
    assert ended.code == 137


def test_the_command_finds_credentials_and_its_own_variables(
    hubwire: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUBSPOT_ACCESS_TOKEN", "of the real account")
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:1")
    monkeypatch.setenv("MINE", "kept")
    code = (
        "import os; print(os.environ['HUBSPOT_ACCESS_TOKEN'][:8], os.environ['NO_PROXY'], "
        "os.environ['MINE'], 'ALL_PROXY' in os.environ)"
    )
    ended = hubwire("emulator", "run", *python(code))
    assert ended.out == "pat-na1- localhost,127.0.0.1,::1 kept False\n"


def test_state_and_tier_may_be_said_before_or_after_the_word_run(hubwire: Command, tmp_path: Path) -> None:
    for order in (["--state", "a.db", "run"], ["run", "--state", "b.db"]):
        assert hubwire("emulator", *order, *python("")).code == 0
    assert (tmp_path / "a.db").is_file()
    assert (tmp_path / "b.db").is_file()


def test_other_hosts_are_refused_and_named(hubwire: Command) -> None:
    code = (
        "import requests\n"
        "try: requests.get('https://example.com/')\n"
        "except requests.exceptions.ProxyError as problem: raise SystemExit(str(problem))"
    )
    ended = hubwire("emulator", "run", *python(code))
    assert (ended.code, "403 Forbidden" in ended.err) == (1, True)
    assert "hubwire: example.com is not HubSpot's: refused. --allow example.com lets" in ended.err


def test_a_command_with_a_sitecustomize_of_its_own_keeps_it(
    hubwire: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text("import builtins\nbuiltins.mine = 'here'\n", "utf-8")
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
    assert hubwire("emulator", "run", *python("print(mine)")).out == "here\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "nothing to run: hubwire emulator run -- COMMAND"),
        (["--", "no-such-command"], "no-such-command is no command that can be run"),
        (["--certifi", "no-such-python", "--", "true"], "--certifi no-such-python: it does not run"),
        (["--certifi", "false", "--", "true"], "has no certifi"),
        (["--state", "nowhere/a.db", "--", "true"], "there is no directory"),
    ],
)
def test_what_cannot_start_ends_with_2_and_the_reason(
    hubwire: Command, arguments: list[str], said: str
) -> None:
    ended = hubwire("emulator", "run", *arguments)
    assert ended.code == 2
    assert said in ended.err


def test_a_client_that_trusts_certifi_alone_is_told_of_the_option(own: tuple[Path, str]) -> None:
    done = subprocess.run(
        [*RUN, "--", own[1], "-c", PREPARED], capture_output=True, text=True, timeout=100, check=False
    )
    assert done.returncode == 1
    assert f"add --certifi {shlex.quote(own[1])}." in done.stderr


def test_a_certifi_file_is_as_before_when_the_command_has_ended(own: tuple[Path, str]) -> None:
    bundle, script = own
    before = bundle.read_bytes()
    done = subprocess.run(
        [*RUN, "--certifi", script, "--", script, "-c", PREPARED],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "200\n"), done.stderr
    assert bundle.read_bytes() == before


def test_after_a_kill_the_next_start_mends_the_certifi_file(hubwire: Command, own: tuple[Path, str]) -> None:
    bundle, script = own
    before = bundle.read_bytes()
    # The command ends by itself when its standard input closes, whatever became of its parent.
    code = "import sys; print('ready', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [*RUN, "--certifi", script, *python(code)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        assert bundle.read_bytes() != before
        still = hubwire("emulator", "run", "--", "true")
        assert "did not end properly" not in still.err
        assert bundle.read_bytes() != before
        child.kill()
        child.wait(timeout=60)
        assert bundle.read_bytes() != before
        mended = hubwire("emulator", "run", "--", "true")
    assert "an earlier run did not end properly" in mended.err
    assert bundle.read_bytes() == before


def test_two_runs_share_a_certifi_file(hubwire: Command, own: tuple[Path, str]) -> None:
    bundle, script = own
    before = bundle.read_bytes()
    inner = [*RUN, "--certifi", script, "--", script, "-c", PREPARED]
    ended = hubwire("emulator", "run", "--certifi", script, "--", *inner)
    assert (ended.code, ended.out) == (0, "200\n"), ended.err
    assert bundle.read_bytes() == before
