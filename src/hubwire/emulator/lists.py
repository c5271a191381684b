"""The lists of one account and who is on them.

Members of dynamic lists are worked out when somebody asks, so every answer is right as of the last write. A
record counts as having joined when it was last changed, or when the filters were.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from hubwire.catalogue.facts import ObjectType
from hubwire.emulator import moments, refusals
from hubwire.emulator.calculated import Source
from hubwire.emulator.columns import ID
from hubwire.emulator.exchange import Refusal
from hubwire.emulator.happenings import Joined
from hubwire.emulator.list_filters import Branch, Filters, Readable, anybody, still
from hubwire.emulator.list_operations import Condition
from hubwire.emulator.portal import Portal

COLUMNS = (
    "id, name, type, processing, version, created, updated, filtered, creator, updater, folder, filter,"
    " removed, deleted"
)
KEPT = 90 * moments.DAY
"""A deleted list can be restored for so long. https://developers.hubspot.com/docs/api-reference/crm-lists-v3/guide"""


@dataclass(frozen=True, slots=True)
class Listed:
    """One list as stored; times in epoch milliseconds."""

    id: int
    name: str
    type: str
    processing: str
    version: int
    created: int
    updated: int
    filtered: int | None
    creator: str
    updater: str
    folder: int = 0
    filter: str | None = None
    removed: int | None = None
    """When a member last left."""
    deleted: int | None = None

    @property
    def branch(self) -> Branch | None:
        return msgspec.json.decode(self.filter, type=Branch) if self.filter else None


@dataclass(frozen=True, slots=True)
class Changed:
    """What a change of members did."""

    added: list[int]
    removed: list[int]
    missing: list[str]


class Lists:
    """Reads and writes lists as of one moment."""

    def __init__(self, portal: Portal, now: int) -> None:
        self.portal, self.store, self.now = portal, portal.store, now
        self.store.script("lists", p=str(portal.portal_id))
        self.table, self.members = f"lists_{portal.portal_id}", f"list_members_{portal.portal_id}"
        self._history = f"list_history_{portal.portal_id}"
        self._busy: set[int] = set()

    # Lists

    def get(self, list_id: str) -> Listed:
        """Also a deleted one, as long as it can be restored; else 404."""
        found = self.find([list_id])
        if not found or self._lost(found[0]):
            raise no_list(f"List does not exist with ID {list_id}.", list_id)
        return found[0]

    def live(self, list_id: str) -> Listed:
        """One that is not deleted."""
        one = self.get(list_id)
        if one.deleted is not None:
            raise no_list(f"List does not exist with ID {list_id}.", list_id)
        return one

    def find(self, ids: Sequence[str]) -> list[Listed]:
        """Those that exist, deleted ones too, by id."""
        numbers = [int(each) for each in ids if ID.fullmatch(each)]
        return self._select("WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id", (_json(numbers),))

    def named(self, name: str, type_id: str | None = None) -> Listed | None:
        """The live list of that name, in any letter case."""
        found = self._select("WHERE folded(name) = ? AND deleted IS NULL", (name.casefold(),))
        return next((one for one in found if type_id in (None, one.type)), None)

    def all(self) -> list[Listed]:
        return self._select("WHERE deleted IS NULL ORDER BY id", ())

    def new(self, one: Listed) -> Listed:
        """Stores it under the next id; a snapshot takes its members now."""
        with self.store.transaction():
            ((number,),) = self.store.all(f"SELECT coalesce(max(id), 0) + 1 FROM {self.table}")
            one = replace(one, id=number)
            self._insert(one)
            if one.processing == "SNAPSHOT" and one.filter:
                self._renew(one, self.condition(one)[0])
            self._edited(one)
            self._resized(one.id)
        return one

    def change(self, one: Listed, user: str, **values: Any) -> Listed:
        """Its next version."""
        with self.store.transaction():
            self._edited(one)
            return self.put(replace(one, version=one.version + 1, updated=self.now, updater=user, **values))

    def put(self, one: Listed) -> Listed:
        with self.store.transaction():
            self.store.run(f"DELETE FROM {self.table} WHERE id = ?", (one.id,))
            self._insert(one)
        self.portal.memo.pop(("list", one.id), None)
        return one

    def _lost(self, one: Listed) -> bool:
        return one.deleted is not None and self.now - one.deleted >= KEPT

    def _select(self, where: str, values: Sequence[object]) -> list[Listed]:
        return [Listed(*row) for row in self.store.all(f"SELECT {COLUMNS} FROM {self.table} {where}", values)]

    def _insert(self, one: Listed) -> None:
        marks = ", ".join("?" * len(COLUMNS.split(",")))
        values = [getattr(one, name.strip()) for name in COLUMNS.split(",")]
        self.store.run(f"INSERT INTO {self.table} ({COLUMNS}) VALUES ({marks})", values)

    # Filters

    def condition(
        self, one: Listed, branch: Branch | None = None, readable: Readable = anybody
    ) -> tuple[Condition, bool]:
        """What the list's filters ask for, and whether only records of its type can change the outcome."""
        filters = Filters(self.portal, self.kind(one), self.now, self._in_list, readable)
        wanted = branch or one.branch
        return (filters.branch(wanted) if wanted else Condition("0")), filters.settled

    def kind(self, one: Listed) -> ObjectType:
        return self.portal.kind(one.type)

    def _in_list(self, list_id: str) -> Condition:
        one = self.live(list_id)
        if one.id not in self._busy:
            self.sync(one)
        return Condition(f"SELECT record FROM {self.members} WHERE list = ?", (one.id,))

    def sync(self, one: Listed) -> None:
        """Brings the members of a dynamic list up to date."""
        table = self.portal.table(self.kind(one))
        if one.processing != "DYNAMIC" or one.deleted is not None or not table.made:
            return
        known = (one.version, table.state()[1])
        if self.portal.memo.get(("list", one.id)) == known:
            return
        self._busy.add(one.id)
        settled = False

        def compiled() -> Condition:
            nonlocal settled
            condition, settled = self.condition(one)
            return condition

        try:
            with self.store.transaction():
                self._renew(one, still(compiled))
        finally:
            self._busy.discard(one.id)
        if settled:
            self.portal.memo[("list", one.id)] = known

    def _renew(self, one: Listed, condition: Condition) -> None:
        table = self.portal.table(self.kind(one))
        if not table.made:
            return
        matching = f"SELECT id FROM {table.live} WHERE {condition.sql}"
        gone = self.store.all(
            f"DELETE FROM {self.members} WHERE list = ? AND record NOT IN ({matching}) RETURNING record",
            (one.id, *condition.values),
        )
        told = " RETURNING record" if self.portal.followed else ""
        since = one.filtered or one.created
        joined = "max(updated, ?)" if one.processing == "DYNAMIC" else "max(0, ?)"
        came = self.store.all(
            f"INSERT OR IGNORE INTO {self.members} SELECT ?, id, {joined}, {joined} FROM {table.live}"
            f" WHERE {condition.sql}{told}",
            (one.id, since, since, *condition.values),
        )
        self._tell(one, [row[0] for row in came], [row[0] for row in gone])
        if gone:
            self._left(one.id)

    # What was

    def history(self, one: Listed, start: int, end: int) -> tuple[list[tuple[int, int]], list[int]]:
        """When its size was found to be another and which, and when its definition changed."""
        where = "WHERE list = ? AND at BETWEEN ? AND ? ORDER BY at, rowid"
        rows = self.store.all(f"SELECT at, size FROM {self._history} {where}", (one.id, start, end))
        sizes = [(at, size) for at, size in rows if size is not None]
        return sizes, [at for at, size in rows if size is None]

    def _edited(self, one: Listed) -> None:
        self.store.run(f"INSERT INTO {self._history} VALUES (?, ?, NULL)", (one.id, self.now))

    def _resized(self, list_id: int) -> None:
        """Notes the size if it is another than the last one."""
        size = f"(SELECT count(*) FROM {self.members} WHERE list = ?1)"
        last = (
            f"(SELECT size FROM {self._history} WHERE list = ?1 AND size IS NOT NULL"
            " ORDER BY at DESC, rowid DESC LIMIT 1)"
        )
        sql = f"INSERT INTO {self._history} SELECT ?1, ?2, {size} WHERE {size} IS NOT {last}"
        self.store.run(sql, (list_id, self.now))

    def _left(self, list_id: int) -> None:
        self.store.run(f"UPDATE {self.table} SET removed = ? WHERE id = ?", (self.now, list_id))

    # Members

    def size(self, one: Listed) -> int:
        """How many live records are on it."""
        self.sync(one)
        row = self.store.one(f"SELECT count(*) FROM {self.members} WHERE {self._present(one)}", (one.id,))
        return int(row[0]) if row else 0

    def page(self, one: Listed, where: str, values: Sequence[object], limit: int) -> list[tuple[int, int]]:
        """Record and when it joined; `where` ends in an order."""
        self.sync(one)
        sql = f"SELECT record, last FROM {self.members} WHERE {self._present(one)} AND {where} LIMIT ?"
        return [(record, last) for record, last in self.store.all(sql, (one.id, *values, limit))]

    def last_added(self, one: Listed) -> int | None:
        row = self.store.one(f"SELECT max(last) FROM {self.members} WHERE list = ?", (one.id,))
        return None if row is None else row[0]

    def of_record(self, kind: ObjectType, record: int) -> list[tuple[Listed, int, int]]:
        """The lists a record is on, with when it first and last joined."""
        if not self.portal.table(kind).existing([record]):
            return []
        lists = [one for one in self.all() if one.type == kind.id]
        for one in lists:
            self.sync(one)
        times = {
            row[0]: (row[1], row[2])
            for row in self.store.run(
                f"SELECT list, first, last FROM {self.members} WHERE record = ?", (record,)
            )
        }
        return [(one, *times[one.id]) for one in lists if one.id in times]

    def edit(self, one: Listed, add: Sequence[str], remove: Sequence[str]) -> Changed:
        """Adds and removes records of a list whose members are not worked out."""
        wanted = _numbers(add)
        there = self.portal.table(self.kind(one)).existing(list(wanted.values()))
        missing = [text for text in dict.fromkeys(add) if wanted.get(text) not in there]
        with self.store.transaction():
            before = self._among(one, [*wanted.values(), *_numbers(remove).values()])
            added = [number for number in dict.fromkeys(wanted.values()) if number in there - before]
            leaving = [number for number in dict.fromkeys(_numbers(remove).values()) if number in before]
            self.store.many(
                f"INSERT OR REPLACE INTO {self.members} VALUES (?, ?, ?, ?)",
                [(one.id, number, self.now, self.now) for number in added],
            )
            self._delete(one, leaving)
            self._tell(one, added, leaving)
        return Changed(added, leaving, missing)

    def clear(self, one: Listed) -> None:
        with self.store.transaction():
            gone = self.store.all(f"DELETE FROM {self.members} WHERE list = ? RETURNING record", (one.id,))
            self._left(one.id)
            self._tell(one, [], [row[0] for row in gone])

    def add_from(self, one: Listed, source: Listed) -> None:
        """All members of another list of the same type."""
        self.sync(source)
        with self.store.transaction():
            came = self.store.all(
                f"INSERT OR IGNORE INTO {self.members} SELECT ?, record, ?, ? FROM {self.members}"
                f" WHERE {self._present(source)} RETURNING record",
                (one.id, self.now, self.now, source.id),
            )
            self._tell(one, [row[0] for row in came], [])

    def _tell(self, one: Listed, came: Sequence[int], gone: Sequence[int]) -> None:
        self._resized(one.id)
        if self.portal.followed:
            news = [Joined(one.type, one.id, number) for number in came]
            news += [Joined(one.type, one.id, number, removed=True) for number in gone]
            self.portal.tell(news, self.now, Source("LISTS", str(one.id)))

    def _delete(self, one: Listed, records: Sequence[int]) -> None:
        if records:
            sql = f"DELETE FROM {self.members} WHERE list = ? AND record IN (SELECT value FROM json_each(?))"
            self.store.run(sql, (one.id, _json(records)))
            self._left(one.id)

    def _among(self, one: Listed, records: Sequence[int]) -> set[int]:
        sql = (
            f"SELECT record FROM {self.members} WHERE list = ? AND record IN (SELECT value FROM json_each(?))"
        )
        return {row[0] for row in self.store.run(sql, (one.id, _json(records)))}

    def _present(self, one: Listed) -> str:
        table = self.portal.table(self.kind(one))
        return f"list = ? AND record IN (SELECT id FROM {table.live})" if table.made else "list = ? AND 0"


def no_list(message: str, given: str) -> Refusal:
    """404. HubSpot's own words are not known."""
    return refusals.nothing_there(message, context={"listId": [given]})


def _numbers(texts: Sequence[str]) -> dict[str, int]:
    return {text: int(text) for text in texts if ID.fullmatch(text)}


def _json(values: Sequence[object]) -> str:
    return msgspec.json.encode(list(values)).decode()
