"""Earlier values of properties: told from what updates replaced, newest first."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from hubwire.emulator import moments
from hubwire.emulator.calculated import Source
from hubwire.emulator.records import Record
from hubwire.emulator.store import Store

Before = Mapping[str, str | None]
CALCULATION = Source("CALCULATED", "")


class History:
    """Appends what an update replaced; reads the versions of named properties."""

    def __init__(self, store: Store, portal_id: int) -> None:
        self._store, self.table = store, f"history_{portal_id}"

    def append(self, type_id: str, rows: Iterable[tuple[int, Before]], at: int, source: Source) -> None:
        """For each record id the values that were there before; only `Portal.apply` calls this."""
        for record_id, before in rows:
            self._store.run(
                f"INSERT INTO {self.table} SELECT ?, ?, coalesce(max(seq), 0) + 1, ?, ?, ?, ?"
                f" FROM {self.table} WHERE type = ? AND id = ?",
                (
                    type_id, record_id, at, source.kind, source.id, msgspec.json.encode(before).decode(),
                    type_id, record_id,
                ),
            )  # fmt: skip

    def move(self, type_id: str, record_id: int, to: int) -> None:
        """The history of one record becomes that of another."""
        self._store.run(f"UPDATE {self.table} SET id = ? WHERE type = ? AND id = ?", (to, type_id, record_id))

    def forget(self, type_id: str, record_id: int | None = None) -> None:
        """Takes the history of one record away, or of all of a type."""
        self._store.run(
            f"DELETE FROM {self.table} WHERE type = ? AND (? IS NULL OR id = ?)",
            (type_id, record_id, record_id),
        )

    def since(
        self, type_id: str, ids: Sequence[int], moment: int
    ) -> Iterable[tuple[int, int, tuple[str, ...]]]:
        """The updates of these records after a moment: record id, when, and which properties."""
        rows = self._store.all(
            f"SELECT id, at, before FROM {self.table}"
            " WHERE type = ? AND id IN (SELECT value FROM json_each(?)) AND at > ?",
            (type_id, msgspec.json.encode(ids).decode(), moment),
        )
        for id_, at, before in rows:
            yield id_, at, tuple(sorted(msgspec.json.decode(before)))

    def versions(
        self,
        type_id: str,
        record: Record,
        names: Sequence[str],
        constants: Mapping[str, str],
        calculated: Collection[str] = (),
    ) -> dict[str, list[dict[str, Any]]]:
        """Each named property's values as HubSpot lists them; empty for one that never had any.

        Those of `calculated` properties come from HubSpot itself, whoever wrote what they follow from.
        """
        rows = self._store.all(
            f"SELECT at, source, source_id, before FROM {self.table}"
            " WHERE type = ? AND id = ? ORDER BY seq DESC",
            (type_id, record.id),
        )
        updates = [(at, Source(kind, id_), msgspec.json.decode(before)) for at, kind, id_, before in rows]
        born = Source(
            record.props.get("hs_object_source", "INTEGRATION"), record.props.get("hs_object_source_id", "")
        )
        told: dict[str, list[dict[str, Any]]] = {}
        for name in names:
            value = record.props.get(name, constants.get(name))
            told[name] = entries = []
            itself = CALCULATION if name in calculated else None
            for at, source, before in updates:
                if name in before:
                    entries.append(_entry(value, at, itself or source))
                    value = before[name]
            if value is not None:
                entries.append(_entry(value, record.created, itself or born))
        return told


def _entry(value: str | None, at: int, source: Source) -> dict[str, Any]:
    return {
        "value": value or "",
        "timestamp": moments.text(at),
        "sourceType": source.kind,
        "sourceId": source.id,
    }
