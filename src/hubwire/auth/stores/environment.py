"""Tokens out of environment variables: containers and jobs that are given their credentials from outside."""

from __future__ import annotations

import os

from hubwire.auth.grant import NEVER, Tokens
from hubwire.auth.stores.memory import MemoryStore
from hubwire.auth.stores.store import Kept, Key
from hubwire.errors import TokenStoreError

REFRESH = "HUBSPOT_REFRESH_TOKEN"
ACCESS = ("HUBSPOT_ACCESS_TOKEN", "HUBSPOT_PRIVATE_APP_TOKEN")


class EnvironmentStore(MemoryStore):
    """One account, whichever is asked for: `HUBSPOT_REFRESH_TOKEN`, else the static `HUBSPOT_ACCESS_TOKEN`.

    Nothing can be written to an environment: access tokens stay in memory, and leases with them, so each
    process refreshes for itself. HubSpot returns the same refresh token so far; another one would be lost
    with the process and is refused.
    """

    def load(self, key: Key) -> Kept | None:
        """What was got since, else what the environment says."""
        return super().load(key) or self._told(key)

    def save(
        self, key: Key, tokens: Tokens, *, expected: int | None = None, disconnected: str | None = None
    ) -> Kept | None:
        """Kept in memory, if that loses nothing."""
        told = self._told(key)
        if told is None or tokens.refresh_token != told.tokens.refresh_token:
            raise TokenStoreError(
                f"HubSpot returned another refresh token for {key} than {REFRESH} has, and an environment "
                "cannot keep it. Use a token store that can write (HUBWIRE_STORE), and connect the account"
            )
        return super().save(key, tokens, expected=expected, disconnected=disconnected)

    def _told(self, key: Key) -> Kept | None:
        refresh = os.environ.get(REFRESH, "").strip()
        if refresh:
            return Kept(Tokens("", refresh, 0.0), 0)
        access = next((os.environ[name].strip() for name in ACCESS if os.environ.get(name)), "")
        return Kept(Tokens(access, "", NEVER, kind="private-app"), 0) if access else None
