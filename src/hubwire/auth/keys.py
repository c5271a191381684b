"""Keys that tokens are encrypted with: where they come from, sealing and opening.

A key is 32 random bytes, written as 43 letters of base64url. There may be several: the first seals, all of
them open, so that a new key can be put in front while the old one is still needed. Sealing is AES-256-GCM of
`cryptography`, with a nonce of 96 random bits and the row's place as associated data.
"""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from hubwire.errors import ConfigError, TokenStoreError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES, NONCE_BYTES = 32, 12


def new_key() -> str:
    """A random key as text."""
    return base64.urlsafe_b64encode(os.urandom(KEY_BYTES)).decode().rstrip("=")


def key_id(key: str) -> str:
    """A name for a key that does not give it away."""
    return hashlib.sha256(b"hubwire key " + _bytes(key)).hexdigest()[:16]


class Keys:
    """The keys in use, the one that seals first. Its `repr` shows their ids only."""

    def __init__(
        self, keys: Sequence[str], *, source: str = "", again: Callable[[], Sequence[str]] | None = None
    ) -> None:
        """`source` is what messages call their place; `again` reads the place anew after a rotation."""
        self.source, self._again = source or "the keys given", again
        self._take(keys)

    def _take(self, keys: Sequence[str]) -> None:
        if not keys:
            raise ConfigError(f"{self.source}: no key there")
        self._ciphers = {key_id(key): _cipher(key) for key in keys}
        self.ids = tuple(self._ciphers)

    @property
    def primary(self) -> str:
        """Id of the key that seals."""
        return self.ids[0]

    def refresh(self) -> None:
        """Reads the keys anew where that is possible: another program may have rotated them."""
        if self._again is not None:
            self._take(self._again())

    def seal(self, plain: bytes, place: str) -> tuple[str, bytes]:
        """The id of the key used, and the sealed text, which opens at the same `place` only."""
        self.refresh()
        nonce = os.urandom(NONCE_BYTES)
        used = self.primary
        return used, nonce + self._ciphers[used].encrypt(nonce, plain, place.encode())

    def open(self, used: str, sealed: bytes, place: str) -> bytes:
        """The plain text; a `TokenStoreError` when the key is not here or the text was tampered with."""
        from cryptography.exceptions import InvalidTag

        if used not in self._ciphers:
            self.refresh()
        cipher = self._ciphers.get(used)
        if cipher is None:
            raise TokenStoreError(
                f"the tokens of {place} are sealed with the key {used}, which is not in {self.source} "
                f"(there: {', '.join(self.ids)}). Add that key, or connect the account again."
            )
        try:
            return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place.encode())
        except (InvalidTag, ValueError):
            raise TokenStoreError(
                f"the tokens of {place} cannot be opened: what is stored there was changed or belongs to "
                "another account. Connect the account again."
            ) from None

    def __repr__(self) -> str:
        return f"Keys({', '.join(self.ids)})"


def _bytes(key: str) -> bytes:
    text = key.strip().rstrip("=")
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        raw = b""
    if len(raw) != KEY_BYTES:
        raise ConfigError(
            "a key for tokens is 32 bytes in base64url, 43 letters; this one is not. "
            "`hubwire auth new-key` prints a good one"
        )
    return raw


def _cipher(key: str) -> AESGCM:
    try:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    except ImportError:
        raise ConfigError("encrypted token stores need cryptography: pip install 'hubwire[auth]'") from None
    return AESGCM(_bytes(key))
