"""The token interface of the client, and the simplest source: a token that never changes."""

from __future__ import annotations

import os
from typing import Protocol

from hubwire.errors import ConfigError
from hubwire.wire.flow import Flow

VARIABLES = ("HUBSPOT_ACCESS_TOKEN", "HUBSPOT_PRIVATE_APP_TOKEN")


class TokenSource(Protocol):
    """Gives out bearer tokens. One source may serve several hubs, threads and event loops."""

    def bearer(self, now: float) -> Flow[str]:
        """A token that is good at `now`; yields the effects of getting one where that is needed."""
        ...

    def expired(self, token: str) -> bool:
        """HubSpot called this token expired. True when `bearer` will now give out another one."""
        ...


class StaticToken:
    """A private app's token, a static-auth token, or a service key."""

    def __init__(self, token: str) -> None:
        token = token.strip()
        if not token or not token.isascii() or not token.isprintable() or " " in token:
            raise ConfigError("the access token is empty or has characters that no HubSpot token has")
        self._token = token

    def bearer(self, now: float) -> Flow[str]:
        """The token."""
        yield from ()
        return self._token

    def expired(self, token: str) -> bool:
        """Nothing can be done about it."""
        return False

    @property
    def quota_key(self) -> str:
        """Whose quota is spent: that of the app or key, which its token stands for."""
        from hashlib import sha256

        return sha256(self._token.encode()).hexdigest()

    def __repr__(self) -> str:
        return "StaticToken(…)"


def from_environment() -> StaticToken:
    """The token of the first variable that is set."""
    for name in VARIABLES:
        if os.environ.get(name):
            return StaticToken(os.environ[name])
    raise ConfigError(
        "no access token: pass one, Hub('pat-…'), or set the environment variable " + " or ".join(VARIABLES)
    )
