"""One property of all records of a type: each row has the code of its value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hubwire.emulator.columnar.keys import Keys, keys_of
from hubwire.emulator.columnar.texts import Flags, Places, Texts
from hubwire.emulator.columnar.wording import with_token, with_word
from hubwire.emulator.columnar.written import plain
from hubwire.emulator.columns import Column

Codes = NDArray[np.int32]
UNSET = -1
SMALLEST, ROOM = 1_024, 1 << 31
REMEMBERED = 64


def with_room(rows: int) -> int:
    """How many codes there is room for, where there are so many rows."""
    return max(rows + rows // 16, SMALLEST)


class Coded:
    """`codes` are places in `keys`, which are in order: so ranges of values are ranges of codes."""

    def __init__(
        self, column: Column, codes: Codes, keys: Keys, texts: Texts | None = None, rows: int | None = None
    ) -> None:
        """`texts`: the values as they are stored, where that does not follow from their keys.

        Without `rows`, each of the codes is a row's; with it, those after them are room for new ones.
        """
        self.column, self.keys, self.texts = column, keys, texts
        self._codes, self._rows = codes, len(codes) if rows is None else rows
        self.seen = 0
        """How far it has followed the table's changes."""
        self.faithful = True
        """Whether equal keys were equal values when it was made, so that it can tell them."""
        self._known: dict[tuple[str, str], Flags] = {}

    @classmethod
    def uniform(cls, column: Column, rows: int, key: Any = None, text: str | None = None) -> Coded:
        """All rows have the same value, or none: that takes no room."""
        keys = keys_of(column, [] if key is None else [key])
        codes = np.broadcast_to(np.int32(UNSET if key is None else 0), ROOM)
        made = cls(column, codes, keys)
        if text is not None and not _alike(column, keys, [text]):
            made.texts = Texts.of([text])
        made._rows = rows
        return made

    @property
    def is_uniform(self) -> bool:
        return not self._codes.flags.writeable

    @property
    def codes(self) -> Codes:
        return self._codes[: self._rows]

    def code(self, key: Any) -> int:
        """The key's, or one that no row has."""
        place = self.keys.left(key)
        return place if self.keys.right(key) > place else len(self.keys)

    def prepare(self) -> None:
        """Spends now what would make the first search, and the first one after a write, slow."""
        if len(self._codes) == self._rows:
            self._grow(self._rows, early=True)
        if isinstance(self.keys, Texts):
            self.keys.prepare()

    def arrange(self, order: Places) -> None:
        """Puts the rows in another order."""
        self._codes = self.codes[order]

    # Values as they are stored

    def text(self, code: int) -> str:
        """The value with that code."""
        return plain(self.column, self.keys, code) if self.texts is None else self.texts[code]

    # Changes

    def follow(
        self, rows: Places, values: Sequence[Any], total: int, texts: Sequence[str | None]
    ) -> list[int]:
        """Those rows have these keys now (None for unset), of so many rows in all; and these values.

        Returns the places among `rows` of those whose value is not the one that it tells.
        """
        self._grow(total)
        if not len(rows):
            return []
        by_key = dict(zip(values, texts, strict=True))
        if self.is_uniform and by_key.keys() - {self._only()}:
            self._codes = np.full(total + total // 16, self._codes[0], np.int32)
        by_key.pop(None, None)
        distinct = sorted(by_key)
        places, there = self.keys.places(distinct)
        if not there.all():
            new = [key for key, known in zip(distinct, there, strict=True) if not known]
            self._admit(new, places[~there], [by_key[key] or "" for key in new])
            places, _ = self.keys.places(distinct)
        code = dict(zip(distinct, places.tolist(), strict=True))
        if not self.is_uniform:
            self._codes[rows] = [UNSET if value is None else code[value] for value in values]
        told = {key: self.text(place) for key, place in code.items()}
        pairs = zip(values, texts, strict=True)
        return [place for place, (value, text) in enumerate(pairs) if told.get(value) != text]

    def _only(self) -> Any:
        """The key that all rows have."""
        if not len(self.keys):
            return None
        return self.keys[0] if isinstance(self.keys, Texts) else self.keys.values[0].item()

    def _grow(self, total: int, *, early: bool = False) -> None:
        if early or total > len(self._codes):
            room = np.full(with_room(total), UNSET, np.int32)
            room[: self._rows] = self.codes
            self._codes = room
        self._rows = total

    def _admit(self, keys: Sequence[Any], places: Places, texts: Sequence[str]) -> None:
        shifts = np.searchsorted(places, np.arange(len(self.keys)), "right")
        moved = np.append(np.arange(len(self.keys)) + shifts, UNSET).astype(np.int32)
        self._codes = moved[self._codes]  # UNSET picks the last
        if self.texts is None and not _alike(self.column, keys_of(self.column, keys), texts):
            self.texts = Texts.of(map(self.text, range(len(self.keys))))
        self.keys.insert(keys, places)
        if self.texts is not None:
            self.texts.insert(texts, places)
        for (what, text), flags in self._known.items():
            added = _asked(keys_of(self.column, keys), what, text)
            self._known[what, text] = np.insert(flags, places, added)

    # Conditions

    def between(self, low: int, high: int) -> Flags:
        """Rows with a code from `low` to before `high`."""
        if high - low <= 1:
            flags: Flags = self.codes == low if high > low else np.zeros(self._rows, np.bool_)
            return flags
        # One comparison for two: what lies below wraps round to large numbers.
        shifted = (self.codes - np.int32(low)).view(np.uint32)
        within: Flags = shifted < np.uint32(high - low)
        return within

    def among(self, keys: Sequence[Any]) -> Flags:
        """Rows with one of the keys."""
        codes = [self.code(key) for key in keys]
        if len(codes) == 1:
            return self.between(codes[0], codes[0] + 1)
        chosen = np.zeros(len(self.keys), np.bool_)
        chosen[[code for code in codes if code < len(self.keys)]] = True
        return self.chosen(chosen)

    def unset(self) -> Flags:
        flags: Flags = self.codes == UNSET
        return flags

    def chosen(self, keys: Flags) -> Flags:
        """Rows with one of the flagged keys."""
        if not keys.any():
            return np.zeros(self._rows, np.bool_)
        return np.append(keys, False)[self.codes]

    def worded(self, what: str, text: str) -> Flags:
        """Rows with a `word` that begins so, a `token` pattern, or one of several `options` joined by `;`."""
        known = self._known.get((what, text))
        if known is None:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            known = self._known[what, text] = _asked(self.keys, what, text)
        return self.chosen(known)


def _alike(column: Column, keys: Keys, texts: Sequence[str]) -> bool:
    """Whether these values follow from their keys."""
    return all(plain(column, keys, place) == text for place, text in enumerate(texts))


def _with_options(texts: Texts, text: str) -> Flags:
    wanted = set(text.split(";"))
    return np.fromiter(
        (not wanted.isdisjoint(texts[place].split(";")) for place in range(len(texts))), np.bool_, len(texts)
    )


ASKED: dict[str, Callable[[Texts, str], Flags]] = {
    "word": with_word, "token": with_token, "options": _with_options,
}  # fmt: skip


def _asked(keys: Keys, what: str, text: str) -> Flags:
    """Which keys have it. Numbers and moments have no words."""
    return ASKED[what](keys, text) if isinstance(keys, Texts) else np.zeros(len(keys), np.bool_)
