"""What a token store does: the seam for your own."""

from __future__ import annotations

from typing import NamedTuple, Protocol

import msgspec

from hubwire.auth.grant import Tokens

REVOKED = "REVOKED"
"""Why a grant is dead that was ended from here."""


class Key(NamedTuple):
    """Whose tokens: an app's client id, and the id of the account that let it in."""

    app: str
    account: str

    def __str__(self) -> str:
        return f"{self.app}/{self.account}"


class Kept(msgspec.Struct, frozen=True):
    """What a store holds of one account."""

    tokens: Tokens
    version: int
    """Counts the saves. A save says which version it replaces; that is the fence against late writers."""
    disconnected: str | None = None
    """HubSpot's word for why the grant is dead; None while it lives."""


class Listed(msgspec.Struct, frozen=True):
    """What a store tells of an account without opening its tokens."""

    key: Key
    version: int
    expires_at: float
    disconnected: str | None = None
    sealed_with: str = ""
    """Id of the key that seals it; empty in stores that seal nothing."""


class Lease(msgspec.Struct, frozen=True):
    """The right to refresh, until it ends by itself."""

    key: Key
    holder: str


class TokenStore(Protocol):
    """Keeps tokens. Every method is atomic, may block, and may be called from any thread and process.

    Whatever cannot be read or written raises `TokenStoreError`.
    """

    def load(self, key: Key) -> Kept | None:
        """What is held; None for an account that was never connected."""
        ...

    def save(
        self, key: Key, tokens: Tokens, *, expected: int | None = None, disconnected: str | None = None
    ) -> Kept | None:
        """Replaces version `expected` (0: nothing is there; None: whatever is), durably. None: there is
        another version by now, and nothing was written.
        """
        ...

    def delete(self, key: Key) -> bool:
        """Forgets the account; False when it was not there."""
        ...

    def list(self) -> list[Listed]:
        """All accounts, by app and account."""
        ...

    def acquire(self, key: Key, holder: str, seconds: float) -> Lease | None:
        """The lease, for so long; None while another holder has it. One's own is prolonged."""
        ...

    def release(self, lease: Lease) -> None:
        """Ends the lease, if it is still the holder's."""
        ...

    def close(self) -> None:
        """Closes what is open; the next call opens it again."""
        ...
