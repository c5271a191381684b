"""The controls of an emulator, in Python and under `/_emulator/`: decided here, not HubSpot's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hubwire.emulator import Emulator
from tests.contract.edge import CLIENT, LOCAL, Caller, Heard, sent_back

CONTACTS = "/crm/v3/objects/contacts"
HERE = {"host": "127.0.0.1:8765"}


def control(caller: Caller, method: str, path: str, body: Any = None, **headers: str) -> Heard:
    return caller(method, f"/_emulator{path}", body, token=None, headers={**HERE, **headers})


def create(caller: Caller, email: str, token: str | None = "") -> Heard:
    return caller("POST", CONTACTS, {"properties": {"email": email}}, token=token)


def emails(caller: Caller, token: str | None = "") -> list[str]:
    heard = caller("GET", f"{CONTACTS}?limit=100", token=token)
    return sorted(one["properties"]["email"] for one in heard.json["results"])


# Who may turn the knobs


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"host": "localhost:1"}, 200),
        ({"host": "[::1]:8765"}, 200),
        ({"origin": "http://127.0.0.1:8765"}, 200),
        ({"origin": "http://127.0.0.1:9999"}, 403),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-origin"}, 200),
        ({"host": "api.hubapi.com"}, 403),
        ({"host": "evil.example"}, 403),
        ({"host": "127.0.0.1.evil.example"}, 403),
        ({"host": "[:"}, 403),
    ],
)
def test_programs_on_this_machine_are_answered_and_pages_of_others_are_not(
    headers: dict[str, str], status: int
) -> None:
    assert control(Caller(), "GET", "", **headers).status == status


def test_what_is_misspelt_is_refused_and_changes_nothing() -> None:
    caller = Caller()
    for path, body in (
        ("/seed", {"contact": 5}),
        ("/seed", {"contacts": -1}),
        ("/seed", {"name": "nonsense"}),
        ("/clock", {"advance": -1}),
        ("/clock", {"to": "yesterday"}),
        ("/accounts", {"tier": "gold"}),
        ("/apps", {"redirectUris": ["http://203.0.113.5/x"]}),
        ("/faults", {"do": "explode"}),
        ("/faults", {"do": "status", "rate": 2}),
        ("/faults", []),
    ):
        heard = control(caller, "POST", path, body)
        assert heard.status == 400, (path, heard.text)
        assert heard.json["message"].startswith("hubwire emulator: ")
    status = control(caller, "GET", "").json
    assert (len(status["accounts"]), len(status["apps"]), status["faults"]) == (1, 1, [])
    assert emails(caller) == []


def test_controls_are_neither_logged_nor_counted() -> None:
    caller = Caller()
    control(caller, "GET", "/clock")
    assert caller.emulator.requests == []


# Accounts and apps


def test_accounts_are_apart_in_records_quota_and_token() -> None:
    caller = Caller()
    other = control(caller, "POST", "/accounts", {"tier": "free", "portalId": 777}).json
    assert (other["portal_id"], other["tier"], other["base_url"]) == (777, "free", "http://127.0.0.1:8765")
    create(caller, "ann@example.com")
    create(caller, "bob@example.com", other["access_token"])
    create(caller, "ann@example.com", other["access_token"])
    assert emails(caller) == ["ann@example.com"]
    assert emails(caller, other["access_token"]) == ["ann@example.com", "bob@example.com"]
    details = caller("GET", "/account-info/v3/details", token=other["access_token"])
    assert details.json["portalId"] == 777
    assert details.headers["X-HubSpot-RateLimit-Max"] == "100"
    assert caller("GET", "/account-info/v3/details").headers["X-HubSpot-RateLimit-Max"] == "190"


def test_an_app_is_let_into_the_account_that_is_chosen_on_the_page() -> None:
    caller = Caller()
    caller.emulator.add_account(portal_id=777)
    opened = caller.authorize()
    assert opened.status == 200
    assert "Account 12345678" in opened.text
    assert "Account 777" in opened.text
    nonce = opened.text.split('name="nonce" value="')[1].split('"')[0]
    code = sent_back(caller.form("/oauth/authorize", nonce=nonce, account="777", decision="allow"))["code"]
    tokens = caller.form(
        "/oauth/v3/token", grant_type="authorization_code", code=code, redirect_uri=LOCAL, **CLIENT
    ).json
    assert tokens["hub_id"] == 777
    again = caller.form(
        "/oauth/v3/token", grant_type="refresh_token", refresh_token=tokens["refresh_token"], **CLIENT
    ).json
    assert again["hub_id"] == 777
    told = caller.form("/oauth/v3/token/introspect", token=again["access_token"], **CLIENT).json
    assert (told["active"], told["hub_id"]) == (True, 777)
    caller.form("/oauth/v3/token/revoke", token=tokens["refresh_token"], **CLIENT)
    gone = caller.form(
        "/oauth/v3/token", grant_type="refresh_token", refresh_token=tokens["refresh_token"], **CLIENT
    )
    assert gone.json["status"] == "BAD_REFRESH_TOKEN"


def test_the_url_can_name_the_account() -> None:
    caller = Caller(auto_consent=True)
    caller.emulator.add_account(portal_id=777)
    query = f"client_id={CLIENT['client_id']}&redirect_uri={LOCAL}&scope=oauth"
    code = sent_back(caller("GET", f"/oauth/777/authorize?{query}", token=None))["code"]
    tokens = caller.form(
        "/oauth/v3/token", grant_type="authorization_code", code=code, redirect_uri=LOCAL, **CLIENT
    )
    assert tokens.json["hub_id"] == 777
    assert caller("GET", f"/oauth/778/authorize?{query}", token=None).status == 400


def test_apps_have_credentials_of_their_own() -> None:
    caller = Caller(auto_consent=True)
    app = control(
        caller, "POST", "/apps", {"name": "Sync <1>", "scopes": ["oauth", "tickets"], "kind": "marketplace"}
    ).json
    query = f"client_id={app['client_id']}&redirect_uri={LOCAL}&scope="
    refused = caller("GET", f"/oauth/authorize?{query}crm.objects.contacts.read", token=None)
    assert refused.status == 400
    assert "scope mismatch" in refused.text
    code = sent_back(caller("GET", f"/oauth/authorize?{query}oauth%20tickets", token=None))["code"]
    sent = {"grant_type": "authorization_code", "code": code, "redirect_uri": LOCAL}
    assert caller.form("/oauth/v3/token", **sent, **CLIENT).json["status"] == "BAD_AUTH_CODE"
    wrong = {**sent, "client_id": app["client_id"], "client_secret": CLIENT["client_secret"]}
    assert caller.form("/oauth/v3/token", **wrong).json["status"] == "BAD_CLIENT_SECRET"
    right = {**sent, "client_id": app["client_id"], "client_secret": app["client_secret"]}
    token = caller.form("/oauth/v3/token", **right).json["access_token"]
    heard = caller("GET", "/crm/v3/objects/tickets", token=token)
    assert (heard.status, heard.headers["X-HubSpot-RateLimit-Max"]) == (200, "110")
    assert caller("GET", CONTACTS, token=token).status == 403


def test_a_private_app_gets_a_static_token_for_one_account() -> None:
    caller = Caller()
    caller.emulator.add_account(portal_id=777)
    body = {"kind": "private-app", "scopes": ["crm.objects.contacts.read"], "account": 777}
    app = control(caller, "POST", "/apps", body).json
    assert app["portal_id"] == 777
    assert caller("GET", CONTACTS, token=app["access_token"]).status == 200
    assert create(caller, "ann@example.com", app["access_token"]).status == 403
    elsewhere = control(caller, "POST", "/apps", {**body, "account": 778})
    assert elsewhere.status == 404


def test_accounts_and_apps_survive_a_restart(tmp_path: Path) -> None:
    file = str(tmp_path / "state")
    first = Caller(state=file)
    account = control(first, "POST", "/accounts", {"portalId": 777, "tier": "free"}).json
    app = control(first, "POST", "/apps", {"name": "Sync"}).json
    create(first, "ann@example.com", account["access_token"])
    first.emulator.close()
    second = Caller(state=file)
    status = control(second, "GET", "").json
    assert [one["portal_id"] for one in status["accounts"]] == [12345678, 777]
    assert status["accounts"][1]["tier"] == "free"
    assert status["apps"][1]["client_secret"] == app["client_secret"]
    assert emails(second, account["access_token"]) == ["ann@example.com"]
    second.emulator.close()


def test_secrets_of_apps_are_not_in_their_repr() -> None:
    app = Caller().emulator.add_app("Sync")
    assert app.client_secret not in repr(app)


# Seeds


def test_a_seed_by_numbers_has_these_numbers_and_associations() -> None:
    caller = Caller(limits=False)
    numbers = {"contacts": 30, "companies": 7, "deals": 9, "tickets": 4}
    assert control(caller, "POST", "/seed", numbers).json["added"] == numbers
    for name, number in numbers.items():
        assert caller("POST", f"/crm/v3/objects/{name}/search", {}).json["total"] == number
    page = caller("GET", f"{CONTACTS}?limit=100&associations=companies").json["results"]
    assert len({one["associations"]["companies"]["results"][0]["id"] for one in page}) == 7
    deals = caller("GET", "/crm/v3/objects/deals?associations=companies,contacts").json["results"]
    assert all(set(one["associations"]) == {"companies", "contacts"} for one in deals)


def test_the_same_numbers_give_the_same_records_in_one_go_or_two() -> None:
    one, two = Caller(), Caller()
    one.emulator.seed(contacts=20, companies=3)
    two.emulator.seed(companies=3)
    two.emulator.seed(contacts=12)
    two.emulator.seed(contacts=8)
    target = f"{CONTACTS}?limit=100&properties=email,firstname,lastname,city&associations=companies"
    assert one("GET", target).text == two("GET", target).text


def test_another_account_can_be_seeded() -> None:
    caller = Caller()
    other = control(caller, "POST", "/accounts", {"portalId": 777}).json
    control(caller, "POST", "/seed", {"contacts": 2, "account": 777})
    assert (len(emails(caller)), len(emails(caller, other["access_token"]))) == (0, 2)


# Snapshots


@pytest.mark.parametrize("where", ["memory", "file"])
def test_a_snapshot_brings_everything_back(where: str, tmp_path: Path) -> None:
    caller = Caller(state=":memory:" if where == "memory" else str(tmp_path / "state"))
    create(caller, "ann@example.com")
    refresh = caller.tokens()["refresh_token"]
    control(caller, "PUT", "/snapshots/one")
    create(caller, "bob@example.com")
    caller.emulator.add_account(portal_id=777)
    caller.form("/oauth/v3/token/revoke", token=refresh, **CLIENT)
    assert control(caller, "POST", "/snapshots/one/restore").status == 200
    assert emails(caller) == ["ann@example.com"]
    assert len(control(caller, "GET", "/accounts").json["results"]) == 1
    again = caller.form("/oauth/v3/token", grant_type="refresh_token", refresh_token=refresh, **CLIENT)
    assert again.status == 200
    # What is created next has the id it would have had, and a second restore is as good as the first.
    twice = []
    for _ in range(2):
        twice.append(create(caller, "cay@example.com").json["id"])
        caller.emulator.restore("one")
    assert twice[0] == twice[1]
    caller.emulator.close()


def test_searches_after_a_restore_do_not_remember_what_was_before_it() -> None:
    caller = Caller(limits=False)
    search = {"filterGroups": [{"filters": [{"propertyName": "email", "operator": "HAS_PROPERTY"}]}]}
    caller.emulator.snapshot()
    for email in ("ann@example.com", "bob@example.com"):
        create(caller, email)
        assert caller("POST", f"{CONTACTS}/search", search).json["total"] == 1
        caller.emulator.restore()
        assert caller("POST", f"{CONTACTS}/search", search).json["total"] == 0


def test_a_state_file_keeps_what_was_restored(tmp_path: Path) -> None:
    file = str(tmp_path / "state")
    first = Caller(state=file)
    create(first, "ann@example.com")
    first.emulator.snapshot()
    create(first, "bob@example.com")
    first.emulator.restore()
    first.emulator.close()
    second = Caller(state=file)
    assert emails(second) == ["ann@example.com"]
    second.emulator.close()


def test_a_snapshot_nobody_took_is_refused() -> None:
    caller = Caller()
    assert control(caller, "POST", "/snapshots/none/restore").status == 404
    assert control(caller, "DELETE", "/snapshots/none").status == 404
    control(caller, "PUT", "/snapshots/a%20b")
    assert control(caller, "GET", "/snapshots").json["results"] == ["a b"]
    assert control(caller, "DELETE", "/snapshots/a%20b").status == 204
    with pytest.raises(KeyError):
        caller.emulator.restore("none")


def test_a_reset_starts_over_with_the_same_credentials() -> None:
    caller = Caller(seed="demo")
    emulator = caller.emulator
    before = caller("GET", f"{CONTACTS}?limit=5").text
    create(caller, "zoe@example.com")
    emulator.add_account()
    emulator.fault("status", status=503)
    assert control(caller, "POST", "/reset").status == 200
    assert caller("GET", f"{CONTACTS}?limit=5").text == before
    assert len(emulator.requests) == 1
    assert len(control(caller, "GET", "").json["accounts"]) == 1


def test_an_account_with_random_credentials_keeps_them_over_a_reset() -> None:
    emulator = Emulator()
    token = emulator.identity.access_token
    emulator.reset()
    assert emulator.identity.access_token == token


# Clock and log


def test_the_clock_is_read_and_turned() -> None:
    caller = Caller()
    assert control(caller, "GET", "/clock").json == {"now": "2026-01-01T09:00:00Z", "frozen": True}
    assert control(caller, "POST", "/clock", {"advance": 90}).json["now"] == "2026-01-01T09:01:30Z"
    assert control(caller, "POST", "/clock", {"to": "2026-02-01"}).json["now"] == "2026-02-01T00:00:00Z"
    assert control(caller, "POST", "/clock", {"to": "2026-01-01"}).status == 400


def test_the_log_is_read_and_emptied() -> None:
    caller = Caller()
    create(caller, "ann@example.com")
    caller("GET", f"{CONTACTS}/1")
    every = control(caller, "GET", "/requests").json["results"]
    assert [(one["method"], one["op"], one["status"]) for one in every] == [
        ("POST", "objects.create", 201),
        ("GET", "objects.read", 404),
    ]
    assert every[0]["portalId"] == 12345678
    assert len(control(caller, "GET", "/requests?status=404").json["results"]) == 1
    assert control(caller, "GET", "/requests?limit=1").json["results"] == every[1:]
    assert control(caller, "DELETE", "/requests").status == 204
    assert caller.emulator.requests == []


def test_every_control_says_what_it_is_for_in_json() -> None:
    caller = Caller()
    for path in ("", "/accounts", "/apps", "/snapshots", "/clock", "/faults", "/requests"):
        assert isinstance(json.loads(control(caller, "GET", path).text), dict)


def test_an_account_says_what_kind_it_is() -> None:
    caller = Caller()
    emulator = caller.emulator
    assert caller("GET", "/account-info/v3/details").json["accountType"] == "STANDARD"
    emulator.account_type = "DEVELOPER_TEST"
    assert caller("GET", "/account-info/v3/details").json["accountType"] == "DEVELOPER_TEST"
    caller.emulator.reset()
    assert caller("GET", "/account-info/v3/details").json["accountType"] == "DEVELOPER_TEST"
    other = control(caller, "POST", "/accounts", {"accountType": "SANDBOX"}).json
    told = caller("GET", "/account-info/v3/details", token=other["access_token"])
    assert told.json["accountType"] == "SANDBOX"
    assert control(caller, "POST", "/accounts", {"accountType": "PRODUCTION"}).status == 400
