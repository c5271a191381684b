"""What cannot work is told in a sentence, with the right exit code, and leaves the account as it was."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from hubwire import Hub
from hubwire.testing.accounts import Account
from tests.journeys.conftest import Command
from tests.journeys.test_push import contacts, write, written

pytestmark = pytest.mark.socket

GOOD = b"email,firstname\na@example.com,Ada\n"


@pytest.mark.parametrize(
    ("content", "options", "said"),
    [
        (b"", [], "is empty"),
        (b"email,firstname\n", [], "a header and no rows"),
        (b"email,email\nx,y\n", [], "more than one column called 'email'"),
        (b"email,firstname\na@example.com,K\xf6ln\n", [], "is not UTF-8: line 2, byte 32"),
        (b"email,firstname\na@example.com,A\0\n", [], "line 2 holds a NUL byte"),
        (b"email;firstname\na@example.com;Ada\n", [], "Say so with --delimiter ';'"),
        (
            b"mail,firstname\na@example.com,Ada\n",
            [],
            "no column for 'email', the key of contacts (close: 'mail')",
        ),
        (GOOD, ["--key", "mail"], "no property 'mail' (close: 'email'"),
        (GOOD, ["--map", "firstname=frist_name"], "no property 'frist_name' (close: 'firstname'"),
        (GOOD, ["--map", "fristname=firstname"], "has no column 'fristname' (close: 'firstname')"),
        (GOOD, ["--map", "firstname=createdate"], "HubSpot sets 'createdate' itself"),
        (GOOD, ["--object", "widgets", "--key", "name"], "no object type 'widgets'"),
        (GOOD, ["--object", "deals"], "--key PROPERTY"),
        (GOOD, ["--delimiter", "::"], "is no delimiter"),
        (GOOD, ["--base-url", "ftp://example.com"], "'ftp://example.com' is not like"),
        (GOOD, ["--report", "people.csv"], "is the input itself"),
        (GOOD, ["--nonsense"], "unrecognized arguments: --nonsense"),
        (b"email,company.name\na@example.com,Firm\n", [], "which tells companies apart"),
    ],
)
def test_what_cannot_be_as_asked_ends_with_2_and_writes_nothing(
    account: Account, hubwire: Command, tmp_path: Path, content: bytes, options: list[str], said: str
) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(content)
    ended = hubwire("push", "people.csv", *options)
    assert ended.code == 2
    assert said in ended.err
    assert ended.out == ""
    assert written(account) == []
    assert path.read_bytes() == content


def test_a_file_that_is_not_there_ends_with_2(account: Account, hubwire: Command) -> None:
    ended = hubwire("push", "nowhere.csv", "--json")
    assert ended.code == 2
    assert "nowhere.csv cannot be read: No such file" in ended.err
    assert ended.report == {"error": "nowhere.csv cannot be read: No such file or directory"}


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_ends_with_2(account: Account, hubwire: Command, people: Path) -> None:
    people.chmod(0)
    assert hubwire("push", people).code == 2


def test_without_a_token_it_is_said_which_variable_to_set(
    account: Account, hubwire: Command, people: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HUBSPOT_ACCESS_TOKEN")
    ended = hubwire("push", people)
    assert ended.code == 2
    assert "set HUBSPOT_ACCESS_TOKEN" in ended.err
    monkeypatch.setenv("HUBSPOT_PRIVATE_APP_TOKEN", account.access_token)
    assert hubwire("push", people).code == 0


def test_a_token_that_is_no_token_ends_with_1_and_is_not_repeated(
    account: Account, hubwire: Command, people: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = "pat-na1-00000000-0000-0000-0000-000000000bad"
    monkeypatch.setenv("HUBSPOT_ACCESS_TOKEN", wrong)
    ended = hubwire("push", people)
    assert ended.code == 1
    assert "check HUBSPOT_ACCESS_TOKEN. Nothing was written." in ended.err
    assert wrong not in ended.err + ended.out


@pytest.mark.parametrize(
    ("missing", "writes"),
    [("crm.objects.contacts.write", 0), ("crm.objects.companies.write", 1)],
)
def test_a_token_without_a_scope_ends_with_1_naming_the_scope_and_a_better_one_completes_it(
    account: Account,
    hubwire: Command,
    people: Path,
    monkeypatch: pytest.MonkeyPatch,
    missing: str,
    writes: int,
) -> None:
    scopes = {
        f"crm.objects.{kind}.{deed}" for kind in ("contacts", "companies") for deed in ("read", "write")
    }
    monkeypatch.setenv("HUBSPOT_ACCESS_TOKEN", account.token(scopes={*scopes, "oauth"} - {missing}))
    ended = hubwire("push", people, "--json")
    assert ended.code == 1
    assert missing in ended.report["stopped"]
    assert missing in ended.err
    assert ended.report["created"] == 30 * writes
    monkeypatch.setenv("HUBSPOT_ACCESS_TOKEN", account.access_token)
    report = hubwire("push", people, "--json").report
    assert (report["created"], report["companies"]["created"], report["complete"]) == (
        30 * (1 - writes),
        6,
        True,
    )


def test_a_token_that_may_read_nothing_ends_with_1(
    account: Account, hubwire: Command, people: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUBSPOT_ACCESS_TOKEN", account.token(scopes=["oauth"]))
    ended = hubwire("push", people)
    assert ended.code == 1
    assert "the token lacks the scope" in ended.err
    assert "Nothing was written." in ended.err


def test_an_address_where_nobody_listens_ends_with_1_naming_it(
    account: Account, hubwire: Command, people: Path
) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        ended = hubwire("push", people, "--base-url", url)
    assert ended.code == 1
    assert url in ended.err
    assert "Nothing was written." in ended.err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("as_json", [[], ["--json"]])
def test_a_report_that_cannot_be_written_is_told_and_the_refused_rows_are_not_lost(
    account: Account, hubwire: Command, tmp_path: Path, as_json: list[str]
) -> None:
    path = write(tmp_path / "people.csv", "email,firstname", "a@@example.com,Ada", "b@example.com,Bea")
    ended = hubwire("push", path, "--report", "/dev/full", *as_json)
    assert ended.code == 1
    assert "could not be written to /dev/full: No space left on device" in ended.err
    assert "a@@example.com,Ada,2,Email address a@@example.com is invalid (INVALID_EMAIL)" in ended.err
    assert set(contacts(account)) == {"b@example.com"}


def test_a_report_in_a_directory_that_is_not_there_is_told(
    account: Account, hubwire: Command, tmp_path: Path
) -> None:
    path = write(tmp_path / "people.csv", "email,firstname", "a@@example.com,Ada")
    ended = hubwire("push", path, "--report", "nowhere/refused.csv")
    assert ended.code == 1
    assert "nowhere/refused.csv: No such file or directory" in ended.err
    assert "a@@example.com,Ada,2," in ended.err


def test_no_error_ever_shows_a_secret(
    account: Account, hubwire: Command, people: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = account.token(scopes=["crm.objects.contacts.read"])
    monkeypatch.setenv("HUBSPOT_ACCESS_TOKEN", secret)
    for options in ([], ["--json"], ["--dry-run"], ["--base-url", "http://127.0.0.1:9"]):
        ended = hubwire("push", people, *options)
        assert ended.code == 1
        assert secret not in ended.out + ended.err
    with Hub(account.access_token, base_url=account.base_url) as hub:
        assert hub.contacts.count() == 0
