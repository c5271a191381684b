"""A served emulator, killed again and again under load: no answered write and no webhook event is lost."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.contract.receiver import Receiver, receiving

pytestmark = [pytest.mark.socket, pytest.mark.timeout(300)]
SIZE, WRITERS, ROUNDS = 10, 3, 5
DEAL = {"pipeline": "default", "dealstage": "appointmentscheduled"}


@contextmanager
def serving(state: Path) -> Iterator[tuple[dict[str, Any], subprocess.Popen[str]]]:
    command = [sys.executable, "-m", "hubwire", "emulator", "--json", "--port", "0", "--limits", "off"]
    process = subprocess.Popen([*command, "--state", str(state)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield json.loads(process.stdout.readline()), process
    finally:
        process.kill()
        process.wait(30)
        process.stdout.close()


def ask(account: dict[str, Any], method: str, path: str, body: Any = None) -> Any:
    """One call; None when the emulator died before it answered."""
    parts = urlsplit(account["base_url"])
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    sent = {"Authorization": f"Bearer {account['access_token']}", "Content-Type": "application/json"}
    try:
        connection.request(method, path, None if body is None else json.dumps(body), sent)
        reply = connection.getresponse()
        text = reply.read()
        assert reply.status < 300, (reply.status, text)
        return json.loads(text) if text else {}
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


class Load:
    """Writers that note what was answered: batches, and records that are associated in one call."""

    def __init__(self) -> None:
        self.companies: dict[str, list[str]] = {}
        self.deals: dict[str, str] = {}
        """Deal → the company it was made with."""
        self._numbers = iter(range(1_000_000))
        self._lock = threading.Lock()

    def run(self, account: dict[str, Any], enough: threading.Event, want: int) -> None:
        while True:
            with self._lock:
                name = f"batch{next(self._numbers)}"
            rows = [{"properties": {"name": name, "city": str(each)}} for each in range(SIZE)]
            made = ask(account, "POST", "/crm/v3/objects/companies/batch/create", {"inputs": rows})
            if made is None:
                return
            ids = [row["id"] for row in made["results"]]
            with self._lock:
                self.companies[name] = ids
            link = {
                "to": {"id": ids[0]},
                "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 341}],
            }
            body = {"properties": {"dealname": name, **DEAL}, "associations": [link]}
            deal = ask(account, "POST", "/crm/v3/objects/deals", body)
            if deal is None:
                return
            with self._lock:
                self.deals[deal["id"]] = ids[0]
                if len(self.deals) >= want:
                    enough.set()


def kill_under_load(state: Path, load: Load, receiver: Receiver, number: int) -> None:
    with serving(state) as (account, process):
        if not number:
            body = {"targetUrl": receiver.url, "events": ["company.creation", "deal.creation"]}
            assert ask(account, "POST", "/_emulator/webhooks", body) is not None
        enough = threading.Event()
        want = len(load.deals) + 4 + 5 * number
        threads = [
            threading.Thread(target=load.run, args=(account, enough, want), daemon=True)
            for _ in range(WRITERS)
        ]
        for thread in threads:
            thread.start()
        assert enough.wait(60)
        os.kill(process.pid, signal.SIGKILL)
        for thread in threads:
            thread.join(60)


def everything(account: dict[str, Any], kind: str, *names: str) -> list[Any]:
    found: list[Any] = []
    after = ""
    while True:
        path = f"/crm/v3/objects/{kind}?limit=100&properties={','.join(names)}{after}"
        page = ask(account, "GET", path)
        found += page["results"]
        if "paging" not in page:
            return found
        after = f"&after={page['paging']['next']['after']}"


@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
def test_no_answered_write_no_half_batch_and_no_event_is_lost(tmp_path: Path) -> None:
    state, load = tmp_path / "state.db", Load()
    told: set[tuple[str, int]] = set()
    with receiving() as receiver:
        for number in range(ROUNDS):
            kill_under_load(state, load, receiver, number)
        with serving(state) as (account, _):
            companies = everything(account, "companies", "name")
            deals = everything(account, "deals", "dealname")
            for deal, company in load.deals.items():
                path = f"/crm/v4/objects/deals/{deal}/associations/companies"
                to = [one["toObjectId"] for one in ask(account, "GET", path)["results"]]
                assert to == [int(company)]

            # Whole batches only, and every answered one with the ids that were answered.
            names = Counter(one["properties"]["name"] for one in companies)
            assert set(names.values()) == {SIZE}
            there = {one["id"] for one in companies}
            assert load.companies.keys() <= names.keys()
            assert {each for ids in load.companies.values() for each in ids} <= there
            assert load.deals.keys() <= {one["id"] for one in deals}
            # One batch or deal for each writer and kill can be there without its answer.
            assert len(names) - len(load.companies) <= WRITERS * ROUNDS
            assert len(deals) - len(load.deals) <= WRITERS * ROUNDS

            wanted = {("company.creation", int(one["id"])) for one in companies}
            wanted |= {("deal.creation", int(one["id"])) for one in deals}
            ask(account, "POST", "/_emulator/deliver", {"everything": True})
            while told < wanted:
                for event in json.loads(receiver.next().body):
                    told.add((event["subscriptionType"], event["objectId"]))
    # Nothing is told of that is not there either: an event goes with its change or not at all.
    assert told == wanted
