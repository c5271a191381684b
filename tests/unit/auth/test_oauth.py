"""OAuth: addresses, grants, refusals, and one refresh at a time."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from hubwire.auth import OAuthApp, OAuthTokens, StaticToken, Tokens
from hubwire.errors import (
    ConfigError,
    ConnectionFailed,
    Disconnected,
    HubSpotError,
    OAuthError,
    RateLimited,
    ServerError,
    UnexpectedAnswer,
)
from hubwire.wire import blocking, tasks
from hubwire.wire.flow import Flow
from hubwire.wire.message import Reply, Request, Timeout
from tests.unit.client.helpers import Serve, VirtualClock, reply, run, script

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
    scopes = ("oauth", "crm.objects.contacts.read")
    return OAuthApp("client", "sesame", "https://app.test/back", scopes, transport=wire, **more)


def stale(expires_at: float = NOW) -> Tokens:
    return Tokens("old", "again", expires_at)


def fields(request: Request) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs((request.body or b"").decode()).items()}


def test_the_consent_address_is_hubspots_with_blanks_as_percent_20() -> None:
    url = app(optional_scopes=["tickets"]).authorize_url("s&t")
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
    assert (
        app()
        .authorize_url("s", authorize_base="https://eu.test/")
        .startswith("https://eu.test/oauth/authorize?")
    )


@pytest.mark.parametrize(
    ("version", "path"),
    [("v3", "/oauth/v3/token"), ("2026-03", "/oauth/2026-03/token"), ("2026-09", "/oauth/2026-09/token")],
)
def test_a_code_becomes_tokens(version: str, path: str) -> None:
    serve, seen = script(reply(200, GRANT))
    tokens = app(serve, version=version).exchange("the-code", now=lambda: NOW)
    assert tokens == Tokens("fresh", "again", NOW + 1800, ("oauth", "crm.objects.contacts.read"), 62515)
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
    [Reply(200, {}, b"<html>"), reply(200, {}), reply(200, {"access_token": "x"}), reply(200, ["no"])],
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


def test_a_refresh_is_asked_for_three_times() -> None:
    clock = VirtualClock()
    serve, seen = script(ConnectionFailed("lost", sent=True), reply(502), reply(200, GRANT))
    assert run(app().refreshing("again", NOW), serve, clock).access_token == "fresh"
    assert clock.pauses == [0.5, 2.0]
    for last, kind in ((reply(502), ServerError), (reply(429, {}), RateLimited)):
        with pytest.raises(kind):
            run(app().refreshing("again", NOW), script(last, last, last)[0], VirtualClock())
    assert fields(seen[2])["grant_type"] == "refresh_token"


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


def test_an_app_has_credentials() -> None:
    with pytest.raises(ConfigError):
        OAuthApp("client", "", "https://app.test/back", ())


def test_a_good_token_is_given_out_without_asking() -> None:
    source = OAuthTokens(app(), stale(NOW + 1_000))
    assert run(source.bearer(NOW), script()[0]) == "old"


def test_a_token_is_renewed_before_it_expires_and_saved_before_it_is_used() -> None:
    saved: list[Tokens] = []

    def save(tokens: Tokens) -> None:
        assert source.tokens.access_token == "old"
        saved.append(tokens)

    source = OAuthTokens(app(), stale(NOW + 60), save)
    assert run(source.bearer(NOW), script(reply(200, GRANT))[0]) == "fresh"
    assert saved == [source.tokens]
    assert run(source.bearer(NOW), script()[0]) == "fresh"


def test_what_saving_raises_ends_the_call_and_leaves_the_source_usable() -> None:
    def save(tokens: Tokens) -> None:
        raise OSError("disk full")

    source = OAuthTokens(app(), stale(), save)
    for _ in range(2):
        with pytest.raises(OSError, match="disk full"):
            run(source.bearer(NOW), script(reply(200, GRANT))[0])


def test_a_token_that_hubspot_calls_expired_is_renewed_though_it_looks_good() -> None:
    source = OAuthTokens(app(), stale(NOW + 1_000))
    assert source.expired("old")
    assert run(source.bearer(NOW), script(reply(200, GRANT))[0]) == "fresh"
    # A late complaint about the token before does not cost another refresh.
    assert source.expired("old")
    assert run(source.bearer(NOW), script()[0]) == "fresh"


def test_a_dead_grant_is_asked_for_once() -> None:
    source = OAuthTokens(app(), stale())
    with pytest.raises(Disconnected):
        run(source.bearer(NOW), script(reply(400, DEAD))[0])
    with pytest.raises(Disconnected):
        run(source.bearer(NOW), script()[0])
    assert not source.expired("old")


def test_a_token_that_cannot_be_renewed_yet_is_used_while_it_is_good() -> None:
    broken = [reply(502)] * 3
    source = OAuthTokens(app(), stale(NOW + 60))
    assert run(source.bearer(NOW), script(*broken)[0], VirtualClock()) == "old"
    with pytest.raises(ServerError):
        run(source.bearer(NOW + 61), script(*broken)[0], VirtualClock())


def test_a_caller_that_gives_up_hands_the_refresh_to_the_next() -> None:
    source = OAuthTokens(app(), stale())
    abandoned: Flow[str] = source.bearer(NOW)
    next(abandoned)
    abandoned.close()
    assert run(source.bearer(NOW), script(reply(200, GRANT))[0]) == "fresh"


CALLERS = 12


def by_threads(source: OAuthTokens, serve: Serve) -> list[str]:
    found: list[str] = []
    ready = threading.Barrier(CALLERS)

    def one() -> None:
        ready.wait(timeout=30)
        found.append(blocking.run(source.bearer(NOW), lambda request, _: serve(request)))

    threads = [threading.Thread(target=one) for _ in range(CALLERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return found


def by_tasks(source: OAuthTokens, serve: Serve) -> list[str]:
    async def transmit(request: Request, _: Timeout) -> Reply:
        for _ in range(5):
            await asyncio.sleep(0)
        return serve(request)

    async def everybody() -> list[str]:
        return list(await asyncio.gather(*(tasks.arun(source.bearer(NOW), transmit) for _ in range(CALLERS))))

    return asyncio.run(everybody())


@pytest.mark.parametrize("crowd", [by_threads, by_tasks])
def test_one_refresh_serves_everybody(crowd: Callable[..., list[str]]) -> None:
    serve, seen = script(reply(200, GRANT))
    assert crowd(OAuthTokens(app(), stale()), serve) == ["fresh"] * CALLERS
    assert len(seen) == 1
