"""Which records are associated, as what: edges in both directions, and the primary company."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hubwire.catalogue import load
from hubwire.catalogue.facts import AssociationType
from hubwire.emulator.store import Store

COMPANY = "0-2"


@dataclass(frozen=True, slots=True)
class End:
    """One record, as an end of an association."""

    type: str
    id: int


@dataclass(frozen=True, slots=True)
class Edge:
    """`to` is associated with some record, in the sense of one type."""

    to: int
    type: AssociationType


class Edges:
    """Writing is for `Portal.apply` only."""

    def __init__(self, store: Store, portal_id: int) -> None:
        self._store, self.table = store, f"edges_{portal_id}"
        self.news: list[tuple[End, End, AssociationType, bool]] = []
        """What the writes did since somebody emptied it; True at the end where it was taken away."""

    def of(self, end: End, to_type: str, *, start: int = 0, limit: int = -1) -> list[Edge]:
        """Edges of one record to records of one type, by id of the target, also of archived ones.

        `limit` counts edges, not targets.
        """
        rows = self._store.run(
            f"SELECT to_id, category, type_id FROM {self.table}"
            " WHERE from_type = ? AND from_id = ? AND to_type = ? AND to_id >= ?"
            " ORDER BY to_id, category, type_id LIMIT ?",
            (end.type, end.id, to_type, start, limit),
        )
        known = load.association_type
        return [Edge(to, kind) for to, category, id_ in rows if (kind := known(category, id_))]

    def between(self, end: End, other: End) -> list[AssociationType]:
        """All types from one record to another."""
        rows = self._store.run(
            f"SELECT category, type_id FROM {self.table}"
            " WHERE from_type = ? AND from_id = ? AND to_type = ? AND to_id = ?",
            (end.type, end.id, other.type, other.id),
        )
        return [known for category, id_ in rows if (known := load.association_type(category, id_))]

    def link(self, end: End, other: End, types: Sequence[AssociationType], *, replace: bool = False) -> None:
        """Associates the two in the sense of `types`, none meaning unlabeled, which stays beside every label.

        `replace`: labels of the pair that are not in `types` go.
        """
        default = load.default_association(end.type, other.type)
        wanted = {kind.id: kind for kind in (default, *types) if kind is not None}
        if replace:
            extra = [kind for kind in self.between(end, other) if kind.id not in wanted]
            self.unlink(end, other, extra, whole=False)
        for kind in wanted.values():
            self._add(end, other, kind)
        self._keep_one_primary(end, other, wanted)

    def unlink(
        self, end: End, other: End, types: Iterable[AssociationType] | None = None, *, whole: bool = True
    ) -> None:
        """Removes `types` of the pair, or all. With `whole`, removing the unlabeled type removes all."""
        chosen = None if types is None else list(types)
        if chosen is None or (whole and any(kind.unlabeled for kind in chosen)):
            gone = self.between(end, other)
            for here, there in ((end, other), (other, end)):
                self._store.run(
                    f"DELETE FROM {self.table}"
                    " WHERE from_type = ? AND from_id = ? AND to_type = ? AND to_id = ?",
                    (here.type, here.id, there.type, there.id),
                )
            self.news += [(end, other, kind, True) for kind in gone]
            return
        for kind in chosen:
            self._remove(end, other, kind)

    def _keep_one_primary(self, end: End, other: End, wanted: dict[int, AssociationType]) -> None:
        # The first company becomes the primary one; a new primary demotes the old one to unlabeled.
        # https://github.com/ballerina-platform/module-ballerinax-hubspot.crm.associations (copied answers)
        record, company = (end, other) if other.type == COMPANY else (other, end)
        if company.type != COMPANY or record.type == COMPANY:
            return
        primary = next(
            (kind for kind in load.association_types(record.type, COMPANY) if kind.label == "Primary"), None
        )
        if primary is None:
            return
        holders = [edge.to for edge in self.of(record, COMPANY) if edge.type.id == primary.id]
        if primary.id in wanted or primary.inverse in wanted:
            for holder in holders:
                if holder != company.id:
                    self._remove(record, End(COMPANY, holder), primary)
        elif not holders:
            self._add(record, company, primary)

    def _add(self, end: End, other: End, kind: AssociationType) -> None:
        # OR IGNORE: associating the associated changes nothing.
        sql = f"INSERT OR IGNORE INTO {self.table} VALUES (?, ?, ?, ?, ?, ?) RETURNING 1"
        if self._store.all(sql, (end.type, end.id, other.type, other.id, kind.category, kind.id)):
            self.news.append((end, other, kind, False))
        self._store.all(sql, (other.type, other.id, end.type, end.id, kind.category, kind.inverse))

    def _remove(self, end: End, other: End, kind: AssociationType) -> None:
        sql = (
            f"DELETE FROM {self.table} WHERE from_type = ? AND from_id = ? AND to_type = ? AND to_id = ?"
            " AND category = ? AND type_id = ? RETURNING 1"
        )
        if self._store.all(sql, (end.type, end.id, other.type, other.id, kind.category, kind.id)):
            self.news.append((end, other, kind, True))
        self._store.all(sql, (other.type, other.id, end.type, end.id, kind.category, kind.inverse))
