"""`kill -9` of the receiver under load: everything acknowledged is handled, recorded once, in order."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.journeys.kills import Killed

KILLS = int(os.environ.get("HUBWIRE_KILLS", "10"))
"""More of them in a night: HUBWIRE_KILLS=200."""


@pytest.mark.socket
@pytest.mark.timeout(60 + 10 * KILLS)
def test_a_receiver_that_is_killed_loses_nothing(tmp_path: Path) -> None:
    killed = Killed(tmp_path, KILLS).run()
    stats = killed.stats()
    assert killed.acknowledged
    assert killed.lost() == set()
    assert killed.disorder() == []
    # Stored although the answer never arrived: those were sent again, and are known.
    assert stats["received"] >= len(killed.acknowledged)
    assert stats["done"] == stats["received"]
    print(
        f"{KILLS} kills, {len(killed.acknowledged)} events acknowledged, {stats['received']} stored, "
        f"{killed.repeated()} runs repeated, {stats['duplicates']} duplicates"
    )
