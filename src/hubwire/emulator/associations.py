"""Which records are associated, as what: edges in both directions, and the primary company."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hubwire.catalogue import load
from hubwire.catalogue.facts import AssociationType
from hubwire.emulator.relations import OWN, OwnRelation, Relations
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

    def __init__(self, store: Store, portal_id: int, relations: Relations) -> None:
        self._store, self.table, self._relations = store, f"edges_{portal_id}", relations
        self.news: list[tuple[End, End, AssociationType, AssociationType | None, bool]] = []
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
        known = self._relations.type
        return [Edge(to, kind) for to, category, id_ in rows if (kind := known(category, id_))]

    def between(self, end: End, other: End) -> list[AssociationType]:
        """All types from one record to another."""
        rows = self._store.run(
            f"SELECT category, type_id FROM {self.table}"
            " WHERE from_type = ? AND from_id = ? AND to_type = ? AND to_id = ?",
            (end.type, end.id, other.type, other.id),
        )
        return [known for category, id_ in rows if (known := self._relations.type(category, id_))]

    def link(self, end: End, other: End, types: Sequence[AssociationType], *, replace: bool = False) -> None:
        """Associates the two in the sense of `types`, none meaning unlabeled, which stays beside every label.

        `replace`: labels of the pair that are not in `types` go.
        """
        default = self._relations.default(end.type, other.type)
        wanted = {_key(kind): kind for kind in (default, *types) if kind is not None}
        if replace:
            extra = [kind for kind in self.between(end, other) if _key(kind) not in wanted]
            self.unlink(end, other, extra, whole=False)
        for kind in wanted.values():
            self._add(end, other, kind)
        self._keep_one_primary(end, other, wanted)

    def first(self, from_type: str, to_type: str, types: Sequence[AssociationType]) -> list[AssociationType]:
        """The ways in which `link` associates a record with its first one of the other type."""
        wanted = {_key(kind): kind for kind in (self._relations.default(from_type, to_type), *types) if kind}
        record, company = (from_type, to_type) if to_type == COMPANY else (to_type, from_type)
        primary = _primary(record) if company == COMPANY != record else None
        if primary is not None and record == to_type:
            primary = self._relations.type(primary.category, primary.inverse)
        if primary is not None:
            wanted[_key(primary)] = primary
        return list(wanted.values())

    def pour(
        self, from_type: str, to_type: str, ways: Iterable[tuple[str, int]], pairs: Iterable[Sequence[int]]
    ) -> None:
        """Stores associations of new records, of each pair of ids in all those ways (category and type id).

        One direction only, and nobody is told.
        """
        rows = ", ".join(
            f"('{from_type}', ?1, '{to_type}', ?2, '{category}', {id_})" for category, id_ in ways
        )
        self._store.many(f"INSERT INTO {self.table} VALUES {rows}", pairs)

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
            for kind in gone:
                self._note(end, other, kind, removed=True)
            return
        for kind in chosen:
            self._remove(end, other, kind)

    def merge(self, type_id: str, old: Sequence[int], new: int) -> None:
        """What the old records are associated with, the new one is; the first one's primary company stays."""
        known = (type_id, *old)
        for number in old:
            rows = self._store.all(
                f"SELECT to_type, to_id, category, type_id FROM {self.table}"
                " WHERE from_type = ? AND from_id = ?",
                (type_id, number),
            )
            for to_type, to_id, category, relation in rows:
                kind = self._relations.type(category, relation)
                inside = to_type == known[0] and to_id in known[1:]
                if kind is not None and not inside and not self._second_primary(End(type_id, new), kind):
                    self._add(End(type_id, new), End(to_type, to_id), kind)
        for number in old:
            self.forget_record(End(type_id, number))

    def _second_primary(self, end: End, kind: AssociationType) -> bool:
        if kind.label != "Primary" or kind.category == OWN or kind.to_type != COMPANY:
            return False
        return any(_key(edge.type) == _key(kind) for edge in self.of(end, COMPANY))

    def forget_record(self, end: End) -> None:
        """Takes away all associations of one record."""
        self._store.run(f"DELETE FROM {self.table} WHERE from_type = ? AND from_id = ?", (end.type, end.id))
        self._store.run(f"DELETE FROM {self.table} WHERE to_type = ? AND to_id = ?", (end.type, end.id))

    def forget(self, *relation_ids: int) -> None:
        """Takes away all associations of these ways that the account defined."""
        for number in relation_ids:
            self._store.run(f"DELETE FROM {self.table} WHERE category = ? AND type_id = ?", (OWN, number))

    def uses(self, own: OwnRelation) -> bool:
        """Whether any two records are associated in a sense that the account defined."""
        sql = f"SELECT 1 FROM {self.table} WHERE from_type = ? AND category = ? AND type_id = ? LIMIT 1"
        return self._store.one(sql, (own.from_type, OWN, own.id)) is not None

    def forget_type(self, type_id: str) -> None:
        """Takes away all associations of records of that type."""
        self._store.run(f"DELETE FROM {self.table} WHERE from_type = ? OR to_type = ?", (type_id, type_id))

    def _keep_one_primary(self, end: End, other: End, wanted: Iterable[tuple[str, int]]) -> None:
        # The first company becomes the primary one; a new primary demotes the old one to unlabeled.
        # https://github.com/ballerina-platform/module-ballerinax-hubspot.crm.associations (copied answers)
        record, company = (end, other) if other.type == COMPANY else (other, end)
        if company.type != COMPANY or record.type == COMPANY:
            return
        primary = _primary(record.type)
        if primary is None:
            return
        holders = [edge.to for edge in self.of(record, COMPANY) if _key(edge.type) == _key(primary)]
        if not {_key(primary), (primary.category, primary.inverse)}.isdisjoint(wanted):
            for holder in holders:
                if holder != company.id:
                    self._remove(record, End(COMPANY, holder), primary)
        elif not holders:
            self._add(record, company, primary)

    def _note(self, end: End, other: End, kind: AssociationType, *, removed: bool = False) -> None:
        back = self._relations.type(kind.category, kind.inverse)
        self.news.append((end, other, kind, back, removed))

    def _add(self, end: End, other: End, kind: AssociationType) -> None:
        # OR IGNORE: associating the associated changes nothing.
        sql = f"INSERT OR IGNORE INTO {self.table} VALUES (?, ?, ?, ?, ?, ?) RETURNING 1"
        if self._store.all(sql, (end.type, end.id, other.type, other.id, kind.category, kind.id)):
            self._note(end, other, kind)
        self._store.all(sql, (other.type, other.id, end.type, end.id, kind.category, kind.inverse))

    def _remove(self, end: End, other: End, kind: AssociationType) -> None:
        sql = (
            f"DELETE FROM {self.table} WHERE from_type = ? AND from_id = ? AND to_type = ? AND to_id = ?"
            " AND category = ? AND type_id = ? RETURNING 1"
        )
        if self._store.all(sql, (end.type, end.id, other.type, other.id, kind.category, kind.id)):
            self._note(end, other, kind, removed=True)
        self._store.all(sql, (other.type, other.id, end.type, end.id, kind.category, kind.inverse))


def _primary(type_id: str) -> AssociationType | None:
    """What a record of the type calls its primary company."""
    return next((kind for kind in load.association_types(type_id, COMPANY) if kind.label == "Primary"), None)


def _key(kind: AssociationType) -> tuple[str, int]:
    """Categories count apart: an account may have a type 279 of its own."""
    return kind.category, kind.id
