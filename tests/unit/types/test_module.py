"""`hubwire types`: a module from an account's schema, and what type checkers make of it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from hubwire import ConfigError, Forbidden, Hub
from hubwire.cli.main import main
from hubwire.client.definitions import OptionDefinition, PropertyDefinition
from hubwire.testing.accounts import Account, LocalAccount
from hubwire.types import AccountTypes, read_account, source
from hubwire.types.model import Kind, ObjectTypes

PROJECTS = {
    "name": "projects",
    "labels": {"singular": "Project", "plural": "Projects"},
    "primaryDisplayProperty": "project_name",
    "properties": [
        {"name": "project_name", "label": "Name", "type": "string", "fieldType": "text"},
        {
            "name": "status",
            "label": "Status",
            "type": "enumeration",
            "fieldType": "select",
            "options": [{"label": "Planned", "value": "planned"}, {"label": "Under way", "value": "active"}],
        },
        {"name": "budget", "label": "Budget", "type": "number", "fieldType": "number"},
        {"name": "start_date", "label": "Start", "type": "date", "fieldType": "date"},
        {"name": "class", "label": "Class", "type": "string", "fieldType": "text"},
        {"name": "changes", "label": "Changes", "type": "string", "fieldType": "text"},
    ],
    "associatedObjects": ["0-1", "0-2"],
}
enterprise = pytest.mark.hubspot(tier="enterprise")


def define(hub: Hub) -> None:
    hub.request("POST", "/crm-object-schemas/2026-09/schemas", json=PROJECTS)
    label = {"name": "manager", "label": "Project manager", "inverseLabel": "Manages"}
    path = "/crm/associations/2026-09/p12345678_projects/contacts/labels"
    hub.request("POST", path, json=label)


def load(text: str) -> ModuleType:
    module = ModuleType("account_types")
    exec(compile(text, "account_types.py", "exec"), vars(module))
    return module


@enterprise
def test_custom_objects_options_and_labels_are_in_the_module(hubspot: LocalAccount) -> None:
    with hubspot.hub() as hub:
        define(hub)
        account: Any = load(source(read_account(hub, ["contacts", "deals", "p12345678_projects"])))
        project = account.Project(project_name="Engine", status="planned", budget=5, class_="a", changes_="b")
        hub.records(account.Project).save(project)
        ada = hub.contacts.create({"email": "ada@example.com"})
        manager = account.ProjectToContact.project_manager
        hub.associations.link("p12345678_projects", project.id, "contacts", ada.id, types=manager)
        (link,) = hub.associations.linked("p12345678_projects", project.id, "contacts")
        assert "Project manager" in [each.label for each in link.types]
        (back,) = hub.records(account.Project).list()
    assert (back.status, back.budget, back.class_, back.changes_) == ("planned", 5, "a", "b")
    assert account.ContactToProject.manages.label == "Manages"
    assert account.ContactToDeal.unlabeled.type_id == 4
    assert "closedwon" in account.Deal.dealstage.options
    assert account.ProjectStatus.__args__ == ("active", "planned")


@enterprise
def test_the_same_account_gives_the_same_text(hubspot: LocalAccount) -> None:
    with hubspot.hub() as hub:
        define(hub)
        assert source(read_account(hub)) == source(read_account(hub))


USAGE = """
from decimal import Decimal
from hubwire import AsyncHub, CLEAR, Hub
from account_types import ContactToDeal, Deal, Project

def total(hub: Hub) -> Decimal:
    return sum((deal.amount or Decimal(0) for deal in hub.records(Deal).list()), Decimal(0))

async def start(hub: AsyncHub) -> Project:
    project = Project(project_name="Engine", status="planned", budget=5)
    project.budget = CLEAR
    return await hub.records(Project).save(project)

def link(hub: Hub) -> None:
    hub.associations.link("contacts", 1, "deals", 2, types=ContactToDeal.unlabeled)
"""
MISUSE = """
from account_types import Deal, Project

Project(status="cancelled")
Project(bugdet=5)
deal = Deal(dealname="Engine")
deal.amount = "5"
deal.amount = None
deal.createdate = deal.closedate
amount: int = deal.amount
"""


@enterprise
def test_a_strict_type_checker_accepts_right_use_and_finds_every_mistake(
    hubspot: LocalAccount, tmp_path: Path
) -> None:
    with hubspot.hub() as hub:
        define(hub)
        (tmp_path / "account_types.py").write_text(
            source(read_account(hub, ["contacts", "deals", "p12345678_projects"])), encoding="utf-8"
        )
    (tmp_path / "usage.py").write_text(USAGE, encoding="utf-8")
    (tmp_path / "misuse.py").write_text(MISUSE, encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "account_types.py", "usage.py"]
    done = subprocess.run(
        [*command, "misuse.py"], cwd=tmp_path, capture_output=True, text=True, timeout=110, check=False
    )
    lines = done.stdout.splitlines()
    found = [line for line in lines if ": error: " in line]
    assert [line for line in found if not line.startswith("misuse.py:")] == []
    assert sorted({int(line.split(":")[1]) for line in found}) == [4, 5, 7, 8, 9, 10]


def of(*properties: PropertyDefinition) -> str:
    kind = Kind("p1_things", "2-1", 'Thing "one"\n', "Things\\")
    return source(AccountTypes((ObjectTypes(kind, properties),)))


def test_what_an_account_calls_things_cannot_break_the_module() -> None:
    nasty = 'x"\n\\N{BULLET} \u202e é 🙂\x00'
    option = OptionDefinition(value=nasty, label=nasty)
    text = of(
        PropertyDefinition(name="class", label=nasty),
        PropertyDefinition(name="class_", label=nasty),
        PropertyDefinition(name="2nd-try"),
        PropertyDefinition(name="__secret"),
        PropertyDefinition(name="odd", type="enumeration", options=(option, option)),
        PropertyDefinition(name="empty", type="enumeration"),
        PropertyDefinition(name="Number", type="number"),
        PropertyDefinition(name="ThingOneOdd"),
        PropertyDefinition(name="size", type="number"),
    )
    module: Any = load(text)
    names = "2nd-try Number ThingOneOdd __secret class class_ empty odd size"
    assert sorted(module.ThingOne.FIELDS) == names.split()
    assert module.ThingOneOdd.__args__ == (nasty,)
    thing = module.ThingOne(class_="a", class__="b", p__secret="c", odd_=nasty)
    assert thing.changes() == {"class": "a", "class_": "b", "__secret": "c", "odd": nasty}


def test_an_object_type_that_the_account_lacks_is_told(hubspot: LocalAccount) -> None:
    with hubspot.hub() as hub, pytest.raises(ConfigError, match="widgets"):
        read_account(hub, ["widgets"])


def test_what_may_not_be_read_is_left_out_unless_it_was_named(hubspot: LocalAccount) -> None:
    token = hubspot.token(scopes=["crm.schemas.contacts.read", "crm.objects.contacts.read"])
    with hubspot.hub(token) as hub:
        account = read_account(hub)
        names = [each.kind.name for each in account.objects]
        assert "contacts" in names
        assert "deals" not in names
        assert any(why.startswith("deals: 403") for why in account.left_out)
        with pytest.raises(Forbidden):
            read_account(hub, ["deals"])


# The command


@pytest.fixture
def account(hubspot_server: Account, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Account:
    monkeypatch.setenv("HUBSPOT_BASE_URL", hubspot_server.base_url)
    monkeypatch.setenv("HUBSPOT_ACCESS_TOKEN", hubspot_server.access_token)
    monkeypatch.chdir(tmp_path)
    return hubspot_server


@pytest.mark.socket
@pytest.mark.hubspot(tier="enterprise", limits=False)
def test_check_fails_once_the_account_differs_and_shows_where(
    account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["types", "--out", "crm.py", "--objects", "contacts"]
    assert main([*command, "--check"]) == 1
    assert "does not exist" in capsys.readouterr().err
    assert main(command) == 0
    assert main([*command, "--check"]) == 0
    assert main(command) == 0
    assert "unchanged" in capsys.readouterr().out
    with Hub(account.access_token, base_url=account.base_url) as hub:
        body = {
            "name": "shoe_size",
            "label": "Shoe size",
            "type": "number",
            "fieldType": "number",
            "groupName": "contactinformation",
        }
        hub.request("POST", "/crm/properties/2026-09/contacts", json=body)
    assert main([*command, "--check"]) == 1
    told = capsys.readouterr()
    assert '+    shoe_size: Number = Number("shoe_size")' in told.out
    assert "hubwire types --out crm.py" in told.err
    assert main([*command, "--check", "--json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert answer["different"] is True
    assert any("shoe_size" in line for line in answer["diff"])


@pytest.mark.socket
def test_the_module_goes_to_standard_output_unless_a_file_is_named(
    account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["types", "--objects", "companies"]) == 0
    told = capsys.readouterr()
    assert "class Company(TypedRecord" in told.out
    compile(told.out, "crm.py", "exec")


@pytest.mark.socket
@pytest.mark.parametrize("words", [["--check"], ["--json"], ["--objects", ","], ["--objects", "widgets"]])
def test_what_cannot_be_done_is_told_with_exit_code_2(
    account: Account, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["types", *words]) == 2
    assert capsys.readouterr().err.startswith("hubwire: ")


def test_without_a_token_it_says_which_variable_to_set(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("HUBSPOT_ACCESS_TOKEN", "HUBSPOT_PRIVATE_APP_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    assert main(["types"]) == 2
    assert "HUBSPOT_ACCESS_TOKEN" in capsys.readouterr().err
