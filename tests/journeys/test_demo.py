"""The demo shows the whole job on a machine without a HubSpot account."""

from __future__ import annotations

import csv
import json
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from hubwire import Hub
from hubwire.emulator import Emulator, serve
from tests.journeys.conftest import Command

pytestmark = pytest.mark.socket
Start = Callable[..., subprocess.Popen[str]]


def test_the_shipped_file_is_pushed_within_the_quota_and_every_row_is_accounted_for(
    hubwire: Command, tmp_path: Path
) -> None:
    ended = hubwire("demo", "--json")
    assert ended.code == 0
    report = ended.report
    assert report["rows"] == 5_000
    assert report["created"] + report["updated"] + report["unchanged"] + report["refused"] == 5_000
    assert (report["refused_429"], report["complete"], report["refused"]) == (0, True, 60)
    assert report["verified"] == report["companies"]["created"] + report["companies"]["updated"] + 4_860
    # More would have to wait for the next ten seconds.
    assert report["calls"] <= 190
    assert {each["column"] for each in report["not_written"]} == {"Loyalty Card", "Shoe Size"}
    with (tmp_path / "hubwire-demo.refused.csv").open(encoding="utf-8", newline="") as file:
        assert [int(row["line"]) for row in csv.DictReader(file)] == [
            each["line"] for each in report["refusals"]
        ]


def test_a_file_of_one_s_own_is_pushed_too(hubwire: Command, people: Path) -> None:
    ended = hubwire("demo", people)
    assert ended.code == 0
    assert re.search(r"created +30\n", ended.out)
    assert "429s met: 0" in ended.out


@pytest.mark.parametrize("options", [[], ["--keep"]])
def test_nothing_is_left_behind_of_a_demo_that_has_finished(
    hubwire: Command, people: Path, process: Start, options: list[str], tmp_path: Path
) -> None:
    child = process("demo", people, "--json", *options)
    assert child.stdout is not None
    assert json.loads(child.stdout.readline())["created"] == 30
    if options:
        child.send_signal(signal.SIGINT)
    assert child.wait() == 0
    assert list((tmp_path / "home" / "hubwire").iterdir()) == []


def test_the_account_of_a_demo_can_be_kept_in_a_file(hubwire: Command, people: Path) -> None:
    assert hubwire("demo", people, "--state", "kept.db").code == 0
    again = hubwire("demo", people, "--state", "kept.db", "--json").report
    assert (again["created"], again["unchanged"]) == (0, 30)
    emulator = Emulator("kept.db")
    with serve.running(emulator) as base_url, Hub(emulator.identity.access_token, base_url=base_url) as hub:
        assert hub.contacts.get("person00@example.com", by="email").id
    emulator.close()


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent")
def test_a_demo_that_is_left_running_can_be_looked_at_and_pushed_to(
    hubwire: Command, people: Path, process: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    child = process("demo", people, "--keep")
    assert child.stdout is not None
    told = ""
    while "push to a real one" not in told:
        line = child.stdout.readline()
        assert line, told
        told += line
    found = re.search(r"HUBSPOT_BASE_URL=(\S+) HUBSPOT_ACCESS_TOKEN=(\S+) hubwire (push .+)", told)
    assert found is not None
    monkeypatch.setenv("HUBSPOT_BASE_URL", found[1])
    monkeypatch.setenv("HUBSPOT_ACCESS_TOKEN", found[2])
    assert hubwire(*found[3].split(), "--json").report["unchanged"] == 30
    child.send_signal(signal.SIGINT)
    assert child.wait() == 0


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent")
def test_a_demo_that_was_killed_goes_on_where_it_stopped(
    hubwire: Command, process: Start, tmp_path: Path
) -> None:
    # Many rows, and killed as soon as the account exists: wherever that is, the end is the same.
    rows = [f"p{number}@example.com,f{number % 400}.example.com" for number in range(3_000)]
    path = tmp_path / "many.csv"
    path.write_text("\n".join(["email,company.domain", *rows]) + "\n", encoding="utf-8")
    child = process("demo", path)
    assert child.stderr is not None
    assert str(tmp_path) in child.stderr.readline()  # where the account is kept
    child.kill()
    child.wait()
    ended = hubwire(
        "demo", path, "--json", "--state", str(next((tmp_path / "home" / "hubwire").glob("*.db")))
    )
    report = ended.report
    assert (ended.code, report["complete"], report["created"] + report["unchanged"]) == (0, True, 3_000)
    assert (
        report["companies"]["created"] + report["companies"]["updated"] + report["companies"]["unchanged"]
        == 400
    )


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent")
def test_demos_with_one_file_may_run_side_by_side(hubwire: Command, people: Path, process: Start) -> None:
    first = process("demo", people, "--keep", "--json")
    assert first.stdout is not None
    kept = json.loads(first.stdout.readline())["emulator"]
    for _ in range(2):
        assert hubwire("demo", people, "--json").report["created"] == 30
    with Hub(kept["access_token"], base_url=kept["base_url"]) as hub:
        assert hub.contacts.get("person00@example.com", by="email").id
    first.send_signal(signal.SIGTERM)
    assert first.wait() == 0


def test_bad_input_is_told_before_anything_is_started(hubwire: Command, tmp_path: Path) -> None:
    (tmp_path / "empty.csv").touch()
    ended = hubwire("demo", "empty.csv")
    assert (ended.code, ended.out) == (2, "")
    assert "empty.csv is empty" in ended.err
    assert not (tmp_path / "home").exists()


def test_without_the_emulator_s_packages_the_line_to_install_them_is_told(
    hubwire: Command, people: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.split(".")[:2] == ["hubwire", "emulator"]]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "apsw", None)  # type: ignore[arg-type]
    for command in (["demo", people], ["emulator", "--port", 0]):
        ended = hubwire(*command)
        assert ended.code == 2
        assert "pip install 'hubwire[emulator]'" in ended.err
