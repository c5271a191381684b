"""An OAuth app of HubSpot as seen from the wire: consent address, tokens, their facts, their end.

https://developers.hubspot.com/docs/guides/apps/authentication/working-with-oauth
"""

from __future__ import annotations

import os
import time
import warnings
from collections.abc import Callable, Iterable
from functools import partial
from typing import TypeVar
from urllib.parse import quote, urlencode

from hubwire.auth.address import api_address, consent_address
from hubwire.auth.grant import Tokens, read_tokens, refusal, unwelcome
from hubwire.auth.info import TokenInfo, read_info
from hubwire.auth.refresh import StoredTokens, Timing
from hubwire.auth.scopes import Scopes
from hubwire.auth.stores.opening import open_store
from hubwire.auth.stores.store import REVOKED, Key, TokenStore
from hubwire.catalogue import load
from hubwire.errors import ConfigError, ConnectionFailed, NotConnected
from hubwire.wire.blocking import run
from hubwire.wire.flow import Flow, do, send
from hubwire.wire.message import AsyncTransport, Reply, Request, Timeout, Transport, form
from hubwire.wire.tasks import arun
from hubwire.wire.transports import default_async_transport, default_transport

T = TypeVar("T")
VERSIONS = (*load.VERSIONS, "v1")
REDIRECT_URI = "http://localhost:3000/oauth-callback"
"""That of HubSpot's own example app."""
FORM = "application/x-www-form-urlencoded"
# https://developers.hubspot.com/changelog/v1-oauth-api-deprecation
V1_ENDS = "HubSpot's OAuth v1 endpoints stop on 16 February 2027: leave version= out, or choose 'v3'"


class SunsetWarning(FutureWarning):
    """What is used stops working on a day that HubSpot has named."""


class OAuthClient:
    """An app's credentials, and everything that can be asked with them. `hubwire.OAuthApp` adds the hubs.

    Methods that begin with `a` are for asyncio.
    """

    def __init__(
        self,
        client_id: str | None = None,
        client_secret: str | None = None,
        redirect_uri: str = REDIRECT_URI,
        scopes: Iterable[str] | Scopes = ("oauth",),
        *,
        store: TokenStore | str | None = None,
        base_url: str | None = None,
        version: str = load.NEWEST,
        transport: Transport | None = None,
    ) -> None:
        """Without id and secret: `HUBSPOT_CLIENT_ID`, `HUBSPOT_CLIENT_SECRET` (the first, where several stand
        there during a rotation). `store` may be an address (see `open_store`). `version` is that of the OAuth
        endpoints, and may be `v1`, `v3` or a dated one.
        """
        client_id = client_id or os.environ.get("HUBSPOT_CLIENT_ID", "")
        secret = client_secret or os.environ.get("HUBSPOT_CLIENT_SECRET", "").partition(",")[0]
        if not client_id.strip() or not secret.strip():
            raise ConfigError(
                "an OAuth app has a client id and a client secret, and one of them is missing: pass them, or "
                "set HUBSPOT_CLIENT_ID and HUBSPOT_CLIENT_SECRET"
            )
        if version not in VERSIONS:
            raise ConfigError(
                f"no version {version!r} of the OAuth endpoints; there are {', '.join(VERSIONS)}"
            )
        if version == "v1":
            warnings.warn(V1_ENDS, SunsetWarning, stacklevel=2)
        self.client_id, self.client_secret = client_id.strip(), secret.strip()
        self.redirect_uri, self.scopes = redirect_uri, Scopes.of(scopes)
        self.base_url, self.version = api_address(base_url), version
        self.timeout = Timeout(connect=5.0, read=15.0)
        self.timing = Timing()
        """When tokens are refreshed; set it before the first account is asked for."""
        self.now: Callable[[], float] = time.time
        self._transport, self._store = transport, store
        self._sources: dict[str, StoredTokens] = {}

    @property
    def store(self) -> TokenStore:
        """Where tokens are kept: as given, else `HUBWIRE_STORE`, else this user's encrypted file."""
        if self._store is None or isinstance(self._store, str):
            self._store = open_store(self._store)
        return self._store

    def authorize_url(
        self,
        state: str,
        *,
        portal_id: int | str | None = None,
        conditional: Iterable[str] = (),
        base: str | None = None,
    ) -> str:
        """Where to send the person who connects an account. Compare `state` when they come back, or use
        `depart` and `callback`, which do. With `portal_id` the account is chosen already.
        """
        query = {
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": " ".join(self.scopes.asked(conditional)),
        }
        if self.scopes.optional:
            query["optional_scope"] = " ".join(self.scopes.optional)
        account = f"{_account(portal_id)}/" if portal_id is not None else ""
        # Spaces as %20: what HubSpot's own clients send.
        told = urlencode({**query, "state": state}, quote_via=quote)
        return f"{(base or consent_address(self.base_url)).rstrip('/')}/oauth/{account}authorize?{told}"

    # Tokens

    def exchange(self, code: str) -> Tokens:
        """The first tokens, for the code that came with the person's return. A code is good once."""
        return self.perform(self.exchanging(code, self.now()))

    async def aexchange(self, code: str) -> Tokens:
        """The same for asyncio."""
        return await self.aperform(self.exchanging(code, self.now()))

    def exchanging(self, code: str, now: float) -> Flow[Tokens]:
        """The same as a flow. Sent once: whether a lost answer used the code up cannot be known."""
        fields = {"grant_type": "authorization_code", "code": code, "redirect_uri": self.redirect_uri}
        reply = yield from send(self._form(self._path("oauth.token"), fields), self.timeout)
        return read_tokens(reply, now)

    def refreshing(self, refresh_token: str, now: float) -> Flow[Tokens]:
        """New tokens for a refresh token, asked for once."""
        fields = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        reply = yield from send(self._form(self._path("oauth.token"), fields), self.timeout)
        return read_tokens(reply, now, refresh_token)

    # What a token stands for

    def introspect(self, token: str, *, refresh: bool = False) -> TokenInfo:
        """What an access token (with `refresh`: a refresh token) stands for; not active once revoked."""
        return self.perform(self.introspecting(token, refresh=refresh))

    async def aintrospect(self, token: str, *, refresh: bool = False) -> TokenInfo:
        """The same for asyncio."""
        return await self.aperform(self.introspecting(token, refresh=refresh))

    def introspecting(self, token: str, *, refresh: bool = False) -> Flow[TokenInfo]:
        """The same as a flow."""
        if self.version == "v1":
            op = "oauth.refresh_token_info" if refresh else "oauth.access_token_info"
            reply = yield from self._by_path("GET", op, token)
            return TokenInfo(active=False) if reply.status == 404 else read_info(reply)
        hint = "refresh_token" if refresh else "access_token"
        fields = {"token": token, "token_type_hint": hint}
        return read_info((yield from send(self._form(self._path("oauth.introspect"), fields), self.timeout)))

    # The end of a connection

    def revoke(self, portal_id: int | str) -> None:
        """Ends the account's grant at HubSpot and marks it in the store. The app stays installed there, and
        an access token that is out already works until it expires: HubSpot's rule.
        """
        self.perform(self.revoking(portal_id))

    async def arevoke(self, portal_id: int | str) -> None:
        """The same for asyncio."""
        await self.aperform(self.revoking(portal_id))

    def revoking(self, portal_id: int | str) -> Flow[None]:
        """The same as a flow."""
        key = self.key(portal_id)
        kept = yield from do(partial(self.store.load, key))
        if kept is None:
            raise NotConnected(f"account {key.account} is not connected: there is nothing to revoke")
        token = kept.tokens.refresh_token
        if self.version == "v1":
            reply = yield from self._by_path("DELETE", "oauth.refresh_token_delete", token)
        else:
            fields = {"token": token, "token_type_hint": "refresh_token"}
            reply = yield from send(self._form(self._path("oauth.revoke"), fields), self.timeout)
        if not 200 <= reply.status < 300:
            raise refusal(reply, refreshing=False)
        yield from do(partial(self.store.save, key, kept.tokens, disconnected=REVOKED))
        self.changed(key)

    def uninstall(self, portal_id: int | str) -> None:
        """Takes the app out of the account, as its admins can, and forgets the tokens. They get an e-mail."""
        self.perform(self.uninstalling(portal_id))

    async def auninstall(self, portal_id: int | str) -> None:
        """The same for asyncio."""
        await self.aperform(self.uninstalling(portal_id))

    def uninstalling(self, portal_id: int | str) -> Flow[None]:
        """The same as a flow."""
        source = self.tokens(portal_id)
        bearer = yield from source.bearer(self.now())
        path = load.endpoint("installs.delete").path("v3" if self.version == "v1" else self.version)
        request = Request("DELETE", path, base=self.base_url, bearer=bearer)
        reply = yield from send(request, self.timeout)
        if not 200 <= reply.status < 300:
            raise unwelcome(reply)
        key = self.key(portal_id)
        yield from do(partial(self.store.delete, key))
        self.changed(key)

    def uninstalled(self, portal_id: int | str) -> bool:
        """Marks an account as disconnected that has removed the app, as HubSpot's journal tells; True
        when it was connected. Its tokens are not used again.
        """
        key = self.key(portal_id)
        kept = self.store.load(key)
        if kept is None or kept.disconnected:
            return False
        self.store.save(key, kept.tokens, disconnected="UNINSTALLED")
        self._sources.pop(key.account, None)
        return True

    # Accounts

    def tokens(self, portal_id: int | str) -> StoredTokens:
        """The token source of an account: one object per account, for all hubs of this process."""
        key = self.key(portal_id)
        made = StoredTokens(self, self.store, key, self.timing, base_url=self.base_url)
        return self._sources.setdefault(key.account, made)

    def changed(self, key: Key) -> None:
        """Tells the hubs of this process that the store has something else now; those elsewhere find out."""
        source = self._sources.get(key.account)
        if source is not None:
            source.forget()

    def portals(self) -> list[int]:
        """Ids of the accounts that are connected to the app, dead grants left out."""
        mine = (
            each for each in self.store.list() if each.key.app == self.client_id and not each.disconnected
        )
        return sorted(int(each.key.account) for each in mine if each.key.account.isdecimal())

    def key(self, portal_id: int | str) -> Key:
        """Where the store has the account."""
        return Key(self.client_id, _account(portal_id))

    # Performing

    def perform(self, flow: Flow[T]) -> T:
        """The result of a flow over the given transport, or one opened for it."""
        transport = self._transport or default_transport()
        try:
            return run(flow, transport.send)
        finally:
            if self._transport is None:
                transport.close()

    async def aperform(self, flow: Flow[T], transport: AsyncTransport | None = None) -> T:
        """The same for asyncio."""
        own = transport or default_async_transport()
        try:
            return await arun(flow, own.send)
        finally:
            if transport is None:
                await own.close()

    def _by_path(self, method: str, op: str, token: str) -> Flow[Reply]:
        """Version 1 has tokens in its paths, which messages about connections show."""
        word = quote(token, safe="")
        request = Request(method, load.endpoint(op).path("v3", token=word), base=self.base_url)
        try:
            return (yield from send(request, self.timeout))
        except ConnectionFailed as failure:
            raise type(failure)(str(failure).replace(word, "…"), sent=failure.sent) from None

    def _path(self, op: str) -> str:
        endpoint = load.endpoint(op)
        if self.version != "v1":
            return endpoint.path(self.version)
        return next(path for path in endpoint.paths["v3"] if path.startswith("/oauth/v1/"))

    def _form(self, path: str, fields: dict[str, str]) -> Request:
        credentials = {"client_id": self.client_id, "client_secret": self.client_secret}
        return Request("POST", path, body=form(fields | credentials), content_type=FORM, base=self.base_url)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.client_id!r}, base_url={self.base_url!r})"


def _account(portal_id: int | str) -> str:
    text = str(portal_id).strip()
    if not text.isdecimal() or not text.isascii():
        raise ConfigError(f"{portal_id!r} is no id of an account: those are numbers, such as 12345")
    return str(int(text))
