"""Words in text: what CONTAINS_TOKEN and a search's `query` look for.

HubSpot's tokeniser is not known: words are taken to be runs of letters and digits.
"""

from __future__ import annotations

import re
from functools import lru_cache

WORD = re.compile(r"[^\W_]+")
PIECE = re.compile(r"(?:[^\W_]|\*)+")
LETTER, GAP = r"[^\W_]", r"[\W_]+"


def words_of(text: str) -> list[str]:
    """The words, case folded."""
    return list(dict.fromkeys(WORD.findall(text.casefold())))


def literals(text: str) -> list[str]:
    """Runs of letters in a pattern: text without one of them cannot match."""
    return [word for word in words_of(text) if len(word) > 1]


@lru_cache(maxsize=256)
def pattern_of(text: str) -> str:
    """A regular expression for a token pattern: consecutive words, `*` for any letters of a word."""
    pieces = []
    for piece in PIECE.findall(text.casefold()):
        stripped = piece.strip("*")
        if not stripped:
            pieces.append(f"{LETTER}+")
        else:
            pieces.append(f"{LETTER}*".join(map(re.escape, piece.split("*"))))
    if not pieces:
        return "(?!)"
    return f"(?<!{LETTER}){GAP.join(pieces)}(?!{LETTER})"


def has_token(text: str | None, pattern: str) -> bool | None:
    """For SQL: does `pattern` occur in the (folded) text? NULL for NULL."""
    return None if text is None else _compiled(pattern).search(str(text).casefold()) is not None


def has_word(text: str | None, word: str) -> bool:
    """For SQL: does a word of the text begin with `word`?"""
    return (
        text is not None and _compiled(f"(?<!{LETTER}){re.escape(word)}").search(text.casefold()) is not None
    )


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
