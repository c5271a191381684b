"""Moments that are gathered as milliseconds make the columns that their texts would."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from hubwire.emulator import moments
from hubwire.emulator.columnar.coded import Coded
from hubwire.emulator.columnar.keys import Numbers
from hubwire.emulator.columnar.reading import Gathered, GatheredMoments, gather
from hubwire.emulator.columns import Column

MOMENT = Column("hs_v2_date_entered_current_stage", "moment", "substr(x, 1, 23)")
ODD = [
    "2026",
    "0000-01-02T03:04:05Z",
    "2026-01-02",
    "1767258000000",
    "2026-01-02T03:04:05.000Z",
    "2026-01-02T03:04:05",
    "no moment",
    "T" * 20,
]


def told(columns: list[Coded]) -> list[object]:
    found: list[object] = []
    for each in columns:
        keys = (
            each.keys.values.tolist()
            if isinstance(each.keys, Numbers)
            else list(map(each.text, range(len(each.keys))))
        )
        values = [each.text(code) if code >= 0 else None for code in each.codes.tolist()]
        found.append((each.column, each.faithful, keys, each.codes.tolist(), values))
    return found


def runs(seed: int, odd: list[str]) -> list[list[str | None]]:
    random = Random(seed)
    known: list[str | None] = [moments.text(random.randrange(0, 2_000_000_000_000)) for _ in range(9)]
    known += [None, None, "2026-01-02T03:04:05Z", *odd]
    return [random.choices(known, k=random.randrange(1, 12)) for _ in range(5)]


@pytest.mark.parametrize("odd", [[], *([one] for one in ODD)], ids=str)
@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("constant", [None, "2026-01-01T00:00:00Z"])
def test_moments_make_the_columns_of_their_texts(seed: int, odd: list[str], constant: str | None) -> None:
    columns = []
    for gathered in (Gathered(3), gather(MOMENT, 3)):
        rows = 3
        for place, run in enumerate(runs(seed, odd)):
            rows += len(run)
            if place == 2:
                gathered.reach(rows)  # it was not told of these
            else:
                gathered.add(run)
        order = np.array(Random(seed).sample(range(rows), rows))
        columns.append(told(gathered.coded(MOMENT, constant, order)))
    assert columns[1] == columns[0]


def test_only_moments_are_gathered_so() -> None:
    day = Column("customer_since", "moment", "(x || 'T00:00:00.000')")
    assert isinstance(gather(MOMENT, 0), GatheredMoments)
    assert isinstance(gather(day, 0), Gathered)
    assert isinstance(gather(None, 0), Gathered)
