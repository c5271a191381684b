"""The page for those who come from the official client: both halves of every pair tell the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import hubwire
from hubwire import compat
from hubwire.emulator import Emulator, serve
from tests.docs.blocks import app_names

PAGE = Path(__file__).parents[2] / "docs" / "howto" / "from-hubspot-api-client.md"
PAIR = re.compile(r"^### ([^\n]+)\n\n```python\n(.*?)```\n\n```python\n(.*?)```$", re.MULTILINE | re.DOTALL)
LEAST = 52


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    emulator = Emulator(seed="empty", tier="enterprise", limits=False, auto_consent=True)
    token = emulator.identity.access_token
    with serve.running(emulator) as base_url, hubwire.Hub(token, base_url=base_url) as hub:
        monkeypatch.setenv("HUBSPOT_BASE_URL", base_url)
        official = compat.hubspot_api_client(hub)
        given = app_names(emulator.identity, base_url)
        yield {**given, "Hub": hubwire.Hub, "compat": compat, "hub": hub, "client": official}
    emulator.close()


@pytest.mark.socket
def test_both_halves_of_every_pair_tell_the_same(
    names: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    pairs = PAIR.findall(PAGE.read_text("utf-8"))
    assert len(pairs) >= LEAST
    # The second half of the first pair makes what the others read.
    for title, theirs, ours in pairs:
        told = []
        for half in (theirs, ours):
            names.pop("told", None)
            exec(compile(half, title, "exec"), names)
            told.append(names["told"])
        assert told[0] == told[1], title


def test_every_call_of_the_page_is_in_a_pair() -> None:
    text = PAGE.read_text("utf-8")
    assert text.count("### ") == len(PAIR.findall(text))
