"""The two routes of an app's install flow, for any ASGI or WSGI application."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from html import escape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec

from hubwire.auth.consent import Connected, depart, local_path, returning
from hubwire.auth.oauth import OAuthClient
from hubwire.errors import ConfigError, ConsentDenied, HubSpotError, HubwireError, StateMismatch

log = logging.getLogger(__name__)
CONNECT = "/connect"
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Asgi = Callable[[Message, Receive, Send], Awaitable[None]]
StartResponse = Callable[..., Any]
Wsgi = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]
Told = Callable[[Connected, Any], Any]
"""Called with the connection and the request's scope (ASGI) or environ (WSGI). May return the path to go on
to; under ASGI it may be a coroutine function.
"""

STATUS = {
    200: "200 OK",
    302: "302 Found",
    400: "400 Bad Request",
    403: "403 Forbidden",
    502: "502 Bad Gateway",
}
PAGE_HEADERS = [
    ("Content-Type", "text/html; charset=utf-8"),
    ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"),
]
ALWAYS = [
    ("Cache-Control", "no-store"),
    # The code stands in the address: no other site shall be told it.
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
]


class _Response(msgspec.Struct, frozen=True):
    status: int
    headers: list[tuple[str, str]]
    body: bytes = b""


def asgi_routes(
    app: OAuthClient, then: Asgi | None = None, *, connect: str = CONNECT, connected: Told | None = None
) -> Asgi:
    """An ASGI application with `connect` and the path of the app's redirect URI; all else goes to `then`.

    `connected` is told of every account. `/connect?return_to=/welcome` ends there, `?portal_id=12345` chooses
    the account beforehand.
    """
    callback = _callback_path(app, connect)

    async def routes(scope: Message, receive: Receive, send: Send) -> None:
        path = scope.get("path")
        if scope["type"] != "http" or path not in (connect, callback) or scope["method"] != "GET":
            await (then or _not_found)(scope, receive, send)
            return
        query = scope.get("query_string", b"").decode("latin-1")
        heard = [value for name, value in scope["headers"] if name.lower() == b"cookie"]
        cookies = b"; ".join(heard).decode("latin-1")
        if path == connect:
            answer = _departing(app, query, cookies)
        else:
            try:
                made = await app.aperform(returning(app, query, cookies))
                further = connected(made, scope) if connected is not None else None
                answer = _arrived(made, await further if inspect.isawaitable(further) else further)
            except HubwireError as problem:
                answer = _refused(problem)
        await _send_asgi(send, answer)

    return routes


def wsgi_routes(
    app: OAuthClient, then: Wsgi | None = None, *, connect: str = CONNECT, connected: Told | None = None
) -> Wsgi:
    """The same for WSGI: `flask_app.wsgi_app = wsgi_routes(app, flask_app.wsgi_app)`."""
    callback = _callback_path(app, connect)

    def routes(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        within = environ.get("PATH_INFO", "")
        # A server may have taken the first part of the path off; the redirect URI has it.
        path = callback if environ.get("SCRIPT_NAME", "") + within == callback else within
        if path not in (connect, callback) or environ.get("REQUEST_METHOD") != "GET":
            return (then or _wsgi_not_found)(environ, start_response)
        query, cookies = environ.get("QUERY_STRING", ""), environ.get("HTTP_COOKIE", "")
        if path == connect:
            answer = _departing(app, query, cookies)
        else:
            try:
                made = app.perform(returning(app, query, cookies))
                answer = _arrived(made, connected(made, environ) if connected is not None else None)
            except HubwireError as problem:
                answer = _refused(problem)
        start_response(STATUS[answer.status], answer.headers)
        return [answer.body]

    return routes


def _callback_path(app: OAuthClient, connect: str) -> str:
    path = urlsplit(app.redirect_uri).path or "/"
    if path == connect:
        raise ConfigError(
            f"the redirect URI ends at {connect}, which is where the flow begins: choose another"
        )
    return path


def _departing(app: OAuthClient, query: str, cookies: str) -> _Response:
    given = dict(parse_qsl(query))
    try:
        leaving = depart(
            app,
            cookies=cookies,
            portal_id=given.get("portal_id") or None,
            return_to=given.get("return_to") or "/",
        )
    except HubwireError as problem:
        return _refused(problem)
    return _Response(302, [("Location", leaving.url), ("Set-Cookie", leaving.set_cookie), *ALWAYS])


def _arrived(made: Connected, further: Any) -> _Response:
    target = further if isinstance(further, str) else made.return_to
    if local_path(target) != "/" or isinstance(further, str):
        return _Response(302, [("Location", target), *ALWAYS])
    lacking = f" Not granted: {', '.join(made.missing)}." if made.missing else ""
    return _page(
        200, "Connected", f"Account {made.portal_id} is connected.{lacking} You can close this page."
    )


def _refused(problem: HubwireError) -> _Response:
    if isinstance(problem, ConsentDenied):
        return _page(403, "Not connected", problem.args[0])
    if isinstance(problem, StateMismatch | ConfigError):
        return _page(400, "Not connected", str(problem))
    if isinstance(problem, HubSpotError):
        return _page(502, "Not connected", f"HubSpot did not complete the connection: {problem}")
    # Of a database or a network: for whoever runs the site, not for who visits it.
    log.error("an account could not be connected: %s", problem)
    return _page(502, "Not connected", "The connection could not be completed. Try again in a little while.")


def _page(status: int, title: str, text: str) -> _Response:
    style = (
        "body{font:1rem/1.5 system-ui,sans-serif;max-width:36rem;margin:4rem auto;padding:0 1rem;"
        "color-scheme:light dark}"
    )
    body = (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{escape(title)}</title>"
        f"<style>{style}</style><h1>{escape(title)}</h1><p>{escape(text)}</p></html>"
    )
    return _Response(status, [*PAGE_HEADERS, *ALWAYS], body.encode())


async def _send_asgi(send: Send, answer: _Response) -> None:
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})


async def _not_found(scope: Message, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        while True:
            word = (await receive())["type"].rpartition(".")[2]
            await send({"type": f"lifespan.{word}.complete"})
            if word == "shutdown":
                return
    await send({"type": "http.response.start", "status": 404, "headers": []})
    await send({"type": "http.response.body", "body": b"not found"})


def _wsgi_not_found(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    del environ
    start_response("404 Not Found", [("Content-Type", "text/plain")])
    return [b"not found"]
