"""To the consent page and back: bound to a browser, once; and the two routes that do it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubwire import OAuthApp
from hubwire.auth import Connected, MemoryStore, Scopes, Tokens, asgi_routes, wsgi_routes
from hubwire.auth.consent import SECONDS, local_path
from hubwire.errors import (
    ConfigError,
    ConsentDenied,
    Disconnected,
    OAuthError,
    StateMismatch,
    TokenStoreError,
)
from hubwire.wire.blocking import run
from hubwire.wire.message import Reply, Request, Timeout
from tests.unit.client.helpers import reply

NOW = 1_000_000.0
GRANT = {
    "access_token": "fresh",
    "refresh_token": "again",
    "expires_in": 1800,
    "hub_id": 62515,
    "scopes": ["oauth"],
}
FACTS = {"active": True, "hub_id": 62515, "scopes": ["oauth", "tickets"]}


class Hubspot:
    """Answers the token endpoint, and lists what it was asked."""

    def __init__(self, *answers: Reply) -> None:
        self.answers, self.seen = list(answers), list[Request]()

    def send(self, request: Request, timeout: Timeout) -> Reply:
        self.seen.append(request)
        return self.answers.pop(0) if self.answers else reply(200, GRANT)

    def close(self) -> None: ...


def app(*answers: Reply, **more: Any) -> OAuthApp:
    more.setdefault("scopes", ("oauth", "tickets"))
    redirect = more.pop("redirect_uri", "https://app.test/back")
    made = OAuthApp("client", "sesame", redirect, transport=Hubspot(*answers), store=MemoryStore(), **more)
    made.now = lambda: NOW
    return made


def asked(made: OAuthApp) -> list[Request]:
    assert isinstance(made._transport, Hubspot)
    return made._transport.seen


def cookie_of(header: str) -> str:
    """What the browser sends back."""
    return header.partition(";")[0]


def test_a_return_to_the_browser_that_left_connects_the_account() -> None:
    made = app()
    leaving = made.depart(return_to="/settings")
    assert parse_qs(urlsplit(leaving.url).query)["state"] == [leaving.state]
    back = made.callback({"code": "c", "state": leaving.state}, cookie_of(leaving.set_cookie))
    assert (back.portal_id, back.missing, back.return_to) == (62515, ("tickets",), "/settings")
    kept = made.store.load(made.key(62515))
    assert kept is not None
    assert kept.tokens == back.tokens
    assert made.portals() == [62515]


@pytest.mark.parametrize(
    "form", ["code=c&state={}", "?code=c&state={}", "https://app.test/back?code=c&state={}"]
)
def test_the_return_may_be_given_as_query_or_address(form: str) -> None:
    made = app()
    leaving = made.depart()
    name, _, value = cookie_of(leaving.set_cookie).partition("=")
    assert made.callback(form.format(leaving.state), {name: value}).portal_id == 62515


def test_what_binds_the_browser_is_not_shown() -> None:
    leaving = app().depart()
    assert repr(leaving) == "Departure('https://app.hubspot.com/oauth/authorize')"


def test_a_return_counts_once() -> None:
    made = app()
    leaving = made.depart()
    given = ({"code": "c", "state": leaving.state}, cookie_of(leaving.set_cookie))
    made.callback(*given)
    with pytest.raises(StateMismatch, match="used before"):
        made.callback(*given)
    assert len(asked(made)) == 1


def test_a_return_counts_once_on_all_machines() -> None:
    one, other = app(), app()
    other._store = one.store
    leaving = one.depart()
    given = ({"code": "c", "state": leaving.state}, cookie_of(leaving.set_cookie))
    other.callback(*given)
    with pytest.raises(StateMismatch):
        one.callback(*given)


def test_somebody_elses_return_connects_nothing() -> None:
    made = app()
    mine, theirs = made.depart(), made.depart()
    for cookies in (cookie_of(mine.set_cookie), "", None, "hubwire_connect=short", "a=b; \x00"):
        with pytest.raises(StateMismatch):
            made.callback({"code": "c", "state": theirs.state}, cookies)
    assert asked(made) == []


def test_a_browser_can_have_two_connections_under_way() -> None:
    made = app()
    first = made.depart()
    second = made.depart(cookies=cookie_of(first.set_cookie))
    browser = cookie_of(second.set_cookie)
    assert browser == cookie_of(first.set_cookie)
    for leaving in (second, first):
        assert made.callback({"code": "c", "state": leaving.state}, browser).portal_id == 62515


@pytest.mark.parametrize(("seconds", "good"), [(SECONDS, True), (SECONDS + 1, False), (-SECONDS - 1, False)])
def test_a_return_is_good_for_ten_minutes(seconds: float, good: bool) -> None:
    made = app()
    leaving = made.depart()
    made.now = lambda: NOW + seconds
    given = ({"code": "c", "state": leaving.state}, cookie_of(leaving.set_cookie))
    if good:
        made.callback(*given)
    else:
        with pytest.raises(StateMismatch, match="ten minutes"):
            made.callback(*given)


@given(place=st.integers(0, 500), shift=st.integers(1, 127))
def test_no_changed_state_is_believed(place: int, shift: int) -> None:
    made = app()
    leaving = made.depart()
    place %= len(leaving.state)
    letter = chr((ord(leaving.state[place]) + shift) % 128)
    state = leaving.state[:place] + letter + leaving.state[place + 1 :]
    with pytest.raises(StateMismatch):
        made.callback({"code": "c", "state": state}, cookie_of(leaving.set_cookie))


@given(state=st.text(max_size=60), cookies=st.text(max_size=60))
def test_whatever_comes_back_is_a_mismatch_and_nothing_worse(state: str, cookies: str) -> None:
    with pytest.raises(StateMismatch):
        app().callback({"code": "c", "state": state}, cookies)


def test_another_apps_state_is_not_believed() -> None:
    leaving = app().depart()
    other = OAuthApp("client", "other secret", "https://app.test/back", store=MemoryStore())
    other.now = lambda: NOW
    with pytest.raises(StateMismatch):
        other.callback({"code": "c", "state": leaving.state}, cookie_of(leaving.set_cookie))


def test_a_refusal_is_told_and_its_state_is_used_up() -> None:
    made = app()
    leaving = made.depart()
    back = {"error": "access_denied", "error_description": "The user said no", "state": leaving.state}
    with pytest.raises(ConsentDenied, match="The user said no") as error:
        made.callback(back, cookie_of(leaving.set_cookie))
    assert error.value.code == "access_denied"
    with pytest.raises(StateMismatch):
        made.callback(back, cookie_of(leaving.set_cookie))


def test_what_the_token_endpoint_leaves_out_is_asked_for() -> None:
    bare = {"access_token": "fresh", "refresh_token": "again", "expires_in": 1800}
    made = app(reply(200, bare), reply(200, FACTS))
    leaving = made.depart()
    back = made.callback({"code": "c", "state": leaving.state}, cookie_of(leaving.set_cookie))
    assert (back.portal_id, back.missing) == (62515, ())
    assert asked(made)[1].path.endswith("/introspect")


def test_conditional_scopes_that_were_asked_for_have_to_be_granted() -> None:
    made = app(scopes=Scopes(("oauth",), optional=("content",), conditional=("tickets",)))
    leaving = made.depart(conditional=["tickets"])
    back = made.callback({"code": "c", "state": leaving.state}, cookie_of(leaving.set_cookie))
    assert back.missing == ("tickets",)


def test_the_cookie_is_for_this_host_and_no_script() -> None:
    secure = SimpleCookie(app().depart().set_cookie)
    morsel = secure["__Host-hubwire_connect"]
    assert (morsel["secure"], morsel["httponly"], morsel["samesite"], morsel["path"]) == (
        True,
        True,
        "Lax",
        "/",
    )
    plain = SimpleCookie(app(redirect_uri="http://localhost:3000/back").depart().set_cookie)
    assert plain["hubwire_connect"]["secure"] == ""


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/a?b=c#d", "/a?b=c#d"),
        ("//evil.test", "/"),
        ("/\\evil.test", "/"),
        ("https://evil.test", "/"),
        ("javascript:x", "/"),
        ("/a\r\nSet-Cookie: x", "/"),
        ("", "/"),
        ("/" + "a" * 2000, "/"),
    ],
)
def test_nobody_is_led_to_another_site(path: str, kept: str) -> None:
    assert local_path(path) == kept


# The routes

Browse = Callable[..., tuple[int, dict[str, str], str]]


def wsgi_browser(made: OAuthApp, **options: Any) -> Browse:
    def inner(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response("200 OK", [("X-Inner", "yes")])
        return [b"inner"]

    routes = wsgi_routes(made, inner, **options)

    def browse(path: str, cookie: str = "", method: str = "GET") -> tuple[int, dict[str, str], str]:
        began: list[Any] = []
        plain, _, query = path.partition("?")
        environ = {"REQUEST_METHOD": method, "PATH_INFO": plain, "QUERY_STRING": query, "HTTP_COOKIE": cookie}
        body = b"".join(routes(environ, lambda status, headers: began.extend((status, headers))))
        return int(began[0].split()[0]), dict(began[1]), body.decode()

    return browse


def asgi_browser(made: OAuthApp, **options: Any) -> Browse:
    async def inner(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"x-inner", b"yes")]})
        await send({"type": "http.response.body", "body": b"inner"})

    routes = asgi_routes(made, inner, **options)

    def browse(path: str, cookie: str = "", method: str = "GET") -> tuple[int, dict[str, str], str]:
        sent: list[Any] = []
        plain, _, query = path.partition("?")
        scope = {
            "type": "http",
            "method": method,
            "path": plain,
            "query_string": query.encode(),
            "headers": [(b"cookie", cookie.encode())] if cookie else [],
        }

        async def send(message: Any) -> None:
            sent.append(message)

        async def receive() -> Any:
            raise AssertionError("there is no body")

        asyncio.run(routes(scope, receive, send))
        headers = {name.decode().title(): value.decode() for name, value in sent[0]["headers"]}
        return sent[0]["status"], headers, sent[1]["body"].decode()

    return browse


@pytest.fixture(params=[wsgi_browser, asgi_browser])
def browser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Browse]:
    class Async:
        def __init__(self, made: OAuthApp) -> None:
            self.transport = made._transport

        async def send(self, request: Request, timeout: Timeout) -> Reply:  # noqa: ASYNC109
            assert self.transport is not None
            return self.transport.send(request, timeout)

        async def close(self) -> None: ...

    kind: Callable[..., Browse] = request.param

    def opened(made: OAuthApp, **options: Any) -> Browse:
        monkeypatch.setattr("hubwire.auth.oauth.default_async_transport", lambda: Async(made))
        return kind(made, **options)

    return opened


def test_the_routes_connect_an_account(browser: Callable[..., Browse]) -> None:
    made = app()
    browse = browser(made)
    status, headers, _ = browse("/connect?portal_id=62515")
    assert status == 302
    assert headers["Location"].startswith("https://app.hubspot.com/oauth/62515/authorize?")
    state = parse_qs(urlsplit(headers["Location"]).query)["state"][0]
    status, headers, body = browse(f"/back?code=c&state={state}", cookie_of(headers["Set-Cookie"]))
    assert status == 200
    assert "Account 62515 is connected" in body
    assert "tickets" in body
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert made.portals() == [62515]


def test_everything_else_goes_to_the_application(browser: Callable[..., Browse]) -> None:
    browse = browser(app())
    for path, method in (("/", "GET"), ("/connected", "GET"), ("/back", "POST"), ("/connect/x", "GET")):
        assert browse(path, "", method)[2] == "inner"


@pytest.mark.parametrize(("told", "target"), [(None, "/after"), ("/welcome?x=1", "/welcome?x=1")])
def test_the_way_goes_on_where_it_was_told(
    told: str | None, target: str, browser: Callable[..., Browse]
) -> None:
    heard: list[Connected] = []

    def connected(connection: Connected, request: Any) -> str | None:
        assert request
        heard.append(connection)
        return told

    browse = browser(app(), connected=connected)
    _, headers, _ = browse("/connect?return_to=/after")
    state = parse_qs(urlsplit(headers["Location"]).query)["state"][0]
    status, headers, _ = browse(f"/back?code=c&state={state}", cookie_of(headers["Set-Cookie"]))
    assert (status, headers["Location"]) == (302, target)
    assert [connection.portal_id for connection in heard] == [62515]


@pytest.mark.parametrize(
    ("path", "status", "word"),
    [
        ("/connect?portal_id=evil", 400, "no id of an account"),
        ("/back?code=c&state=forged", 400, "Start again"),
        ("/back", 400, "Start again"),
        ("/back?error=x&error_description=%3Cscript%3E", 400, "Start again"),
    ],
)
def test_what_goes_wrong_is_a_page(path: str, status: int, word: str, browser: Callable[..., Browse]) -> None:
    found = browser(app())(path, "__Host-hubwire_connect=" + "a" * 24)
    assert found[0] == status
    assert word in found[2]
    assert "<script>" not in found[2]


def test_a_refusal_of_hubspots_is_a_page_without_secrets(browser: Callable[..., Browse]) -> None:
    wrong = {"status": "BAD_AUTH_CODE", "error": "invalid_grant", "message": "<b>unknown</b> code"}
    browse = browser(app(reply(400, wrong)))
    _, headers, _ = browse("/connect")
    state = parse_qs(urlsplit(headers["Location"]).query)["state"][0]
    status, _, body = browse(f"/back?code=c0de&state={state}", cookie_of(headers["Set-Cookie"]))
    assert status == 502
    assert "&lt;b&gt;unknown" in body
    assert "sesame" not in body
    assert "c0de" not in body


def test_what_is_wrong_with_the_site_is_for_its_owner_to_read(
    browser: Callable[..., Browse], caplog: pytest.LogCaptureFixture
) -> None:
    class Down(MemoryStore):
        def acquire(self, *_: Any) -> Any:
            raise TokenStoreError("no connection to db.internal")

    made = app()
    made._store = Down()
    browse = browser(made)
    _, headers, _ = browse("/connect")
    state = parse_qs(urlsplit(headers["Location"]).query)["state"][0]
    status, _, body = browse(f"/back?code=c&state={state}", cookie_of(headers["Set-Cookie"]))
    assert status == 502
    assert "db.internal" not in body
    assert "db.internal" in caplog.text


def test_connecting_again_is_known_at_once_in_this_process() -> None:
    made = app()
    made.store.save(made.key(62515), Tokens("old", "old", NOW + 1_000), disconnected="BAD_REFRESH_TOKEN")
    source = made.tokens(62515)
    with pytest.raises(Disconnected):
        run(source.bearer(NOW), lambda *_: reply(500))
    leaving = made.depart()
    made.callback({"code": "c", "state": leaving.state}, cookie_of(leaving.set_cookie))
    assert run(source.bearer(NOW), lambda *_: reply(500)) == "fresh"


def test_an_async_function_may_be_told_of_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    async def connected(connection: Connected, scope: Any) -> str:
        return f"/accounts/{connection.portal_id}"

    class Async(Hubspot):
        async def send(self, request: Request, timeout: Timeout) -> Reply:  # type: ignore[override]  # noqa: ASYNC109
            return reply(200, GRANT)

        async def close(self) -> None: ...  # type: ignore[override]

    monkeypatch.setattr("hubwire.auth.oauth.default_async_transport", Async)
    browse = asgi_browser(app(), connected=connected)
    _, headers, _ = browse("/connect")
    state = parse_qs(urlsplit(headers["Location"]).query)["state"][0]
    assert (
        browse(f"/back?code=c&state={state}", cookie_of(headers["Set-Cookie"]))[1]["Location"]
        == "/accounts/62515"
    )


def test_without_an_application_behind_them_the_routes_stand_alone() -> None:
    events = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])
    sent: list[Any] = []

    async def receive() -> Any:
        return next(events)

    async def send(message: Any) -> None:
        sent.append(message["type"])

    asyncio.run(asgi_routes(app())({"type": "lifespan"}, receive, send))
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    asyncio.run(
        asgi_routes(app())({"type": "http", "method": "GET", "path": "/x", "headers": []}, receive, send)
    )
    assert sent[2:] == ["http.response.start", "http.response.body"]
    statuses: list[str] = []
    wsgi_routes(app())(
        {"PATH_INFO": "/x", "REQUEST_METHOD": "GET"}, lambda status, _: statuses.append(status)
    )
    assert statuses == ["404 Not Found"]


def test_a_flow_that_would_end_where_it_begins_is_refused() -> None:
    with pytest.raises(ConfigError, match="/back"):
        wsgi_routes(app(), connect="/back")


def test_a_code_that_is_no_good_disconnects_nobody() -> None:
    made = app(reply(400, {"status": "EXPIRED_AUTH_CODE", "error": "invalid_grant"}))
    leaving = made.depart()
    with pytest.raises(OAuthError) as error:
        made.callback({"code": "c", "state": leaving.state}, cookie_of(leaving.set_cookie))
    assert error.value.code == "EXPIRED_AUTH_CODE"
    assert made.store.list() == []
