"""What `--target live` sends, and what it never would; run against a second emulator, over TLS."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.contract.live import objection

ROOT = Path(__file__).parents[2]
MINE = {("contacts", "1"), ("contacts", "2"), ("companies", "3")}
V3, V4, DATED = "/crm/v3/objects", "/crm/v4/objects", "/crm/objects/2026-09"
PAIRS = "/crm/v4/associations/contacts/companies"


@pytest.mark.parametrize(
    ("method", "target", "body"),
    [
        ("GET", "/anything", None),
        ("POST", f"{V3}/contacts/search", {"filterGroups": []}),
        ("POST", f"{V3}/contacts/batch/read", {"inputs": [{"id": "99"}]}),
        ("POST", f"{V3}/contacts", {"properties": {}}),
        ("POST", f"{DATED}/0-1/batch/create", {"inputs": [{"properties": {}}]}),
        ("PATCH", f"{V3}/contacts/1", {"properties": {}}),
        ("PATCH", f"{DATED}/0-1/2", {"properties": {}}),
        ("DELETE", f"{V3}/contact/1", None),
        ("POST", f"{V3}/contacts/batch/archive", {"inputs": [{"id": 1}, {"id": "2"}]}),
        ("POST", f"{V3}/contacts/merge", {"primaryObjectId": "1", "objectIdToMerge": "2"}),
        ("PUT", f"{V4}/contacts/1/associations/default/companies/3", None),
        ("DELETE", f"{V4}/contacts/1/associations/0-2/3", None),
        (
            "POST",
            f"{PAIRS}/batch/create",
            {"inputs": [{"from": {"id": 1}, "to": {"id": 3}}]},
        ),
        ("POST", f"{V3}/contacts", None),
    ],
)
def test_reading_and_what_the_test_made_are_free(method: str, target: str, body: Any) -> None:
    assert objection(method, target, body, MINE) is None


@pytest.mark.parametrize(
    ("method", "target", "body"),
    [
        ("PATCH", f"{V3}/contacts/9", {"properties": {}}),
        ("PATCH", f"{V3}/companies/1", {"properties": {}}),
        ("PATCH", f"{V3}/contacts/1?idProperty=email", {"properties": {}}),
        ("DELETE", f"{V3}/contacts/9", None),
        ("POST", f"{V3}/contacts/batch/update", {"inputs": [{"id": "1"}, {"id": "9"}]}),
        ("POST", f"{V3}/contacts/batch/update", {"inputs": [{"id": "1", "idProperty": "email"}]}),
        ("POST", f"{V3}/contacts/batch/upsert", {"inputs": []}),
        ("POST", f"{V3}/contacts/merge", {"primaryObjectId": "1", "objectIdToMerge": "9"}),
        ("POST", f"{V3}/contacts/gdpr-delete", {"objectId": "1"}),
        ("POST", f"{V3}/contacts", {"associations": [{"to": {"id": "9"}}]}),
        ("PUT", f"{V4}/contacts/1/associations/default/companies/9", None),
        ("POST", f"{PAIRS}/batch/archive", {"inputs": [{"from": {"id": 1}, "to": [{"id": 9}]}]}),
        ("POST", "/crm/v3/properties/contacts", {"name": "x"}),
        ("DELETE", "/crm/v3/pipelines/deals/default", None),
        ("POST", "/settings/v3/users", {"email": "x@example.com"}),
        ("PUT", "/webhooks/v3/1/settings", {}),
        ("POST", "/contacts/v1/contact", {}),
        ("DELETE", "/appinstalls/2026-09/external-install", None),
        ("PATCH", f"{V3}/contacts/", {"properties": {}}),
    ],
)  # fmt: skip
def test_nothing_else_is_written(method: str, target: str, body: Any) -> None:
    assert objection(method, target, body, MINE)


def suite(stamp: Path, state: Path, kind: str, *tests: str) -> subprocess.CompletedProcess[str]:
    """These contract tests in a program of their own, to which HubSpot's host is a second emulator."""
    emulate = [
        sys.executable,
        "-m",
        "hubwire",
        "emulator",
        "--account-type",
        kind,
        "run",
        "--state",
        str(state),
    ]
    run = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--target", "live"]
    command = [*emulate, "--limits", "off", "--", *run, "--stamp", str(stamp), *tests]
    # Whoever watches these tests does not watch those.
    told = {name: value for name, value in os.environ.items() if name not in ("HUBWIRE_SEEN", "PYTHONPATH")}
    return subprocess.run(
        command, cwd=ROOT, env=told, capture_output=True, text=True, timeout=110, check=False
    )


ASKED = tuple(f"tests/contract/test_{name}.py" for name in ("objects_read", "batch_create", "merging"))
"""Some that read, write, merge and are refused; all that there are take minutes."""


@pytest.mark.socket
def test_what_held_is_stamped_and_nothing_stays_behind(tmp_path: Path) -> None:
    stamp, state = tmp_path / "stamp.json", tmp_path / "state.db"
    done = suite(stamp, state, "DEVELOPER_TEST", *ASKED)
    assert done.returncode == 0, done.stdout[-3000:]
    told = json.loads(stamp.read_text("utf-8"))
    assert len(told) > 20
    assert {name.partition("::")[0] for name in told} == set(ASKED)
    operations = {op for one in told.values() for op in one["operations"]}
    assert {"objects.read v3", "objects.batch.create v3", "objects.merge v3"} <= operations

    from hubwire.emulator import Emulator

    emulator = Emulator(str(state))
    try:
        portal = emulator.account.portal
        tables = [portal.table(portal.kind(name)) for name in ("contacts", "companies", "deals")]
        assert [table.state()[0] for table in tables] == [0, 0, 0]
    finally:
        emulator.close()


@pytest.mark.socket
def test_an_account_that_people_work_in_is_refused(tmp_path: Path) -> None:
    stamp = tmp_path / "stamp.json"
    done = suite(stamp, tmp_path / "state.db", "STANDARD", "tests/contract/test_objects_read.py")
    assert done.returncode == 4
    assert "this is STANDARD" in done.stdout + done.stderr
    assert not stamp.exists()
