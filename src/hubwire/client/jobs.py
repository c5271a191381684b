"""The five batch calls of records."""

from __future__ import annotations

from typing import Any

from hubwire.catalogue import load
from hubwire.client.call import Call
from hubwire.client.calls import batches
from hubwire.client.calls.batches import Verb
from hubwire.client.calls.objects import Fields
from hubwire.client.identity import identity
from hubwire.client.kinds import unique_properties
from hubwire.client.outcomes import Change, NewRecord, Outcome, Row, Written
from hubwire.client.records import Batch
from hubwire.client.session import Session
from hubwire.client.settle import Settled, settle
from hubwire.client.targets import targets
from hubwire.client.values import wire_properties
from hubwire.errors import ConfigError
from hubwire.wire.flow import Flow


class _Records:
    """What the five have in common."""

    verb: Verb
    writes = True
    once = False
    by: str | None = None

    def __init__(self, session: Session, kind: str) -> None:
        self.version, self.kind = session.version, kind
        self.size = load.endpoint(f"objects.batch.{self.verb}").limit or 100
        self.batch_id, self._new_id = session.new_id(), session.new_id

    def call(self, rows: list[Row]) -> Call[Batch]:
        """The chunk's call."""
        return batches.write(self.version, self.verb, self.kind, [row.input for row in rows])

    def settle(self, rows: list[Row], answer: Batch) -> Settled:
        """Who got what."""
        return settle(rows, answer, self.by)

    def done(self, session: Session, row: Row, settled: Settled) -> Flow[Outcome]:
        """The outcome of a row that was done."""
        yield from ()
        record = settled.found.get(row.index)
        created = None if record is None or not self.writes else self._created(record._new)
        written: Written = "yes" if self.writes else "no"
        return Outcome(index=row.index, input=row.given, record=record, created=created, written=written)

    def _created(self, new: Any) -> bool | None:
        return new if isinstance(new, bool) else None

    def trace(self, index: int) -> str:
        """Distinct for every input, which is what makes HubSpot answer for each of them."""
        return f"{self.batch_id}-{index}"


class Create(_Records):
    verb: Verb = "create"
    once = True

    def prepare(self, index: int, given: Any) -> Row:
        """A mapping of properties, or a `NewRecord`."""
        new = given if isinstance(given, NewRecord) else NewRecord(given)
        properties = wire_properties(new.properties)
        trace = self.trace(index)
        entry = {
            "properties": properties,
            "associations": targets(self.kind, new.associations),
            "objectWriteTraceId": trace,
        }
        unique = [
            properties[name].strip().lower() for name in unique_properties(self.kind) if properties.get(name)
        ]
        return Row(index, given, entry, frozenset(unique), unique[0] if unique else None, trace)

    def settle(self, rows: list[Row], answer: Batch) -> Settled:
        """New ids are nobody's yet: a unique property tells whose they are."""
        unique = unique_properties(self.kind)
        return settle(rows, answer, unique[0] if unique else "")

    def _created(self, new: Any) -> bool | None:
        return True


class Update(_Records):
    verb: Verb = "update"

    def __init__(self, session: Session, kind: str, by: str | None) -> None:
        super().__init__(session, kind)
        self.by = by

    def prepare(self, index: int, given: Any) -> Row:
        """A `Change`, or a pair of id and properties."""
        if not isinstance(given, tuple) or len(given) != 2:
            raise ConfigError(
                f"an update is Change(id, properties) or a pair of both, not {type(given).__name__}"
            )
        change = Change(*given)
        record_id = identity(change.id)
        trace = self.trace(index)
        entry = {
            "id": record_id,
            **({"idProperty": self.by} if self.by else {}),
            "properties": wire_properties(change.properties),
            "objectWriteTraceId": trace,
        }
        return Row(index, given, entry, frozenset({record_id.lower()}), record_id.lower(), trace)

    def _created(self, new: Any) -> bool | None:
        return False


class Upsert(_Records):
    verb: Verb = "upsert"

    def __init__(self, session: Session, kind: str, by: str) -> None:
        super().__init__(session, kind)
        self.by: str = by

    def prepare(self, index: int, given: Any) -> Row:
        """A mapping of properties, the unique one among them."""
        properties = wire_properties(given)
        value = identity(properties.pop(self.by, ""), f"property {self.by!r}")
        trace = self.trace(index)
        # The new record gets the value of idProperty without its being repeated among the properties.
        entry = {"id": value, "idProperty": self.by, "properties": properties, "objectWriteTraceId": trace}
        return Row(index, given, entry, frozenset({value.lower()}), value.lower(), trace)


class Read(_Records):
    verb: Verb = "read"
    writes = False

    def __init__(self, session: Session, kind: str, by: str | None, fields: Fields) -> None:
        super().__init__(session, kind)
        self.by = by
        # Without it the answer would not tell which record was asked for by which value.
        known = (*fields.properties, by) if by and by not in fields.properties else fields.properties
        self.fields = Fields(known, fields.history, (), fields.archived)
        if fields.history:
            self.size = load.limits().HISTORY_INPUTS

    def prepare(self, index: int, given: Any) -> Row:
        """An id, or the value of the unique property."""
        record_id = identity(given)
        return Row(index, given, {"id": record_id}, frozenset({record_id.lower()}), record_id.lower())

    def call(self, rows: list[Row]) -> Call[Batch]:
        """The chunk's call."""
        ids = [row.input["id"] for row in rows]
        return batches.read(self.version, self.kind, ids, self.fields, by=self.by)


class Archive(_Records):
    verb: Verb = "archive"

    def prepare(self, index: int, given: Any) -> Row:
        """An id."""
        record_id = identity(given)
        return Row(index, given, {"id": record_id}, frozenset({record_id.lower()}), record_id.lower())

    def settle(self, rows: list[Row], answer: Batch) -> Settled:
        """The answer is empty: what is not refused is done."""
        settled = settle(rows, answer, None)
        return Settled(refused=settled.refused, errors=settled.errors)
