"""Memory while a million records pass through `hub.contacts.list()`, over a real socket."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from benchmarks import canned, fresh
from benchmarks.table import Row

RECORDS = 1_000_000
MOST_MB = 20
WARM = 10_000
"""Records after which the process has loaded what it needs."""


def measure(full: bool) -> list[Row]:
    with canned.running(RECORDS) as base_url:
        told = fresh.call("benchmarks.stream", base_url)
    if told["records"] != RECORDS:
        raise SystemExit(f"read {told['records']} records instead of {RECORDS}")
    return [
        Row(
            "streaming 1,000,000 records, RSS growth",
            told["grown"],
            "MB",
            target=f"under {MOST_MB}",
            met=told["grown"] < MOST_MB,
            note=f"peak {told['peak']:.0f} MB; since import + client {told['since_start']:.1f} MB",
        )
    ]


def rss() -> float:
    """Resident megabytes of this process now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 2**20


def main(base_url: str) -> None:
    from hubwire import Hub

    seen, warm, peak = 0, 0.0, 0.0
    with Hub("pat-na1-0", base_url=base_url) as hub:
        start = rss()
        for _ in hub.contacts.list(properties=["email"]):
            seen += 1
            if seen == WARM:
                warm = rss()
            elif seen % 5000 == 0:
                peak = max(peak, rss())
    print(json.dumps({"records": seen, "grown": peak - warm, "since_start": peak - start, "peak": peak}))


if __name__ == "__main__":
    main(*sys.argv[1:])
