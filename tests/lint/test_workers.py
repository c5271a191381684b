"""Processes beside each other, and what becomes of them."""

from __future__ import annotations

import os
import subprocess
import sys

from hubwire.lint.workers import side_by_side

INTERRUPTED = """
import multiprocessing, os, signal
from hubwire.lint.workers import side_by_side

def stuck(number):
    if number == 0:
        os.killpg(0, signal.SIGINT)
    signal.pause()

if __name__ == "__main__":
    try:
        side_by_side(2, stuck, [(n,) for n in range(6)])
    except KeyboardInterrupt:
        print("interrupted", multiprocessing.active_children())
"""


def test_results_come_in_order() -> None:
    assert side_by_side(2, divmod, [(7, 2), (9, 4)]) == [(3, 1), (2, 1)]


def test_an_interruption_of_the_whole_group_ends_everything_in_silence(tmp_path: object) -> None:
    script = os.path.join(str(tmp_path), "run.py")
    with open(script, "w", encoding="utf-8") as file:
        file.write(INTERRUPTED)
    done = subprocess.run(
        [sys.executable, script],
        capture_output=True,
        text=True,
        timeout=60,
        start_new_session=True,
        check=False,
    )
    assert (done.stdout, done.stderr, done.returncode) == ("interrupted []\n", "", 0)
