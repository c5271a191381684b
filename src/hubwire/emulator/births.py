"""What becomes of a record's values at birth and on change: steps back, clearing, formulas."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping, Sequence

from hubwire.catalogue.facts import ObjectType
from hubwire.emulator import calculated, moments
from hubwire.emulator.calculated import CONSTANTS, Source
from hubwire.emulator.definitions import Calculated
from hubwire.emulator.records import Record, Table

CHUNK = 1_000


def newborn(
    kind: ObjectType,
    sent: Mapping[str, str],
    record_id: int,
    stages: Mapping[str, Mapping[str, str]],
    at: int,
    source: Source,
    formulas: Sequence[Calculated] = (),
) -> Record:
    """A record as its creation leaves it, not yet stored anywhere."""
    if ";" in {value[:1] for value in sent.values()}:
        sent = {name: value.removeprefix(";") for name, value in sent.items()}
    props = {**sent, **calculated.at_birth(kind, sent, record_id, stages, at, source)}
    if formulas:
        work_out(kind, props, formulas)
    created = moments.parse(props[kind.created]) if kind.created in sent else at
    return Record(record_id, at if created is None else created, at, props)


def work_out(kind: ObjectType, props: MutableMapping[str, str], formulas: Sequence[Calculated]) -> bool:
    """Sets what formulas yield, in the order in which they need one another; tells whether that changed
    anything."""
    constants, changed = CONSTANTS.get(kind.id, {}), False

    def lookup(name: str) -> str | None:
        return props.get(name) or constants.get(name)

    for one in formulas:
        before = props.get(one.name)
        put(props, one.name, one.formula.value(one.type, lookup))
        changed |= props.get(one.name) != before
    return changed


def refill(table: Table, kind: ObjectType, formulas: Sequence[Calculated]) -> None:
    """Works the formulas out for every live record. That this moves no modification time is assumed."""
    start = 0
    while page := table.page(start, CHUNK):
        changed = [record for record in page if work_out(kind, record.props, formulas)]
        if changed:
            table.replace(changed)
        start = page[-1].id + 1
    if start:
        table.advance(0, 0)


def forward_only(stages: Sequence[str], stored: str | None, wanted: str) -> str:
    """`lifecyclestage` moves forward only. That a step back is dropped silently is assumed."""
    if (
        stored is not None
        and stored in stages
        and wanted in stages
        and stages.index(wanted) < stages.index(stored)
    ):
        return stored
    return wanted


def put(props: MutableMapping[str, str], name: str, value: str | None) -> None:
    """Sets or, with nothing, clears."""
    if value:
        props[name] = value
    else:
        props.pop(name, None)
