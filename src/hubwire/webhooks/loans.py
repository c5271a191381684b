"""Which events are being handled, by whom: kept by the thread that writes, and listed on the disk.

On the disk a loan is a row with its events, there until the last of them is back: when a process dies, those
listed are suspected. In memory it is exact, and decides whose result counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from hubwire.webhooks.inbox import Settled


class Loans:
    """By event. What was done since the last `stored` can be undone."""

    def __init__(self) -> None:
        self._lent: dict[int, int] = {}
        self._left: Counter[int] = Counter()
        self._suspects: set[int] = set()
        self._before: list[tuple[int, int | None]] = []
        self._suspected: frozenset[int] = frozenset()

    @property
    def suspected(self) -> bool:
        """Whether one that a process died with is being handled."""
        return bool(self._suspects)

    def lend(self, token: int, events: Sequence[int], *, suspect: bool = False) -> None:
        """From whoever had them before, too."""
        before = list(map(self._lent.get, events))
        self._before.extend(zip(events, before, strict=True))
        self._left.subtract([old for old in before if old is not None])
        self._lent.update(dict.fromkeys(events, token))
        self._left[token] += len(events)
        if suspect:
            self._suspects.add(token)

    def settle(self, results: Sequence[Settled]) -> tuple[list[bool], list[int]]:
        """Whether each result counts, and the loans that are over now."""
        lent, left, before = self._lent, self._left, self._before
        counts, over = [], []
        for one in results:
            token, event = one.token, one.event
            counts.append(lent.get(event) == token)
            if one.keep:
                continue
            if token in self._suspects:
                self._suspects.discard(token)
            if not counts[-1]:
                continue
            before.append((event, token))
            del lent[event]
            left[token] -= 1
            if not left[token]:
                del left[token]
                over.append(token)
        return counts, over

    def take(self, events: Iterable[int]) -> set[int]:
        """From whoever has them; the loans that are not what is listed any more."""
        changed = set()
        for event in events:
            token = self._lent.pop(event, None)
            if token is not None:
                self._before.append((event, token))
                self._left[token] -= 1
                changed.add(token)
        return changed

    def listed(self, tokens: Iterable[int] | None = None) -> dict[int, list[int]]:
        """The events of loans, of all without `tokens`."""
        wanted = None if tokens is None else set(tokens)
        found: dict[int, list[int]] = {}
        for event, token in self._lent.items():
            if wanted is None or token in wanted:
                found.setdefault(token, []).append(event)
        return found

    def stored(self) -> None:
        """What was done is on the disk."""
        self._before.clear()
        if self._suspects or self._suspected:
            self._suspected = frozenset(self._suspects)

    def undo(self) -> None:
        """What was done since then was not."""
        for event, token in reversed(self._before):
            if token is None:
                self._lent.pop(event, None)
            else:
                self._lent[event] = token
        self._before.clear()
        self._left = Counter(self._lent.values())
        self._suspects = set(self._suspected)
