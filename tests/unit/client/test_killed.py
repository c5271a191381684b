"""`kill -9` of a process that holds reservations in a shared store: the others go on, and get them back."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from hubwire.client.governor import Governor
from hubwire.client.log import LEASE, MARGIN
from hubwire.client.quota import Quota, QuotaStore
from hubwire.client.windows import SEARCH
from tests.unit.client.crowd import Clock, Stamped, process

PERMITTED, HELD = 5, 2  # five searches a second: facts about HubSpot's search
CHILD = """
import sys
from hubwire.client.quota import Quota
from hubwire.client.stores import open_store
from tests.unit.client.crowd import Clock, Stamped, process

where, prefix, now, held = sys.argv[1], sys.argv[2], float(sys.argv[3]), int(sys.argv[4])
clock = Clock()
clock.now = now
governor = process(Stamped(open_store(where), clock, prefix), Quota(), clock)
for _ in range(held):
    assert governor.ask("search", governor.join("search", "search"), now) == 0
print("holds them", flush=True)

def again(log, moment):
    log.changed = True

while True:
    governor.windows.apply(governor.windows.lanes["search"], now, again)
"""


@contextmanager
def holder(where: str, prefix: str, now: float) -> Iterator[subprocess.Popen[str]]:
    """A process that holds reservations and never stops writing to the store."""
    command = [sys.executable, "-c", CHILD, where, prefix, str(now), str(HELD)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        try:
            assert child.stdout is not None
            assert child.stdout.readline() == "holds them\n"
            yield child
        finally:
            child.kill()


def leave(governor: Governor, now: float) -> int:
    """How many searches leave at once; they are answered at once."""
    gone = 0
    while True:
        place = governor.join(SEARCH, "search")
        if governor.ask(SEARCH, place, now) > 0:
            governor.leave(SEARCH, place, now)
            return gone
        governor.answered(SEARCH, place, now, 200, {})
        gone += 1


@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
def test_what_a_killed_process_held_is_counted_for_a_while_and_then_comes_back(
    where: str, store: QuotaStore
) -> None:
    clock, prefix = Clock(), os.urandom(6).hex()
    alive = process(Stamped(store, clock, prefix), Quota(), clock)
    with holder(where, prefix, clock.now) as child:
        child.send_signal(signal.SIGKILL)
        assert child.wait(timeout=30) == -signal.SIGKILL
    assert leave(alive, clock.now) == PERMITTED - HELD
    # HubSpot may count what was sent and not answered as late as at the end of the longest timeout.
    for _ in range(3):
        clock.now += 1 + 2 * MARGIN
        assert leave(alive, clock.now) == PERMITTED - HELD
    clock.now += LEASE
    assert leave(alive, clock.now) == PERMITTED
