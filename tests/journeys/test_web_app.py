"""A person connects an account in a web application: real servers, and a browser that keeps cookies."""

from __future__ import annotations

import http.cookiejar
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
import uvicorn

from hubwire import OAuthApp
from hubwire.auth import Connected, MemoryStore, asgi_routes, wsgi_routes
from hubwire.testing.accounts import Account

pytestmark = [pytest.mark.socket, pytest.mark.hubspot(auto_consent=True)]


class Quiet(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None: ...


@contextmanager
def wsgi_site(app: OAuthApp, seen: list[Connected]) -> Iterator[str]:
    def own(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"my page"]

    def connected(connection: Connected, environ: Any) -> None:
        seen.append(connection)

    server = make_server("127.0.0.1", 0, own, handler_class=Quiet)
    base = f"http://localhost:{server.server_port}"
    app.redirect_uri = f"{base}/hubspot/callback"
    server.set_app(wsgi_routes(app, own, connected=connected))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield base
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def asgi_site(app: OAuthApp, seen: list[Connected]) -> Iterator[str]:
    async def own(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"my page"})

    async def connected(connection: Connected, scope: Any) -> None:
        seen.append(connection)

    site: list[Any] = []

    async def late(scope: Any, receive: Any, send: Any) -> None:
        """The redirect URI has the port in it, which is known when the server runs."""
        await site[0](scope, receive, send)

    server = uvicorn.Server(uvicorn.Config(late, port=0, log_level="error", lifespan="off"))
    started = threading.Event()
    begin = server.startup

    async def startup(*more: Any, **options: Any) -> None:
        await begin(*more, **options)
        started.set()

    server.startup = startup  # type: ignore[method-assign]
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        assert started.wait(30)
        base = f"http://localhost:{server.servers[0].sockets[0].getsockname()[1]}"
        app.redirect_uri = f"{base}/hubspot/callback"
        site.append(asgi_routes(app, own, connected=connected))
        yield base
    finally:
        server.should_exit = True
        thread.join(timeout=30)


@pytest.mark.parametrize("site", [wsgi_site, asgi_site])
def test_an_account_is_connected_in_a_web_application(site: Any, hubspot_server: Account) -> None:
    identity = hubspot_server.identity
    app = OAuthApp(
        identity.client_id,
        identity.client_secret,
        scopes=["oauth", "crm.objects.contacts.read", "crm.objects.contacts.write"],
        base_url=hubspot_server.base_url,
        store=MemoryStore(),
    )
    seen: list[Connected] = []
    with site(app, seen) as base:
        browser = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()), urllib.request.ProxyHandler({})
        )
        with browser.open(f"{base}/anything", timeout=30) as page:
            assert page.read() == b"my page"
        with browser.open(f"{base}/connect", timeout=30) as page:
            address, text = page.geturl(), page.read().decode()
        assert f"Account {identity.portal_id} is connected" in text
        assert address.startswith(app.redirect_uri)
        # The address in the browser's history is worth nothing a second time.
        with pytest.raises(urllib.error.HTTPError) as again:
            browser.open(address, timeout=30)
        assert again.value.code == 400
        again.value.close()
        # From there one ends where one came from.
        with browser.open(f"{base}/connect?return_to=/anything", timeout=30) as page:
            assert (page.geturl(), page.read()) == (f"{base}/anything", b"my page")
    assert [connection.portal_id for connection in seen] == [identity.portal_id] * 2
    made = app.portal(identity.portal_id).contacts.create({"email": "ada@example.com"})
    assert made.id
    app.close()
