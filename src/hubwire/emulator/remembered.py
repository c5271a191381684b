"""Records as they were told, until they change: what is read again need not be read from the store again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

MOST = 24 * 1024 * 1024
"""Bytes of one type's records; when there are more, remembering begins anew."""

Names = tuple[str, ...]


class Remembered:
    """By the properties that are told, then by id as text. The mappings of a type stay the same objects."""

    __slots__ = ("_by_names", "_size")

    def __init__(self) -> None:
        self._by_names: dict[Names, dict[str, msgspec.Raw]] = {}
        self._size = 0

    def told(self, names: Names) -> dict[str, msgspec.Raw]:
        """To look up in; what is told anew goes through `keep`."""
        found = self._by_names.get(names)
        if found is None:
            found = self._by_names[names] = {}
        return found

    def keep(self, names: Names, told: Mapping[int, bytes]) -> dict[int, msgspec.Raw]:
        self._size += sum(map(len, told.values()))
        if self._size > MOST:
            self.forget()
        kept = {id_: msgspec.Raw(text) for id_, text in told.items()}
        self.told(names).update((str(id_), raw) for id_, raw in kept.items())
        return kept

    def forget(self, ids: Iterable[int] | None = None) -> None:
        """Those records are others now, or all of them."""
        for told in self._by_names.values():
            if ids is None:
                told.clear()
            else:
                for id_ in ids:
                    told.pop(str(id_), None)
        if ids is None:
            self._size = 0
