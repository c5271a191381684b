"""Finds the records that rows are about: by id or unique property in batches, by any other one through
look-ups.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from hubwire.mirror.push.account import Account, refuses_row
from hubwire.mirror.push.journal import Journal
from hubwire.mirror.push.layout import Side
from hubwire.mirror.push.states import State, Stored

if TYPE_CHECKING:
    from hubwire import Hub

# https://developers.hubspot.com/docs/api-reference/search/guide
SEARCH_BODY = 3_000
SEARCH_VALUES = 100
PAGE = 100
LAG = 30.0
"""Seconds after which a write is certain to be found by a search."""
LISTABLE = 200
"""Pages worth reading to see a creation whose outcome is unknown, rather than to wait until searches show
it.
"""


class Clock(Protocol):
    """Wall time and waiting."""

    def now(self) -> float: ...
    def sleep(self, seconds: float) -> None: ...


def stored(hub: Hub, side: Side, keys: Iterable[str], by: str | None) -> Iterator[Stored]:
    """The records that exist under the given ids or unique values."""
    for outcome in hub.objects(side.object).batch.each.read(keys, by=by, properties=side.names):
        if outcome.record is not None:
            yield Stored(outcome.record.id, outcome.record.properties)
        elif outcome.error is not None and not refuses_row(outcome.error):
            raise outcome.error


@dataclass
class ByKey:
    """Finds by record id or by a unique property."""

    hub: Hub
    side: Side

    def find(self, keys: dict[str, str]) -> dict[str, State]:
        """A state for every key; one that the account does not have is empty."""
        by, key = (None, self.side.key) if self.side.mode == "id" else (self.side.key.name, self.side.key)
        states = {folded: State((), {}) for folded in keys}
        wanted = [folded for folded in keys if by or folded.isdigit()]
        for found in stored(self.hub, self.side, wanted, by):
            value = found.id if by is None else key.key(found.values.get(key.name) or "")
            if value in states:
                states[value] = State((found.id,), dict(found.values), existed=True)
        return states


@dataclass
class ByLookup:
    """Finds by a property that several records may share, through searches or by reading all records."""

    account: Account
    side: Side
    journal: Journal
    clock: Clock
    _all: dict[str, State] | None = None

    @property
    def hub(self) -> Hub:
        return self.account.hub

    def find(self, keys: dict[str, str]) -> dict[str, State]:
        """A state for every key; it holds several ids where several records share the key."""
        states = self._recorded(keys)
        rest = [key for key in keys if key not in states]
        if rest:
            if self._all is None:
                self._choose(rest)
            found = self._all if self._all is not None else self._searched(rest)
            states |= {key: found.get(key) or State((), {}) for key in rest}
        return states

    def _recorded(self, keys: dict[str, str]) -> dict[str, State]:
        """Records that an interrupted push is known to have created: searches may not show them yet."""
        mine = {
            record_id: key
            for (object_, key), record_id in self.journal.created.items()
            if object_ == self.side.object and key in keys
        }
        states: dict[str, State] = {}
        for found in stored(self.hub, self.side, list(mine), None) if mine else ():
            key = self._key(found)
            if mine.get(found.id) == key:
                states[key] = State((found.id,), dict(found.values), existed=True)
        return states

    def _key(self, found: Stored) -> str:
        return self.side.key.key(found.values.get(self.side.key.name) or "")

    def _choose(self, keys: Sequence[str]) -> None:
        """Read all records when that takes no more calls than searching, or when searches cannot be trusted
        yet.
        """
        records = self.hub.objects(self.side.object)
        pages = -(-records.count() // PAGE)
        sent = [at for (object_, _), at in self.journal.pending.items() if object_ == self.side.object]
        wait = max(sent, default=float("-inf")) + LAG - self.clock.now()
        if pages <= len(self._questions(keys)) or (wait > 0 and pages <= LISTABLE):
            self.account.other_calls += max(1, pages)
            self._all = _by_key(
                (Stored(each.id, each.properties) for each in records.list(properties=self.side.names)),
                self._key,
            )
        elif wait > 0:
            self.clock.sleep(min(wait, LAG))

    def _searched(self, keys: Sequence[str]) -> dict[str, State]:
        records = self.hub.objects(self.side.object)
        name, found = self.side.key.name, []
        wide = self._wide()
        for values in self._questions(keys):
            question = [{"propertyName": name, "operator": "IN", "values": values}]
            properties = [name] if wide else self.side.names
            found += [
                Stored(each.id, each.properties) for each in records.search(question, properties=properties)
            ]
        if wide:
            found = list(stored(self.hub, self.side, [each.id for each in found], None))
        return _by_key(found, self._key)

    def _wide(self) -> bool:
        """Whether the property names alone would fill much of a search's body."""
        return len(json.dumps(self.side.names)) > SEARCH_BODY // 3

    def _questions(self, keys: Sequence[str]) -> list[list[str]]:
        """The keys in groups that fit into one search each."""
        # The rest of the body: filter, names, limit, sort, an "after".
        names = [self.side.key.name] if self._wide() else self.side.names
        room = SEARCH_BODY - len(json.dumps(names)) - 400
        groups: list[list[str]] = []
        left = 0
        for key in keys:
            # Strings are matched by IN only in lower case.
            value = key.lower() if self.side.key.type == "string" else key
            size = len(json.dumps(value)) + 2
            if not groups or size > left or len(groups[-1]) >= SEARCH_VALUES:
                groups.append([])
                left = room
            groups[-1].append(value)
            left -= size
        return groups


def _by_key(records: Iterable[Stored], key: Callable[[Stored], str]) -> dict[str, State]:
    states: dict[str, State] = {}
    for record in records:
        name = key(record)
        known = states.get(name)
        if known is None:
            states[name] = State((record.id,), dict(record.values), existed=True)
        elif record.id not in known.ids:
            known.ids += (record.id,)
    return states
