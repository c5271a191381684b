"""The state of one emulated account. Everything that changes CRM data goes through `Portal.apply`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import msgspec

from hubwire.catalogue import load
from hubwire.catalogue.facts import AssociationType, ObjectType
from hubwire.emulator import calculated, employer, indexes, moments, refusals, words
from hubwire.emulator.associations import Edges, End
from hubwire.emulator.births import forward_only, newborn, put, refill, work_out
from hubwire.emulator.calculated import Source
from hubwire.emulator.columns import column
from hubwire.emulator.definitions import (
    PIPELINE_PROPERTIES,
    Definitions,
    OwnOption,
    OwnProperty,
    current,
    pipeline_property,
)
from hubwire.emulator.drawer import Drawer
from hubwire.emulator.happenings import (
    Archived,
    Changed,
    Created,
    Erased,
    Happening,
    Linked,
    Listener,
    Merged,
)
from hubwire.emulator.history import History
from hubwire.emulator.lag import Lag
from hubwire.emulator.merging import CONTACT_EMAIL, Aliases, Blocklist, merged, second_emails
from hubwire.emulator.numbering import number_to_id
from hubwire.emulator.pipelines import Pipelines
from hubwire.emulator.records import Record, Table
from hubwire.emulator.relations import Relations
from hubwire.emulator.required import Required
from hubwire.emulator.rollups import Counts
from hubwire.emulator.schemas import Schemas
from hubwire.emulator.store import Store
from hubwire.emulator.users import Users
from hubwire.emulator.validate import appended

TYPE_ID = re.compile(r"\d+-\d+", re.ASCII)


@dataclass(frozen=True, slots=True)
class NewLink:
    """An association that a record is born with."""

    other: End
    types: tuple[AssociationType, ...]


@dataclass(frozen=True, slots=True)
class Create:
    """A new record with these (checked) values."""

    kind: ObjectType
    values: Mapping[str, str]
    links: tuple[NewLink, ...] = ()
    at: int | None = None
    """When, if not now: seeds make records of other days."""


@dataclass(frozen=True, slots=True)
class Update:
    """New (checked) values of a live record; None clears."""

    kind: ObjectType
    record: Record
    values: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Archive:
    kind: ObjectType
    ids: Sequence[int]


@dataclass(frozen=True, slots=True)
class Link:
    """Associates two live records; `replace` takes away labels of the pair that are not named."""

    end: End
    other: End
    types: tuple[AssociationType, ...] = ()
    replace: bool = False


@dataclass(frozen=True, slots=True)
class Unlink:
    """Takes away these types of the pair, or the whole association."""

    end: End
    other: End
    types: tuple[AssociationType, ...] | None = None


@dataclass(frozen=True, slots=True)
class Merge:
    """Makes one record of two; the primary's values win."""

    kind: ObjectType
    primary: Record
    other: Record


@dataclass(frozen=True, slots=True)
class Erase:
    """Takes records away as if they had never been, and blocks their addresses."""

    kind: ObjectType
    records: tuple[Record, ...]
    email: str = ""


Change = Create | Update | Archive | Link | Unlink | Merge | Erase


@dataclass(frozen=True, slots=True)
class Applied:
    """The records that came of the Creates, of the Updates and of the Merges, each in their order."""

    created: list[Record]
    updated: list[Record]
    merged: list[Record] = field(default_factory=list)


class Portal:
    """One account. Several can share a store; each has tables of its own."""

    def __init__(self, store: Store, portal_id: int, tier: str = "professional") -> None:
        self.store, self.portal_id, self.tier = store, portal_id, tier
        store.script("account", p=str(portal_id))
        self.drawer = Drawer(store, portal_id)
        self.definitions = Definitions(store, self.drawer)
        self.pipelines = Pipelines(self.drawer)
        self.schemas = Schemas(store, self.drawer, portal_id)
        self.aliases = Aliases(store, self.drawer, portal_id)
        self.erased = Blocklist(self.drawer)
        self.users = Users(self.drawer, self.owners)
        self.required = Required(self.drawer)
        self.relations = Relations(store, self.drawer)
        self.edges = Edges(store, portal_id, self.relations)
        self.history = History(store, portal_id)
        self.counts = Counts(
            store, self.edges.table, self.definitions, lambda type_id: self.table(self.kind(type_id))
        )
        self.memo: dict[Any, Any] = {}
        """Answers worth keeping until the data change; keys carry the version they were computed from."""
        self.columns: dict[str, Any] = {}
        """`columnar` tables of types with many records, by type id."""
        self.lag: Lag | None = None
        """What searches do not know yet; None where they know everything at once."""
        self.next_job: float | None = 0
        """When work comes due that goes on after its request: epoch milliseconds, 0 for not known."""
        self.news: list[Happening] = []
        """What the write that is under way did so far."""
        self.listeners: list[Listener] = []
        self._tables: dict[str, Table] = {}
        store.on_rollback.append(self._forget)
        store.function("has_token", words.has_token, 2)
        store.function("has_word", words.has_word, 2)

    def _forget(self) -> None:
        for table in self._tables.values():
            table.forget()
        self.memo.clear()
        self.next_job = 0
        self._drop_news()

    # What there is

    def kind(self, spelling: str) -> ObjectType:
        """The object type a caller means; refuses unknown ones as HubSpot does."""
        kind = load.object_type(spelling) or self.schemas.object_type(spelling)
        if kind is None:
            if TYPE_ID.fullmatch(spelling):
                raise refusals.malformed_type_id(spelling)
            raise refusals.unknown_object_type(spelling)
        return kind

    def kinds(self) -> list[ObjectType]:
        """Every object type there is: HubSpot's, then the account's."""
        own = (self.schemas.object_type(one.type_id) for one in self.schemas.all())
        return [*load.object_types(), *(kind for kind in own if kind is not None)]

    def short_name(self, type_id: str) -> str:
        """As names of associations have it: `contact`, `car`."""
        own = self.schemas.get(type_id)
        return own.name if own is not None else self.kind(type_id).singular

    def table(self, kind: ObjectType) -> Table:
        table = self._tables.get(kind.id)
        if table is None:
            table = self._tables[kind.id] = Table(self.store, self.portal_id, kind)
            if self.lag is not None and table.made:
                self.lag.watch(table)
        return table

    def forget_table(self, type_id: str) -> None:
        """The tables of that type were dropped."""
        self._tables.pop(type_id, None)
        self.columns.pop(type_id, None)

    def find(self, kind: ObjectType, name: str, values: Sequence[str]) -> dict[str, int]:
        """Value → id of the live record that has it in the (defined) property `name`."""
        table = self.table(kind)
        if not table.made or not values:
            return {}
        wanted = self.definitions.column(kind, name)
        if wanted.indexable:
            table.index(wanted)
        keys = {value: wanted.key(value) for value in values}
        found = table.find(wanted, [key for key in keys.values() if key is not None])
        by_value = {value: found[key] for value, key in keys.items() if key in found}
        if (kind.id, name) == CONTACT_EMAIL and len(by_value) < len(keys):
            by_value |= self.aliases.of_emails(table, [value for value in values if value not in by_value])
        return by_value

    def holders(self, kind: ObjectType, name: str, values: Sequence[str]) -> list[tuple[int, str]]:
        """Ids of some live records that have one of the values in the property, each with its value."""
        definition = self.definitions.get(kind.id, name)
        if definition is None:
            return []
        return self.table(kind).holders(column(kind, definition), values)

    def owners(self, *, archived: bool = False) -> list[dict[str, Any]]:
        """Owners as HubSpot sends them, by id."""
        rows = self.store.run(f"SELECT owner FROM owners_{self.portal_id} ORDER BY id")
        owners = [msgspec.json.decode(text) for (text,) in rows]
        return [owner for owner in owners if owner["archived"] == archived]

    def add_owner(self, owner: Mapping[str, Any]) -> None:
        """Stores an owner in HubSpot's form; one with the same id is replaced."""
        self.store.run(
            f"INSERT OR REPLACE INTO owners_{self.portal_id} VALUES (?, ?)",
            (int(owner["id"]), msgspec.json.encode(owner).decode()),
        )

    # Writing

    def define(self, kind: ObjectType, definition: OwnProperty) -> None:
        """Adds, changes or archives a property; values that records have of it stay.

        One with a formula gets its values at once.
        """
        with self.store.transaction():
            self.definitions.put(kind.id, definition)
            self.table(kind).drop_indexes(definition.name)
            if definition.calculation_formula and definition.archived is None:
                refill(self.table(kind), kind, self.definitions.formulas(kind.id))
        self.memo.clear()

    def follow_pipelines(self, kind: ObjectType) -> None:
        """After a change of pipelines: the lifecycle's stages are choices of a property; a custom object has
        properties for its pipeline from the first one on."""
        if kind.id in ("0-1", "0-2"):
            own = current(self.definitions, kind.id, "lifecyclestage")
            stages = [stage for one in self.pipelines.of(kind.id) for stage in one.stages]
            own.options = [OwnOption(one.label, one.id, None, one.display_order) for one in stages]
            self.define(kind, own)
        elif kind.id.startswith("2-"):
            for name, label in PIPELINE_PROPERTIES:
                if self.definitions.get(kind.id, name) is None:
                    self.define(kind, pipeline_property(name, label, self.definitions.main_group(kind.id)))

    def apply(self, changes: Sequence[Change], *, at: int, source: Source) -> Applied:
        """Makes all changes or none; they are safe when it returns.

        Creations come first, then updates, then the others in their order. `at` is in milliseconds.
        """
        creates = [change for change in changes if isinstance(change, Create)]
        updates = [change for change in changes if isinstance(change, Update)]
        done = Applied([], [])
        linked: set[str] = set()
        with self.store.transaction():
            for _, group in groupby(creates, lambda change: change.kind.id):
                done.created.extend(self._create(list(group), at, source))
            for _, several in groupby(updates, lambda change: change.kind.id):
                done.updated.extend(self._update(list(several), at, source))
            for change in changes:
                match change:
                    case Link(end, other, types, replace):
                        self.edges.link(end, other, types, replace=replace)
                        linked |= {end.type, other.type}
                    case Unlink(end, other, only):
                        self.edges.unlink(end, other, only)
                        linked |= {end.type, other.type}
                    case Archive(kind, ids):
                        self._archive(kind, ids, at)
                    case Merge(kind, primary, other_record):
                        done.merged.append(self._merge(kind, primary, other_record, at))
                    case Erase(kind, records, email):
                        self._erase(kind, records, email)
            written: list[Create | Update] = [*creates, *updates]
            for sent, record in zip(written, (*done.created, *done.updated), strict=True):
                if employer.NAME in sent.values and sent.kind.id == employer.CONTACT:
                    employer.follow(self.edges, self.table(self.kind("companies")), record, sent.values)
                    self.counts.stale(End(sent.kind.id, record.id), employer.COMPANY)
            for end, other, *_ in self.edges.news:
                self.counts.stale(end, other.type)
                self.counts.stale(other, end.type)
            self.counts.settle()
            self.touch(linked | {link.other.type for change in creates for link in change.links})
            self._tell(at, source)
        return done

    @contextmanager
    def quietly(self) -> Iterator[None]:
        """Nobody is told of what is written meanwhile."""
        listeners, self.listeners = self.listeners, []
        try:
            yield
        finally:
            self.listeners = listeners

    def _tell(self, at: int, source: Source) -> None:
        # Associations come last: the records they are about are known by then.
        news = [*self.news, *(Linked(*one) for one in self.edges.news)]
        self._drop_news()
        self.tell(news, at, source)

    @property
    def followed(self) -> bool:
        """Whether anybody wants to be told of anything."""
        return any(listener.wants(self.portal_id) for listener in self.listeners)

    def tell(self, news: Sequence[Happening], at: int, source: Source) -> None:
        """Tells whoever listens; to be called inside the transaction of what happened."""
        for listener in self.listeners if news else ():
            if listener.wants(self.portal_id):
                listener.happened(self.portal_id, news, at, source)

    def _drop_news(self) -> None:
        self.news.clear()
        self.edges.news.clear()

    def touch(self, type_ids: Iterable[str]) -> None:
        """Searches by association must not be answered from what was remembered."""
        for type_id in type_ids:
            table = self.table(self.kind(type_id))
            if table.made:
                table.advance(0, 0)

    def number_to_id(self, type_id: str, number: int) -> int:
        """The id of the n-th record of a type."""
        return number_to_id(self.portal_id, type_id, number)

    def made_table(self, kind: ObjectType) -> Table:
        """The table, created if this is the type's first write; only inside a transaction."""
        table = self.table(kind)
        if not table.made:
            table.make()
        if self.lag is not None:
            self.lag.watch(table)
        return table

    def _create(self, changes: Sequence[Create], at: int, source: Source) -> list[Record]:
        kind = changes[0].kind
        table = self.made_table(kind)
        number = table.advance(len(changes), len(changes))
        stages, formulas = self.stages(kind), self.definitions.formulas(kind.id)
        born = [
            newborn(
                kind,
                change.values,
                self.number_to_id(kind.id, number + offset),
                stages,
                at if change.at is None else change.at,
                source,
                formulas,
            )
            for offset, change in enumerate(changes)
        ]
        table.insert(born)
        self.news += [Created(kind.id, record.id, record.props) for record in born]
        for change, record in zip(changes, born, strict=True):
            for link in change.links:
                self.edges.link(End(kind.id, record.id), link.other, link.types)
        indexes.ensure_hot(table, self.definitions.all(kind.id), table.state()[0])
        return born

    def _update(self, changes: Sequence[Update], at: int, source: Source) -> list[Record]:
        kind = changes[0].kind
        results: list[Record] = []
        changed: list[Record] = []
        before: list[tuple[int, dict[str, str | None]]] = []
        for change in changes:
            record, replaced = self._changed(kind, change.record, change.values, at)
            results.append(record)
            if replaced:
                changed.append(record)
                before.append((record.id, replaced))
                after = {name: record.props.get(name) for name in replaced}
                self.news.append(Changed(kind.id, record.id, replaced, after))
        if changed:
            table = self.made_table(kind)
            table.replace(changed)
            table.advance(0, 0)
            self.history.append(kind.id, before, at, source)
        return results

    def _changed(
        self, kind: ObjectType, record: Record, values: Mapping[str, str | None], at: int
    ) -> tuple[Record, dict[str, str | None]]:
        """The record after the update, and what that replaced: nothing if nothing changes."""
        props = dict(record.props)
        definitions = self.definitions.all(kind.id)
        for name, value in values.items():
            definition = definitions.get(name)
            if value and definition is not None and definition.multiple:
                value = appended(props.get(name), value)
            if name == "lifecyclestage" and definition is not None and value:
                stages = [option.value for option in definition.options]
                value = forward_only(stages, props.get(name), value)
            put(props, name, value)
        if props == record.props:
            return record, {}
        for name, text in calculated.on_change(kind, record.props, props, self.stages(kind), at).items():
            put(props, name, text)
        lost = record.props.keys() - props.keys() - calculated.CONSTANTS.get(kind.id, {}).keys()
        created = moments.parse(props.get(kind.created, "")) if kind.created in values else None
        updated = max(at, record.updated)
        props[kind.modified] = moments.text(updated)
        work_out(kind, props, self.definitions.formulas(kind.id))
        replaced = {
            name: record.props.get(name)
            for name in record.props.keys() | props.keys()
            if record.props.get(name) != props.get(name)
        }
        changed = Record(record.id, created or record.created, updated, props)
        changed.cleared = (record.cleared | lost) - props.keys()
        return changed, replaced

    def stages(self, kind: ObjectType) -> Mapping[str, Mapping[str, str]]:
        """What pipelines say of each stage, where properties depend on that."""
        return self.pipelines.metadata(kind.id) if kind.id in calculated.BY_STAGE else {}

    def _merge(self, kind: ObjectType, primary: Record, other: Record, at: int) -> Record:
        table = self.made_table(kind)
        self.counts.stale_around(kind.id, [primary.id, other.id])
        made = merged(kind, primary, other, self.number_to_id(kind.id, table.advance(1, -1)), at)
        table.remove([primary.id, other.id])
        table.insert([made])
        told = len(self.edges.news)
        self.edges.merge(kind.id, [primary.id, other.id], made.id)
        # A merge tells of itself; that it tells of no associations besides is assumed.
        for _, neighbour, *_ in self.edges.news[told:]:
            self.counts.stale(End(kind.id, made.id), neighbour.type)
        del self.edges.news[told:]
        moved = sum(name not in primary.props for name in other.props)
        self.news.append(Merged(kind.id, primary.id, (other.id,), made.id, moved))
        self.history.move(kind.id, primary.id, made.id)
        self.history.forget(kind.id, other.id)
        self.aliases.add(kind.id, [primary.id, other.id], made.id)
        self.aliases.add_emails(made)
        return made

    def _erase(self, kind: ObjectType, records: Sequence[Record], email: str) -> None:
        table = self.made_table(kind)
        self.counts.stale_around(kind.id, [record.id for record in records])
        for record in records:
            table.advance(0, -table.remove([record.id]))
            self.news.append(Erased(kind.id, record.id))
            self.edges.forget_record(End(kind.id, record.id))
            self.history.forget(kind.id, record.id)
            self.aliases.drop(kind.id, record.id)
            known = [record.props.get("email", ""), *second_emails(record)] if kind.id == "0-1" else ()
            for address in filter(None, known):
                self.erased.add(address)
        if email:
            self.erased.add(email)

    def _archive(self, kind: ObjectType, ids: Sequence[int], at: int) -> None:
        table = self.table(kind)
        if table.made and (moved := table.archive(ids, at)):
            table.advance(0, -len(moved))
            self.counts.stale_around(kind.id, moved)
            self.news += [Archived(kind.id, id_) for id_ in moved]
