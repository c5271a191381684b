"""The names of `re` that the checker uses, with a `compile` that waits until a pattern is asked.

A run needs few of the three hundred patterns; making all of them takes longer than checking one file.
"""

from __future__ import annotations

import re
from re import I, M, Match, Pattern, S, escape, findall, finditer, fullmatch, match, search, split, sub
from typing import TYPE_CHECKING, Any

__all__ = (
    "I", "M", "Match", "Pattern", "S", "compile", "escape", "findall", "finditer", "fullmatch", "match",
    "search", "split", "sub",
)  # fmt: skip

_ASKED = ("search", "match", "fullmatch", "finditer", "findall", "sub", "split")


class Waiting:
    """A pattern that is made when it is first asked; from then on its methods are those of the made one."""

    def __init__(self, pattern: Any, flags: int) -> None:
        self.pattern, self._flags = pattern, flags

    def __getattr__(self, name: str) -> Any:
        made = re.compile(self.pattern, self._flags)
        self.__dict__.update({each: getattr(made, each) for each in _ASKED})
        return getattr(made, name)


if TYPE_CHECKING:
    from re import compile  # noqa: A004  # that is the point
else:

    def compile(pattern: Any, flags: int = 0) -> Waiting:  # noqa: A001  # as above
        """As `re.compile`; a pattern that is none is told when it is first asked."""
        return Waiting(pattern, flags)
