"""An app's own token, which belongs to no account: HubSpot's webhooks journal asks for it.

https://developers.hubspot.com/docs/api-reference/latest/webhooks-journal/guide
"""

from __future__ import annotations

import os
from collections.abc import Iterable

from hubwire.auth.grant import Tokens, read_tokens
from hubwire.catalogue import load
from hubwire.errors import ConfigError
from hubwire.wire.flow import Flow, send
from hubwire.wire.message import Request, Timeout, form

JOURNAL_SCOPES = (
    "developer.webhooks_journal.read",
    "developer.webhooks_journal.subscriptions.read",
    "developer.webhooks_journal.subscriptions.write",
)
MARGIN = 120.0
"""Seconds before its end at which a token is not used any more."""


class ClientCredentials:
    """A token source: `Hub(ClientCredentials())` speaks for the app itself.

    Without id and secret: `HUBSPOT_CLIENT_ID`, `HUBSPOT_CLIENT_SECRET` (the first, where several stand there
    during a rotation). There is no refresh token and nothing to store; a new token is asked for in time.
    """

    def __init__(
        self,
        client_id: str | None = None,
        client_secret: str | None = None,
        scopes: Iterable[str] = JOURNAL_SCOPES,
        *,
        base_url: str | None = None,
        version: str = load.NEWEST,
    ) -> None:
        self._client_id = (client_id or os.environ.get("HUBSPOT_CLIENT_ID", "")).strip()
        secret = client_secret or os.environ.get("HUBSPOT_CLIENT_SECRET", "")
        self._secret = secret.partition(",")[0].strip()
        if not self._client_id or not self._secret:
            raise ConfigError(
                "an app's own token needs its client id and client secret: pass them, or set "
                "HUBSPOT_CLIENT_ID and HUBSPOT_CLIENT_SECRET"
            )
        if version not in load.endpoint("oauth.token").paths or version == "v1":
            raise ConfigError(f"version {version!r} of the OAuth endpoints gives apps no token of their own")
        self._scopes = tuple(scopes)
        self._base = (base_url or os.environ.get("HUBSPOT_BASE_URL") or "https://api.hubapi.com").rstrip("/")
        self._version = version
        self._tokens: Tokens | None = None

    def bearer(self, now: float) -> Flow[str]:
        """A token that is good at `now`. Two flows may ask for one at once: the older stays good as well."""
        if self._tokens is None or self._tokens.expires_at - MARGIN <= now:
            fields = {
                "grant_type": "client_credentials",
                "client_id": self._client_id,
                "client_secret": self._secret,
                "scope": " ".join(self._scopes),
            }
            path = load.endpoint("oauth.token").path(self._version)
            request = Request(
                "POST", path, body=form(fields), content_type="application/x-www-form-urlencoded"
            )
            reply = yield from send(request.to(self._base, None), Timeout(read=15.0))
            self._tokens = read_tokens(reply, now)
        return self._tokens.access_token

    def expired(self, token: str, now: float) -> bool:
        """HubSpot called it expired: the next call asks for another."""
        if self._tokens is not None and self._tokens.access_token == token:
            self._tokens = None
        return True

    def refused(self, token: str) -> bool:
        """A new one would be of the same app."""
        return False

    def __repr__(self) -> str:
        return f"ClientCredentials(…, scopes={len(self._scopes)})"
