"""The table of what is emulated follows from the catalogue, the handlers and tests."""

from __future__ import annotations

import json

import pytest

from hubwire.cli.main import main
from hubwire.emulator import coverage as module
from hubwire.emulator.coverage import LEVELS, coverage, totals


def cells(op: str) -> dict[str, str]:
    (row,) = (row for row in coverage() if row.op == op)
    return {version: cell.level for version, cell in row.cells.items()}


@pytest.fixture
def vouched(monkeypatch: pytest.MonkeyPatch) -> None:
    told = {
        "recorded": {"objects.read": ["v3"], "objects.nowhere": ["v3"]},
        "contract": {"objects.read": ["v3", "2026-03"], "analytics.none": ["v3"]},
        "clients": {"objects.list": ["2026-09"]},
    }
    monkeypatch.setattr(module, "witnesses", lambda: told)


@pytest.mark.usefixtures("vouched")
def test_the_best_witness_of_a_version_counts() -> None:
    assert cells("objects.read") == {"v3": "recorded", "2026-03": "documented", "2026-09": "assumed"}
    assert cells("objects.list") == {"v3": "assumed", "2026-03": "assumed", "2026-09": "documented"}


def test_what_has_no_handler_is_missing_whatever_tests_say(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "witnesses", lambda: {"contract": {"objects.read": ["v3"]}})
    monkeypatch.setattr(module, "_served", lambda: {"objects.list"})
    assert set(cells("objects.read").values()) == {"missing"}


def test_the_totals_count_every_endpoint_once() -> None:
    rows = coverage()
    for version, counted in totals(rows).items():
        assert sum(counted.values()) == sum(version in row.cells for row in rows)
        assert set(counted) == set(LEVELS)


def test_every_witness_is_of_an_endpoint_that_is_known() -> None:
    known = {row.op for row in coverage()}
    told = module.witnesses()
    assert set(told) == set(module.KINDS)
    assert {op for kind in told.values() for op in kind} <= known


def test_the_rest_of_hubspot_is_told_as_missing() -> None:
    assert cells("cms.blogs.posts.list") == dict.fromkeys(("v3", "2026-03", "2026-09"), "missing")
    assert cells("automation.flows.create") == {"v3": "missing"}
    assert all(counted["missing"] > 250 for counted in totals(coverage()).values())


def test_every_operation_has_one_row() -> None:
    ops = [row.op for row in coverage()]
    assert len(set(ops)) == len(ops)


def test_the_command_tells_a_script_and_a_person(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["emulator", "coverage", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    (read,) = (row for row in told["endpoints"] if row["op"] == "objects.read")
    assert read["cells"]["v3"]["path"] == "/crm/v3/objects/{objectType}/{id}"
    assert read["cells"]["v3"]["level"] in LEVELS
    assert main(["emulator", "coverage", "--only", "missing"]) == 0
    lines = capsys.readouterr().out.splitlines()
    table = lines[: lines.index("")]
    assert all("missing" in line for line in table)
    assert len(table) == sum(
        "missing" in (c["level"] for c in r["cells"].values()) for r in told["endpoints"]
    )
