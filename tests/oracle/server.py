"""Starts the emulator the way any program would: a process, one line of JSON, a socket."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import urllib3

START_SECONDS = 60
JOURNAL = (
    "developer.webhooks_journal.read developer.webhooks_journal.subscriptions.read "
    "developer.webhooks_journal.subscriptions.write developer.webhooks_journal.snapshots.read "
    "developer.webhooks_journal.snapshots.write"
)
REDIRECT = "http://localhost:3000/oauth-callback"


@dataclass(frozen=True)
class Account:
    """What the emulator's first line says, and the process behind it."""

    base_url: str
    portal_id: int
    app_id: int
    access_token: str
    client_id: str
    client_secret: str
    developer_api_key: str
    process: subprocess.Popen[str]

    def raw(
        self, method: str, path: str, body: Any = None, *, token: str | None = None, **headers: str
    ) -> urllib3.BaseHTTPResponse:
        """One request without any client library's opinion."""
        sent = {"Authorization": f"Bearer {token or self.access_token}", **headers}
        data = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        if data is not None:
            sent.setdefault("Content-Type", "application/json")
        with urllib3.PoolManager(retries=False) as pool:
            return pool.request(method, self.base_url + path, body=data, headers=sent, redirect=False)

    def journal_token(self) -> str:
        """A token of the app itself: the webhooks journal is for no static one."""
        fields = {
            "grant_type": "client_credentials",
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "scope": JOURNAL,
        }
        with urllib3.PoolManager(retries=False) as pool:
            url = f"{self.base_url}/oauth/2026-03/token"
            answer = pool.request("POST", url, fields=fields, encode_multipart=False)
        assert answer.status == 200, answer.data[:300]
        return str(answer.json()["access_token"])

    def consent(self, *scopes: str, state: str = "xyzzy") -> str:
        """Walk the authorize page as a consenting user; the code that comes back."""
        from hubspot.utils.oauth import get_auth_url

        url = get_auth_url(client_id=self.client_id, redirect_uri=REDIRECT, scope=scopes, state=state)
        parts = urlsplit(url)
        answer = self.raw("GET", f"{parts.path}?{parts.query}")
        assert answer.status in (302, 303, 307), (answer.status, answer.data[:300])
        landed = urlsplit(answer.headers["Location"])
        assert f"{landed.scheme}://{landed.netloc}{landed.path}" == REDIRECT
        given = parse_qs(landed.query)
        assert given["state"] == [state]
        return given["code"][0]


@contextmanager
def running(*arguments: str) -> Iterator[Account]:
    """An emulator process with `--json --port 0` and `arguments`, ended on the way out."""
    command = [sys.executable, "-m", "hubwire", "emulator", "--json", "--port", "0", *arguments]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"}
    ) as process:
        try:
            account = Account(**first_line(process), process=process)
            yield account
        finally:
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                raise


def first_line(process: subprocess.Popen[str]) -> dict[str, Any]:
    assert process.stdout is not None
    lines: queue.Queue[str] = queue.Queue()
    reader = threading.Thread(target=lambda pipe: lines.put(pipe.readline()), args=[process.stdout])
    reader.daemon = True
    reader.start()
    line = lines.get(timeout=START_SECONDS)
    assert line, f"the emulator ended before it said where it listens (exit {process.poll()})"
    said: dict[str, Any] = json.loads(line)
    known = set(Account.__dataclass_fields__) - {"process"}
    return {name: said[name] for name in known}
