"""Tokens in Redis or Valkey: all programs of all machines (extra `redis`).

What a server without `appendonly yes` was told last is lost with its power: keep tokens in one that writes.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from hubwire.auth.keys import Keys
from hubwire.auth.stores.sealed import Row, SealedStore
from hubwire.auth.stores.store import Key, Lease, Listed
from hubwire.errors import ConfigError, TokenStoreError

if TYPE_CHECKING:
    import redis

T = TypeVar("T")
PREFIX = "hubwire"
SECONDS = 10.0
FIELDS = ("version", "expires_at", "disconnected", "sealed_with", "sealed")
# KEYS: the row, the index. ARGV: replaced version, key id that must seal it or '', index entry, fields.
WRITE = """
local held = redis.call('HMGET', KEYS[1], 'version', 'sealed_with')
if (held[1] or '0') ~= ARGV[1] then return 0 end
if ARGV[2] ~= '' and held[2] ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], 'version', ARGV[4], 'expires_at', ARGV[5], 'disconnected', ARGV[6],
           'sealed_with', ARGV[7], 'sealed', ARGV[8])
redis.call('SADD', KEYS[2], ARGV[3])
return 1
"""
ACQUIRE = """
local held = redis.call('GET', KEYS[1])
if held and held ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
"""
RELEASE = """
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
"""


class RedisStore(SealedStore):
    """A hash per account, under `hubwire:{tokens}:…` in any database of the server."""

    def __init__(self, url: str, keys: Keys | None = None, *, prefix: str = PREFIX) -> None:
        """`url`: `redis://host:6379/0`, `rediss://` for TLS, `unix://`."""
        super().__init__(keys)
        self._url, self._client = url, None
        # The braces keep all keys of a script in one slot of a cluster.
        self._prefix = f"{prefix}:{{tokens}}"

    def delete(self, key: Key) -> bool:
        """Forgets the account."""

        def gone(client: Any) -> bool:
            pipe = client.pipeline(transaction=True)
            pipe.delete(self._place(key))
            pipe.srem(self._index, _entry(key))
            return bool(pipe.execute()[0])

        return self._asked(gone)

    def list(self) -> builtins.list[Listed]:
        """All accounts."""

        def listed(client: Any) -> builtins.list[Listed]:
            entries = sorted(_key(entry.decode()) for entry in client.smembers(self._index))
            pipe = client.pipeline(transaction=False)
            for key in entries:
                pipe.hmget(self._place(key), FIELDS)
            rows = ((key, _row(found)) for key, found in zip(entries, pipe.execute(), strict=True))
            return [
                Listed(key, row.version, row.expires_at, row.disconnected, row.sealed_with)
                for key, row in rows
                if row is not None
            ]

        return self._asked(listed)

    def acquire(self, key: Key, holder: str, seconds: float) -> Lease | None:
        """The lease, unless another holder has it. The server's clock ends it."""
        place, milliseconds = self._place(key, "lease"), int(seconds * 1000)
        got = self._asked(lambda client: client.eval(ACQUIRE, 1, place, holder, milliseconds))
        return Lease(key, holder) if got else None

    def release(self, lease: Lease) -> None:
        """Ends the lease."""
        place = self._place(lease.key, "lease")
        self._asked(lambda client: client.eval(RELEASE, 1, place, lease.holder))

    def close(self) -> None:
        """Closes the connections."""
        client, self._client = self._client, None
        if client is not None:
            client.close()

    def _read(self, key: Key) -> Row | None:
        return self._asked(lambda client: _row(client.hmget(self._place(key), FIELDS)))

    def _write(self, key: Key, row: Row, replaced: int, sealed_with: str | None = None) -> bool:
        arguments = (
            *(replaced, sealed_with or "", _entry(key)),
            *(row.version, repr(row.expires_at), row.disconnected or "", row.sealed_with, row.sealed),
        )
        places = (self._place(key), self._index)
        return bool(self._asked(lambda client: client.eval(WRITE, 2, *places, *arguments)))

    @property
    def _index(self) -> str:
        return f"{self._prefix}:index"

    def _place(self, key: Key, kind: str = "account") -> str:
        return f"{self._prefix}:{kind}:{_entry(key)}"

    def _asked(self, work: Callable[[Any], T]) -> T:
        try:
            import redis
        except ImportError:
            raise ConfigError("tokens in Redis need redis-py: pip install 'hubwire[redis]'") from None
        try:
            if self._client is None:
                self._client = redis.Redis.from_url(
                    self._url, socket_timeout=SECONDS, socket_connect_timeout=SECONDS
                )
            return work(self._client)
        except ValueError as odd:
            raise ConfigError(f"not the address of a Redis server: {odd}") from None
        except redis.RedisError as problem:
            raise TokenStoreError(f"the token store in Redis cannot be used: {problem}") from None

    _client: redis.Redis | None

    def __repr__(self) -> str:
        return "RedisStore(…)"


def _entry(key: Key) -> str:
    return f"{key.app}|{key.account}"


def _key(entry: str) -> Key:
    app, _, account = entry.rpartition("|")
    return Key(app, account)


def _row(found: builtins.list[bytes | None]) -> Row | None:
    version, expires_at, disconnected, sealed_with, sealed = found
    if version is None or expires_at is None or sealed_with is None or sealed is None:
        return None
    return Row(
        int(version), float(expires_at), (disconnected or b"").decode() or None, sealed_with.decode(), sealed
    )
