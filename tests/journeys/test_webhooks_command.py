"""`hubwire webhooks serve` behind a proxy, and what `stats --json` tells of it."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.unit.webhooks.senders import SECRET, body, event, signature

pytestmark = pytest.mark.socket
PUBLIC = "https://hooks.example.com/webhooks/hubspot"
FORWARDED = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "hooks.example.com"}
HANDLERS = (
    "from hubwire.webhooks import App\napp = App()\n@app.on('contact.*')\ndef done(event, context): pass\n"
)


@contextmanager
def served(folder: Path, *options: str) -> Iterator[str]:
    (folder / "handlers.py").write_text(HANDLERS)
    command = [sys.executable, "-m", "hubwire", "webhooks", "serve", "handlers:app", "--port", "0", "--json"]
    process = subprocess.Popen(
        [*command, "--inbox", "inbox.db", *options],
        cwd=folder,
        env={**os.environ, "HUBSPOT_CLIENT_SECRET": SECRET},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        assert ready["ready"] is True
        yield ready["url"]
    finally:
        process.terminate()
        process.communicate(timeout=30)
    assert process.returncode == 0


def post(url: str, content: bytes, *, headers: dict[str, str], signed_for: str = PUBLIC) -> int:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    try:
        how = headers | signature(content, at=time.time(), url=signed_for)
        connection.request("POST", parts.path, content, how)
        return connection.getresponse().status
    finally:
        connection.close()


def stats(folder: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "hubwire", "webhooks", "stats", "--inbox", "inbox.db", "--json"]
    told = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(told.stdout)
    return found


def test_a_trusted_proxy_tells_the_address_and_the_counts_are_told(tmp_path: Path) -> None:
    content = body(event(1), event(2, subscriptionType="deal.creation"), event(1))
    with served(tmp_path, "--trusted-proxy", "10.0.0.0/8", "--trusted-proxy", "127.0.0.1") as url:
        assert post(url, content, headers=FORWARDED) == 204
        assert post(url, content, headers={**FORWARDED, "X-Forwarded-Host": "elsewhere.example.com"}) == 401
    told = stats(tmp_path)
    assert {name: told[name] for name in ("received", "duplicates", "refused", "dead", "retrying")} == {
        "received": 2, "duplicates": 1, "refused": 1, "dead": 0, "retrying": 0,
    }  # fmt: skip
    assert told["pending"] + told["done"] + told["unhandled"] == 2
    assert told["refused_by_reason"] == {"mismatch": 1}


def test_who_is_not_trusted_is_not_believed(tmp_path: Path) -> None:
    with served(tmp_path, "--trusted-proxy", "10.0.0.0/8") as url:
        assert post(url, body(event(1)), headers=FORWARDED) == 401
        assert post(url, body(event(1)), headers=FORWARDED, signed_for=url) == 204
