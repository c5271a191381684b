"""An OAuth app of HubSpot: consent address, first tokens, refresh.

https://developers.hubspot.com/docs/guides/apps/authentication/working-with-oauth
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from urllib.parse import quote, urlencode

from hubwire.auth.grant import Tokens, read_tokens
from hubwire.catalogue import load
from hubwire.errors import ConfigError, ConnectionFailed, RateLimited, ServerError
from hubwire.wire.blocking import run
from hubwire.wire.flow import Flow, pause, send
from hubwire.wire.message import Request, Timeout, Transport, form
from hubwire.wire.transports import default_transport

BASE_URL = "https://api.hubapi.com"
CONSENT_URL = "https://app.hubspot.com"
PAUSES = (0.5, 2.0)
"""Seconds before the second and the third attempt to refresh."""


class OAuthApp:
    """Credentials of an app, and what they are good for."""

    def __init__(
        self,
        client_id: str,
        client_secret: str,
        redirect_uri: str,
        scopes: Iterable[str],
        base_url: str | None = None,
        version: str = load.NEWEST,
        *,
        optional_scopes: Iterable[str] = (),
        transport: Transport | None = None,
    ) -> None:
        if not client_id or not client_secret:
            raise ConfigError("an OAuth app has a client id and a client secret; one of them is empty")
        self.client_id, self._client_secret = client_id, client_secret
        self.redirect_uri = redirect_uri
        self.scopes, self.optional_scopes = tuple(scopes), tuple(optional_scopes)
        self.base_url = (base_url or os.environ.get("HUBSPOT_BASE_URL") or BASE_URL).rstrip("/")
        self._path = load.endpoint("oauth.token").path(version)
        self._transport = transport
        self.timeout = Timeout()

    def authorize_url(self, state: str, authorize_base: str | None = None) -> str:
        """Where to send the person who connects an account. Compare `state` when they come back."""
        base = authorize_base or (CONSENT_URL if self.base_url == BASE_URL else self.base_url)
        query = {
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": " ".join(self.scopes),
        }
        if self.optional_scopes:
            query["optional_scope"] = " ".join(self.optional_scopes)
        # Spaces as %20: what HubSpot's own clients send.
        return f"{base.rstrip('/')}/oauth/authorize?{urlencode({**query, 'state': state}, quote_via=quote)}"

    def exchange(self, code: str, *, now: Callable[[], float] = time.time) -> Tokens:
        """The first tokens, for the code that came with the person's return. A code is good once."""
        transport = self._transport or default_transport()
        try:
            return run(self.exchanging(code, now()), transport.send)
        finally:
            if self._transport is None:
                transport.close()

    def exchanging(self, code: str, now: float) -> Flow[Tokens]:
        """The same as a flow. Sent once: whether a lost answer used the code up cannot be known."""
        fields = {"grant_type": "authorization_code", "code": code, "redirect_uri": self.redirect_uri}
        reply = yield from send(self._request(fields), self.timeout)
        return read_tokens(reply, now)

    def refreshing(self, refresh_token: str, now: float) -> Flow[Tokens]:
        """New tokens for a refresh token; asked up to three times, as a refresh may be repeated."""
        request = self._request({"grant_type": "refresh_token", "refresh_token": refresh_token})
        for seconds in (*PAUSES, None):
            try:
                reply = yield from send(request, self.timeout)
                return read_tokens(reply, now, refresh_token)
            except (ConnectionFailed, ServerError, RateLimited):
                if seconds is None:
                    raise
            yield from pause(seconds)
        raise AssertionError("unreachable")

    def _request(self, fields: dict[str, str]) -> Request:
        credentials = {"client_id": self.client_id, "client_secret": self._client_secret}
        return Request(
            "POST",
            self._path,
            body=form(fields | credentials),
            content_type="application/x-www-form-urlencoded",
            base=self.base_url,
        )

    def __repr__(self) -> str:
        return f"OAuthApp({self.client_id!r}, base_url={self.base_url!r})"
