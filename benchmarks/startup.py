"""CPU of a fresh interpreter that imports a client, builds it and touches its contacts."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys

from benchmarks.table import Row

CODE = {
    "nothing": "pass",
    "hubwire": "from hubwire import Hub; Hub('pat-na1-0').contacts",
    "hubspot": "import hubspot; hubspot.Client.create(access_token='pat-na1-0').crm.contacts.basic_api",
}


def cpu(code: str) -> float:
    """User and system seconds of one run, interpreter start included."""
    before = os.times()
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def measure(full: bool) -> list[Row]:
    rounds = 40 if full else 12
    for code in CODE.values():
        cpu(code)  # writes the .pyc files
    taken: dict[str, list[float]] = {name: [] for name in CODE}
    for _ in range(rounds):
        for name, code in CODE.items():
            taken[name].append(cpu(code) * 1000)
    median = {name: statistics.median(times) for name, times in taken.items()}
    ours, theirs = median["hubwire"] - median["nothing"], median["hubspot"] - median["nothing"]
    return [
        Row(
            "import + client + first object",
            ours,
            "ms CPU",
            theirs,
            "under half",
            ours < theirs / 2,
            f"bare interpreter {median['nothing']:.0f} ms, taken off both",
        )
    ]
