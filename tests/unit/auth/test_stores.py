"""One suite for all token stores: what is saved is there, nothing is overwritten, one has the lease."""

from __future__ import annotations

import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hubwire.auth.grant import NEVER, Tokens
from hubwire.auth.keys import Keys
from hubwire.auth.stores.environment import EnvironmentStore
from hubwire.auth.stores.memory import MemoryStore
from hubwire.auth.stores.opening import open_store
from hubwire.auth.stores.postgres import PostgresStore
from hubwire.auth.stores.redis import RedisStore
from hubwire.auth.stores.sealed import SealedStore
from hubwire.auth.stores.sqlite import SqliteStore
from hubwire.auth.stores.store import Kept, Key, Listed, TokenStore
from hubwire.errors import ConfigError, TokenStoreError
from tests.unit.auth.stores import ALL, KEY, OLD_KEY, SEALED, Opener, opener

ONE, OTHER = Key("app", "12345"), Key("app", "67890")
FIRST = Tokens("access-1", "refresh-1", 1_800.0, ("oauth", "tickets"), 12345, 1.5)
SECOND = Tokens("access-2", "refresh-2", NEVER, kind="service-key")


@pytest.fixture(params=ALL)
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opener]:
    with opener(request.param, tmp_path) as found:
        yield found


@pytest.fixture
def store(opened: Opener) -> TokenStore:
    return opened(Keys([KEY]))


@pytest.fixture(params=SEALED)
def sealing(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opener]:
    with opener(request.param, tmp_path) as found:
        yield found


def test_an_account_that_was_never_connected_is_not_there(store: TokenStore) -> None:
    assert store.load(ONE) is None
    assert store.list() == []
    assert not store.delete(ONE)


def test_what_is_saved_is_there_for_every_program(opened: Opener, store: TokenStore) -> None:
    assert store.save(ONE, FIRST) == Kept(FIRST, 1)
    assert opened(Keys([KEY])).load(ONE) == Kept(FIRST, 1)
    assert store.save(ONE, SECOND, expected=1, disconnected="BAD_HUB") == Kept(SECOND, 2, "BAD_HUB")
    assert opened(Keys([KEY])).load(ONE) == Kept(SECOND, 2, "BAD_HUB")


def test_a_save_replaces_only_the_version_it_knows(store: TokenStore) -> None:
    assert store.save(ONE, FIRST, expected=1) is None
    assert store.load(ONE) is None
    store.save(ONE, FIRST, expected=0)
    assert store.save(ONE, SECOND, expected=0) is None
    assert store.save(ONE, SECOND, expected=2) is None
    assert store.load(ONE) == Kept(FIRST, 1)


def test_a_save_that_expects_nothing_replaces_whatever_is_there(store: TokenStore) -> None:
    for version in (1, 2, 3):
        assert store.save(ONE, FIRST) == Kept(FIRST, version)


def test_accounts_are_listed_without_their_tokens(store: TokenStore) -> None:
    store.save(OTHER, SECOND)
    store.save(ONE, FIRST, disconnected="BAD_REFRESH_TOKEN")
    sealed_with = Keys([KEY]).primary if isinstance(store, SealedStore) else ""
    assert store.list() == [
        Listed(ONE, 1, 1_800.0, "BAD_REFRESH_TOKEN", sealed_with),
        Listed(OTHER, 1, NEVER, None, sealed_with),
    ]
    assert store.delete(ONE)
    assert [listed.key for listed in store.list()] == [OTHER]


def test_one_holder_has_the_lease_and_prolongs_it(opened: Opener, store: TokenStore) -> None:
    lease = store.acquire(ONE, "me", 60)
    assert lease is not None
    assert store.acquire(ONE, "me", 60) == lease
    assert opened(Keys([KEY])).acquire(ONE, "you", 60) is None
    assert store.acquire(OTHER, "you", 60) is not None
    store.release(lease)
    assert store.acquire(ONE, "you", 60) is not None
    store.release(lease)  # not mine any more: yours stays
    assert store.acquire(ONE, "me", 60) is None


def test_a_lease_ends_by_itself(store: TokenStore) -> None:
    assert store.acquire(ONE, "crashed", 0.001) is not None
    found = None
    for _ in range(10_000):
        found = found or store.acquire(ONE, "next", 60)
    assert found is not None


def test_of_many_writers_one_wins_each_version(store: TokenStore) -> None:
    store.save(ONE, FIRST)
    won: list[int] = []

    def write() -> None:
        for version in range(1, 9):
            if store.save(ONE, FIRST, expected=version):
                won.append(version)

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    kept = store.load(ONE)
    assert kept is not None
    assert sorted(won) == list(range(1, kept.version))


def test_a_store_that_was_closed_opens_again(store: TokenStore) -> None:
    store.save(ONE, FIRST)
    store.close()
    assert store.load(ONE) == Kept(FIRST, 1)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    tokens=st.builds(
        Tokens,
        access_token=st.text(max_size=600),
        refresh_token=st.text(max_size=80),
        expires_at=st.floats(0, NEVER),
        scopes=st.lists(st.text(max_size=20), max_size=9).map(tuple),
        hub_id=st.none() | st.integers(0, 2**53),
        obtained_at=st.floats(0, NEVER),
        kind=st.sampled_from(["oauth", "private-app", "service-key"]),
    )
)
def test_any_tokens_come_back_as_they_were(store: TokenStore, tokens: Tokens) -> None:
    kept = store.save(ONE, tokens)
    assert kept is not None
    assert store.load(ONE) == kept
    assert kept.tokens == tokens
    assert [listed.expires_at for listed in store.list()] == [tokens.expires_at]


# Encryption


def test_no_token_lies_open(sealing: Opener, tmp_path: Path) -> None:
    sealing(Keys([KEY])).save(ONE, FIRST)
    lying = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"access-1" not in lying
    assert b"refresh-1" not in lying


def test_tokens_of_one_account_do_not_open_as_anothers(sealing: Opener) -> None:
    store = sealing(Keys([KEY]))
    assert isinstance(store, SealedStore)
    store.save(ONE, FIRST)
    row = store._read(ONE)
    assert row is not None
    assert store._write(OTHER, row, 0)
    with pytest.raises(TokenStoreError, match="app/67890 cannot be opened"):
        store.load(OTHER)


def test_without_their_key_tokens_stay_closed_and_the_key_is_named(sealing: Opener) -> None:
    sealing(Keys([OLD_KEY])).save(ONE, FIRST)
    with pytest.raises(TokenStoreError, match=Keys([OLD_KEY]).primary) as error:
        sealing(Keys([KEY])).load(ONE)
    assert OLD_KEY not in str(error.value)


def test_keys_are_rotated_without_anybody_losing_a_token(sealing: Opener) -> None:
    old = sealing(Keys([OLD_KEY]))
    old.save(ONE, FIRST)
    old.save(OTHER, SECOND, disconnected="BAD_HUB")
    both = sealing(Keys([KEY, OLD_KEY]))
    assert isinstance(both, SealedStore)
    assert both.load(ONE) == Kept(FIRST, 1)
    work = both.reseal()
    assert next(work) == (ONE, True)
    work.close()  # interrupted here
    assert list(both.reseal()) == [(ONE, False), (OTHER, True)]
    assert list(both.reseal()) == [(ONE, False), (OTHER, False)]
    new = sealing(Keys([KEY]))
    assert new.load(ONE) == Kept(FIRST, 1)
    assert new.load(OTHER) == Kept(SECOND, 1, "BAD_HUB")


def test_a_refresh_during_a_rotation_is_not_undone(sealing: Opener) -> None:
    sealing(Keys([OLD_KEY])).save(ONE, FIRST)
    store = sealing(Keys([KEY, OLD_KEY]))
    assert isinstance(store, SealedStore)
    row = store._read(ONE)
    assert row is not None
    sealing(Keys([OLD_KEY])).save(ONE, SECOND, expected=1)
    assert not store._write(ONE, row, 1, sealed_with=row.sealed_with)
    assert list(store.reseal()) == [(ONE, True)]
    assert sealing(Keys([KEY])).load(ONE) == Kept(SECOND, 2)


# The file


def test_the_file_is_its_owners_only(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "tokens.sqlite"
    SqliteStore(path, Keys([KEY])).save(ONE, FIRST)
    modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in path.parent.iterdir()}
    assert modes["tokens.sqlite"] == 0o600
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "tokens.sqlite", Keys([KEY]))
    store.save(ONE, FIRST)
    store.path.chmod(0o644)
    with pytest.raises(ConfigError, match="chmod 600"):
        store.load(ONE)


def test_a_file_of_another_kind_is_told_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "tokens.sqlite"
    path.write_text("not a database, but long enough to look like one to somebody who is in a hurry\n" * 20)
    path.chmod(0o600)
    before = path.read_bytes()
    with pytest.raises(TokenStoreError, match="not a database"):
        SqliteStore(path, Keys([KEY])).load(ONE)
    assert path.read_bytes() == before


# The environment


def test_the_environment_gives_a_refresh_token_and_keeps_access_tokens_in_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HUBSPOT_REFRESH_TOKEN", "refresh-1")
    store = EnvironmentStore()
    assert store.load(ONE) == Kept(Tokens("", "refresh-1", 0.0), 0)
    assert store.save(ONE, FIRST, expected=0) == Kept(FIRST, 1)
    assert store.load(ONE) == Kept(FIRST, 1)
    with pytest.raises(TokenStoreError, match="HUBWIRE_STORE"):
        store.save(ONE, Tokens("access-3", "rotated", 0.0))


def test_the_environment_gives_a_static_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HUBSPOT_REFRESH_TOKEN", raising=False)
    monkeypatch.setenv("HUBSPOT_ACCESS_TOKEN", "static")
    kept = EnvironmentStore().load(ONE)
    assert kept is not None
    assert (kept.tokens.access_token, kept.tokens.expires_at) == ("static", NEVER)


# Addresses


def test_a_store_is_opened_by_its_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.delenv("HUBWIRE_STORE", raising=False)
    keys = Keys([KEY])
    kinds: dict[str | None, type] = {
        None: SqliteStore,
        "memory:": MemoryStore,
        "env:": EnvironmentStore,
        "sqlite:/x/y": SqliteStore,
        "postgresql://h/d": PostgresStore,
        "rediss://h": RedisStore,
    }
    assert {address: type(open_store(address, keys)) for address in kinds} == kinds
    default, absolute, relative, bare = (
        open_store(address, keys) for address in (None, "sqlite:///x/y", "sqlite:x/y", "x/y")
    )
    assert isinstance(default, SqliteStore)
    assert default.path == tmp_path / "hubwire" / "tokens.sqlite"
    assert [str(store.path) for store in (absolute, relative, bare) if isinstance(store, SqliteStore)] == [
        "/x/y",
        "x/y",
        "x/y",
    ]
    with pytest.raises(ConfigError, match="mysql"):
        open_store("mysql://h", keys)


@pytest.mark.postgres
def test_an_address_that_is_none_is_not_repeated_with_its_password() -> None:
    for address in ("postgresql:/me:hush@h/d", "postgresql://me:hush@h/d?colour=red"):
        with pytest.raises(TokenStoreError) as error:
            PostgresStore(address, Keys([KEY])).list()
        assert "hush" not in str(error.value)


def test_no_store_shows_its_address_where_a_password_may_be() -> None:
    for store in (open_store("postgresql://me:hush@h/d"), open_store("redis://:hush@h")):
        assert "hush" not in repr(store)


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(TokenStoreError, match="cannot be used"):
        SqliteStore(tmp_path / "file" / "tokens.sqlite", Keys([KEY])).load(ONE)
