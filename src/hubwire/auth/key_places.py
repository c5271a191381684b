"""Where keys are kept: `HUBWIRE_KEY`, a file that only its owner may read, or the system's keyring."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from hubwire.auth.files import read_private, write_private
from hubwire.auth.keys import Keys, new_key
from hubwire.auth.places import config_home
from hubwire.errors import ConfigError

VARIABLE, FILE_VARIABLE = "HUBWIRE_KEY", "HUBWIRE_KEY_FILE"
KEYRING = "keyring"
log = logging.getLogger(__name__)
SERVICE, ENTRY = "hubwire", "token keys"


class KeyPlace(Protocol):
    """Holds keys, the one that seals first."""

    @property
    def name(self) -> str: ...

    def read(self) -> list[str]: ...

    def write(self, keys: Sequence[str]) -> None: ...


class KeyVariable:
    """`HUBWIRE_KEY`: one key or several with commas between them. Nobody but you can write it."""

    name = VARIABLE

    def read(self) -> list[str]:
        """The keys."""
        return [part.strip() for part in os.environ.get(VARIABLE, "").split(",") if part.strip()]

    def write(self, keys: Sequence[str]) -> None:
        """Refused."""
        raise ConfigError(
            f"the keys are in {VARIABLE}, which only you can change: put a new key (hubwire auth new-key) in "
            "front of the present one with a comma between them, and run this again"
        )


class KeyFile:
    """A file with a key a line. Made with a new key when it is read and not there."""

    def __init__(self, path: Path | str | None = None) -> None:
        self.path = Path(path) if path else config_home() / "key"
        self.made = False
        """Whether this object made the file."""

    @property
    def name(self) -> str:
        return str(self.path)

    def read(self) -> list[str]:
        """The keys; a `ConfigError` when others may read the file."""
        text = read_private(self.path)
        if text is None:
            self.made = write_private(self.path, f"{new_key()}\n", new=True)
            if self.made:
                log.warning(
                    "A key for tokens was made: %s. Whoever has it and the token store can call for your "
                    "accounts; without it the stored tokens are lost. Keep a copy where you keep secrets.",
                    self.path,
                )
            text = read_private(self.path) or ""
        return text.split()

    def write(self, keys: Sequence[str]) -> None:
        """Replaces the file in one step: a crash leaves the old one or the new one."""
        write_private(self.path, "".join(f"{key}\n" for key in keys))


class KeyRing:
    """The system's keyring: Keychain, Secret Service, Credential Locker (extra `keyring`)."""

    name = "the system's keyring"

    def read(self) -> list[str]:
        """The keys; makes one when there is none."""
        keyring = system_keyring()
        text = keyring.get_password(SERVICE, ENTRY)
        if not text:
            keyring.set_password(SERVICE, ENTRY, new_key())
            # Read again: of two programs that make a key at once, both shall use the one that stayed.
            text = keyring.get_password(SERVICE, ENTRY)
        return (text or "").split(",")

    def write(self, keys: Sequence[str]) -> None:
        """Replaces them."""
        system_keyring().set_password(SERVICE, ENTRY, ",".join(keys))


class _Keyring(Protocol):
    def get_password(self, service: str, entry: str) -> str | None: ...

    def set_password(self, service: str, entry: str, password: str) -> None: ...

    def delete_password(self, service: str, entry: str) -> None: ...


def system_keyring() -> _Keyring:
    """The backend that the `keyring` library chooses; a `ConfigError` when there is none that works."""
    try:
        import keyring
        from keyring.backends.fail import Keyring as NoKeyring
    except ImportError:
        raise ConfigError("the system's keyring needs keyring: pip install 'hubwire[keyring]'") from None
    backend: _Keyring = keyring.get_keyring()
    if isinstance(backend, NoKeyring):
        raise ConfigError(f"this machine has no keyring that can be used. Set {VARIABLE} or use a key file")
    return backend


def key_place() -> KeyPlace:
    """Where the keys are: `HUBWIRE_KEY` (which may say `keyring`), else the key file."""
    told = os.environ.get(VARIABLE, "").strip()
    if told == KEYRING:
        return KeyRing()
    return KeyVariable() if told else KeyFile(os.environ.get(FILE_VARIABLE) or None)


def keys_of(place: KeyPlace | None = None) -> Keys:
    """The keys of a place, read again whenever something is sealed."""
    place = place or key_place()
    return Keys(place.read(), source=place.name, again=place.read)
