"""What an account has defined, as JSON documents: properties, groups, pipelines, object types, labels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from hubwire.emulator.store import Store

T = TypeVar("T")


class Drawer:
    """Documents by kind, scope (usually an object type id) and key; each scope is read once and kept."""

    def __init__(self, store: Store, portal_id: int) -> None:
        self._store, self._table = store, f"defined_{portal_id}"
        self._known: dict[tuple[str, str], dict[str, Any]] = {}
        store.on_rollback.append(self._known.clear)

    def all(self, kind: str, scope: str, into: type[T]) -> Mapping[str, T]:
        """The documents of one kind and scope, by key. Shared: change one only to `put` it back."""
        known = self._known.get((kind, scope))
        if known is None:
            decode = msgspec.json.Decoder(into).decode
            rows = self._store.run(
                f"SELECT key, body FROM {self._table} WHERE kind = ? AND scope = ? ORDER BY rowid",
                (kind, scope),
            )
            known = self._known[kind, scope] = {key: decode(body) for key, body in rows}
        return known

    def scopes(self, kind: str) -> list[str]:
        """The scopes that have documents of this kind."""
        rows = self._store.run(
            f"SELECT DISTINCT scope FROM {self._table} WHERE kind = ? ORDER BY scope", (kind,)
        )
        return [scope for (scope,) in rows]

    def put(self, kind: str, scope: str, key: str, value: object) -> None:
        """Keeps `value`, replacing what was there; replaced ones keep their place in the order."""
        self._store.run(
            f"INSERT INTO {self._table} (kind, scope, key, body) VALUES (?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET body = excluded.body",
            (kind, scope, key, msgspec.json.encode(value).decode()),
        )
        self._known.pop((kind, scope), None)

    def drop(self, kind: str, scope: str, key: str) -> None:
        self._store.run(
            f"DELETE FROM {self._table} WHERE kind = ? AND scope = ? AND key = ?", (kind, scope, key)
        )
        self._known.pop((kind, scope), None)

    def drop_all(self, kind: str, scope: str) -> None:
        self._store.run(f"DELETE FROM {self._table} WHERE kind = ? AND scope = ?", (kind, scope))
        self._known.pop((kind, scope), None)

    def number(self, name: str, start: int, step: int = 1) -> int:
        """The next of a row of numbers that never repeat."""
        number = self.all("counter", "", int).get(name, start)
        self.put("counter", "", name, number + step)
        return number
