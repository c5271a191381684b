"""Many stored documents read at once, into one run of values for each property."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

_names = msgspec.json.Decoder(list[dict[str, str | None]])
_tuple = msgspec.structs.astuple


class Across:
    """Expects the properties that earlier documents had; those of a new kind are read twice."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._order: list[str] = []
        self._decoder: msgspec.json.Decoder[Any] | None = None

    def read(self, documents: Sequence[str]) -> Iterator[tuple[str, Sequence[str | None]]]:
        """Each property that any of them has (or an earlier one had), with its value in each."""
        if not documents:
            return
        text = f"[{','.join(documents)}]"
        try:
            found = None if self._decoder is None else self._decoder.decode(text)
        except msgspec.ValidationError:
            found = None
        if found is None:
            found = self._expecting(set().union(*_names.decode(text))).decode(text)
        yield from zip(self._order, zip(*map(_tuple, found), strict=True), strict=True)

    def _expecting(self, names: set[str]) -> msgspec.json.Decoder[Any]:
        """Documents have their names in order, and so has what they are read into: each is found at once."""
        self._known |= names
        self._order = sorted(self._known)
        fields = [(f"p{place}", str | None, None) for place in range(len(self._order))]
        # Names of properties need not be names in Python.
        renamed = {f"p{place}": name for place, name in enumerate(self._order)}
        shape = msgspec.defstruct("Properties", fields, rename=renamed, forbid_unknown_fields=True, gc=False)
        self._decoder = msgspec.json.Decoder(list[shape])  # type: ignore[valid-type]  # made just now
        return self._decoder
