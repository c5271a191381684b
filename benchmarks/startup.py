"""CPU of a fresh interpreter that imports a client, builds it and touches its contacts."""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
from importlib.util import find_spec

from benchmarks.table import Row

CODE = {
    "nothing": "pass",
    "hubwire": "from hubwire import Hub; Hub('pat-na1-0').contacts",
    "hubspot": "import hubspot; hubspot.Client.create(access_token='pat-na1-0').crm.contacts.basic_api",
}
if find_spec("hubspot_sdk"):
    CODE["hubspot_sdk"] = (
        "import hubspot_sdk; hubspot_sdk.HubSpot(access_token='pat-na1-0').crm.objects.contacts"
    )


def cpu(code: str) -> float:
    """User and system seconds of one run, interpreter start included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


PEAK = """
from pathlib import Path
print(next(line.split()[1] for line in Path("/proc/self/status").open() if line.startswith("VmHWM")))
"""


def memory(code: str) -> float:
    """Resident megabytes at the end of one run, at the most.

    Not by `getrusage`: a process takes over the peak of the one that started it.
    """
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{PEAK}"], check=True, timeout=60, capture_output=True, text=True
    )
    return float(done.stdout) / 1024


MOST_SECONDS, MOST_MB = 0.15, 30


def measure(full: bool) -> list[Row]:
    rounds = 40 if full else 12
    for code in CODE.values():
        cpu(code)  # writes the .pyc files
    taken: dict[str, list[float]] = {name: [] for name in CODE}
    for _ in range(rounds):
        for name, code in CODE.items():
            taken[name].append(cpu(code) * 1000)
    bare = statistics.median(taken["nothing"])
    median = {name: statistics.median(times) - bare for name, times in taken.items()}
    ours, theirs = median["hubwire"], median["hubspot"]
    return [
        Row(
            "import + client + first object",
            ours,
            "ms CPU",
            theirs,
            newer=median.get("hubspot_sdk"),
            target="under half",
            met=ours < theirs / 2,
            note=f"bare interpreter, {bare:.0f} ms, taken off",
        ),
        Row(
            "the same, interpreter and all",
            ours + bare,
            "ms CPU",
            theirs + bare,
            target=f"under {MOST_SECONDS * 1000:.0f}",
            met=ours + bare < MOST_SECONDS * 1000,
        ),
        Row(
            "the same, memory",
            memory(CODE["hubwire"]),
            "MB",
            memory(CODE["hubspot"]),
            target=f"under {MOST_MB}",
            met=memory(CODE["hubwire"]) < MOST_MB,
        ),
    ]
