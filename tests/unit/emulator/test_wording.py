"""All texts at once answer as each text alone does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hubwire.emulator.columnar import pairs, texts, wording
from hubwire.emulator.columnar.texts import Texts
from hubwire.emulator.words import has_token, has_word, pattern_of, words_of

LETTERS = st.text(alphabet="ab1é –.@-\n", max_size=14)
PATTERNS = st.text(alphabet="ab1é*@. ", min_size=1, max_size=8)


@contextmanager
def many() -> Iterator[None]:
    """Few texts count as many, and two occurrences as frequent."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wording, "FEW", 0)
        patch.setattr(texts, "RARE", 2)
        yield


@settings(max_examples=150, deadline=None)
@given(values=st.sets(LETTERS, min_size=1, max_size=25), pattern=PATTERNS)
def test_a_token_is_found_in_the_same_texts(values: set[str], pattern: str) -> None:
    ordered = sorted(value.casefold() for value in values)
    expected = [bool(has_token(value, pattern_of(pattern))) for value in ordered]
    with many():
        assert wording.with_token(Texts.of(ordered), pattern).tolist() == expected


@settings(max_examples=100, deadline=None)
@given(values=st.sets(LETTERS, min_size=1, max_size=25), query=LETTERS.filter(words_of))
def test_a_word_begins_in_the_same_texts(values: set[str], query: str) -> None:
    ordered, word = sorted(values), words_of(query)[0]
    expected = [has_word(value, word) for value in ordered]
    with many():
        assert wording.with_word(Texts.of(ordered), word).tolist() == expected


@settings(max_examples=80, deadline=None)
@given(
    first=st.sets(LETTERS, max_size=12), later=st.lists(st.sets(LETTERS, min_size=1, max_size=6), max_size=4)
)
def test_texts_that_come_later_stand_where_they_belong(first: set[str], later: list[set[str]]) -> None:
    kept, known = Texts.of(sorted(first)), set(first)
    for some in later:
        new = sorted(some - known)
        places, there = kept.places(new)
        assert not there.any()
        kept.insert(new, places)
        known |= some
        ordered = sorted(known)
        assert [kept[place] for place in range(len(kept))] == ordered
        assert [kept.left(text) for text in ordered] == list(range(len(ordered)))
        assert [kept.right(text) for text in ordered] == list(range(1, len(ordered) + 1))


@settings(max_examples=150, deadline=None)
@given(
    first=st.sets(LETTERS, min_size=1, max_size=25),
    later=st.lists(st.sets(LETTERS, min_size=1, max_size=6), max_size=3),
    query=LETTERS.filter(words_of),
    pattern=PATTERNS,
)
def test_stretches_without_a_pair_of_the_word_have_no_such_word(
    first: set[str], later: list[set[str]], query: str, pattern: str
) -> None:
    """Texts that know which pairs of bytes are where, and learn it of those that come later."""
    word = words_of(query)[0]
    with many(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(texts, "LONG", 0)
        patch.setattr(pairs, "STRETCH", 32)
        kept, known = Texts.of(sorted(first)), set(first)
        kept.prepare()
        for some in later:
            new = sorted(some - known)
            kept.insert(new, kept.places(new)[0])
            known |= some
        ordered = sorted(known)
        assert wording.with_word(kept, word).tolist() == [has_word(value, word) for value in ordered]
        expected = [bool(has_token(value, pattern_of(pattern))) for value in ordered]
        if all(value == value.casefold() for value in ordered):
            assert wording.with_token(kept, pattern).tolist() == expected


def test_a_word_at_the_very_end_is_read_from_before_it() -> None:
    """Eight bytes are read at once, and the last word has fewer after it."""
    ordered = sorted(f"{number} end" for number in range(60))
    with many():
        assert all(wording.with_word(Texts.of(ordered), "end"))
        assert sum(wording.with_token(Texts.of(ordered), "59")) == 1


def test_a_word_that_is_nearly_everywhere_is_not_looked_for_one_by_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Parts of the texts tell how frequent it is, before time is spent on it."""
    monkeypatch.setattr(texts, "LONG", 0)
    monkeypatch.setattr(texts, "PART", 64)
    monkeypatch.setattr(texts, "PROBE", 32)
    ordered = sorted(f"anna {number}" for number in range(300))
    asked: list[bytes] = []
    one_by_one = Texts._one_by_one

    def noted(self: Texts, wanted: bytes) -> Iterator[int]:
        asked.append(wanted)
        return one_by_one(self, wanted)

    monkeypatch.setattr(Texts, "_one_by_one", noted)
    with many():
        monkeypatch.setattr(texts, "RARE", 100)
        kept = Texts.of(ordered)
        assert all(wording.with_word(kept, "ann"))
        assert asked == []
        assert np.flatnonzero(wording.with_word(kept, "299")).tolist() == [ordered.index("anna 299")]
        assert asked == [b"299"]
