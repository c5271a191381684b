"""Logs in Redis or Valkey. Needs `pip install 'hubwire[redis]'`."""

from __future__ import annotations

import secrets
from typing import Any

from hubwire.client.quota import StoreLost, without_secret
from hubwire.client.stores import KEPT
from hubwire.errors import ConfigError

SECONDS = 5.0

LOAD = """
local now = redis.call('TIME')
local kept = redis.call('HMGET', KEYS[1], 'version', 'log')
return {now[1], now[2], kept[1], kept[2]}
"""

SWAP = """
if (redis.call('HGET', KEYS[1], 'version') or '') ~= ARGV[1] then
  return 0
end
redis.call('HSET', KEYS[1], 'version', ARGV[2], 'log', ARGV[3])
redis.call('EXPIRE', KEYS[1], ARGV[4])
return 1
"""


class RedisStore:
    """One hash per log. Keys stand alone, so a cluster will do; a fork opens connections of its own."""

    def __init__(self, url: str) -> None:
        try:
            import redis
        except ImportError:
            raise ConfigError("the Redis client is not installed: pip install 'hubwire[redis]'") from None
        self.name = without_secret(url)
        try:
            self._client: Any = redis.Redis.from_url(
                url, socket_timeout=SECONDS, socket_connect_timeout=SECONDS
            )
        except ValueError as odd:
            raise ConfigError(f"the quota store {self.name}: {odd}") from None
        self._error = redis.RedisError
        self._load, self._swap = self._client.register_script(LOAD), self._client.register_script(SWAP)

    def load(self, key: str) -> tuple[float, str, bytes | None]:
        """Redis's time, the version and the log."""
        try:
            seconds, micros, version, log = self._load(keys=[key])
        except self._error as fault:
            raise StoreLost(str(fault)) from fault
        return int(seconds) + int(micros) / 1e6, (version or b"").decode(), log

    def swap(self, key: str, version: str, log: bytes) -> bool:
        """Whether it was of that version. Versions are random: a key that expired may begin anew."""
        try:
            return bool(self._swap(keys=[key], args=[version, secrets.token_hex(8), log, KEPT]))
        except self._error as fault:
            raise StoreLost(str(fault)) from fault

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()
