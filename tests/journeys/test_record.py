"""`hubwire emulator record` and `grade`, with a second emulator over TLS in HubSpot's place."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.journeys.conftest import Command

pytestmark = [pytest.mark.socket, pytest.mark.skipif(sys.platform == "win32", reason="signals are sent")]

EMULATOR = [sys.executable, "-m", "hubwire", "emulator"]
WORK = """
import os
import hubspot
from hubspot.crm.contacts.exceptions import ApiException
token = os.environ["HUBSPOT_ACCESS_TOKEN"]
contacts = hubspot.Client.create(access_token=token).crm.contacts
made = contacts.basic_api.create({"properties": {"email": "ada@example.com", "lastname": "Lovelace"}})
read = contacts.basic_api.get_by_id(made.id, properties=["email", "lastname"])
assert read.properties["lastname"] == "Lovelace"
found = contacts.search_api.do_search(
    {"filterGroups": [{"filters": [{"propertyName": "email", "operator": "EQ", "value": "ada@example.com"}]}]}
)
assert found.total == 1
try:
    contacts.basic_api.create({"properties": {"email": "ada@example.com"}})
except ApiException as problem:
    assert problem.status == 409
contacts.basic_api.archive(made.id)
print(token, made.id)
"""


@pytest.fixture(scope="module")
def shapes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """The file of one recording, and the values that must not be in it.

    The outer emulator is reached over TLS by HubSpot's own name: the recorder is one of its programs.
    """
    path = tmp_path_factory.mktemp("recorded") / "shapes.json"
    record = [*EMULATOR, "record", "--output", str(path), "--", sys.executable, "-c", WORK]
    done = subprocess.run(
        [*EMULATOR, "run", "--", *record], capture_output=True, text=True, timeout=100, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert "5 answers recorded" in done.stderr
    return path, done.stdout.split()


def test_the_file_has_routes_and_shapes_and_no_values(shapes: tuple[Path, list[str]]) -> None:
    path, secrets = shapes
    text = path.read_text("utf-8")
    assert len(secrets) == 2
    assert [one for one in (*secrets, "ada@", "Lovelace", "Bearer") if one in text] == []
    entries = json.loads(text)["entries"]
    assert [(entry["op"], entry["status"]) for entry in entries] == [
        ("objects.create", 201),
        ("objects.read", 200),
        ("objects.search", 200),
        ("objects.create", 409),
        ("objects.archive", 204),
    ]
    assert entries[0]["answer"]["properties"]["email"] == "email"


def test_an_emulator_that_answers_alike_is_graded_without_a_difference(
    hubwire: Command, shapes: tuple[Path, list[str]]
) -> None:
    ended = hubwire("emulator", "grade", shapes[0])
    assert (ended.code, ended.out) == (0, f"{shapes[0]}: 5 answers, 0 differ, 0 could not be asked alike\n")


def test_what_differs_is_told_and_ends_with_1(
    hubwire: Command, shapes: tuple[Path, list[str]], tmp_path: Path
) -> None:
    file = json.loads(shapes[0].read_text("utf-8"))
    file["entries"][1]["answer"]["portalId"] = "number"
    other = tmp_path / "other.json"
    other.write_text(json.dumps(file), "utf-8")
    ended = hubwire("emulator", "grade", other)
    assert ended.code == 1
    assert f"{other}: objects.read in v3, 200: portalId: missing" in ended.out
    report = hubwire("emulator", "grade", other, "--json").report
    assert [one["differences"] for one in report[str(other)]] == [[], ["portalId: missing"], [], [], []]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["grade", "nowhere.json"], "nowhere.json cannot be read"),
        (["grade", "other.json"], "no file that `hubwire emulator record` wrote"),
        (["record", "--upstream", "ftp://x", "--", "true"], "give https://HOST"),
        (["record", "--output", "no/where.json", "--", "true"], "there is no directory"),
        (["record"], "nothing to run: hubwire emulator record -- COMMAND"),
    ],
)
def test_what_cannot_start_ends_with_2_and_the_reason(
    hubwire: Command, tmp_path: Path, arguments: list[str], said: str
) -> None:
    (tmp_path / "other.json").write_text("{}", "utf-8")
    ended = hubwire("emulator", *arguments)
    assert ended.code == 2
    assert said in ended.err


def test_a_program_that_takes_the_address_from_the_environment_is_recorded_too(tmp_path: Path) -> None:
    code = "from hubwire import Hub; print(Hub().account.details()['accountType'])"
    record = [*EMULATOR, "record", "--", sys.executable, "-c", code]
    done = subprocess.run(
        [*EMULATOR, "run", "--", *record], capture_output=True, text=True, timeout=100, check=False
    )
    assert (done.returncode, done.stdout != "") == (0, True), done.stderr[-3000:]
    (entry,) = json.loads((tmp_path / "hubspot-shapes.json").read_text("utf-8"))["entries"]
    assert (entry["op"], entry["answer"]["portalId"]) == ("account.details", "number")


def test_an_upstream_that_does_not_answer_is_a_502(hubwire: Command, tmp_path: Path) -> None:
    code = (
        "import requests; print(requests.get('https://api.hubapi.com/account-info/v3/details').status_code)"
    )
    ended = hubwire(
        "emulator", "record", "--upstream", "http://127.0.0.1:1", "--", sys.executable, "-c", code
    )
    assert (ended.code, ended.out) == (0, "502\n")
    assert not (tmp_path / "hubspot-shapes.json").exists()
