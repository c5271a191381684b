"""HubSpot's Node client, `@hubspot/api-client` from npm, run unmodified; one test per check it reports."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.oracle.server import Account

FOLDER = Path(__file__).parent / "node"
FAMILIES = ("contacts", "companies", "deals", "tickets", "products", "lineItems", "objects")

CHECKS = [
    *(
        f"objects: {family} are {what}"
        for family in FAMILIES
        for what in (
            "created, read, changed and archived",
            "paged",
            "written and read in batches",
            "searched",
        )
    ),
    "objects: a contact is found by email",
    "objects: history is newest first",
    "objects: an upsert says which records are new",
    "objects: with trace ids the good rows are created",
    "objects: getAll collects every page",
    "objects: a duplicate is a conflict with the existing id",
    "objects: a property that does not validate is named",
    "objects: a search finds by every kind of operator",
    "associations: a default association goes both ways",
    "associations: a labelled association is answered with its labels",
    "associations: a pair is taken apart",
    "associations: pairs are associated and read in batches",
    "associations: pairs are associated by default in a batch",
    "associations: pairs are taken apart in a batch",
    "associations: a label is taken off and the pair stays",
    "associations: the older batches name their types",
    "associations: a read names the associations",
    "associations: the defined types of a pair are listed",
    "definitions: owners are listed and read",
    "definitions: pipelines and stages are read",
    "definitions: property definitions are read",
    "definitions: a wrong token is unauthorized",
    "definitions: what is not built says so",
    "writing: a property lives, changes and is archived",
    "writing: properties are written in batches",
    "writing: a pipeline is made, changed and deleted",
    "writing: a label is made in both directions",
    "writing: two contacts become one",
    "writing: custom objects need Enterprise",
    "oauth: a code becomes tokens that work and refresh",
    "oauth: a missing scope is forbidden and named",
    "oauth: a refused refresh token names its status",
    "jobs: a list takes members and gives them back",
    "jobs: an import brings rows in and names those that are wrong",
    "jobs: an export ends in a file",
    "webhooks: what arrives is signed as the client expects",
]
LIMITED = ["limits: a refused search is retried by the client until it passes"]

pytestmark = pytest.mark.node


def run(account: Account, *families: str) -> dict[str, dict[str, Any]]:
    """Check name → what the script reported."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node.js is not installed")
    if not (FOLDER / "node_modules").is_dir():
        pytest.skip("the npm packages are not installed: run `make test`, or `npm ci` in tests/oracle/node")
    told = {
        "BASE_URL": account.base_url,
        "ACCESS_TOKEN": account.access_token,
        "CLIENT_ID": account.client_id,
        "CLIENT_SECRET": account.client_secret,
        "PORTAL_ID": str(account.portal_id),
        "APP_ID": str(account.app_id),
        "DEVELOPER_API_KEY": account.developer_api_key,
    }
    done = subprocess.run(
        [node, "witness.js", *families],
        cwd=FOLDER,
        env={**os.environ, **told},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return {(line := json.loads(text))["check"]: line for text in done.stdout.splitlines()}


@pytest.fixture(scope="module")
def reported(account: Account) -> dict[str, dict[str, Any]]:
    return run(account, "objects", "associations", "definitions", "writing", "oauth", "jobs", "webhooks")


@pytest.mark.parametrize("check", CHECKS)
def test_the_node_client_agrees(reported: dict[str, dict[str, Any]], check: str) -> None:
    assert reported[check] == {"check": check, "ok": True}, reported[check].get("error")


def test_every_check_of_the_script_is_listed_here(reported: dict[str, dict[str, Any]]) -> None:
    assert sorted(reported) == sorted(CHECKS)


@pytest.mark.parametrize("check", LIMITED)
def test_the_node_client_copes_with_the_quota(limited: Account, check: str) -> None:
    reported = run(limited, "limits")
    assert sorted(reported) == sorted(LIMITED)
    assert reported[check] == {"check": check, "ok": True}, reported[check].get("error")
