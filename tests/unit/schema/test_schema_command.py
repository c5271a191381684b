"""`hubwire schema`: plan, apply and pull from the command line, and the way from there to typed records."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

import pytest

from hubwire import Hub
from hubwire.cli.main import main
from hubwire.testing.accounts import Account
from tests.unit.schema.test_schema import PROJECTS

pytestmark = [pytest.mark.socket, pytest.mark.hubspot(tier="enterprise", limits=False)]


@pytest.fixture(autouse=True)
def account(hubspot_server: Account, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Account:
    monkeypatch.setenv("HUBSPOT_BASE_URL", hubspot_server.base_url)
    monkeypatch.setenv("HUBSPOT_ACCESS_TOKEN", hubspot_server.access_token)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "schema.toml").write_text(PROJECTS, encoding="utf-8")
    return hubspot_server


def test_from_a_file_to_typed_records_in_the_account(
    account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["schema", "plan", "schema.toml", "--check"]) == 1
    assert main(["schema", "apply", "schema.toml"]) == 0
    assert main(["schema", "plan", "schema.toml", "--check"]) == 0
    assert main(["types", "--out", "journey_types.py", "--objects", "projects,contacts"]) == 0
    types: Any = importlib.import_module("journey_types")
    with Hub(account.access_token, base_url=account.base_url, validate=True) as hub:
        projects = [
            types.Project(project_name=f"Engine {number}", status="planned", budget=number, tags=["hot"])
            for number in range(120)
        ]
        outcomes = hub.records(types.Project).upsert(projects, by=types.Project.project_name)
        assert outcomes.check()
        assert all(outcome.created for outcome in outcomes)
        projects[3].status = "done"
        assert hub.records(types.Project).save_all(projects)[3].written == "yes"
        found = {each.project_name: each for each in hub.records(types.Project).list()}
    assert len(found) == 120
    assert found["Engine 3"].status == "done"
    assert found["Engine 7"].tags == ("hot",)
    assert "done" in capsys.readouterr().out


def test_json_tells_what_was_planned_and_done(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "apply", "schema.toml", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["done"] == report["changes"]
    assert report["changes"][0] == {
        "action": "create",
        "what": "custom object projects",
        "details": ["6 properties", "associated with contacts, companies"],
    }
    assert main(["schema", "apply", "schema.toml", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["changes"] == []


def test_an_interrupted_apply_tells_what_was_done_and_the_next_does_the_rest(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from hubwire.schema import plans

    ask, calls = plans.ask, iter(range(100))

    def stop_at_the_third(*how: Any) -> Any:
        if next(calls) == 2:
            raise KeyboardInterrupt
        return ask(*how)

    with monkeypatch.context() as patched:
        patched.setattr(plans, "ask", stop_at_the_third)
        assert main(["schema", "apply", "schema.toml", "--json"]) == 130
    report = json.loads(capsys.readouterr().out)
    assert [each["what"] for each in report["done"]] == ["custom object projects", "custom object milestones"]
    assert "interrupted" in report["error"]
    assert main(["schema", "apply", "schema.toml"]) == 0
    assert main(["schema", "plan", "schema.toml", "--check"]) == 0


def test_what_is_refused_stops_everything_with_exit_code_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "apply", "schema.toml"]) == 0
    Path("schema.toml").write_text(PROJECTS.replace('type = "number"', 'type = "string"'), encoding="utf-8")
    for verb in ("plan", "apply"):
        assert main(["schema", verb, "schema.toml"]) == 1
        told = capsys.readouterr()
        assert "! property projects.budget: its type is number" in told.out
    assert "nothing was changed" in told.err


def test_pull_writes_a_file_that_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "apply", "schema.toml"]) == 0
    assert main(["schema", "pull", "--out", "pulled.toml"]) == 0
    assert main(["schema", "plan", "pulled.toml", "--check"]) == 0
    assert main(["schema", "pull", "--out", "pulled.toml"]) == 2
    assert "--force" in capsys.readouterr().err
    assert main(["schema", "pull", "--objects", "contacts"]) == 0
    assert "[objects.contacts.properties.tier]" in capsys.readouterr().out
    assert main(["schema", "pull", "--objects", "widgets"]) == 2


@pytest.mark.parametrize(
    "words",
    [[], ["plan", "missing.toml"], ["apply", "broken.toml"], ["pull", "--json"], ["plan", "broken.py"]],
)
def test_what_cannot_be_done_is_told_with_exit_code_2(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    Path("broken.toml").write_text("[custom", encoding="utf-8")
    Path("broken.py").write_text("1 / 0", encoding="utf-8")
    assert main(["schema", *words]) == 2
    assert capsys.readouterr().err.startswith("hubwire: ")
