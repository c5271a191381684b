"""What `make bench ARGS="--full search"` does with a million records, with fewer of them."""

from __future__ import annotations

import pytest

from benchmarks import search
from hubwire.testing.accounts import local


@pytest.mark.parametrize("sort", [None, "-lastname"])
def test_a_search_is_complete_and_brings_each_once_while_others_write(
    sort: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "OFTEN", 3)
    with local(limits=False) as account:
        account.seed(contacts=10_400)
        told = search.read(account, sort)
    assert told.searches >= 52
    assert told.writes > 40
    assert (told.missing, told.twice) == (set(), 0)
