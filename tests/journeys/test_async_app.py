"""An OAuth app's whole life in asyncio: connected, looked up, used, revoked or uninstalled."""

from __future__ import annotations

import asyncio
import http.client
from urllib.parse import urlsplit

import pytest

from hubwire import OAuthApp
from hubwire.auth import MemoryStore, SunsetWarning
from hubwire.errors import Disconnected, NotConnected
from hubwire.testing.accounts import Account

pytestmark = [pytest.mark.socket, pytest.mark.hubspot(auto_consent=True)]
SCOPES = ("oauth", "crm.objects.contacts.read", "crm.objects.contacts.write")


def made(server: Account, version: str) -> OAuthApp:
    known = server.identity
    return OAuthApp(
        known.client_id, known.client_secret, scopes=SCOPES, base_url=server.base_url, version=version,
        store=MemoryStore(),
    )  # fmt: skip


def visit(url: str) -> str:
    """Where the consent page sends a browser that agrees."""
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.netloc, timeout=30)
    try:
        connection.request("GET", f"{address.path}?{address.query}")
        answer = connection.getresponse()
        answer.read()
        return answer.headers["Location"]
    finally:
        connection.close()


async def connect(app: OAuthApp) -> int:
    leaving = app.depart()
    back = await asyncio.to_thread(visit, leaving.url)
    name, _, value = leaving.set_cookie.partition(";")[0].partition("=")
    connected = await app.acallback(urlsplit(back).query, {name: value})
    return connected.portal_id


@pytest.mark.parametrize("version", ["v3", "2026-03", "2026-09"])
def test_an_account_is_connected_used_and_let_go(version: str, hubspot_server: Account) -> None:
    async def life() -> None:
        app = made(hubspot_server, version)
        try:
            portal = await connect(app)
            assert portal == hubspot_server.identity.portal_id
            hub = app.async_portal(portal)
            assert (await hub.contacts.create({"email": "ada@example.com"})).id
            kept = app.store.load(app.key(portal))
            assert kept is not None
            told = await app.aintrospect(kept.tokens.access_token)
            assert (told.active, told.hub_id, set(told.scopes)) == (True, portal, set(SCOPES))
            of_refresh = await app.aintrospect(kept.tokens.refresh_token, refresh=True)
            assert (of_refresh.active, of_refresh.hub_id) == (True, portal)

            await app.arevoke(portal)
            assert not (await app.aintrospect(kept.tokens.refresh_token, refresh=True)).active
            with pytest.raises(Disconnected):
                await app.async_portal(portal).contacts.create({"email": "bob@example.com"})
        finally:
            await app.aclose()

    asyncio.run(life())


def test_an_app_is_uninstalled(hubspot_server: Account) -> None:
    async def life() -> None:
        app = made(hubspot_server, "2026-09")
        try:
            portal = await connect(app)
            await app.auninstall(portal)
            assert app.store.load(app.key(portal)) is None
            with pytest.raises(NotConnected):
                await app.async_portal(portal).contacts.create({"email": "bob@example.com"})
            with pytest.raises(NotConnected):
                await app.arevoke(portal)
        finally:
            await app.aclose()

    asyncio.run(life())


def test_the_old_endpoints_do_the_same_until_they_end(hubspot_server: Account) -> None:
    async def life() -> None:
        with pytest.warns(SunsetWarning):
            app = made(hubspot_server, "v1")
        try:
            portal = await connect(app)
            kept = app.store.load(app.key(portal))
            assert kept is not None
            assert (await app.aintrospect(kept.tokens.access_token)).hub_id == portal
            await app.arevoke(portal)
            assert not (await app.aintrospect(kept.tokens.refresh_token, refresh=True)).active
        finally:
            await app.aclose()

    asyncio.run(life())


def test_a_code_is_exchanged_by_hand(hubspot_server: Account) -> None:
    async def life() -> None:
        app = made(hubspot_server, "v3")
        try:
            back = await asyncio.to_thread(visit, app.authorize_url("mine"))
            code = dict(pair.split("=", 1) for pair in urlsplit(back).query.split("&"))["code"]
            tokens = await app.aexchange(code)
            assert tokens.hub_id == hubspot_server.identity.portal_id
        finally:
            await app.aclose()

    asyncio.run(life())
