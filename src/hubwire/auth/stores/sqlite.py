"""Tokens in an SQLite file: all programs of one machine."""

from __future__ import annotations

import builtins
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from hubwire.auth.files import make_private
from hubwire.auth.keys import Keys
from hubwire.auth.places import data_home
from hubwire.auth.stores.sealed import Row, SealedStore
from hubwire.auth.stores.store import Key, Lease, Listed
from hubwire.errors import TokenStoreError

BUSY_SECONDS = 20.0
VERSION = 1
SCHEMA = """
CREATE TABLE IF NOT EXISTS tokens (
    app TEXT NOT NULL, account TEXT NOT NULL, version INTEGER NOT NULL, expires_at REAL NOT NULL,
    disconnected TEXT, sealed_with TEXT NOT NULL, sealed BLOB NOT NULL, PRIMARY KEY (app, account)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS leases (
    app TEXT NOT NULL, account TEXT NOT NULL, holder TEXT NOT NULL, until REAL NOT NULL,
    PRIMARY KEY (app, account)
) STRICT, WITHOUT ROWID;
"""
READ = (
    "SELECT version, expires_at, disconnected, sealed_with, sealed FROM tokens WHERE app = ? AND account = ?"
)
INSERT = "INSERT OR IGNORE INTO tokens VALUES (?, ?, ?, ?, ?, ?, ?)"
REPLACE = """
UPDATE tokens SET version = ?, expires_at = ?, disconnected = ?, sealed_with = ?, sealed = ?
WHERE app = ? AND account = ? AND version = ? AND (? IS NULL OR sealed_with = ?)
"""
LIST = "SELECT app, account, version, expires_at, disconnected, sealed_with FROM tokens ORDER BY app, account"
ACQUIRE = """
INSERT INTO leases VALUES (?, ?, ?, ?) ON CONFLICT (app, account)
DO UPDATE SET holder = excluded.holder, until = excluded.until
WHERE leases.holder = excluded.holder OR leases.until <= ?
"""


class SqliteStore(SealedStore):
    """An encrypted file that only its owner may read. Without a path: `~/.local/share/hubwire/tokens.sqlite`.

    A connection per call: there are two a half-hour and account, and none has to survive a fork.
    """

    def __init__(
        self,
        path: Path | str | None = None,
        keys: Keys | None = None,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(keys)
        self.path = Path(path) if path else data_home() / "tokens.sqlite"
        self._clock = clock

    def delete(self, key: Key) -> bool:
        """Forgets the account."""
        with self._transaction() as db:
            return db.execute("DELETE FROM tokens WHERE app = ? AND account = ?", key).rowcount > 0

    def list(self) -> builtins.list[Listed]:
        """All accounts."""
        with self._transaction() as db:
            rows = db.execute(LIST).fetchall()
        return [Listed(Key(app, account), *rest) for app, account, *rest in rows]

    def acquire(self, key: Key, holder: str, seconds: float) -> Lease | None:
        """The lease, unless another holder has it."""
        with self._transaction() as db:
            now = self._clock()
            db.execute("DELETE FROM leases WHERE until <= ?", (now,))
            got = db.execute(ACQUIRE, (*key, holder, now + seconds, now)).rowcount
        return Lease(key, holder) if got else None

    def release(self, lease: Lease) -> None:
        """Ends the lease."""
        with self._transaction() as db:
            mine = (*lease.key, lease.holder)
            db.execute("DELETE FROM leases WHERE app = ? AND account = ? AND holder = ?", mine)

    def close(self) -> None:
        """Nothing stays open between calls."""

    def _read(self, key: Key) -> Row | None:
        with self._transaction() as db:
            found = db.execute(READ, key).fetchone()
        return None if found is None else Row(*found)

    def _write(self, key: Key, row: Row, replaced: int, sealed_with: str | None = None) -> bool:
        values = (row.version, row.expires_at, row.disconnected, row.sealed_with, row.sealed)
        with self._transaction() as db:
            if replaced == 0:
                return db.execute(INSERT, (*key, *values)).rowcount > 0
            where = (*key, replaced, sealed_with, sealed_with)
            return db.execute(REPLACE, (*values, *where)).rowcount > 0

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        try:
            make_private(self.path)
            db = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None)
        except (sqlite3.Error, OSError) as problem:
            raise self._failed(problem) from None
        try:
            self._prepare(db)
            db.execute("BEGIN IMMEDIATE")
            yield db
            db.execute("COMMIT")
        except sqlite3.Error as problem:
            raise self._failed(problem) from None
        finally:
            db.close()  # what was not committed is undone

    def _prepare(self, db: sqlite3.Connection) -> None:
        """Durable before it is told, also when the power goes."""
        db.execute("PRAGMA synchronous = FULL")
        known = db.execute("PRAGMA user_version").fetchone()[0]
        if known > VERSION:
            raise TokenStoreError(f"{self.path} was written by a newer hubwire (format {known})")
        if known < VERSION:
            db.execute("PRAGMA journal_mode = WAL")
            db.executescript(f"BEGIN IMMEDIATE; {SCHEMA} PRAGMA user_version = {VERSION}; COMMIT;")

    def _failed(self, problem: sqlite3.Error | OSError) -> TokenStoreError:
        return TokenStoreError(f"the token store {self.path} cannot be used: {problem}")

    def __repr__(self) -> str:
        return f"SqliteStore({str(self.path)!r})"
