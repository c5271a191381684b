"""What is told of records beforehand is what JSON makes of their values."""

from __future__ import annotations

import json
from random import Random

import numpy as np
import pytest

from hubwire.emulator import moments
from hubwire.emulator.columnar import ready
from hubwire.emulator.columnar.coded import Coded
from hubwire.emulator.columnar.keys import Numbers
from hubwire.emulator.columnar.reading import columns_of, of_keys, of_values
from hubwire.emulator.columnar.texts import Texts
from hubwire.emulator.columns import Column

TEXT, EXACT, MOMENT = (Column("p", sort, f"{sort}") for sort in ("text", "exact", "moment"))


@pytest.fixture(autouse=True)
def _low() -> object:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ready, "PART", 3)
        patch.setattr(ready, "CHUNK", 4)
        patch.setattr("hubwire.emulator.columnar.reading.MANY", 2)
        yield


def texts(seed: int) -> list[str]:
    random = Random(seed)
    letters = ["a", "B", "é", "Ł", "漢", "\U0001f600", " ", "'"] + (
        [] if seed % 2 else ['"', "\\", "\n", "\x1f"]
    )
    return [
        "".join(random.choices(letters, k=random.randrange(0, 15))) for _ in range(random.randrange(3, 30))
    ]


@pytest.mark.parametrize("seed", range(12))
def test_texts_are_told_as_json_has_them(seed: int) -> None:
    column = of_keys(EXACT, texts(seed))
    told = ready._wide(column, [])
    assert told is not None
    assert [json.loads(text) for text in told[:-1].tolist()] == [
        column.text(code) for code in range(len(told) - 1)
    ]
    assert told[-1] == b"null"


@pytest.mark.parametrize("seed", range(12))
def test_many_short_texts_are_sorted_as_any_are(seed: int) -> None:
    values = [*texts(seed), None, *texts(seed + 1), None]
    many, single = of_keys(EXACT, values), Coded(EXACT, np.empty(0, np.int32), Texts.of([]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("hubwire.emulator.columnar.reading.MANY", 1_000)
        single = of_keys(EXACT, values)
    assert many.codes.tolist() == single.codes.tolist()
    assert isinstance(many.keys, Texts)
    assert isinstance(single.keys, Texts)
    assert (many.keys.blob, many.keys.starts.tolist()) == (single.keys.blob, single.keys.starts.tolist())
    distinct = sorted({value for value in values if value is not None})
    assert [many.keys[place] for place in range(len(many.keys))] == distinct


@pytest.mark.parametrize("values", [["a\0", "a", "b"], ["x" * 65, "x" * 64, "b"], ["\ud800", "\uffff", "a"]])
def test_texts_that_bytes_of_one_width_cannot_hold_are_themselves(values: list[str]) -> None:
    column = of_keys(EXACT, values)
    assert [column.text(code) for code in column.codes.tolist()] == values
    assert column.codes.tolist() == [sorted(values).index(value) for value in values]


def test_values_that_differ_in_their_case_alone_have_a_column_each() -> None:
    several = columns_of(TEXT, ["b", "A", "a", None, "É", "é"], np.array([5, 4, 3, 2, 1, 0]))
    assert [each.column.sort for each in several] == ["text", "exact"]
    assert [several[1].text(code) if code >= 0 else None for code in several[1].codes.tolist()] == [
        "é", "É", None, "a", "A", "b",
    ]  # fmt: skip
    assert several[0].codes.tolist() == [2, 2, -1, 0, 0, 1]
    assert of_values(TEXT, ["straße", "STRASSE"]).faithful is False


def test_moments_are_told_as_anywhere() -> None:
    times = sorted({0, 1, 59_999, 60_000, 1_767_258_000_000, 1_767_258_000_615, 1_700_000_000_000 + 1})
    column = Coded(MOMENT, np.arange(len(times), dtype=np.int32), Numbers(np.array(times)))
    told = ready._wide(column, [])
    assert told is not None
    assert told.tolist() == [*(f'"{moments.text(time)}"'.encode() for time in times), b"null"]
    others = [(np.array([5]), None), (np.array(times), told)]
    assert ready._wide(column, others) is told
    assert len(others) == 2


@pytest.mark.parametrize(
    "numbers", [[1, 2], [12, 345_678_901_234], [99_990_001, 10_000_000], [1_234_567_890_123_456]]
)
def test_ids_are_told_in_full(numbers: list[int]) -> None:
    assert ready._digits(np.array(numbers)).tolist() == [str(number).encode() for number in numbers]
