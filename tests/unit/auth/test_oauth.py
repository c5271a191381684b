"""OAuth: addresses, grants, refusals, and one refresh at a time."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from hubwire import OAuthApp
from hubwire.auth import MemoryStore, OAuthTokens, Scopes, StaticToken, SunsetWarning, Timing, Tokens
from hubwire.client.execute import execute
from hubwire.errors import (
    ConfigError,
    ConnectionFailed,
    Disconnected,
    Forbidden,
    HubSpotError,
    NotConnected,
    OAuthError,
    Unauthorized,
    UnexpectedAnswer,
)
from hubwire.wire.message import Reply, Request, Timeout
from tests.unit.client.helpers import Serve, reply, run, script
from tests.unit.client.test_execute import READ, RECORD, session

NOW = 1_000_000.0
GRANT = {
    "access_token": "fresh",
    "refresh_token": "again",
    "expires_in": 1800,
    "token_type": "bearer",
    "hub_id": 62515,
    "scopes": ["oauth", "crm.objects.contacts.read"],
}
DEAD = {
    "error": "invalid_grant",
    "error_description": "refresh token is invalid, expired or revoked",
    "status": "BAD_REFRESH_TOKEN",
    "message": "refresh token is invalid, expired or revoked",
}


class Wire:
    def __init__(self, serve: Serve) -> None:
        self.serve = serve

    def send(self, request: Request, timeout: Timeout) -> Reply:
        return self.serve(request)

    def close(self) -> None:
        raise AssertionError("a transport that was given is not closed")


def app(serve: Serve | None = None, **more: Any) -> OAuthApp:
    wire = Wire(serve) if serve else None
    more.setdefault("scopes", ("oauth", "crm.objects.contacts.read"))
    more.setdefault("store", MemoryStore())
    made = OAuthApp("client", "sesame", "https://app.test/back", transport=wire, **more)
    made.now = lambda: NOW
    return made


def stale(expires_at: float = NOW) -> Tokens:
    return Tokens("old", "again", expires_at)


def fields(request: Request) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs((request.body or b"").decode()).items()}


def test_the_consent_address_is_hubspots_with_blanks_as_percent_20() -> None:
    url = app(scopes=Scopes(("oauth", "crm.objects.contacts.read"), optional=("tickets",))).authorize_url(
        "s&t"
    )
    assert url.startswith("https://app.hubspot.com/oauth/authorize?")
    assert "scope=oauth%20crm.objects.contacts.read" in url
    asked = parse_qs(urlsplit(url).query)
    assert asked == {
        "client_id": ["client"],
        "redirect_uri": ["https://app.test/back"],
        "scope": ["oauth crm.objects.contacts.read"],
        "optional_scope": ["tickets"],
        "state": ["s&t"],
    }


def test_the_consent_page_may_be_elsewhere() -> None:
    local = "http://127.0.0.1:8765"
    assert app(base_url=local).authorize_url("s").startswith(f"{local}/oauth/authorize?")
    assert app().authorize_url("s", base="https://eu.test/").startswith("https://eu.test/oauth/authorize?")


@pytest.mark.parametrize(
    ("version", "path"),
    [("v3", "/oauth/v3/token"), ("2026-03", "/oauth/2026-03/token"), ("2026-09", "/oauth/2026-09/token")],
)
def test_a_code_becomes_tokens(version: str, path: str) -> None:
    serve, seen = script(reply(200, GRANT))
    tokens = app(serve, version=version).exchange("the-code")
    assert tokens == Tokens("fresh", "again", NOW + 1800, ("oauth", "crm.objects.contacts.read"), 62515, NOW)
    assert (seen[0].path, seen[0].bearer) == (path, None)
    assert fields(seen[0]) == {
        "grant_type": "authorization_code",
        "code": "the-code",
        "redirect_uri": "https://app.test/back",
        "client_id": "client",
        "client_secret": "sesame",
    }


def test_a_code_is_sent_once() -> None:
    serve, seen = script(ConnectionFailed("lost", sent=True))
    with pytest.raises(ConnectionFailed):
        app(serve).exchange("the-code")
    assert len(seen) == 1


@pytest.mark.parametrize(
    "answer",
    [
        Reply(200, {}, b"<html>"),
        reply(200, {}),
        reply(200, {"access_token": "x"}),
        reply(200, ["no"]),
        reply(200, {"access_token": "x", "expires_in": 0}),
        reply(200, {"access_token": "x", "expires_in": "soon"}),
    ],
)
def test_an_answer_without_tokens_is_told_apart(answer: Reply) -> None:
    with pytest.raises(UnexpectedAnswer):
        app(script(answer)[0]).exchange("the-code")


def test_scopes_may_come_as_one_text() -> None:
    answer = {"access_token": "a", "refresh_token": "r", "expires_in": 60, "scope": "oauth tickets"}
    assert app(script(reply(200, answer))[0]).exchange("c").scopes == ("oauth", "tickets")


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (reply(400, DEAD), Disconnected),
        (reply(400, {"error": "invalid_grant", "error_description": "revoked"}), Disconnected),
        (
            reply(400, {"status": "BAD_HUB", "error": "access_denied", "message": "unknown hub id"}),
            Disconnected,
        ),
        (reply(400, {"status": "BAD_CLIENT_SECRET", "error": "invalid_client"}), OAuthError),
        (reply(400, {"status": "BAD_CLIENT_ID"}), OAuthError),
        (reply(400, {}), OAuthError),
        (Reply(403, {}, b"<html>"), OAuthError),
    ],
)
def test_only_a_dead_grant_disconnects(answer: Reply, kind: type[HubSpotError]) -> None:
    with pytest.raises(OAuthError) as error:
        run(app().refreshing("again", NOW), script(answer)[0])
    assert type(error.value) is kind
    assert "sesame" not in f"{error.value!r} {error.value}"


def test_a_used_up_code_disconnects_nobody() -> None:
    answer = reply(
        400, {"status": "BAD_AUTH_CODE", "error": "invalid_grant", "message": "missing or unknown"}
    )
    with pytest.raises(OAuthError) as error:
        app(script(answer)[0]).exchange("used")
    assert not isinstance(error.value, Disconnected)
    assert error.value.code == "BAD_AUTH_CODE"


def test_a_refresh_token_that_is_not_returned_is_kept() -> None:
    grant = {name: value for name, value in GRANT.items() if name != "refresh_token"}
    assert run(app().refreshing("again", NOW), script(reply(200, grant))[0]).refresh_token == "again"


def test_nothing_secret_is_shown() -> None:
    tokens = Tokens("access-secret", "refresh-secret", NOW, ("oauth",), 62515)
    shown = f"{app()!r} {tokens!r} {OAuthTokens(app(), tokens)!r} {StaticToken('static-secret')!r}"
    assert "secret" not in shown
    assert "sesame" not in shown
    assert "62515" in shown


def test_tokens_can_be_stored() -> None:
    tokens = Tokens("a", "r", NOW, ("oauth",), 5)
    assert Tokens.from_dict(tokens.to_dict()) == tokens


def test_an_app_has_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HUBSPOT_CLIENT_SECRET", raising=False)
    with pytest.raises(ConfigError):
        OAuthApp("client", "", "https://app.test/back", ())


@pytest.mark.parametrize("missing", ["HUBSPOT_CLIENT_ID", "HUBSPOT_CLIENT_SECRET"])
def test_credentials_come_from_the_environment(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUBSPOT_CLIENT_ID", "from-environment")
    monkeypatch.setenv("HUBSPOT_CLIENT_SECRET", "hush")
    assert OAuthApp().client_id == "from-environment"
    monkeypatch.delenv(missing)
    with pytest.raises(ConfigError, match=missing):
        OAuthApp()


def test_the_account_can_be_chosen_beforehand() -> None:
    assert (
        app().authorize_url("s", portal_id=12345).startswith("https://app.hubspot.com/oauth/12345/authorize?")
    )
    for bad in ("12345/../x", "", "-1", "٣"):
        with pytest.raises(ConfigError):
            app().authorize_url("s", portal_id=bad)


def test_conditional_scopes_are_asked_for_when_they_are_wanted() -> None:
    scopes = Scopes(("oauth",), conditional=("tickets", "automation"))
    asking = app(scopes=scopes)
    assert "scope=oauth&" in asking.authorize_url("s")
    assert "scope=oauth%20tickets&" in asking.authorize_url("s", conditional=["tickets"])
    with pytest.raises(ConfigError, match="content"):
        asking.authorize_url("s", conditional=["content"])


def test_scopes_may_be_one_text() -> None:
    assert Scopes.of("oauth tickets oauth") == Scopes(("oauth", "tickets"))


def test_version_1_warns_of_its_end() -> None:
    serve, seen = script(reply(200, GRANT), reply(404, {}), reply(200, GRANT), Reply(204))
    with pytest.warns(SunsetWarning, match="16 February 2027"):
        old = app(serve, version="v1")
    old.exchange("the-code")
    assert not old.introspect("gone").active
    assert old.introspect("na1/x", refresh=True).active
    old.store.save(old.key(62515), stale())
    old.revoke(62515)
    assert [(request.method, request.path) for request in seen] == [
        ("POST", "/oauth/v1/token"),
        ("GET", "/oauth/v1/access-tokens/gone"),
        ("GET", "/oauth/v1/refresh-tokens/na1%2Fx"),
        ("DELETE", "/oauth/v1/refresh-tokens/again"),
    ]
    with pytest.raises(ConfigError, match="v2"):
        app(version="v2")


def test_no_message_shows_the_token_that_version_1_has_in_its_paths() -> None:
    lost = ConnectionFailed("GET https://api.hubapi.com/oauth/v1/access-tokens/hush%2Fhush: lost", sent=True)
    with pytest.warns(SunsetWarning):
        old = app(script(lost)[0], version="v1")
    with pytest.raises(ConnectionFailed, match="lost") as error:
        old.introspect("hush/hush")
    assert "hush" not in f"{error.value} {error.value.__cause__}"


def test_a_token_can_be_asked_about() -> None:
    facts = {
        "active": True,
        "hub_id": 62515,
        "app_id": 7,
        "user": "ada@example.com",
        "scopes": ["oauth"],
        "expires_in": 1700,
        "signed_access_token": {"hublet": "eu1", "isUserLevel": False},
    }
    serve, seen = script(reply(200, facts), reply(200, {"active": False}), reply(200, []))
    info = app(serve).introspect("a")
    assert (info.active, info.hub_id, info.hublet, info.scopes) == (True, 62515, "eu1", ("oauth",))
    assert not app(serve).introspect("a", refresh=True).active
    assert fields(seen[0])["token_type_hint"] == "access_token"
    assert fields(seen[1])["token_type_hint"] == "refresh_token"
    with pytest.raises(UnexpectedAnswer):
        app(serve).introspect("a")


def test_revoking_ends_the_grant_and_says_so_to_whoever_calls() -> None:
    serve, seen = script(reply(200, {}))
    ending = app(serve)
    ending.store.save(ending.key(62515), stale(NOW + 1_000))
    before = ending.tokens(62515)
    assert run(before.bearer(NOW), script()[0]) == "old"
    ending.revoke("62515")
    assert (seen[0].path, fields(seen[0])["token"]) == ("/oauth/2026-09/token/revoke", "again")
    for source in (before, ending.tokens(62515)):
        with pytest.raises(Disconnected, match="account 62515 is disconnected"):
            run(source.bearer(NOW), script()[0])
    assert ending.portals() == []
    with pytest.raises(NotConnected):
        ending.revoke(1)


def test_a_grant_that_could_not_be_revoked_stays() -> None:
    serve, _ = script(reply(400, {"status": "BAD_CLIENT_SECRET", "error": "invalid_client"}))
    ending = app(serve)
    ending.store.save(ending.key(62515), stale(NOW + 1_000))
    with pytest.raises(OAuthError):
        ending.revoke(62515)
    assert ending.portals() == [62515]


def test_uninstalling_forgets_the_account() -> None:
    serve, seen = script(Reply(204))
    ending = app(serve)
    ending.store.save(ending.key(62515), stale(NOW + 1_000))
    ending.uninstall(62515)
    assert (seen[0].method, seen[0].path) == ("DELETE", "/appinstalls/2026-09/external-install")
    assert seen[0].bearer == "old"
    assert ending.store.list() == []
    with pytest.raises(NotConnected):
        ending.uninstall(62515)


UNKNOWN = reply(401, {"category": "INVALID_AUTHENTICATION", "message": "no such token"})


def test_what_happened_elsewhere_to_an_account_is_found_out_from_the_answer() -> None:
    running = app()
    key, tokens = running.key(62515), running.tokens(62515)
    running.store.save(key, stale(NOW + 1_000))

    def another(request: Request) -> Reply:
        running.store.save(key, Tokens("new", "again", NOW + 1_000))
        return UNKNOWN

    def uninstalled(request: Request) -> Reply:
        running.store.save(key, stale(NOW + 1_000), disconnected="UNINSTALLED")
        return UNKNOWN

    answers, seen = iter([another, lambda request: reply(200, RECORD), uninstalled]), list[str | None]()

    def serve(request: Request) -> Reply:
        seen.append(request.bearer)
        return next(answers)(request)

    run(execute(READ, session(tokens=tokens)), serve)
    assert seen == ["old", "new"]
    with pytest.raises(Disconnected, match="UNINSTALLED"):
        run(execute(READ, session(tokens=tokens)), serve)
    assert seen == ["old", "new", "new"]


def test_a_token_that_hubspot_does_not_know_is_tried_once_more_at_most() -> None:
    running = app()
    running.store.save(running.key(62515), stale(NOW + 1_000))
    serve, seen = script(UNKNOWN, UNKNOWN, UNKNOWN)
    with pytest.raises(Unauthorized):
        run(execute(READ, session(tokens=running.tokens(62515))), serve)
    assert [request.bearer for request in seen] == ["old", "old"]


def test_what_hubspot_refuses_to_uninstall_stays_connected() -> None:
    ending = app(script(reply(403, {"message": "no", "category": "BANNED"}))[0])
    ending.store.save(ending.key(62515), stale(NOW + 1_000))
    with pytest.raises(Forbidden):
        ending.uninstall(62515)
    assert ending.portals() == [62515]


def test_an_app_may_say_when_its_tokens_are_refreshed() -> None:
    early = app(script(reply(200, GRANT))[0])
    early.timing = Timing(margin=440, jitter=0)
    early.store.save(early.key(62515), stale(NOW + 430))
    assert early.perform(early.tokens(62515).bearer(NOW)) == "fresh"


def test_accounts_of_one_process_share_nothing() -> None:
    many = app()
    for account in (1, 2):
        many.store.save(many.key(account), Tokens(f"token-{account}", "r", NOW + 1_000))
    one, two = many.portal(1), many.portal("2")
    assert many.portal(1) is one
    assert one._session.governor is not two._session.governor
    assert run(one._session.tokens.bearer(NOW), script()[0]) == "token-1"
    assert run(two._session.tokens.bearer(NOW), script()[0]) == "token-2"
    assert many.portal(1, quota=None) is not one
    assert many.async_portal(1) is many.async_portal(1)
    assert many.portals() == [1, 2]
    many.close()
    assert many.portal(1) is not one
