"""Associations: flows over single pairs, and the batch calls of pairs."""

from __future__ import annotations

import re
from typing import Any

from hubwire.catalogue import load
from hubwire.client.batches import outcomes
from hubwire.client.call import Call
from hubwire.client.calls import associations as calls
from hubwire.client.calls.associations import Linked, LinkedBatch
from hubwire.client.execute import execute
from hubwire.client.identity import identity
from hubwire.client.outcomes import Link, LinkType, Outcome, Row
from hubwire.client.session import Session
from hubwire.client.settle import Settled
from hubwire.client.targets import specs_of
from hubwire.errors import ConfigError
from hubwire.wire.flow import Emit, Flow

NONE_FOUND = "crm.associations.NO_ASSOCIATIONS_FOUND"


def specs(
    session: Session, kinds: tuple[str, str], label: str | None, types: Any
) -> Flow[list[dict[str, Any]]]:
    """The association types meant: by the account's label, or as given; none for the default one."""
    if types is not None:
        return specs_of(types)
    if label is None:
        return []
    if kinds not in session.labels:
        session.labels[kinds] = yield from execute(calls.labels(session.version, kinds), session)
    known: tuple[LinkType, ...] = session.labels[kinds]
    wanted = label.strip().casefold()
    for kind in known:
        if (kind.label or "").casefold() == wanted:
            return specs_of((kind.category, kind.type_id))
    # Somebody may be about to create it.
    del session.labels[kinds]
    spelled = ", ".join(repr(kind.label) for kind in known if kind.label) or "none"
    raise ConfigError(
        f"no association label {label!r} from {kinds[0]} to {kinds[1]}; known labels: {spelled}"
    )


def link(
    session: Session, from_end: tuple[str, str], to_end: tuple[str, str], label: str | None, types: Any
) -> Flow[None]:
    """Associates two records."""
    wanted = yield from specs(session, (from_end[0], to_end[0]), label, types)
    yield from execute(calls.link(session.version, from_end, to_end, wanted), session)


def unlink(
    session: Session, from_end: tuple[str, str], to_end: tuple[str, str], label: str | None, types: Any
) -> Flow[None]:
    """Removes one kind of association of the pair, or all."""
    kinds = (from_end[0], to_end[0])
    wanted = yield from specs(session, kinds, label, types)
    if not wanted:
        yield from execute(calls.unlink(session.version, from_end, to_end), session)
        return
    pair = [{**_pair(from_end[1], to_end[1]), "types": wanted}]
    yield from execute(calls.batch(session.version, "labels_archive", kinds, pair), session)


def linked(session: Session, from_end: tuple[str, str], to: str) -> Flow[None]:
    """Emits all records of a type that a record is associated with."""
    after: str | None = None
    size = load.limits().ASSOCIATION_PAGE
    while True:
        page = yield from execute(calls.page(session.version, *from_end, to, size, after), session)
        yield Emit(page.links)
        after = page.after
        if after is None or not page.links:
            return


class _Pairs:
    """What the batch calls of pairs have in common."""

    verb: str
    writes = True
    once = False

    def __init__(self, session: Session, kinds: tuple[str, str], wanted: list[dict[str, Any]]) -> None:
        self.version, self.kinds, self.wanted = session.version, kinds, wanted
        self.size = load.endpoint(f"associations.batch.{self.verb}").limit or 100

    def prepare(self, index: int, given: Any) -> Row:
        """A pair of ids."""
        if not isinstance(given, tuple | list) or len(given) != 2:
            raise ConfigError(f"expected a pair of ids, not {given!r}")
        from_id, to_id = identity(given[0]), identity(given[1])
        entry = self.input(from_id, to_id)
        return Row(index, given, entry, frozenset({from_id, to_id}), f"{from_id} {to_id}")

    def input(self, from_id: str, to_id: str) -> dict[str, Any]:
        """The pair as it goes over the wire."""
        return _pair(from_id, to_id) | ({"types": self.wanted} if self.wanted else {})

    def call(self, rows: list[Row]) -> Call[LinkedBatch]:
        """The chunk's call."""
        return calls.batch(self.version, self.verb, self.kinds, [row.input for row in rows])

    def settle(self, rows: list[Row], answer: LinkedBatch) -> Settled:
        """A pair is told in either direction, or in both."""
        settled = _blame(rows, answer.errors)
        told = {frozenset(result.pair()) for result in answer.results}
        settled.rows = [row for row in rows if row.index not in settled.refused and row.names not in told]
        return settled

    def done(self, session: Session, row: Row, settled: Settled) -> Flow[Outcome]:
        """The outcome of a row that was done."""
        yield from ()
        return Outcome(index=row.index, input=row.given, written="yes")


class LinkDefault(_Pairs):
    """Associates pairs without a label."""

    verb = "default"


class LinkLabelled(_Pairs):
    """Associates pairs with labels."""

    verb = "create"


class Unlink(_Pairs):
    """Removes all associations of pairs."""

    verb = "archive"

    def input(self, from_id: str, to_id: str) -> dict[str, Any]:
        """Here the far end is a list."""
        return {"from": {"id": from_id}, "to": [{"id": to_id}]}

    def settle(self, rows: list[Row], answer: LinkedBatch) -> Settled:
        """The answer is empty: what is not refused is done."""
        return _blame(rows, answer.errors)


class UnlinkLabelled(Unlink):
    """Removes some associations of pairs."""

    verb = "labels_archive"

    def input(self, from_id: str, to_id: str) -> dict[str, Any]:
        """Here it is one record again."""
        return _pair(from_id, to_id) | {"types": self.wanted}


class ReadLinks:
    """What many records are associated with."""

    writes = False
    once = False

    def __init__(self, session: Session, kinds: tuple[str, str]) -> None:
        self.version, self.kinds = session.version, kinds
        self.size = load.endpoint("associations.batch.read").limit or 100

    def prepare(self, index: int, given: Any) -> Row:
        """An id."""
        record_id = identity(given)
        return Row(index, given, {"id": record_id}, frozenset({record_id}), record_id)

    def call(self, rows: list[Row]) -> Call[LinkedBatch]:
        """The chunk's call."""
        return calls.batch(self.version, "read", self.kinds, [row.input for row in rows])

    def settle(self, rows: list[Row], answer: LinkedBatch) -> Settled:
        """Records that are associated with nothing are reported as errors; they are none."""
        told = {result.source_id: result for result in answer.results}
        settled = _blame(rows, [entry for entry in answer.errors if entry.get("subCategory") != NONE_FOUND])
        nothing = {
            value
            for entry in answer.errors
            if entry.get("subCategory") == NONE_FOUND
            for value in _told(entry, "fromObjectId")
        }
        for row in rows:
            record_id = row.input["id"]
            if record_id in told:
                settled.linked[row.index] = told[record_id]
            elif record_id not in nothing and row.index not in settled.refused:
                settled.rows.append(row)
        return settled

    def done(self, session: Session, row: Row, settled: Settled) -> Flow[Outcome]:
        """The outcome of a row that was answered, with the pages that the first answer had no room for."""
        found: list[Link] = []
        result: Linked | None = settled.linked.get(row.index)
        while result is not None:
            found += result.links()
            if result.after is None:
                break
            more = calls.batch(self.version, "read", self.kinds, [{**row.input, "after": result.after}])
            answer = yield from execute(more, session)
            result = answer.results[0] if answer.results else None
        return Outcome(index=row.index, input=row.given, links=tuple(found))


def _pair(from_id: str, to_id: str) -> dict[str, Any]:
    return {"from": {"id": from_id}, "to": {"id": to_id}}


def _blame(rows: list[Row], errors: list[dict[str, Any]]) -> Settled:
    """Gives each refusal to the rows it is about. One id may be two records: the side matters."""
    settled = Settled()
    for entry in errors:
        category = str(entry.get("subCategory"))
        sides = [side for side in ("from", "to") if f"{side.upper()}_OBJECT" in category]
        about = {
            side: _told(entry, "id", "ids", "objectId", f"{side}ObjectId") for side in sides or ("from", "to")
        }
        if not any(about.values()):
            numbers = set(re.findall(r"\d+", str(entry.get("message"))))
            about = dict.fromkeys(about, numbers)
        guilty = [row for row in rows if any(_end(row, side) in ids for side, ids in about.items())]
        for row in guilty:
            settled.refused.setdefault(row.index, entry)
        if not guilty:
            settled.errors.append(entry)
    return settled


def _end(row: Row, side: str) -> str:
    """The id on one side of a row."""
    end = row.input.get(side, row.input if side == "from" else {})
    return str((end[0] if isinstance(end, list) else end).get("id", ""))


def _told(entry: dict[str, Any], *names: str) -> set[str]:
    context = entry.get("context")
    if not isinstance(context, dict):
        return set()
    lists = [
        value if isinstance(value, list) else [value] for name, value in context.items() if name in names
    ]
    return {str(value) for values in lists for value in values}


def link_many(
    session: Session, kinds: tuple[str, str], pairs: list[Any], label: str | None, types: Any
) -> Flow[None]:
    """Emits an outcome per pair."""
    wanted = yield from specs(session, kinds, label, types)
    job = LinkLabelled(session, kinds, wanted) if wanted else LinkDefault(session, kinds, [])
    yield from outcomes(session, job, pairs)


def unlink_many(
    session: Session, kinds: tuple[str, str], pairs: list[Any], label: str | None, types: Any
) -> Flow[None]:
    """Emits an outcome per pair."""
    wanted = yield from specs(session, kinds, label, types)
    job = UnlinkLabelled(session, kinds, wanted) if wanted else Unlink(session, kinds, [])
    yield from outcomes(session, job, pairs)


def linked_many(session: Session, kinds: tuple[str, str], ids: list[Any]) -> Flow[None]:
    """Emits an outcome per record, with its links."""
    yield from outcomes(session, ReadLinks(session, kinds), ids)
