"""The pytest fixtures, run by a pytest of their own with every warning an error."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

BOUND = 100


def run(folder: Path, code: str, *options: str, before: str = "") -> str:
    """What pytest prints about one file of tests, in a folder of no project."""
    (folder / "test_it.py").write_text(code, "utf-8")
    (folder / "pytest.ini").write_text("[pytest]\n", "utf-8")
    start = f"{before}\nimport sys, pytest\nsys.exit(pytest.main(sys.argv[1:]))"
    command = [sys.executable, "-W", "error", "-c", start, "-p", "no:cacheprovider", "-q", *options]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=BOUND, check=False)
    return done.stdout + done.stderr


def test_an_account_is_fresh_in_every_test(tmp_path: Path) -> None:
    code = """
import pytest

@pytest.mark.parametrize("turn", [1, 2])
def test_alone(hubspot, turn):
    with hubspot.hub() as hub:
        assert hub.contacts.count() == 0
        hub.contacts.create({"email": "ann@example.com"})
        assert hub.contacts.count() == 1
"""
    assert "2 passed" in run(tmp_path, code)


def test_pauses_pass_on_the_accounts_clock_and_not_on_the_wall(tmp_path: Path) -> None:
    code = """
import pytest

@pytest.mark.hubspot(tier="free")
def test_a_thousand_calls(hubspot):
    before = hubspot.clock.now()
    with hubspot.hub() as hub:
        for _ in range(1000):
            hub.owners.list()
    assert hubspot.clock.now() - before >= 90
    assert {one.status for one in hubspot.requests} == {200}
"""
    assert "1 passed" in run(tmp_path, code)


def test_the_asynchronous_hub_talks_to_the_same_account(tmp_path: Path) -> None:
    code = """
import asyncio

def test_both(hubspot):
    async def create():
        async with hubspot.async_hub() as hub:
            return await hub.contacts.create({"email": "ann@example.com"})

    made = asyncio.run(create())
    with hubspot.hub() as hub:
        assert hub.contacts.get(made.id)["email"] == "ann@example.com"
"""
    assert "1 passed" in run(tmp_path, code)


def test_the_account_shows_what_a_test_wants_to_know(tmp_path: Path) -> None:
    code = """
import pytest
from hubwire import Forbidden

def test_all(hubspot):
    assert hubspot.access_token == hubspot.identity.access_token
    assert hubspot.base_url.startswith("http")
    few = hubspot.token(scopes=["crm.objects.companies.read"])
    with hubspot.hub(few) as hub, pytest.raises(Forbidden):
        hub.contacts.create({"email": "ann@example.com"})
    assert [(one.method, one.status) for one in hubspot.requests] == [("POST", 403)]
"""
    assert "1 passed" in run(tmp_path, code)


def test_a_server_serves_foreign_clients(tmp_path: Path) -> None:
    code = """
import urllib.request

def test_foreign(hubspot_server):
    request = urllib.request.Request(
        hubspot_server.base_url + "/crm/v3/objects/contacts",
        headers={"Authorization": "Bearer " + hubspot_server.access_token},
    )
    with urllib.request.urlopen(request) as answer:
        assert answer.status == 200
    assert [one.op for one in hubspot_server.requests] == ["objects.list"]
"""
    assert "1 passed" in run(tmp_path, code)


def test_projects_without_the_emulator_are_left_in_peace(tmp_path: Path) -> None:
    without = "import sys\nsys.modules['apsw'] = None"
    assert "1 passed" in run(tmp_path, "def test_other(): pass\n", before=without)


def test_a_missing_extra_is_named_where_a_fixture_is_used(tmp_path: Path) -> None:
    without = "import sys\nsys.modules['apsw'] = None"
    said = run(tmp_path, "def test_it(hubspot): pass\n", before=without)
    assert "hubwire's fixtures need apsw: pip install 'hubwire[testing]'" in said
    assert "Traceback" not in said


def test_the_plugin_itself_loads_nothing(tmp_path: Path) -> None:
    code = """
import sys

def test_nothing():
    loaded = {name for name in sys.modules if name.startswith(("hubwire.", "apsw", "uvicorn", "httpx"))}
    assert loaded == {"hubwire.testing", "hubwire.testing.plugin"}
"""
    assert "1 passed" in run(tmp_path, code)


def test_the_markers_are_known_to_strict_projects(tmp_path: Path) -> None:
    code = """
import pytest

@pytest.mark.hubspot(tier="enterprise")
def test_it(hubspot):
    assert hubspot.emulator.account.quota.tier.daily == 1_000_000
"""
    assert "1 passed" in run(tmp_path, code, "--strict-markers")
