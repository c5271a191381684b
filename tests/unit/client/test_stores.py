"""Every store does the same: read with its own time, replace only what nobody has replaced."""

from __future__ import annotations

import os
import threading

import pytest

from hubwire.client.quota import QuotaStore, StoreLost
from hubwire.client.stores import open_store
from hubwire.errors import ConfigError


@pytest.fixture
def key() -> str:
    return f"hubwire:quota:{os.urandom(6).hex()}"


def test_there_is_nothing_at_first(store: QuotaStore, key: str) -> None:
    moment, version, log = store.load(key)
    assert moment > 1_700_000_000
    assert (version, log) == ("", None)


def test_the_first_to_replace_a_log_wins(store: QuotaStore, key: str) -> None:
    _, version, _ = store.load(key)
    assert store.swap(key, version, b"\x00one")
    assert not store.swap(key, version, b"two")
    _, version, log = store.load(key)
    assert log == b"\x00one"
    assert store.swap(key, version, b"three")
    assert not store.swap(key, version, b"four")
    assert store.load(key)[2] == b"three"


def test_its_time_does_not_go_back(store: QuotaStore, key: str) -> None:
    moments = [store.load(key)[0] for _ in range(5)]
    assert moments == sorted(moments)


def test_of_many_that_replace_at_once_none_is_lost(where: str, key: str) -> None:
    """Each through a connection of its own, as processes have them."""
    threads, times, errors = 8, 25, list[BaseException]()

    def count() -> None:
        try:
            mine = open_store(where)
            for _ in range(times):
                while True:
                    _, version, log = mine.load(key)
                    if mine.swap(key, version, str(int(log or b"0") + 1).encode()):
                        break
            mine.close()
        except BaseException as error:  # noqa: BLE001 - told by the test's own thread
            errors.append(error)

    running = [threading.Thread(target=count) for _ in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join(60)
    assert not errors
    store = open_store(where)
    assert store.load(key)[2] == str(threads * times).encode()
    store.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_fork_opens_a_connection_of_its_own(store: QuotaStore, key: str) -> None:
    store.swap(key, "", b"parent")
    child = os.fork()
    if child == 0:
        try:
            _, version, log = store.load(key)
            done = log == b"parent" and store.swap(key, version, b"child")
            os._exit(0 if done else 1)
        finally:
            os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert store.load(key)[2] == b"child"


@pytest.mark.parametrize(
    "where", ["redis://127.0.0.1:1", "postgresql://127.0.0.1:1/x", "sqlite:////dev/null/quota.db"]
)
def test_a_store_that_is_not_there_is_lost(where: str) -> None:
    store = open_store(where)
    with pytest.raises(StoreLost):
        store.load("key")
    store.close()


@pytest.mark.parametrize("where", ["mysql://host/db", "memcached://x", "sqlite://"])
def test_an_address_of_no_store_is_a_mistake(where: str) -> None:
    with pytest.raises(ConfigError):
        open_store(where)


def test_no_message_repeats_a_password() -> None:
    store = open_store("redis://user:secret@127.0.0.1:1/0")
    assert "secret" not in store.name
    with pytest.raises(ConfigError) as odd:
        open_store("mysql://user:secret@host/db")
    assert "secret" not in str(odd.value)
