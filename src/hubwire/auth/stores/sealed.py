"""What the stores on disk and on servers share: tokens are encrypted before they leave this process."""

from __future__ import annotations

import builtins
from abc import ABC, abstractmethod
from collections.abc import Iterator

import msgspec

from hubwire.auth.grant import Tokens
from hubwire.auth.key_places import keys_of
from hubwire.auth.keys import Keys
from hubwire.auth.stores.store import Kept, Key, Lease, Listed
from hubwire.errors import TokenStoreError

ATTEMPTS = 50
"""Of an unconditional save among others."""


class Row(msgspec.Struct, frozen=True):
    """What lies in the store: the sealed tokens, and what may be known without a key."""

    version: int
    expires_at: float
    disconnected: str | None
    sealed_with: str
    sealed: bytes


class SealedStore(ABC):
    """A token store on top of rows. Without `keys`, those of `HUBWIRE_KEY`, the key file or the keyring."""

    def __init__(self, keys: Keys | None = None) -> None:
        self._keys = keys

    @property
    def keys(self) -> Keys:
        """The keys, looked up when first needed."""
        if self._keys is None:
            self._keys = keys_of()
        return self._keys

    def load(self, key: Key) -> Kept | None:
        """What is held."""
        row = self._read(key)
        return None if row is None else self._unsealed(key, row)

    def save(
        self, key: Key, tokens: Tokens, *, expected: int | None = None, disconnected: str | None = None
    ) -> Kept | None:
        """Replaces version `expected`."""
        for _ in range(ATTEMPTS):
            replaced = self._version(key) if expected is None else expected
            row = self._row(key, tokens, replaced + 1, disconnected)
            if self._write(key, row, replaced):
                return Kept(tokens, row.version, disconnected)
            if expected is not None:
                return None
        raise TokenStoreError(f"the tokens of {key} could not be saved: others save them all the time")

    def reseal(self) -> Iterator[tuple[Key, bool]]:
        """Seals with the first key whatever another key seals; each account, and whether it had to be.

        Can be interrupted at any point and done again. Versions stay: a refresh meanwhile is not disturbed.
        """
        self.keys.refresh()
        for listed in self.list():
            yield listed.key, self._resealed(listed.key)

    def _resealed(self, key: Key) -> bool:
        for _ in range(ATTEMPTS):
            row = self._read(key)
            if row is None or row.sealed_with == self.keys.primary:
                return False
            kept = self._unsealed(key, row)
            fresh = self._row(key, kept.tokens, row.version, row.disconnected)
            if self._write(key, fresh, row.version, sealed_with=row.sealed_with):
                return True
        raise TokenStoreError(f"the tokens of {key} could not be sealed anew: others save them all the time")

    def _row(self, key: Key, tokens: Tokens, version: int, disconnected: str | None) -> Row:
        used, sealed = self.keys.seal(msgspec.json.encode(tokens), str(key))
        return Row(version, tokens.expires_at, disconnected, used, sealed)

    def _unsealed(self, key: Key, row: Row) -> Kept:
        plain = self.keys.open(row.sealed_with, row.sealed, str(key))
        try:
            tokens = msgspec.json.decode(plain, type=Tokens)
        except msgspec.DecodeError as odd:
            raise TokenStoreError(f"the tokens of {key} were saved by another hubwire: {odd}") from None
        return Kept(tokens, row.version, row.disconnected)

    def _version(self, key: Key) -> int:
        row = self._read(key)
        return 0 if row is None else row.version

    @abstractmethod
    def _read(self, key: Key) -> Row | None: ...

    @abstractmethod
    def _write(self, key: Key, row: Row, replaced: int, sealed_with: str | None = None) -> bool:
        """Puts the row where version `replaced` is (0: nothing); False when that is no longer so."""

    @abstractmethod
    def delete(self, key: Key) -> bool: ...

    @abstractmethod
    def list(self) -> builtins.list[Listed]: ...

    @abstractmethod
    def acquire(self, key: Key, holder: str, seconds: float) -> Lease | None: ...

    @abstractmethod
    def release(self, lease: Lease) -> None: ...

    @abstractmethod
    def close(self) -> None: ...
