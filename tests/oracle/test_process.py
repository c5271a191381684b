"""The emulator as a process: how it starts, ends, and what survives."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.oracle.server import Account, running


def test_the_first_line_says_all_a_client_needs(account: Account) -> None:
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", account.base_url)
    assert re.fullmatch(r"pat-na1-[0-9a-f-]{36}", account.access_token)
    assert account.portal_id > 0
    assert account.app_id > 0
    assert account.client_id != account.client_secret


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
def test_a_signal_ends_it_cleanly(number: signal.Signals, tmp_path: Path) -> None:
    state = tmp_path / "account.db"
    with running("--state", str(state)) as account:
        made = account.raw("POST", "/crm/v3/objects/contacts", {"properties": {"email": "kept@example.com"}})
        assert made.status == 201
        account.process.send_signal(number)
        assert account.process.wait(timeout=20) == 0
    assert kept(state) == ["kept@example.com"]


def test_what_was_answered_survives_a_kill(tmp_path: Path) -> None:
    state = tmp_path / "account.db"
    emails = [f"row{n}@example.com" for n in range(20)]
    with running("--state", str(state)) as account:
        for email in emails:
            made = account.raw("POST", "/crm/v3/objects/contacts", {"properties": {"email": email}})
            assert made.status == 201
        account.process.kill()
        account.process.wait(timeout=20)
    assert sorted(kept(state)) == sorted(emails)


def test_credentials_stay_the_same_with_the_state(tmp_path: Path) -> None:
    state = tmp_path / "account.db"
    with running("--state", str(state)) as first:
        pass
    with running("--state", str(state)) as second:
        pass
    assert (first.portal_id, first.access_token) == (second.portal_id, second.access_token)


def kept(state: Path) -> list[str]:
    with running("--state", str(state)) as account:
        answer = account.raw("GET", "/crm/v3/objects/contacts?limit=100&properties=email")
    return [one["properties"]["email"] for one in json.loads(answer.data)["results"]]


def test_a_taken_port_is_said_so(account: Account) -> None:
    port = account.base_url.rpartition(":")[2]
    command = [sys.executable, "-m", "hubwire", "emulator", "--port", port]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert port in done.stderr
    assert "Traceback" not in done.stderr
