"""The token interface of the client, and the simplest source: a token that never changes."""

from __future__ import annotations

from typing import Protocol

from hubwire.errors import ConfigError
from hubwire.wire.flow import Flow

VARIABLES = ("HUBSPOT_ACCESS_TOKEN", "HUBSPOT_PRIVATE_APP_TOKEN")


class TokenSource(Protocol):
    """Gives out bearer tokens. One source may serve several hubs, threads and event loops."""

    def bearer(self, now: float) -> Flow[str]:
        """A token that is good at `now`; yields the effects of getting one where that is needed."""
        ...

    def expired(self, token: str, now: float) -> bool:
        """HubSpot called this token expired at `now`. True when `bearer` will give out another one."""
        ...

    def refused(self, token: str) -> bool:
        """HubSpot does not know this token. True when it is worth asking `bearer` once more."""
        ...


class StaticToken:
    """A private app's token, a static-auth token, or a service key."""

    def __init__(self, token: str, base_url: str | None = None) -> None:
        """`base_url` is where a hub calls with it when it is told no other place."""
        token = token.strip()
        if not token or not token.isascii() or not token.isprintable() or " " in token:
            raise ConfigError("the access token is empty or has characters that no HubSpot token has")
        self._token, self.base_url = token, base_url

    def bearer(self, now: float) -> Flow[str]:
        """The token."""
        yield from ()
        return self._token

    def expired(self, token: str, now: float) -> bool:
        """Nothing can be done about it."""
        return False

    def refused(self, token: str) -> bool:
        """Nor about this."""
        return False

    @property
    def token(self) -> str:
        """The token itself."""
        return self._token

    @property
    def quota_key(self) -> str:
        """Whose quota is spent: that of the app or key, which its token stands for."""
        from hashlib import sha256

        return sha256(self._token.encode()).hexdigest()

    def __repr__(self) -> str:
        return "StaticToken(…)"
