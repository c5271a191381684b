"""Which of many distinct texts have a word, or words after another: all of them looked at in one go.

The meaning is `words.has_word` and `words.has_token`; what bytes cannot tell (letters that are not ASCII) is
asked of those, text by text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from hubwire.emulator.columnar.texts import BEYOND, CLASSES, END, GAP, LETTER, Flags, Places, Texts
from hubwire.emulator.words import PIECE, has_token, has_word, literals, pattern_of

FEW = 3_000
"""So many texts are looked at one by one."""
WIDEST = 8
"""So many characters between two words are followed; wider gaps are looked at one by one."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A word of a pattern: its letters, and whether more letters may stand on either side."""

    literal: str
    more_before: bool
    more_after: bool
    ending: str = ""
    """What it ends in, with any letters between."""

    @property
    def literal_bytes(self) -> bytes:
        return self.literal.encode()


def with_word(texts: Texts, word: str) -> Flags:
    """Those in which some word begins with `word`."""

    def asked(text: str) -> bool:
        return has_word(text, word)

    if len(texts) <= FEW:
        return _each(texts, asked)
    flags = np.zeros(len(texts), np.bool_)
    for found in texts.occurrences(word):
        before = texts.before(found)
        flags[texts.owners(found[before == GAP])] = True
        _ask(texts, flags, texts.owners(found[before == BEYOND]), asked)
    return flags


def with_token(texts: Texts, text: str) -> Flags:
    """Those in which the token pattern `text` occurs."""
    pattern = pattern_of(text)

    def asked(value: str) -> bool:
        return bool(has_token(value, pattern))

    if len(texts) <= FEW:
        return _each(texts, asked)
    flags = np.zeros(len(texts), np.bool_)
    pieces = _pieces(text)
    if pieces is None:
        return _narrowed(texts, flags, literals(text), asked)
    for found in texts.occurrences(pieces[0][0].literal):
        sure, doubtful = _sequence(texts, found, *pieces)
        flags[texts.owners(sure)] = True
        _ask(texts, flags, texts.owners(doubtful), asked)
    return flags


def _narrowed(texts: Texts, flags: Flags, needed: list[str], asked: Callable[[str], bool]) -> Flags:
    """By the longest run of letters that must occur, then one by one."""
    if not needed:
        return _each(texts, asked)
    for found in texts.occurrences(max(needed, key=len)):
        _ask(texts, flags, texts.owners(found), asked)
    return flags


def _each(texts: Texts, asked: Callable[[str], bool]) -> Flags:
    return np.fromiter((asked(texts[place]) for place in range(len(texts))), np.bool_, len(texts))


def _ask(texts: Texts, flags: Flags, places: Places, asked: Callable[[str], bool]) -> None:
    for place in _distinct(places):
        if not flags[place]:
            flags[place] = asked(texts[place])


def _distinct(places: Places) -> Iterable[int]:
    distinct: list[int] = np.unique(places).tolist()
    return distinct


def _pieces(text: str) -> tuple[list[Piece], bool, bool] | None:
    """The pattern's words, and whether any word must stand before the first, or after the last.

    None for patterns with a wildcard inside a word, or with any word in the middle.
    """
    given = PIECE.findall(text.casefold())
    any_first = len(given) > 1 and not given[0].strip("*")
    any_last = len(given) > 1 + any_first and not given[-1].strip("*")
    words = given[any_first : len(given) - any_last]
    pieces = [_piece(word) for word in words]
    if not pieces or None in pieces:
        return None
    return [piece for piece in pieces if piece is not None], any_first, any_last


def _piece(word: str) -> Piece | None:
    literal, *rest = word.strip("*").split("*")
    if not literal or len(rest) > 1 or (rest and word.endswith("*")):
        return None
    return Piece(literal, word.startswith("*"), word.endswith("*"), *rest)


def _sequence(
    texts: Texts, found: Places, pieces: list[Piece], any_first: bool, any_last: bool
) -> tuple[Places, Places]:
    """Where the pattern surely occurs, and where bytes cannot tell, if the first piece is `found`."""
    doubtful: list[Places] = []

    def sort_out(places: Places, classes: np.ndarray, wanted: int) -> Flags:
        doubtful.append(places[classes == BEYOND])
        kept: Flags = classes == wanted
        return kept

    if any_first:
        found = found[_word_before(texts, found, doubtful)]
    elif not pieces[0].more_before:
        found = found[sort_out(found, texts.before(found), GAP)]
    ends = found
    for place, piece in enumerate(pieces):
        if place:
            found = _next_word(texts, ends, doubtful)
            if piece.more_before:
                doubtful.append(found)
                found = found[:0]
            found = found[texts.stands(piece.literal_bytes, found)]
        ends = found + len(piece.literal_bytes)
        if piece.ending:
            ends = _ending(texts, ends, piece.ending.encode(), doubtful)
        elif piece.more_after:
            ends = _word_end(texts, ends, doubtful)
        else:
            ends = ends[sort_out(ends, texts.at(ends), GAP)]
    if any_last:
        ends = _next_word(texts, ends, doubtful)
    return ends - 1, np.concatenate(doubtful) if doubtful else np.empty(0, np.int64)


def _word_end(texts: Texts, places: Places, doubtful: list[Places]) -> Places:
    """From inside a word to its end."""
    ended: list[Places] = []
    while len(places):
        classes = texts.at(places)
        ended.append(places[classes == GAP])
        doubtful.append(places[classes == BEYOND])
        places = places[classes == LETTER] + 1
    return np.concatenate(ended) if ended else places


def _ending(texts: Texts, places: Places, ending: bytes, doubtful: list[Places]) -> Places:
    """The ends of those words that end so, from `places` on."""
    kept: list[Places] = []
    while len(places):
        classes = texts.at(places)
        doubtful.append(places[classes == BEYOND])
        ends = places + len(ending)
        here = texts.stands(ending, places)
        here[here] = CLASSES[texts.octets[ends[here]]] != LETTER
        kept.append(ends[here])
        places = places[(classes == LETTER) & ~here] + 1
    ended = np.concatenate(kept) if kept else places
    classes = texts.at(ended)
    doubtful.append(ended[classes == BEYOND])
    surely: Places = ended[classes == GAP]
    return surely


def _next_word(texts: Texts, places: Places, doubtful: list[Places]) -> Places:
    """From the end of a word to where the next one in the same text begins."""
    begun: list[Places] = []
    for _ in range(WIDEST):
        places = places[texts.octets[places] != END]
        classes = texts.at(places)
        begun.append(places[classes == LETTER])
        doubtful.append(places[classes == BEYOND])
        places = places[classes == GAP] + 1
    doubtful.append(places[texts.octets[places - 1] != END] - 1)
    return np.concatenate(begun)


def _word_before(texts: Texts, places: Places, doubtful: list[Places]) -> Flags:
    """Whether a gap stands before each place, and a word before that in the same text."""
    kept = np.zeros(len(places), np.bool_)
    waiting, at = np.arange(len(places)), places.copy()
    for step in range(WIDEST):
        inside = at > 0
        waiting, at = waiting[inside], at[inside] - 1
        inside = texts.octets[at] != END
        waiting, at = waiting[inside], at[inside]
        classes = texts.at(at)
        doubtful.append(places[waiting[classes == BEYOND]])
        if step:
            kept[waiting[classes == LETTER]] = True
        waiting, at = waiting[classes == GAP], at[classes == GAP]
    doubtful.append(places[waiting])
    return kept
