"""The names of `re` that the checker uses, with a `compile` that waits until a pattern is asked.

A run needs few of the three hundred patterns; making all of them takes longer than checking one file.
"""

from __future__ import annotations

import re
from re import I, M, Match, Pattern, S, escape, findall, finditer, fullmatch, match, search, split, sub
from typing import TYPE_CHECKING, Any, cast

__all__ = (
    "I", "M", "Match", "Pattern", "S", "compile", "escape", "findall", "finditer", "fullmatch", "lowered",
    "match", "search", "split", "sub", "worded",
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


class _Worded:
    """A pattern whose `search` of a whole text first looks for the words that it needs."""

    def __init__(self, pattern: Any, words: tuple[str, ...]) -> None:
        self._pattern, self._words = pattern, words

    def search(self, text: str, *span: int) -> Any:
        """As a pattern's."""
        if not span:
            low = lowered(text)
            if not any(word in low for word in self._words):
                return None
        return self._pattern.search(text, *span)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._pattern, name)


def worded(words: tuple[str, ...], pattern: str) -> Pattern[str]:
    """A pattern that finds nothing where none of some words stands, written in small letters.

    To look for a few words is many times quicker than to try a pattern that may begin with any letter.
    """
    return cast("Pattern[str]", _Worded(compile(pattern), words))


def lowered(text: str) -> str:
    """A text of one character a byte with the letters of ASCII made small, which is quicker than `lower`."""
    return text.lower() if text.isascii() else text.encode("latin-1").lower().decode("latin-1")
