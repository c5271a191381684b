"""What the rows of one record come to at the end of the file, for records that several rows are about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from hubwire.mirror.push.parts import Part, Reader


@dataclass
class Repeats:
    """The last word on each property of records that occur more than once.

    An earlier row is not written over a last word that the account already holds: pushing a file a second
    time would otherwise change such records back and forth.
    """

    keys: frozenset[int] = frozenset()
    """Hashes of the keys: a million of them should not cost the memory of a million rows."""
    last: dict[tuple[str, str], tuple[int, str]] = field(default_factory=dict)

    def __contains__(self, key: str) -> bool:
        return hash(key) in self.keys

    def last_word(self, key: str, name: str, after: int) -> str | None:
        """The value that a row further down than `after` gives the property, if one does."""
        line, value = self.last.get((key, name), (0, ""))
        return value if line > after else None


def find_repeats(readers: Sequence[Reader]) -> list[Repeats]:
    """Read the file through for records that several rows are about; one answer per reader."""
    if not readers:
        return []
    counts: list[Counter[int]] = [Counter() for _ in readers]
    for row in readers[0].table:
        for count, reader in zip(counts, readers, strict=True):
            if isinstance(part := reader.part(row), Part):
                count[hash(part.key)] += 1
    found = [Repeats(frozenset(key for key, times in count.items() if times > 1)) for count in counts]
    if any(repeats.keys for repeats in found):
        for row in readers[0].table:
            for repeats, reader in zip(found, readers, strict=True):
                part = reader.part(row)
                if isinstance(part, Part) and part.key in repeats and not part.doubt:
                    for name, value in part.values.items():
                        repeats.last[part.key, name] = (row.line, value)
    return found
