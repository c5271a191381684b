"""Receivers and workers over PostgreSQL are killed again and again while events come in.

`HUBWIRE_KILLS=200` kills as often as that; without it a few times.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests import services
from tests.unit.webhooks.senders import SECRET, body, event, signature

pytestmark = [pytest.mark.postgres, pytest.mark.socket, pytest.mark.timeout(3600)]
KILLS = int(os.environ.get("HUBWIRE_KILLS", "4"))
RECORDS = 12
PER_BATCH = 30
BETWEEN = 8
"""Batches between two kills."""
HANDLERS = """
import os
from hubwire.webhooks import App

app = App()
ledger = os.open("ledger", os.O_WRONLY | os.O_APPEND | os.O_CREAT)

@app.on("contact.*")
async def note(event, context):
    os.write(ledger, f"{event.object_id} {event.occurred_at}\\n".encode())
"""


class Processes:
    """One receiver and two workers of one inbox."""

    def __init__(self, folder: Path, inbox: str) -> None:
        self.folder, self.inbox = folder, inbox
        self.running: dict[str, subprocess.Popen[str]] = {}
        self.url = ""

    def start(self, name: str) -> None:
        verb = ["serve", "handlers:app", "--port", "0", "--workers", "0"]
        if name != "receiver":
            verb = ["work", "handlers:app"]
        command = [sys.executable, "-m", "hubwire", "webhooks", *verb, "--inbox", self.inbox, "--json"]
        errors = (self.folder / f"{name}.log").open("a")
        process = subprocess.Popen(
            command,
            cwd=self.folder,
            env={**os.environ, "HUBSPOT_CLIENT_SECRET": SECRET},
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        errors.close()
        self.running[name] = process
        assert process.stdout
        ready = json.loads(process.stdout.readline())
        if name == "receiver":
            self.url = ready["url"]

    def kill(self, name: str) -> None:
        process = self.running.pop(name)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        self.start(name)

    def stop(self) -> None:
        for process in self.running.values():
            process.terminate()
        for process in self.running.values():
            process.communicate(timeout=30)

    def post(self, content: bytes) -> bool:
        """Was it acknowledged? As HubSpot sees it: a broken connection is a no."""
        headers = signature(content, at=time.time(), url=self.url)
        request = urllib.request.Request(self.url, content, headers)
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                return bool(answer.status == 204)
        except (OSError, urllib.error.URLError):
            return False

    def stats(self) -> dict[str, Any]:
        command = [sys.executable, "-m", "hubwire", "webhooks", "stats", "--inbox", self.inbox, "--json"]
        told = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=True)
        stats: dict[str, Any] = json.loads(told.stdout)
        return stats


@contextmanager
def processes(folder: Path) -> Iterator[Processes]:
    with services.address("postgres", folder) as address:
        plain = address.partition("?")[0]
        schema = f"hubwire_{os.urandom(6).hex()}"
        try:
            with running(folder, f"{plain}?schema={schema}&heartbeat=2") as three:
                yield three
        finally:
            _drop(plain, schema)


@contextmanager
def running(folder: Path, inbox: str) -> Iterator[Processes]:
    three = Processes(folder, inbox)
    (folder / "handlers.py").write_text(HANDLERS)
    try:
        for name in ("receiver", "one", "two"):
            three.start(name)
        yield three
    finally:
        three.stop()


def _drop(address: str, schema: str) -> None:
    import psycopg

    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("SET client_min_messages = warning")
        connection.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")


def load(three: Processes, kills: int, kill: Callable[[], None]) -> None:
    """Events come in, and now and then something is killed; in the end all that was acknowledged is there."""
    acknowledged: set[tuple[str, int]] = set()
    number = 0
    for _ in range(kills):
        for _ in range(BETWEEN):
            events = [event(number + each, objectId=(number + each) % RECORDS) for each in range(PER_BATCH)]
            number += PER_BATCH
            content = body(*events)
            # HubSpot repeats what was not acknowledged, until it is.
            for _ in range(200):
                if three.post(content):
                    break
                time.sleep(0.05)
            else:
                raise AssertionError("the receiver did not come back")
            acknowledged |= {(str(each["objectId"]), each["occurredAt"]) for each in events}
        kill()
    stats = three.stats()
    for _ in range(400):
        if stats["pending"] + stats["retrying"] == 0:
            break
        stats = three.stats()
    runs = [tuple(line.split()) for line in (three.folder / "ledger").read_text().splitlines()]
    handled = [(record, int(at)) for record, at in runs]
    assert acknowledged - set(handled) == set()
    # Recorded as done once each, however often the handler ran.
    assert (stats["received"], stats["done"], stats["dead"]) == (number, number, 0)
    first = list(dict.fromkeys(handled))
    for record in range(RECORDS):
        order = [at for name, at in first if name == str(record)]
        assert order == sorted(order)
    print(f"{kills} kills, {number} events, {len(handled) - number} handled again")


def test_whatever_is_killed_every_acknowledged_event_is_handled_in_order(tmp_path: Path) -> None:
    chance = random.Random(7)
    with processes(tmp_path) as three:
        load(three, KILLS, lambda: three.kill(chance.choice(["receiver", "one", "two"])))
