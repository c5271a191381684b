"""The emulator's pages in a real browser. That they need no script their Content-Security-Policy ensures."""

from __future__ import annotations

import re
import shutil
import subprocess
from html import unescape
from pathlib import Path

import pytest

from hubwire.emulator import Clock, Emulator, Identity, serve
from hubwire.emulator.hooks.poster import Posted

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.socket,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine"),
]
FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
    "--disable-background-networking",
)  # fmt: skip


def chromium(profile: Path, *arguments: str) -> str:
    """What the browser prints."""
    command = [str(CHROMIUM), *FLAGS, f"--user-data-dir={profile}", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=90).stdout


def test_a_person_finds_a_contact_by_following_links(tmp_path: Path) -> None:
    emulator = Emulator(seed="demo", clock=Clock.at(1_767_258_000.0), identity=Identity.for_tests())
    with serve.running(emulator) as base_url:
        front = chromium(tmp_path, "--dump-dom", f"{base_url}/")
        assert "hubwire emulator" in front
        listed = chromium(tmp_path, "--dump-dom", base_url + _link(front, "contacts"))
        assert "500 records" in listed
        first = re.search(r'href="([^"]+)">(\d+)</a>', listed)
        assert first
        told = chromium(tmp_path, "--dump-dom", base_url + unescape(first[1]))
        assert "Associations" in told
        assert "@example.com" in told
        picture = tmp_path / "record.png"
        chromium(tmp_path, f"--screenshot={picture}", "--window-size=390,800", base_url + unescape(first[1]))
        assert picture.read_bytes().startswith(b"\x89PNG")
    emulator.close()


def test_a_person_sees_what_was_delivered_and_what_the_calls_cost(tmp_path: Path) -> None:
    emulator = Emulator(clock=Clock.at(1_767_258_000.0), identity=Identity.for_tests())
    emulator.webhooks("http://127.0.0.1:9/hooks", "contact.creation")
    told = {"host": "localhost", "authorization": f"Bearer {emulator.identity.access_token}"}
    made = emulator.ask("POST", "/crm/objects/2026-09/contacts", headers=told, body=b'{"properties":{}}')
    assert made.status == 201
    emulator.deliver(lambda post: Posted(503, None))
    with serve.running(emulator) as base_url:
        front = chromium(tmp_path, "--dump-dom", f"{base_url}/")
    emulator.close()
    requests, _, deliveries = front.partition('id="deliveries"')
    assert re.search(r'class="n k">189<.*?>201<', requests, re.DOTALL)
    assert "1 event is on its way or waits for a retry." in deliveries
    assert "contact.creation" in deliveries
    assert re.search(r'class="n">1</td><td class="n bad">503<', deliveries)


def _link(page: str, text: str) -> str:
    found = re.search(rf'href="([^"]+)">{text}</a>', page)
    assert found, page
    return unescape(found[1])
