"""`hubwire webhooks sync` and `poll`, as a person and as a script see them."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from hubwire.auth.keys import new_key
from hubwire.cli.main import main
from hubwire.emulator import Emulator, Identity, serve

pytestmark = pytest.mark.socket
HANDLERS = """
from hubwire.webhooks import App

app = App()
empty = App()

@app.on("contact.creation")
@app.on("deal.propertyChange", property="amount")
def changed(event, context):
    ...

@app.on("ticket.*")
def ticket(event, context):
    ...
"""
TARGET = "https://hooks.example.com/webhooks/hubspot"


@pytest.fixture
def emulator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """An account that listens, with its credentials in the environment, and a module of handlers."""
    (tmp_path / "subscribing.py").write_text(HANDLERS)
    monkeypatch.chdir(tmp_path)
    emulator = Emulator(identity=Identity.for_tests(), auto_consent=True)
    with serve.running(emulator) as base_url:
        identity = emulator.identity
        monkeypatch.setenv("HUBSPOT_BASE_URL", base_url)
        monkeypatch.setenv("HUBSPOT_DEVELOPER_API_KEY", identity.developer_api_key)
        monkeypatch.setenv("HUBSPOT_CLIENT_ID", identity.client_id)
        monkeypatch.setenv("HUBSPOT_CLIENT_SECRET", f"{identity.client_secret},an-older-one")
        monkeypatch.setenv("HUBWIRE_STORE", str(tmp_path / "tokens.db"))
        monkeypatch.setenv("HUBWIRE_KEY", new_key())
        yield emulator
    emulator.close()


def sync(capsys: pytest.CaptureFixture[str], emulator: Emulator, *more: str) -> dict[str, object]:
    command = ["webhooks", "sync", "subscribing:app", "--app", str(emulator.identity.app_id), "--json", *more]
    assert main(command) == 0
    told: dict[str, object] = json.loads(capsys.readouterr().out)
    return told


def test_a_dry_run_says_what_a_sync_then_does_and_a_second_sync_keeps(
    emulator: Emulator, capsys: pytest.CaptureFixture[str]
) -> None:
    planned = sync(capsys, emulator, "--target", TARGET, "--dry-run")
    done = sync(capsys, emulator, "--target", TARGET)
    assert planned["changes"] == done["changes"]
    assert {"action": "create", "subscription": "deal.propertyChange:amount"} in done["changes"]  # type: ignore[operator]
    again = sync(capsys, emulator, "--target", TARGET)
    assert again["changes"] == []
    assert again["kept"] == 7


def test_what_a_star_does_not_cover_is_said(emulator: Emulator, capsys: pytest.CaptureFixture[str]) -> None:
    number = str(emulator.identity.app_id)
    assert main(["webhooks", "sync", "subscribing:app", "--app", number, "--target", TARGET]) == 0
    told = capsys.readouterr()
    assert 'app.subscribe("ticket.propertyChange", property="…")' in told.err
    assert "create      contact.creation" in told.out


def test_a_project_gets_a_file_and_nobody_is_called(
    emulator: Emulator, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["webhooks", "sync", "subscribing:app", "--hsmeta", "webhooks-hsmeta.json", "--target", TARGET]
    assert main(command) == 0
    written = json.loads(Path("webhooks-hsmeta.json").read_text("utf-8"))
    assert written["config"]["settings"]["targetUrl"] == TARGET
    assert main([*command, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["changed"] is False
    assert emulator.requests == []


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["subscribing:app"], "which app?"),
        (["subscribing:empty", "--app", "1"], "declares no subscription"),
        (["nothing:app", "--app", "1"], "no module nothing"),
        (["subscribing:app", "--hsmeta", "x.json"], "--target"),
        (["subscribing:app", "--app", "{app}", "--concurrency", "9"], "say where HubSpot shall post to"),
        (["subscribing:app", "--app", "{app}", "--target", "x", "--concurrency", "2"], "6 or more requests"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_changed(
    emulator: Emulator, capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    filled = [each.format(app=emulator.identity.app_id) for each in arguments]
    assert main(["webhooks", "sync", *filled]) == 2
    assert says in capsys.readouterr().err
    assert all(seen.method == "GET" for seen in emulator.requests)


def test_a_wrong_key_is_not_repeated_in_the_message(
    emulator: Emulator, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUBSPOT_DEVELOPER_API_KEY", "not-the-key-of-this-app")
    number = str(emulator.identity.app_id)
    assert main(["webhooks", "sync", "subscribing:app", "--app", number]) == 1
    assert "not-the-key" not in capsys.readouterr().err


def test_without_any_key_the_one_that_is_asked_for_is_named(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("HUBSPOT_DEVELOPER_API_KEY", "HUBSPOT_ACCESS_TOKEN", "HUBSPOT_PRIVATE_APP_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HUBWIRE_CONFIG", str(tmp_path / "none.toml"))
    assert main(["webhooks", "sync", "subscribing:app", "--app", "1", "--dry-run"]) == 2
    told = capsys.readouterr().err
    assert "no developer API key: set HUBSPOT_DEVELOPER_API_KEY" in told
    assert "no access token" in told


def test_poll_reads_the_journal_into_the_inbox(
    emulator: Emulator, capsys: pytest.CaptureFixture[str]
) -> None:
    from hubwire import Hub
    from hubwire.auth.client_credentials import ClientCredentials

    scopes = ["developer.webhooks_journal.subscriptions.write", "crm.objects.contacts.read"]
    body = {"subscriptionType": "OBJECT", "portalId": emulator.identity.portal_id, "objectTypeId": "0-1"}
    with Hub(ClientCredentials(None, None, scopes)) as hub:
        hub.request("POST", "/webhooks-journal/subscriptions/2026-03", json={**body, "actions": ["CREATE"]})
    with Hub(emulator.identity.access_token) as hub:
        hub.contacts.create({"email": "ada@example.com"})
    assert main(["webhooks", "poll", "subscribing:app", "--once", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"files": 1, "events": 1, "new": 1, "gap": None}
    assert main(["webhooks", "stats", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["pending"] == 1


@pytest.mark.parametrize("built_in", [True, False])
def test_poll_disconnects_an_account_that_has_removed_the_app(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch, built_in: bool
) -> None:
    """With two client secrets in the environment, as during a rotation."""
    from hubwire import Hub, OAuthApp
    from hubwire.auth.client_credentials import ClientCredentials
    from hubwire.errors import Disconnected

    if not built_in:
        added = emulator.add_app("Nightly")
        monkeypatch.setenv("HUBSPOT_CLIENT_ID", added.client_id)
        monkeypatch.setenv("HUBSPOT_CLIENT_SECRET", f"{added.client_secret},an-older-one")
    with Hub(ClientCredentials()) as hub:
        hub.journal.subscribe("APP_LIFECYCLE_EVENT", event_type_id="4-1916193", properties=[])
    with contextlib.closing(OAuthApp()) as app:
        leaving = app.depart()
        page = httpx2.get(leaving.url)
        portal_id = app.callback(page.headers["Location"], cookies=leaving.set_cookie).portal_id
        # As an admin would, so that the store still thinks that the account is connected.
        with Hub(app.tokens(portal_id)) as hub:
            hub.request("DELETE", "/appinstalls/2026-09/external-install")
    assert main(["webhooks", "poll", "subscribing:app", "--once", "--json"]) == 0
    with contextlib.closing(OAuthApp()) as app, app.portal(portal_id) as hub, pytest.raises(Disconnected):
        hub.contacts.get("1")
