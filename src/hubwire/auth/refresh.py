"""Tokens that renew themselves."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from hubwire.auth.grant import Tokens
from hubwire.auth.oauth import OAuthApp
from hubwire.errors import ConnectionFailed, Disconnected, RateLimited, ServerError
from hubwire.wire.flow import Flow, Wait

if TYPE_CHECKING:
    from concurrent.futures import Future

MARGIN = 120.0
"""Seconds before expiry from which a token is renewed: no call may set out with one that dies on the way."""


def _new_lease() -> Future[None]:
    from concurrent.futures import Future

    return Future()


class OAuthTokens:
    """A token source for one connected account.

    One refresh at a time, over all threads, tasks and hubs that share this object: the first to find the
    token stale takes a lease, the others wait for it to be given back. No lock is held meanwhile.
    """

    def __init__(
        self,
        app: OAuthApp,
        tokens: Tokens,
        save: Callable[[Tokens], None] | None = None,
        *,
        margin: float = MARGIN,
    ) -> None:
        """`save` gets every new grant before it is used; what it raises ends the call that needed it."""
        self._app, self._tokens, self._save, self._margin = app, tokens, save, margin
        self._lock = threading.Lock()
        self._lease: Future[None] | None = None
        self._stale: str | None = None
        self._dead: Disconnected | None = None

    @property
    def tokens(self) -> Tokens:
        """The present grant."""
        return self._tokens

    @property
    def account(self) -> str | None:
        """The account that the tokens are for, where HubSpot told."""
        return None if self._tokens.hub_id is None else str(self._tokens.hub_id)

    @property
    def quota_key(self) -> str | None:
        """Whose quota is spent: that of the app in the account."""
        return None if self.account is None else f"{self._app.client_id} {self.account}"

    def bearer(self, now: float) -> Flow[str]:
        """An access token that is good at `now`."""
        while True:
            with self._lock:
                if self._dead is not None:
                    raise self._dead
                tokens = self._tokens
                if tokens.access_token != self._stale and now < tokens.expires_at - self._margin:
                    return tokens.access_token
                lease, mine = self._lease, self._lease is None
                if lease is None:
                    lease = self._lease = _new_lease()
            if mine:
                yield from self._renew(lease, tokens, now)
            else:
                yield Wait(lease)
            if self._usable(now):
                return self._tokens.access_token

    def expired(self, token: str) -> bool:
        """HubSpot called the token expired: it is not given out again."""
        with self._lock:
            if token == self._tokens.access_token:
                self._stale = token
        return self._dead is None

    def _usable(self, now: float) -> bool:
        """Also true of a token that could not be renewed just now but is good a little longer."""
        with self._lock:
            tokens = self._tokens
            return self._dead is None and tokens.access_token != self._stale and now < tokens.expires_at

    def _renew(self, lease: Future[None], tokens: Tokens, now: float) -> Flow[None]:
        try:
            fresh = yield from self._app.refreshing(tokens.refresh_token, now)
            # HubSpot returns a refresh token every time and asks for it to be kept, though so far it is the
            # same one: stored before anything depends on it.
            if self._save is not None:
                self._save(fresh)
            with self._lock:
                self._tokens, self._stale = fresh, None
        except Disconnected as dead:
            with self._lock:
                self._dead = dead
            raise
        except (ConnectionFailed, ServerError, RateLimited):
            if not self._usable(now):
                raise
        finally:
            with self._lock:
                self._lease = None
            lease.set_result(None)

    def __repr__(self) -> str:
        return f"OAuthTokens({self._tokens!r})"
