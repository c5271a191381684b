"""A receiver that is killed again and again under load, and what is left of it.

The ledger is a file that every handler appends to with one write: what is there was run.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import defaultdict
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from hubwire.webhooks.inbox_sqlite import viewing
from tests.unit.webhooks.senders import SECRET, body, event, signature

BOUND = 60.0
RECORDS = 12

HANDLERS = """
import os, time
from hubwire.webhooks import App
app = App()
ledger = os.open("ledger.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND)

@app.on("*")
def handler(event, context):
    os.write(ledger, f"{event.object_id} {event.event_id} {event.occurred_at}\\n".encode())
    time.sleep(0.001)
"""


@dataclass
class Killed:
    """What was acknowledged, what was run, and what the inbox says in the end."""

    folder: Path
    kills: int
    chance: random.Random = field(default_factory=lambda: random.Random(7))
    acknowledged: set[str] = field(default_factory=set)
    url: str = ""
    _stop: threading.Event = field(default_factory=threading.Event)

    def run(self) -> Killed:
        (self.folder / "handlers.py").write_text(HANDLERS)
        senders = [threading.Thread(target=self._send, args=(number,)) for number in range(3)]
        process = self._start()
        for sender in senders:
            sender.start()
        try:
            for _ in range(self.kills):
                self._stop.wait(self.chance.uniform(0.05, 0.5))
                process.send_signal(signal.SIGKILL)
                process.communicate()
                process = self._start()
            self._stop.set()
            for sender in senders:
                sender.join(BOUND)
            self._drain()
        finally:
            self._stop.set()
            process.kill()
            process.communicate()
        return self

    def _start(self) -> subprocess.Popen[str]:
        command = [
            sys.executable, "-m", "hubwire", "webhooks", "serve", "handlers:app", "--port", "0",
            "--inbox", "inbox.db", "--json", "--public-url", "https://hooks.example.com/webhooks/hubspot",
        ]  # fmt: skip
        with (self.folder / "log.txt").open("a") as errors:
            process = subprocess.Popen(
                command,
                cwd=self.folder,
                env={**os.environ, "HUBSPOT_CLIENT_SECRET": SECRET},
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, (self.folder / "log.txt").read_text()[-2000:]
        self.url = json.loads(line)["url"]
        return process

    def _send(self, sender: int) -> None:
        chance, number = random.Random(sender), 0
        while not self._stop.is_set():
            events = []
            for _ in range(chance.randint(1, 20)):
                number += 1
                # Each sender has records of its own, whose events occur in the order of their numbers.
                record = sender * RECORDS + chance.randrange(RECORDS)
                events.append(event(sender * 10_000_000 + number, objectId=record, occurredAt=number))
            content = body(*events)
            while not self._stop.is_set():
                if self._post(content):
                    self.acknowledged.update(str(each["eventId"]) for each in events)
                    break
                self._stop.wait(0.02)

    def _post(self, content: bytes) -> bool:
        parts = urlsplit(self.url)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=5)
        try:
            connection.request("POST", parts.path, content, signature(content, at=time.time()))
            return connection.getresponse().status == 204
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _drain(self) -> None:
        end = time.monotonic() + BOUND
        while time.monotonic() < end:
            stats = self.stats()
            if not stats["pending"] and not stats["retrying"]:
                return
            time.sleep(0.1)
        raise AssertionError(f"not everything was handled: {self.stats()}")

    def stats(self) -> dict[str, Any]:
        with viewing(self.folder / "inbox.db") as view:
            return asdict(view.stats())

    def runs(self) -> list[tuple[str, str, int]]:
        lines = (self.folder / "ledger.txt").read_text().splitlines()
        return [(record, number, int(at)) for record, number, at in (line.split() for line in lines)]

    def lost(self) -> set[str]:
        """Acknowledged and never run."""
        return self.acknowledged - {number for _, number, _ in self.runs()}

    def repeated(self) -> int:
        """Runs beyond the first one of each event."""
        runs = self.runs()
        return len(runs) - len({number for _, number, _ in runs})

    def disorder(self) -> list[str]:
        """Records whose events ran for the first time in another order than they occurred in.

        Senders wait for their answer, so an event that occurred later also arrived later.
        """
        latest: dict[str, int] = defaultdict(int)
        seen: set[str] = set()
        wrong = []
        for record, number, at in self.runs():
            if number not in seen:
                seen.add(number)
                if at < latest[record]:
                    wrong.append(record)
                latest[record] = max(latest[record], at)
        return wrong
