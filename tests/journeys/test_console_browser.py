"""The webhook console in a real browser, beside a receiver that gets events from the emulator."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hubwire.emulator import Emulator, Identity, serve

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.socket,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine"),
]
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"]
TOKEN = "a login token of the tests"
HANDLERS = """
from hubwire.webhooks import App, Backoff

app = App(backoff=Backoff(attempts=1))

@app.on("contact.creation")
def made(event, context):
    raise OSError("the shop is closed")
"""


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[dict[str, Any]]:
    """A receiver with a console whose only handler fails, and one event in it."""
    (tmp_path / "handlers.py").write_text(HANDLERS)
    emulator = Emulator(identity=Identity.for_tests())
    environment = {
        **os.environ,
        "HUBSPOT_CLIENT_SECRET": emulator.identity.client_secret,
        "HUBWIRE_CONSOLE_TOKEN": TOKEN,
    }
    command = [
        sys.executable,
        "-m",
        "hubwire",
        "webhooks",
        "serve",
        "handlers:app",
        "--port",
        "0",
        "--json",
        "--console",
    ]
    with (
        serve.running(emulator) as base_url,
        subprocess.Popen(
            command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True
        ) as process,
    ):
        try:
            assert process.stdout
            ready = json.loads(process.stdout.readline())
            emulator.webhooks(ready["url"], "contact.creation")
            from hubwire import Hub

            with Hub(emulator.identity.access_token, base_url=base_url) as hub:
                hub.contacts.create({"email": "ada@example.com"})
            yield ready
        finally:
            process.terminate()
    emulator.close()


def test_a_person_logs_in_finds_the_dead_letter_and_replays_it(
    receiver: dict[str, Any], tmp_path: Path
) -> None:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as tools:
        browser = tools.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page()
        trouble: list[str] = []
        page.on("pageerror", lambda problem: trouble.append(str(problem)))
        page.goto(receiver["console"])
        page.fill("#token", "not the token at all")
        page.keyboard.press("Enter")
        page.wait_for_selector("text=That is not the token.")
        page.fill("#token", TOKEN)
        page.keyboard.press("Enter")
        # The list fetches itself again until the event has come and failed.
        page.wait_for_selector("span.state.dead", timeout=30_000)
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        page.wait_for_selector("text=Failed attempts")
        assert "the shop is closed" in page.inner_text("pre.trace")
        assert '"subscriptionType": "contact.creation"' in page.inner_text("main")
        with page.expect_navigation():
            page.keyboard.press("r")
        for _ in range(100):
            if page.locator("details").count() == 2:
                break
            page.reload()
        assert page.locator("details").count() == 2
        picture = tmp_path / "console.png"
        page.screenshot(path=picture)
        assert picture.read_bytes().startswith(b"\x89PNG")
        browser.close()
    assert trouble == []
