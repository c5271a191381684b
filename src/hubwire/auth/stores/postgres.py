"""Tokens in PostgreSQL: all programs of all machines (extra `postgres`)."""

from __future__ import annotations

import builtins
import os
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from hubwire.auth.keys import Keys
from hubwire.auth.stores.sealed import Row, SealedStore
from hubwire.auth.stores.store import Key, Lease, Listed
from hubwire.errors import ConfigError, TokenStoreError

if TYPE_CHECKING:
    import psycopg

IDLE = 2
"""Connections that are kept open between calls."""
CONNECT_SECONDS = 10
# Two programs that start at once must not make the same table: CREATE … IF NOT EXISTS alone can fail then.
SCHEMA = """
SELECT pg_advisory_xact_lock(hashtext('hubwire tokens'));
CREATE TABLE IF NOT EXISTS hubwire_tokens (
    app text, account text, version bigint NOT NULL, expires_at double precision NOT NULL,
    disconnected text, sealed_with text NOT NULL, sealed bytea NOT NULL, PRIMARY KEY (app, account)
);
CREATE TABLE IF NOT EXISTS hubwire_leases (
    app text, account text, holder text NOT NULL, until timestamptz NOT NULL, PRIMARY KEY (app, account)
);
"""
READ = """
SELECT version, expires_at, disconnected, sealed_with, sealed FROM hubwire_tokens
WHERE app = %s AND account = %s
"""
INSERT = "INSERT INTO hubwire_tokens VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING"
REPLACE = """
UPDATE hubwire_tokens SET version = %s, expires_at = %s, disconnected = %s, sealed_with = %s, sealed = %s
WHERE app = %s AND account = %s AND version = %s AND sealed_with = COALESCE(%s, sealed_with)
"""
LIST = """
SELECT app, account, version, expires_at, disconnected, sealed_with FROM hubwire_tokens
ORDER BY app COLLATE "C", account COLLATE "C"
"""
# The server's clock decides: those of the machines differ.
ACQUIRE = """
INSERT INTO hubwire_leases VALUES (%s, %s, %s, clock_timestamp() + %s * interval '1 second')
ON CONFLICT (app, account) DO UPDATE SET holder = excluded.holder, until = excluded.until
WHERE hubwire_leases.holder = excluded.holder OR hubwire_leases.until <= clock_timestamp()
"""
RELEASE = "DELETE FROM hubwire_leases WHERE app = %s AND account = %s AND holder = %s"
SWEEP = "DELETE FROM hubwire_leases WHERE until <= clock_timestamp() - interval '1 hour'"


class PostgresStore(SealedStore):
    """Tables `hubwire_tokens` and `hubwire_leases`, made when they are not there."""

    def __init__(self, url: str, keys: Keys | None = None) -> None:
        """`url` is what libpq takes: `postgresql://user@host/database`, or `host=… dbname=…`."""
        super().__init__(keys)
        self._url = url
        self._idle: deque[psycopg.Connection[Any]] = deque()
        self._lock = threading.Lock()
        self._made, self._process = False, os.getpid()

    def delete(self, key: Key) -> bool:
        """Forgets the account."""
        with self._connection() as db:
            return db.execute("DELETE FROM hubwire_tokens WHERE app = %s AND account = %s", key).rowcount > 0

    def list(self) -> builtins.list[Listed]:
        """All accounts."""
        with self._connection() as db:
            rows = db.execute(LIST).fetchall()
        return [Listed(Key(app, account), *rest) for app, account, *rest in rows]

    def acquire(self, key: Key, holder: str, seconds: float) -> Lease | None:
        """The lease, unless another holder has it."""
        with self._connection() as db:
            db.execute(SWEEP)
            got = db.execute(ACQUIRE, (*key, holder, seconds)).rowcount
        return Lease(key, holder) if got else None

    def release(self, lease: Lease) -> None:
        """Ends the lease."""
        with self._connection() as db:
            db.execute(RELEASE, (*lease.key, lease.holder))

    def close(self) -> None:
        """Closes the idle connections."""
        with self._lock:
            idle, self._idle = self._idle, deque()
        for connection in idle:
            connection.close()

    def _read(self, key: Key) -> Row | None:
        with self._connection() as db:
            found = db.execute(READ, key).fetchone()
        if found is None:
            return None
        version, expires_at, disconnected, sealed_with, sealed = found
        return Row(version, expires_at, disconnected, sealed_with, bytes(sealed))

    def _write(self, key: Key, row: Row, replaced: int, sealed_with: str | None = None) -> bool:
        values = (row.version, row.expires_at, row.disconnected, row.sealed_with, row.sealed)
        with self._connection() as db:
            if replaced == 0:
                return db.execute(INSERT, (*key, *values)).rowcount > 0
            return db.execute(REPLACE, (*values, *key, replaced, sealed_with)).rowcount > 0

    @contextmanager
    def _connection(self) -> Iterator[psycopg.Connection[Any]]:
        """One transaction on a connection of its own. One that broke while it lay idle is replaced."""
        try:
            import psycopg
        except ImportError:
            raise ConfigError("tokens in PostgreSQL need psycopg: pip install 'hubwire[postgres]'") from None
        try:
            connection = self._taken() or self._opened()
            try:
                with connection.transaction():
                    yield connection
            except BaseException:
                connection.close()
                raise
            self._put_back(connection)
        except psycopg.Error as problem:
            # An address that libpq cannot read stands in its message, password and all.
            told = " ".join(str(problem).replace(self._url, "…").split())
            raise TokenStoreError(f"the token store in PostgreSQL cannot be used: {told}") from None

    def _taken(self) -> psycopg.Connection[Any] | None:
        import psycopg

        with self._lock:
            if self._process != os.getpid():
                # A parent's connections: using or closing one here would end it there.
                self._inherited, self._idle, self._process = self._idle, deque(), os.getpid()
        while True:
            with self._lock:
                connection = self._idle.pop() if self._idle else None
            if connection is None:
                return None
            with suppress(psycopg.Error):
                connection.execute("SELECT 1")
                connection.rollback()
                return connection
            connection.close()

    def _opened(self) -> psycopg.Connection[Any]:
        import psycopg

        connection = psycopg.connect(self._url, connect_timeout=CONNECT_SECONDS)
        # Prepared statements belong to one server session, which poolers such as PgBouncer exchange.
        connection.prepare_threshold = None
        if not self._made:
            with connection.transaction():
                for statement in filter(str.strip, SCHEMA.split(";")):
                    connection.execute(statement.encode())
            self._made = True
        return connection

    def _put_back(self, connection: psycopg.Connection[Any]) -> None:
        with self._lock:
            if len(self._idle) < IDLE:
                self._idle.append(connection)
                return
        connection.close()

    def __repr__(self) -> str:
        return "PostgresStore(…)"
