"""The page for those who come from the official client: both halves of every pair tell the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import hubwire
from hubwire import compat
from hubwire.auth.oauth import REDIRECT_URI
from hubwire.cli.browser import consent
from hubwire.emulator import Emulator, serve

PAGE = Path(__file__).parents[2] / "docs" / "howto" / "from-hubspot-api-client.md"
PAIR = re.compile(r"^### ([^\n]+)\n\n```python\n(.*?)```\n\n```python\n(.*?)```$", re.MULTILINE | re.DOTALL)
LEAST = 52


class Names(dict[str, Any]):
    """What the page takes as given. A code is good once: every half gets its own."""

    def __init__(self, emulator: Emulator, hub: hubwire.Hub) -> None:
        who = emulator.identity
        super().__init__(
            Hub=hubwire.Hub,
            hub=hub,
            client=compat.hubspot_api_client(hub),
            compat=compat,
            app_id=who.app_id,
            developer_key=who.developer_api_key,
            client_id=who.client_id,
            client_secret=who.client_secret,
            redirect_uri=REDIRECT_URI,
        )
        self._app = hubwire.OAuthApp(who.client_id, who.client_secret)

    def consented(self) -> None:
        """Somebody lets the app in."""
        self["code"] = consent(self._app.authorize_url("s"), REDIRECT_URI, "s")


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Iterator[Names]:
    emulator = Emulator(seed="empty", tier="enterprise", limits=False, auto_consent=True)
    token = emulator.identity.access_token
    with serve.running(emulator) as base_url, hubwire.Hub(token, base_url=base_url) as hub:
        monkeypatch.setenv("HUBSPOT_BASE_URL", base_url)
        yield Names(emulator, hub)
    emulator.close()


@pytest.mark.socket
def test_both_halves_of_every_pair_tell_the_same(
    names: Names, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    pairs = PAIR.findall(PAGE.read_text("utf-8"))
    assert len(pairs) >= LEAST
    # The second half of the first pair makes what the others read.
    for title, theirs, ours in pairs:
        told = []
        for half in (theirs, ours):
            names.pop("told", None)
            names.consented()
            exec(compile(half, title, "exec"), names)
            told.append(names["told"])
        assert told[0] == told[1], title


def test_every_call_of_the_page_is_in_a_pair() -> None:
    text = PAGE.read_text("utf-8")
    assert text.count("### ") == len(PAIR.findall(text))
