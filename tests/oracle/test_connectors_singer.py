"""tap-hubspot 4.5.0 of the Singer project, unmodified: it reads all there is, and later what changed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.oracle.published import installed
from tests.oracle.server import REDIRECT, Account, running

MAIN = "import sys; from tap_hubspot import main; sys.argv[0] = 'tap-hubspot'; sys.exit(main())"
STREAMS = {
    "contacts": ("contacts", "id"),
    "companies": ("companies", "companyId"),
    "deals": ("deals", "dealId"),
    "tickets": ("tickets", "id"),
    "engagements": ("notes", "engagement_id"),
    "car": ("p_car", "id"),
}
"""Stream → object type, and what identifies its records."""
SCOPES = (
    "oauth",
    "crm.objects.contacts.read",
    "crm.objects.companies.read",
    "crm.objects.deals.read",
    "crm.objects.owners.read",
    "crm.objects.custom.read",
    "crm.schemas.contacts.read",
    "crm.schemas.companies.read",
    "crm.schemas.deals.read",
    "crm.schemas.custom.read",
    "tickets",
)
CAR = {
    "name": "car",
    "labels": {"singular": "Car", "plural": "Cars"},
    "primaryDisplayProperty": "model",
    "requiredProperties": ["model"],
    "properties": [{"name": "model", "label": "Model", "type": "string", "fieldType": "text"}],
    "associatedObjects": ["CONTACT"],
}


@dataclass
class Read:
    """What one run told: the identifiers of each stream's records in their order, and its last state."""

    records: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    state: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Tap:
    account: Account
    packages: Path
    folder: Path

    def __call__(self, *arguments: str) -> str:
        paths = [str(self.packages), os.environ.get("PYTHONPATH", "")]
        run = ["-m", "hubwire", "emulator", "run", "--base-url", self.account.base_url]
        there = [*run, "--certifi", sys.executable, "--", sys.executable, "-c", MAIN]
        done = subprocess.run(
            [sys.executable, *there, "--config", "config.json", *arguments],
            capture_output=True,
            text=True,
            timeout=110,
            check=False,
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))},
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def read(self, *arguments: str) -> Read:
        told = Read()
        for line in self("--properties", "catalog.json", *arguments).splitlines():
            message = json.loads(line)
            if message["type"] == "RECORD":
                identifier = STREAMS[message["stream"]][1]
                told.records[message["stream"]].append(str(message["record"][identifier]))
            elif message["type"] == "STATE":
                told.state = message["value"]
        return told


@pytest.fixture(scope="module")
def tap(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Iterator[Tap]:
    cache = Path(str(pytestconfig.rootpath)) / ".pytest_cache" / "connectors"
    packages = installed(cache, "tap-hubspot==4.5.0")
    folder = tmp_path_factory.mktemp("tap")
    options = ("--seed", "demo", "--limits", "off", "--tier", "enterprise", "--auto-consent")
    with running(*options) as account:
        asked = {
            "grant_type": "authorization_code",
            "code": account.consent(*SCOPES),
            "client_id": account.client_id,
            "client_secret": account.client_secret,
            "redirect_uri": REDIRECT,
        }
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        given = account.raw("POST", "/oauth/2026-03/token", urlencode(asked).encode(), **form).json()
        config = {
            "client_id": account.client_id,
            "client_secret": account.client_secret,
            "redirect_uri": REDIRECT,
            "refresh_token": given["refresh_token"],
            "start_date": "2020-01-01T00:00:00Z",
            "disable_collection": True,
        }
        (folder / "config.json").write_text(json.dumps(config), "utf-8")
        assert account.raw("POST", "/crm/v3/schemas", CAR).status == 201
        for kind, name in (("notes", "hs_note_body"), ("p_car", "model")):
            inputs = [{"properties": {name: str(n), **timed(kind)}} for n in range(7)]
            written(account, "POST", f"{kind}/batch/create", {"inputs": inputs})
        yield Tap(account, packages, folder)


def timed(kind: str) -> dict[str, str]:
    return {"hs_timestamp": "2026-01-01T09:00:00Z"} if kind == "notes" else {}


def written(account: Account, method: str, path: str, body: Any) -> Any:
    answer = account.raw(method, f"/crm/v3/objects/{path}", body)
    assert answer.status < 300, answer.data[:300]
    return answer.json() if answer.data else None


def ids(account: Account, kind: str) -> list[str]:
    """All live records of a type, page by page."""
    found, after = [], ""
    while True:
        query = f"limit=100&after={after}" if after else "limit=100"
        page = account.raw("GET", f"/crm/v3/objects/{kind}?{query}").json()
        found += [record["id"] for record in page["results"]]
        after = page.get("paging", {}).get("next", {}).get("after", "")
        if not after:
            return found


def refused(account: Account) -> list[tuple[int, str]]:
    told = account.raw("GET", "/_emulator/requests?limit=100000").json()["results"]
    return [(one["status"], one["path"]) for one in told if one["status"] >= 400 or not one["status"]]


def test_the_singer_tap_reads_a_whole_account_and_then_what_changed(tap: Tap) -> None:
    catalog = json.loads(tap("--discover"))
    streams = {stream["tap_stream_id"]: stream for stream in catalog["streams"]}
    assert streams.keys() >= STREAMS.keys()
    assert "property_model" in streams["car"]["schema"]["properties"]
    for name, stream in streams.items():
        for about in stream["metadata"]:
            if not about["breadcrumb"]:
                about["metadata"]["selected"] = name in STREAMS
    (tap.folder / "catalog.json").write_text(json.dumps(catalog), "utf-8")

    first = tap.read()
    for stream, (kind, _) in STREAMS.items():
        assert sorted(first.records[stream]) == sorted(ids(tap.account, kind)), stream
    (tap.folder / "state.json").write_text(json.dumps(first.state), "utf-8")

    assert tap.account.raw("POST", "/_emulator/clock", {"advance": 3_600}).status == 200
    contact = written(tap.account, "POST", "contacts", {"properties": {"email": "late@example.com"}})["id"]
    changed = first.records["contacts"][0]
    written(tap.account, "PATCH", f"contacts/{changed}", {"properties": {"city": "Late"}})
    note = written(tap.account, "POST", "notes", {"properties": {"hs_note_body": "late", **timed("notes")}})
    car = written(tap.account, "POST", "p_car", {"properties": {"model": "late"}})["id"]

    second = tap.read("--state", "state.json")
    # A stream begins with the moment it ended at: the last of what it had told comes again.
    assert {contact, changed} <= {*second.records["contacts"]}
    assert len(second.records["contacts"]) <= 3
    assert second.records["engagements"] == [note["id"]]
    assert car in second.records["car"]
    assert refused(tap.account) == []
