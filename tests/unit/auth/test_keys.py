"""Keys: what they look like, where they come from, and that sealing holds."""

from __future__ import annotations

import stat
import sys
import types
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubwire.auth.key_places import KeyFile, KeyRing, KeyVariable, key_place, keys_of
from hubwire.auth.keys import Keys, key_id, new_key
from hubwire.errors import ConfigError, TokenStoreError
from tests.unit.auth.stores import KEY, OLD_KEY


@given(plain=st.binary(max_size=2000), place=st.text(max_size=30))
def test_what_is_sealed_opens_with_the_same_key_at_the_same_place(plain: bytes, place: str) -> None:
    keys = Keys([KEY])
    used, sealed = keys.seal(plain, place)
    assert keys.open(used, sealed, place) == plain
    with pytest.raises(TokenStoreError):
        keys.open(used, sealed, place + "x")


@given(data=st.data())
def test_a_changed_bit_is_noticed(data: st.DataObject) -> None:
    keys = Keys([KEY])
    used, sealed = keys.seal(b"tokens", "here")
    bit = data.draw(st.integers(0, len(sealed) * 8 - 1))
    changed = bytearray(sealed)
    changed[bit // 8] ^= 1 << (bit % 8)
    with pytest.raises(TokenStoreError):
        keys.open(used, bytes(changed), "here")


@given(sealed=st.binary(max_size=40))
def test_whatever_lies_there_is_told_apart_from_tokens(sealed: bytes) -> None:
    keys = Keys([KEY])
    with pytest.raises(TokenStoreError):
        keys.open(keys.primary, sealed, "here")


def test_two_seals_of_the_same_differ() -> None:
    keys = Keys([KEY])
    assert keys.seal(b"tokens", "here") != keys.seal(b"tokens", "here")


def test_a_new_key_is_a_good_one_and_never_the_same() -> None:
    assert new_key() != new_key()
    Keys([new_key()]).seal(b"", "")


@pytest.mark.parametrize("key", ["", "short", "password", "A" * 44, "ä" * 43, "A" * 42 + "!"])
def test_a_bad_key_is_refused_and_not_repeated(key: str) -> None:
    with pytest.raises(ConfigError, match="hubwire auth new-key") as error:
        Keys([key])
    assert not key or key not in str(error.value)


def test_nothing_shows_a_key() -> None:
    assert KEY not in repr(Keys([KEY]))
    assert key_id(KEY) != key_id(OLD_KEY)


def test_the_key_file_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "hubwire" / "key"
    first, second = KeyFile(path), KeyFile(path)
    made = first.read()
    assert second.read() == made
    assert (first.made, second.made) == (True, False)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["key"]


def test_a_key_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text(KEY)
    path.chmod(0o640)
    with pytest.raises(ConfigError, match="chmod 600"):
        KeyFile(path).read()


def test_keys_that_another_program_rotated_are_read_again(tmp_path: Path) -> None:
    place = KeyFile(tmp_path / "key")
    place.write([OLD_KEY])
    keys = keys_of(place)
    place.write([KEY, OLD_KEY])
    used, sealed = Keys([KEY]).seal(b"new", "here")
    assert keys.open(used, sealed, "here") == b"new"
    assert keys.seal(b"", "")[0] == key_id(KEY)


def test_the_variable_may_hold_several_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUBWIRE_KEY", f"{KEY}, {OLD_KEY}")
    assert keys_of().ids == (key_id(KEY), key_id(OLD_KEY))
    with pytest.raises(ConfigError, match="hubwire auth new-key"):
        KeyVariable().write([KEY])


def test_without_the_variable_there_is_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HUBWIRE_KEY", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    place = key_place()
    assert isinstance(place, KeyFile)
    assert place.path == tmp_path / "hubwire" / "key"
    monkeypatch.setenv("HUBWIRE_KEY_FILE", str(tmp_path / "elsewhere"))
    assert key_place().name == str(tmp_path / "elsewhere")


class Backend:
    def __init__(self) -> None:
        self.entries: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, entry: str) -> str | None:
        return self.entries.get((service, entry))

    def set_password(self, service: str, entry: str, password: str) -> None:
        self.entries[service, entry] = password


def test_the_systems_keyring_keeps_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    import keyring

    backend = Backend()
    monkeypatch.setattr(keyring, "get_keyring", lambda: backend)
    monkeypatch.setenv("HUBWIRE_KEY", "keyring")
    keys = keys_of()
    assert list(backend.entries) == [("hubwire", "token keys")]
    KeyRing().write([KEY, OLD_KEY])
    keys.refresh()
    assert keys.ids == (key_id(KEY), key_id(OLD_KEY))


def test_a_machine_without_a_keyring_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    import keyring
    from keyring.backends.fail import Keyring

    monkeypatch.setattr(keyring, "get_keyring", Keyring)
    with pytest.raises(ConfigError, match="no keyring"):
        KeyRing().read()


def test_without_cryptography_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    name = "cryptography.hazmat.primitives.ciphers.aead"
    monkeypatch.setitem(sys.modules, name, types.ModuleType(name))
    with pytest.raises(ConfigError, match=r"hubwire\[auth\]"):
        Keys([KEY])
