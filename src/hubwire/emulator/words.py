"""Words in text: what CONTAINS_TOKEN and a search's `query` look for.

HubSpot's tokeniser is not known: words are taken to be runs of letters and digits.
"""

from __future__ import annotations

import re
from functools import lru_cache

WORD = re.compile(r"[^\W_]+")
ASCII = re.compile(r"[a-z0-9]+")
PIECE = re.compile(r"(?:[^\W_]|\*)+")
LETTER, GAP = r"[^\W_]", r"[\W_]+"


def words_of(text: str) -> list[str]:
    """The words of a query, in lower case."""
    return list(dict.fromkeys(WORD.findall(text.lower())))


def ascii_part(word: str) -> str:
    """Its longest run of ASCII characters, which SQLite can look for in any letter case by itself."""
    return max(ASCII.findall(word), key=len, default="")


def literals(text: str) -> list[str]:
    """Runs of letters in a pattern, case folded: text without one of them cannot match."""
    return [word for word in dict.fromkeys(WORD.findall(text.casefold())) if len(word) > 1]


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
    begins = _compiled(f"(?<!{LETTER}){re.escape(word)}")
    return text is not None and begins.search(text.lower()) is not None


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
