"""To HubSpot's consent page and back: the state that binds a return to the browser that left.

The state is signed with a key derived from the client secret, over a random word that the browser keeps in a
cookie: somebody else's return, sent to this browser, has another word. It counts once and for ten minutes;
which ones have come back is noted in the token store, so that it holds for all machines.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
from collections.abc import Iterable, Mapping
from functools import partial
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qsl, urlsplit

import msgspec

from hubwire.auth.grant import Tokens
from hubwire.auth.oauth import OAuthClient
from hubwire.auth.stores.store import Key
from hubwire.errors import ConsentDenied, Problem, StateMismatch, UnexpectedAnswer
from hubwire.wire.flow import Flow, do

SECONDS = 600.0
"""How long a person may take at the consent page."""
COOKIE = "hubwire_connect"
SPENT = "oauth state"
AGAIN = "Start again from the beginning, in one browser"


class Departure(msgspec.Struct, frozen=True):
    """Redirect the browser to `url`, with `set_cookie` as the value of a `Set-Cookie` header."""

    url: str
    set_cookie: str
    state: str

    def __repr__(self) -> str:
        return f"Departure({self.url.partition('?')[0]!r})"


class Connected(msgspec.Struct, frozen=True):
    """An account that was just connected. Its tokens are in the store."""

    portal_id: int
    tokens: Tokens
    missing: tuple[str, ...]
    """Scopes that were asked for and not granted; the optional ones are not counted."""
    return_to: str
    """The path that `depart` was given, or `/`."""


class _State(msgspec.Struct, frozen=True, array_like=True):
    nonce: str
    issued: int
    return_to: str
    conditional: tuple[str, ...]


def depart(
    app: OAuthClient,
    *,
    cookies: str | Mapping[str, str] | None = None,
    portal_id: int | str | None = None,
    conditional: Iterable[str] = (),
    return_to: str = "/",
) -> Departure:
    """The way to the consent page. `cookies` are those of the request (header, or name and value): a browser
    that has two connections under way keeps both.
    """
    browser = _cookie(app, cookies) or _word()
    wanted = app.scopes.asked(conditional)
    extra = tuple(scope for scope in wanted if scope not in app.scopes.required)
    made = _State(_word(), int(app.now()), local_path(return_to), extra)
    payload = _encoded(msgspec.json.encode(made))
    state = f"{payload}.{_signature(app, payload, browser)}"
    return Departure(
        app.authorize_url(state, portal_id=portal_id, conditional=extra), _set_cookie(app, browser), state
    )


def returning(
    app: OAuthClient, query: str | Mapping[str, str], cookies: str | Mapping[str, str] | None
) -> Flow[Connected]:
    """The connection that a return from the consent page makes, with its tokens saved.

    Raises `StateMismatch`, `ConsentDenied`, or what exchanging the code raises. `query` is the query string,
    the whole address, or the parameters.
    """
    given = _parameters(query)
    now = app.now()
    state = _checked(app, given.get("state", ""), _cookie(app, cookies), now)
    claim = partial(app.store.acquire, Key(SPENT, state.nonce), _word(), 2 * SECONDS)
    if (yield from do(claim)) is None:
        raise StateMismatch(f"this return from the consent page was used before. {AGAIN}")
    code = given.get("code")
    if not code:
        raise denied(given)
    return (yield from connecting(app, code, state.conditional, state.return_to))


def connecting(
    app: OAuthClient, code: str, conditional: Iterable[str] = (), return_to: str = "/"
) -> Flow[Connected]:
    """Tokens for a code, saved. The state has been looked at."""
    tokens = yield from app.exchanging(code, app.now())
    if tokens.hub_id is None or not tokens.scopes:
        info = yield from app.introspecting(tokens.access_token)
        tokens = msgspec.structs.replace(
            tokens, hub_id=tokens.hub_id or info.hub_id, scopes=tokens.scopes or info.scopes
        )
    if tokens.hub_id is None:
        raise UnexpectedAnswer(Problem(200, {"message": "HubSpot does not say which account was connected"}))
    key = app.key(tokens.hub_id)
    yield from do(partial(app.store.save, key, tokens))
    app.changed(key)
    missing = tuple(scope for scope in app.scopes.asked(conditional) if scope not in tokens.scopes)
    return Connected(tokens.hub_id, tokens, missing, return_to)


def denied(given: Mapping[str, str]) -> ConsentDenied:
    """What the consent page says instead of a code."""
    word = given.get("error") or "no code came back"
    told = given.get("error_description") or word
    return ConsentDenied(Problem(400, {"error": word, "message": f"the account was not connected: {told}"}))


def local_path(path: str) -> str:
    """The path, if it leads nowhere but to this site; else `/`."""
    plain = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if plain and "\\" not in path and len(path) <= 1000 else "/"


def _checked(app: OAuthClient, state: str, browser: str | None, now: float) -> _State:
    payload, dot, signature = state.partition(".")
    if not dot or browser is None:
        raise StateMismatch(f"this browser began no connection, or it did not keep the cookie. {AGAIN}")
    if not hmac.compare_digest(signature.encode(), _signature(app, payload, browser).encode()):
        raise StateMismatch(f"this return from the consent page belongs to another browser. {AGAIN}")
    found = msgspec.json.decode(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)), type=_State)
    if abs(now - found.issued) > SECONDS:
        raise StateMismatch(f"the way to the consent page and back took longer than ten minutes. {AGAIN}")
    return found


def _signature(app: OAuthClient, payload: str, browser: str) -> str:
    key = hmac.digest(app.client_secret.encode(), b"hubwire oauth state", "sha256")
    told = json.dumps([payload, browser]).encode()
    return _encoded(hmac.new(key, told, hashlib.sha256).digest())


def _parameters(query: str | Mapping[str, str]) -> Mapping[str, str]:
    if not isinstance(query, str):
        return query
    text = urlsplit(query).query if "://" in query else query.removeprefix("?")
    return dict(parse_qsl(text, keep_blank_values=True))


def _name(app: OAuthClient) -> str:
    # The prefix makes browsers refuse the cookie from anybody but this very host.
    return f"__Host-{COOKIE}" if app.redirect_uri.startswith("https:") else COOKIE


def _set_cookie(app: OAuthClient, browser: str) -> str:
    secure = "; Secure" if app.redirect_uri.startswith("https:") else ""
    # Lax: HubSpot's page sends the browser back with a plain GET from another site.
    return f"{_name(app)}={browser}; Path=/; Max-Age={SECONDS:.0f}; HttpOnly; SameSite=Lax{secure}"


def _cookie(app: OAuthClient, cookies: str | Mapping[str, str] | None) -> str | None:
    if cookies is None or isinstance(cookies, str):
        try:
            cookies = {name: morsel.value for name, morsel in SimpleCookie(cookies or "").items()}
        except CookieError:
            return None
    value = cookies.get(_name(app), "")
    return value if 16 <= len(value) <= 64 and value.replace("-", "").replace("_", "").isalnum() else None


def _word() -> str:
    return _encoded(os.urandom(18))


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
