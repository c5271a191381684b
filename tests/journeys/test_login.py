"""Accounts connected from the command line: login, static tokens, keys, and the end of it."""

from __future__ import annotations

import io
import json
import re
import socket
import stat
import sys
import threading
import urllib.request
import webbrowser
from collections.abc import Iterator
from pathlib import Path

import pytest

from hubwire import Hub
from hubwire.auth import profile_source
from hubwire.cli.browser import _open
from hubwire.errors import Disconnected
from hubwire.testing.accounts import Account
from tests.journeys.conftest import Command, Ended

SCOPES = ("--scope", "oauth", "--scope", "crm.objects.contacts.read")
pytestmark = [pytest.mark.socket, pytest.mark.hubspot(auto_consent=True)]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keys, tokens and profiles of the test's own."""
    for name in ("HUBWIRE_KEY", "HUBWIRE_KEY_FILE", "HUBWIRE_STORE", "HUBWIRE_PROFILE", "HUBWIRE_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path


@pytest.fixture
def app(hubspot_server: Account, monkeypatch: pytest.MonkeyPatch) -> Account:
    """The emulator, and its app in the environment."""
    monkeypatch.setenv("HUBSPOT_BASE_URL", hubspot_server.base_url)
    monkeypatch.setenv("HUBSPOT_CLIENT_ID", hubspot_server.identity.client_id)
    monkeypatch.setenv("HUBSPOT_CLIENT_SECRET", hubspot_server.identity.client_secret)
    return hubspot_server


@pytest.fixture
def redirect() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://localhost:{free.getsockname()[1]}/oauth-callback"


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Opens what the browser is told to open, and follows it home; what the pages said."""
    pages: list[str] = []
    visits: list[threading.Thread] = []

    def visit(url: str) -> None:
        with urllib.request.urlopen(url, timeout=30) as page:
            pages.append(page.read().decode())

    def opened(url: str) -> bool:
        visits.append(threading.Thread(target=visit, args=(url,)))
        visits[-1].start()
        return True

    monkeypatch.setattr(webbrowser, "open", opened)
    yield pages
    for each in visits:
        each.join(timeout=30)


def typed(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))


def login(hubwire: Command, redirect: str, *more: str) -> Ended:
    return hubwire("login", "--profile", "acme", *SCOPES, "--redirect-uri", redirect, *more)


@pytest.fixture
def connected(hubwire: Command, app: Account, redirect: str, person: list[str]) -> Ended:
    ended = login(hubwire, redirect, "--json")
    assert ended.code == 0, ended.err
    return ended


def test_login_opens_the_browser_and_stores_the_tokens(
    connected: Ended,
    app: Account,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert connected.report["account"] == app.identity.portal_id
    assert connected.report["scopes"] == ["oauth", "crm.objects.contacts.read"]
    assert connected.report["missing_scopes"] == []
    assert "A key for tokens was made" in "".join(record.msg for record in caplog.get_records("setup"))
    for name in ("HUBSPOT_CLIENT_ID", "HUBSPOT_CLIENT_SECRET", "HUBSPOT_BASE_URL"):
        monkeypatch.delenv(name)
    with Hub(profile_source("acme")) as hub:
        assert list(hub.contacts.list()) == []
    monkeypatch.setenv("HUBWIRE_PROFILE", "acme")
    with Hub() as hub:
        assert hub.account.details()["portalId"] == app.identity.portal_id
    assert stat.S_IMODE((home / "data/hubwire/tokens.sqlite").stat().st_mode) == 0o600
    assert stat.S_IMODE((home / "config/hubwire/key").stat().st_mode) == 0o600
    assert stat.S_IMODE((home / "config/hubwire/hubwire.toml").stat().st_mode) == 0o600


def test_no_secret_is_in_a_file_that_may_be_read_or_committed(
    connected: Ended, app: Account, home: Path
) -> None:
    secrets = [app.identity.client_secret.encode(), b"na1-", b"access_token"]
    lying = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    assert lying
    assert {str(path) for path, text in lying.items() for secret in secrets if secret in text} == set()
    assert app.identity.client_secret not in connected.out + connected.err


def test_a_second_login_needs_no_secret_and_keeps_the_rest_of_the_file(
    connected: Ended,
    hubwire: Command,
    redirect: str,
    person: list[str],
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = Path(connected.report["profile_file"])
    file.write_text(f"# mine\n[lint]\nprofile = 'strict'\n\n{file.read_text()}")
    monkeypatch.delenv("HUBSPOT_CLIENT_ID")
    monkeypatch.delenv("HUBSPOT_CLIENT_SECRET")
    ended = hubwire("login", "--profile", "acme")
    assert ended.code == 0, ended.err
    assert "Connected account" in ended.out
    assert file.read_text().startswith("# mine\n[lint]\nprofile = 'strict'\n")


def test_somebody_elses_return_is_told_off_and_the_login_goes_on(
    hubwire: Command, app: Account, redirect: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[int] = []

    def opened(url: str) -> bool:
        def visit() -> None:
            for address in (f"{redirect}?code=forged&state=forged", redirect.replace("oauth-", "x-"), url):
                try:
                    with urllib.request.urlopen(address, timeout=30) as page:
                        told.append(page.status)
                except urllib.error.HTTPError as refused:
                    told.append(refused.code)
                    refused.close()

        threading.Thread(target=visit).start()
        return True

    monkeypatch.setattr(webbrowser, "open", opened)
    assert login(hubwire, redirect).code == 0
    assert told[:2] == [400, 404]


def test_a_browser_that_is_open_until_the_login_is_done_does_not_hold_it_up(
    hubwire: Command, app: Account, redirect: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages: list[str] = []

    def opened(url: str) -> bool:
        with urllib.request.urlopen(url, timeout=30) as page:
            pages.append(page.read().decode())
        return True

    monkeypatch.setattr(webbrowser, "open", opened)
    assert login(hubwire, redirect, "--timeout", "10").code == 0


def test_without_a_browser_the_address_is_pasted(
    hubwire: Command, app: Account, redirect: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Person(io.StringIO):
        """Reads the address from the screen, and pastes where it ended."""

        def readline(self, *_: object) -> str:
            ended = _open(seen[0])[1]
            assert ended is not None
            return f"{ended}\n"

    seen: list[str] = []
    monkeypatch.setattr(
        "hubwire.cli.commands.login.note", lambda text: seen.extend(re.findall(r"http\S+authorize\S+", text))
    )
    monkeypatch.setattr(sys, "stdin", Person())
    # An address that nothing here could listen at will do.
    ended = login(hubwire, redirect, "--no-browser", "--json")
    assert ended.code == 0, ended.err
    assert ended.report["account"] == app.identity.portal_id


@pytest.mark.parametrize(
    ("pasted", "word"),
    [
        ("", "no address with a code"),
        ("nonsense", "no address"),
        ("http://x/?code=1&state=2", "another login"),
    ],
)
def test_what_is_pasted_wrongly_connects_nothing(
    pasted: str, word: str, hubwire: Command, app: Account, redirect: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed(monkeypatch, pasted)
    ended = login(hubwire, redirect, "--no-browser", "--json")
    assert ended.code == 2
    assert word in ended.report["error"]
    assert hubwire("auth", "list", "--json").report["profiles"] == {}


def test_a_person_who_says_no_is_believed(
    hubwire: Command, app: Account, redirect: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def opened(url: str) -> bool:
        state = re.search(r"state=([^&]+)", url)
        assert state
        back = f"{redirect}?error=access_denied&error_description=The+user+said+no&state={state[1]}"
        threading.Thread(target=lambda: urllib.request.urlopen(back, timeout=30).close()).start()
        return True

    monkeypatch.setattr(webbrowser, "open", opened)
    ended = login(hubwire, redirect)
    assert ended.code == 1
    assert "The user said no" in ended.err


def test_nobody_is_waited_for_forever(
    hubwire: Command, app: Account, redirect: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webbrowser, "open", lambda url: False)
    ended = login(hubwire, redirect, "--timeout", "0")
    assert ended.code == 2
    assert "nobody came back" in ended.err
    assert "open the address yourself" in ended.err


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("--redirect-uri", "https://app.example.com/callback"), "--no-browser"),
        (("--profile", "no/good"), "no name for a profile"),
        (("--store", "mysql://h"), "mysql"),
    ],
)
def test_what_cannot_work_is_said_before_anybody_consents(
    arguments: tuple[str, ...], word: str, hubwire: Command, app: Account
) -> None:
    ended = hubwire("login", *SCOPES, *arguments)
    assert ended.code == 2
    assert word in ended.err


def test_an_app_that_is_not_named_is_asked_for(hubwire: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    typed(monkeypatch, "")
    ended = hubwire("login", "--json")
    assert ended.code == 2
    assert "HUBSPOT_CLIENT_ID" in ended.report["error"]
    ended = hubwire("login", "--client-id", "x", "--json")
    assert "HUBSPOT_CLIENT_SECRET" in ended.report["error"]


def test_status_and_doctor_tell_of_the_account(connected: Ended, hubwire: Command, app: Account) -> None:
    status = hubwire("auth", "status", "--profile", "acme", "--json")
    assert status.code == 0, status.err
    assert status.report["token"]["account"] == app.identity.portal_id
    assert status.report["hublet"]["hublet"] == "na1"
    assert status.report["scopes"]["scopes"] == ["oauth", "crm.objects.contacts.read"]
    assert status.report["usage"]["limit"] == 625_000
    doctor = hubwire("doctor", "--profile", "acme", "--json")
    assert doctor.code == 0, doctor.out
    topics = {finding["topic"]: finding["state"] for finding in doctor.report["findings"]}
    assert topics["store"] == "ok"
    assert topics["token"] == "ok"


def test_doctor_names_what_ends_in_the_code_and_the_library(
    connected: Ended, hubwire: Command, tmp_path: Path
) -> None:
    code = tmp_path / "code" / "app.py"
    code.parent.mkdir()
    code.write_text('import requests\n\nrequests.post("https://api.hubapi.com/oauth/v1/token", timeout=9)\n')
    ended = hubwire("doctor", "--profile", "acme", code.parent)
    assert re.search(r"app\.py:3.*16 February 2027", ended.out)
    assert "hubspot-api-client" in ended.out
    assert hubwire("doctor", tmp_path / "missing").code == 2


def test_a_dead_grant_is_told_by_everything_until_it_is_connected_again(
    connected: Ended, hubwire: Command, app: Account, person: list[str]
) -> None:
    assert hubwire("auth", "revoke", "--profile", "acme").code == 2  # --yes is missing
    assert hubwire("auth", "revoke", "--profile", "acme", "--yes", "--json").report["done"] == "revoke"
    with Hub(profile_source("acme")) as hub, pytest.raises(Disconnected):
        list(hub.contacts.list())
    status = hubwire("auth", "status", "--profile", "acme")
    assert status.code == 1
    assert "disconnected" in status.out
    assert "disconnected (REVOKED)" in hubwire("auth", "list").out
    assert hubwire("doctor", "--profile", "acme").code == 1
    assert hubwire("login", "--profile", "acme").code == 0
    assert hubwire("auth", "status", "--profile", "acme").code == 0


def test_uninstalling_forgets_the_account(connected: Ended, hubwire: Command) -> None:
    assert hubwire("auth", "uninstall", "--profile", "acme", "--yes").code == 0
    listed = hubwire("auth", "list", "--json").report
    assert listed["accounts"] == []
    status = hubwire("auth", "status", "--profile", "acme")
    assert status.code == 1
    assert "is not connected" in status.out


def test_keys_are_rotated_and_old_ones_forgotten(connected: Ended, hubwire: Command, home: Path) -> None:
    key = home / "config/hubwire/key"
    old = key.read_text().split()
    first = hubwire("auth", "rotate-key", "--json").report
    assert (first["resealed"], first["entries"], first["dropped"]) == (2, 2, [])
    assert key.read_text().split()[1:] == old
    last = hubwire("auth", "rotate-key", "--forget-old", "--json").report
    assert (last["resealed"], len(last["dropped"])) == (0, 1)
    assert len(key.read_text().split()) == 1
    assert key.read_text().split() != old
    assert hubwire("auth", "status", "--profile", "acme").code == 0


def test_a_rotation_that_was_interrupted_is_finished_without_another_key(
    connected: Ended, hubwire: Command, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hubwire.auth.stores.sealed import SealedStore

    whole = SealedStore.reseal

    def broken(self: SealedStore) -> Iterator[object]:
        yield next(whole(self))
        raise KeyboardInterrupt

    with monkeypatch.context() as broke:
        broke.setattr(SealedStore, "reseal", broken)
        assert hubwire("auth", "rotate-key").code == 130
    assert hubwire("auth", "status", "--profile", "acme").code == 0
    ended = hubwire("auth", "rotate-key", "--json")
    assert "interrupted" in ended.err
    assert ended.report["resealed"] == 1
    assert len((home / "config/hubwire/key").read_text().split()) == 2


def test_keys_of_the_environment_are_rotated_by_hand(
    hubwire: Command, app: Account, redirect: str, person: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = (hubwire("auth", "new-key").out.strip() for _ in range(2))
    monkeypatch.setenv("HUBWIRE_KEY", old)
    assert login(hubwire, redirect).code == 0
    assert "nothing was rotated" in hubwire("auth", "rotate-key").out
    monkeypatch.setenv("HUBWIRE_KEY", f"{new},{old}")
    assert hubwire("auth", "rotate-key", "--json").report["resealed"] == 2
    monkeypatch.setenv("HUBWIRE_KEY", new)
    assert hubwire("auth", "status", "--profile", "acme").code == 0
    monkeypatch.setenv("HUBWIRE_KEY", old)
    ended = hubwire("auth", "status", "--profile", "acme")
    assert ended.code in (1, 2)
    assert new not in ended.out + ended.err


# Static tokens


@pytest.mark.parametrize("kept_in", ["store", "keyring"])
def test_a_static_token_is_stored_and_works(
    kept_in: str, hubwire: Command, app: Account, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import keyring

    from tests.unit.auth.test_keys import Backend

    backend = Backend()
    monkeypatch.setattr(keyring, "get_keyring", lambda: backend)
    typed(monkeypatch, f"{app.access_token}\n")
    ended = hubwire("auth", "set-token", "--kind", "service-key", "--in", kept_in, "--json")
    assert ended.code == 0, ended.err
    assert ended.report["account"] == app.identity.portal_id
    assert app.access_token not in ended.out + ended.err
    with Hub() as hub:
        assert hub.account.details()["portalId"] == app.identity.portal_id
    status = hubwire("auth", "status", "--json").report
    assert (status["token"]["kind"], status["age"]["days"]) == ("static", 0)
    assert len(backend.entries) == (kept_in == "keyring")
    assert "legacy app" not in hubwire("doctor").out
    token = app.access_token.encode()
    assert [path for path in home.rglob("*") if path.is_file() and token in path.read_bytes()] == []


def test_a_token_older_than_six_months_is_to_be_rotated(
    hubwire: Command, app: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed(monkeypatch, f"{app.access_token}\n")
    assert hubwire("auth", "set-token", "--profile", "old", "--since", "2024-02-29").code == 0
    ended = hubwire("doctor", "--profile", "old")
    assert ended.code == 0
    assert re.search(r"WARN +age .*since 2024-02-29: older than six months", ended.out)
    assert "private app: legacy public and private apps lose support" in ended.out
    findings = hubwire("doctor", "--profile", "old", "--json").report["findings"]
    # Of this one HubSpot has published the month only.
    assert "2027-09" in {each["facts"].get("day") for each in findings if each["topic"] == "legacy"}


def test_a_token_of_the_environment_counts_from_when_it_was_first_seen(
    hubwire: Command, app: Account, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUBSPOT_ACCESS_TOKEN", app.access_token)
    first = hubwire("auth", "status", "--json").report["age"]
    assert first["first_seen_only"]
    again = hubwire("auth", "status", "--json").report["age"]
    assert again["since"] == first["since"]
    noted = home / "data/hubwire/ages.json"
    assert app.access_token not in noted.read_text()
    noted.write_text(json.dumps(dict.fromkeys(json.loads(noted.read_text()), 0)))
    assert "older than six months" in hubwire("auth", "status").out


@pytest.mark.parametrize("token", ["", "with blank", "pat-na1-unknown"])
def test_a_token_that_is_none_is_not_stored(
    token: str, hubwire: Command, app: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed(monkeypatch, f"{token}\n")
    ended = hubwire("auth", "set-token", "--profile", "bad")
    assert ended.code in (1, 2)
    assert hubwire("auth", "list", "--json").report["profiles"] == {}


def test_without_any_account_everything_says_how_to_get_one(hubwire: Command) -> None:
    for command in (("auth", "status"), ("doctor",)):
        ended = hubwire(*command)
        assert ended.code == 2
        assert "hubwire login" in ended.out + ended.err
    assert "hubwire login" in hubwire("auth", "list").out
    assert hubwire("auth").code == 2
