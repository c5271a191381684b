"""`hubwire emulator COMMAND` against an emulator on a socket."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import pytest

from hubwire.cli.controls import faults
from hubwire.cli.controls.clock import seconds
from hubwire.cli.main import main
from hubwire.emulator import Clock, Emulator, Identity, serve
from hubwire.emulator.faults import Fault
from hubwire.errors import ConfigError

pytestmark = pytest.mark.socket


@pytest.fixture
def emulator(monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    emulator = Emulator(clock=Clock.at(1_767_258_000.0), identity=Identity.for_tests())
    with serve.running(emulator) as base_url:
        monkeypatch.setenv("HUBSPOT_BASE_URL", base_url)
        yield emulator
    emulator.close()


def says(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["emulator", *words]) == 0
    return capsys.readouterr().out


def told(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    return json.loads(says(capsys, *words, "--json"))


def test_accounts_and_apps_are_added_and_listed(
    emulator: Emulator, capsys: pytest.CaptureFixture[str]
) -> None:
    made = told(capsys, "account", "add", "--tier", "free", "--portal-id", "777")
    assert made["portal_id"] == 777
    assert [line.split()[:2] for line in says(capsys, "account", "list").splitlines()] == [
        ["12345678", "professional"],
        ["777", "free"],
    ]
    app = told(
        capsys, "app", "add", "--name", "Sync", "--scope", "oauth", "--redirect", "https://sync.example/in"
    )
    assert (app["name"], app["scopes"]) == ("Sync", ["oauth"])
    private = says(capsys, "app", "add", "--kind", "private-app", "--account", "777")
    assert "for account 777" in private
    assert app["client_secret"] in says(capsys, "app", "list")


def test_state_is_seeded_kept_and_brought_back(
    emulator: Emulator, capsys: pytest.CaptureFixture[str]
) -> None:
    assert says(capsys, "snapshot", "empty") == "Snapshot empty taken.\n"
    assert says(capsys, "seed", "--contacts", "5", "--companies", "2") == (
        "Account 12345678: added 5 contacts, 2 companies.\n"
    )
    contacts = emulator.account.portal.kind("contacts")
    assert emulator.account.portal.table(contacts).state()[0] == 5
    assert says(capsys, "snapshot", "--list") == "empty\n"
    assert says(capsys, "restore", "empty") == "Snapshot empty restored.\n"
    assert emulator.account.portal.table(contacts).state()[0] == 0
    says(capsys, "seed", "demo")
    assert emulator.account.portal.table(contacts).state()[0] == 500
    assert says(capsys, "reset") == "Account 12345678 is as it was started.\n"
    assert emulator.account.portal.table(contacts).state()[0] == 0


def test_the_clock_is_turned(emulator: Emulator, capsys: pytest.CaptureFixture[str]) -> None:
    assert says(capsys, "clock") == "2026-01-01T09:00:00Z (frozen)\n"
    assert says(capsys, "clock", "24h") == "2026-01-02T09:00:00Z (frozen)\n"
    assert told(capsys, "clock", "--to", "2026-01-03T00:00:00Z")["now"] == "2026-01-03T00:00:00Z"


@pytest.mark.parametrize(
    ("text", "number"), [("90", 90), ("90s", 90), ("1.5m", 90), ("2h", 7200), ("3d", 259_200)]
)
def test_a_length_of_time_has_a_unit(text: str, number: float) -> None:
    assert seconds(text) == number


def test_no_length_of_time_is_refused() -> None:
    with pytest.raises(ConfigError):
        seconds("soon")


def test_faults_are_set_listed_and_cleared(emulator: Emulator, capsys: pytest.CaptureFixture[str]) -> None:
    assert says(capsys, "faults", "status", "--status", "503", "--op", "owners.*", "--count", "1") == (
        "1  status        status=503 op=owners.* count=1 fired=0\n"
    )
    sent = {"authorization": f"Bearer {emulator.identity.access_token}"}
    assert [emulator.ask("GET", "/crm/v3/owners", headers=sent).status for _ in range(2)] == [503, 200]
    assert "fired=1" in says(capsys, "faults", "list")
    assert says(capsys, "requests", "--status", "503").split()[1:] == [
        "503", "GET", "/crm/v3/owners", "owners.list",
    ]  # fmt: skip
    says(capsys, "faults", "clear")
    assert says(capsys, "faults", "list") == ""
    says(capsys, "requests", "--clear")
    assert says(capsys, "requests") == ""


def test_what_is_refused_is_said_and_is_no_success(
    emulator: Emulator, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["emulator", "restore", "nothing"]) == 2
    assert "There is no snapshot 'nothing'" in capsys.readouterr().err
    assert main(["emulator", "faults", "status", "--rate", "7"]) == 2
    assert "a rate is above 0" in capsys.readouterr().err
    assert main(["emulator", "faults", "latency"]) == 2


@pytest.mark.parametrize("base", ["http://127.0.0.1:1", "https://api.hubapi.com", "nonsense:x:y"])
def test_no_emulator_is_said(base: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["emulator", "clock", "--base-url", base]) == 2
    assert "hubwire: " in capsys.readouterr().err


def test_every_part_of_a_fault_can_be_said_in_the_command() -> None:
    parser = argparse.ArgumentParser()
    faults.configure(parser)
    told = {action.dest for action in parser._actions}
    assert {part.name for part in fields(Fault)} <= told


def test_a_fault_answers_with_the_body_it_is_given(
    emulator: Emulator, capsys: pytest.CaptureFixture[str]
) -> None:
    says(capsys, "faults", "status", "--status", "502", "--body", "<h1>Bad gateway</h1>")
    sent = {"authorization": f"Bearer {emulator.identity.access_token}"}
    heard = emulator.ask("GET", "/crm/v3/owners", headers=sent)
    assert (heard.status, heard.body) == (502, b"<h1>Bad gateway</h1>")
