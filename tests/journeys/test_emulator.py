"""`hubwire emulator`: for scripts one line of JSON, for people everything to copy; it ends cleanly or says
why not.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from hubwire import Hub
from tests.journeys.conftest import Command

pytestmark = [pytest.mark.socket, pytest.mark.skipif(sys.platform == "win32", reason="signals are sent")]
Start = Callable[..., subprocess.Popen[str]]


def first_line(child: subprocess.Popen[str]) -> str:
    assert child.stdout is not None
    return child.stdout.readline()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_first_line_of_json_is_all_a_script_needs_and_a_signal_ends_it_with_0(
    process: Start, number: signal.Signals
) -> None:
    child = process("emulator", "--port", 0, "--json")
    told = json.loads(first_line(child))
    assert set(told) == {
        "base_url", "portal_id", "app_id", "access_token", "client_id", "client_secret", "developer_api_key",
        "user_id",
    }  # fmt: skip
    assert told["access_token"].startswith("pat-na1-")
    with Hub(told["access_token"], base_url=told["base_url"]) as hub:
        assert hub.account.details()["portalId"] == told["portal_id"]
    child.send_signal(number)
    out, err = child.communicate()
    assert (child.returncode, out, err) == (0, "", "")


def test_a_person_is_told_how_to_point_clients_at_it(process: Start) -> None:
    child = process(
        "emulator", "--port", 0, "--seed", "demo", "--tier", "free", "--limits", "off", "--auto-consent"
    )
    lines = []
    while not any("developer API key" in line for line in lines):
        lines.append(first_line(child))
        assert lines[-1], lines
    told = "".join(lines)
    found = re.search(
        r"export HUBSPOT_BASE_URL=(http://127\.0\.0\.1:\d+) HUBSPOT_ACCESS_TOKEN=(pat-na1-\S+)", told
    )
    assert found is not None
    for client in ("hubspot-api-client", "@hubspot/api-client", "hubspot-sdk"):
        assert client in told
    with Hub(found[2], base_url=found[1]) as hub:
        assert hub.contacts.count() > 0


def test_what_was_written_is_there_after_a_kill(process: Start, tmp_path: Path) -> None:
    child = process("emulator", "--port", 0, "--json", "--state", "account.db")
    told = json.loads(first_line(child))
    with Hub(told["access_token"], base_url=told["base_url"]) as hub:
        made = hub.contacts.create({"email": "a@example.com"}).id
    child.kill()
    child.wait()
    again = json.loads(first_line(process("emulator", "--port", 0, "--json", "--state", "account.db")))
    assert {**again, "base_url": ""} == {**told, "base_url": ""}
    with Hub(again["access_token"], base_url=again["base_url"]) as hub:
        assert hub.contacts.get("a@example.com", by="email").id == made


def foreign(path: Path) -> None:
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE t (x)")
    database.close()


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (
            lambda path: path.write_text(
                "not a database, but long enough to look like a file of something" * 40
            ),
            "not a state file",
        ),
        (foreign, "of another program"),
        (lambda path: path.mkdir(), "is a directory"),
        (lambda path: path.symlink_to("/nowhere/else/account.db"), "account.db"),
    ],
    ids=["text", "another database", "directory", "unwritable"],
)
def test_a_state_that_cannot_be_used_ends_with_2_and_stays_as_it_was(
    hubwire: Command, tmp_path: Path, make: Callable[[Path], object], said: str
) -> None:
    path = tmp_path / "account.db"
    make(path)
    before = path.read_bytes() if path.is_file() else None
    ended = hubwire("emulator", "--port", 0, "--state", path)
    assert ended.code == 2
    assert said in ended.err
    assert ended.out == ""
    if before is not None:
        assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--state", "nowhere/account.db"], "there is no directory"),
        (["--state", ""], "names no file"),
        (["--port", "99999"], "'99999' is no port"),
        (["--port", "http"], "'http' is no port"),
        (["--host", "nowhere.invalid", "--port", "0"], "cannot listen on nowhere.invalid"),
        (["--host", "192.0.2.1", "--port", "0"], "cannot listen on 192.0.2.1"),
        (["--tier", "gold"], "invalid choice: 'gold'"),
    ],
)
def test_an_impossible_option_ends_with_2_and_the_reason(
    hubwire: Command, options: list[str], said: str
) -> None:
    ended = hubwire("emulator", *options)
    assert ended.code == 2
    assert said in ended.err
    assert ended.out == ""


def test_a_port_in_use_ends_with_2_and_the_way_out(hubwire: Command) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        ended = hubwire("emulator", "--port", other.getsockname()[1])
    assert ended.code == 2
    assert "is in use" in ended.err
    assert "another port (0" in ended.err


def test_a_state_that_another_emulator_has_open_ends_with_2(hubwire: Command, process: Start) -> None:
    first_line(process("emulator", "--port", 0, "--json", "--state", "account.db"))
    ended = hubwire("emulator", "--port", 0, "--state", "account.db")
    assert ended.code == 2
    assert "in use by another emulator" in ended.err


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_directory_that_may_not_be_written_to_ends_with_2(hubwire: Command, tmp_path: Path) -> None:
    (tmp_path / "locked").mkdir(mode=0o500)
    assert hubwire("emulator", "--port", 0, "--state", tmp_path / "locked" / "account.db").code == 2
