"""Small typed documents in the state file: identity, codes and tokens, by kind and key."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from hubwire.emulator.store import Store

T = TypeVar("T")

TABLE = """
CREATE TABLE IF NOT EXISTS document (
    kind TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (kind, key)
) WITHOUT ROWID
"""


class Shelf:
    """A table beside the records', so that one file and one transaction hold everything."""

    def __init__(self, store: Store, prefix: str = "") -> None:
        """`prefix` sets the documents of one account apart from those of the others."""
        self._store, self._prefix = store, prefix
        store.run(TABLE)

    def put(self, kind: str, key: str, value: object) -> None:
        """Keeps `value` (a dataclass, or anything JSON has), replacing what was there."""
        self._store.run(
            "INSERT INTO document VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
            (self._prefix + kind, key, msgspec.json.encode(value)),
        )

    def drop(self, kind: str, key: str) -> None:
        self._store.run("DELETE FROM document WHERE kind = ? AND key = ?", (self._prefix + kind, key))

    def all(self, kind: str, into: type[T]) -> dict[str, T]:
        """Everything of one kind, by key."""
        decode = msgspec.json.Decoder(into).decode
        rows = self._store.run("SELECT key, value FROM document WHERE kind = ?", (self._prefix + kind,))
        return {str(key): decode(bytes(value)) for key, value in rows if isinstance(value, bytes)}
