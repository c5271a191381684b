"""Associates the rows' records, and reads back what was written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hubwire.mirror.push.account import refuses_row
from hubwire.mirror.push.finders import stored
from hubwire.mirror.push.layout import Side
from hubwire.mirror.push.report import Difference
from hubwire.mirror.push.senders import words
from hubwire.mirror.push.states import State
from hubwire.mirror.push.values import same

if TYPE_CHECKING:
    from hubwire import Hub

Pair = tuple[str, str]


@dataclass
class Links:
    """Associations of one pair of object types, of the default type."""

    hub: Hub
    from_object: str
    to_object: str

    def existing(self, from_ids: Sequence[str]) -> set[Pair]:
        """The pairs that are linked already."""
        pairs: set[Pair] = set()
        if from_ids:
            for outcome in self.hub.associations.batch.linked(
                self.from_object, self.to_object, list(from_ids)
            ):
                if outcome.ok:
                    pairs |= {(str(outcome.input), link.to_id) for link in outcome.links or ()}
                elif outcome.error is not None and not refuses_row(outcome.error):
                    raise outcome.error
        return pairs

    def make(self, pairs: Sequence[Pair]) -> Iterator[tuple[Pair, str | None]]:
        """Link pairs; with each the reason why it was refused, or None."""
        stop: BaseException | None = None
        outcomes = self.hub.associations.batch.link(self.from_object, self.to_object, list(pairs))
        for pair, outcome in zip(pairs, outcomes, strict=True):
            if outcome.ok:
                yield pair, None
            elif refuses_row(outcome.error):
                yield pair, words(outcome.error)
            else:
                stop = stop or outcome.error
        if stop is not None:
            raise stop


def read_back(hub: Hub, side: Side, written: dict[str, State]) -> Iterator[list[Difference]]:
    """Reads records again by id and compares; one list of differences for each, empty when it is as
    written.
    """
    by_id = {state.id: (key, state) for key, state in written.items() if state.id}
    for found in stored(hub, side, list(by_id), None):
        key, state = by_id.pop(found.id)
        yield [
            Difference(side.object, found.id, key, name, wanted, found.values.get(name))
            for name, wanted in state.values.items()
            if name in side.fields and not same(side.fields[name], wanted or "", found.values.get(name))
        ]
    for record_id, (key, _) in by_id.items():
        yield [Difference(side.object, record_id, key, side.key.name, key, None)]
