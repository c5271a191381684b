"""Runs the measurements side by side and prints one table: `python -m benchmarks [--full] [--json] [NAME …]`.

Everything stays on loopback, in processes started here. Ratios mean something on any machine; the absolute
numbers belong to the one that printed them.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable

from benchmarks import (
    calls,
    cold,
    decode,
    emulator,
    lint_score,
    quota,
    search,
    shared,
    startup,
    stream,
    sweep,
)
from benchmarks.table import Row, printed

MEASUREMENTS: dict[str, Callable[[bool], list[Row]]] = {
    "startup": startup.measure,
    "calls": calls.measure,
    "decode": decode.measure,
    "stream": stream.measure,
    "quota": quota.measure,
    "shared": shared.measure,
    "emulator": emulator.measure,
    "cold": cold.measure,
    "sweep": sweep.measure,
    "search": search.measure,
}


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["lint-score"]:
        return lint_score.main(arguments[1:])
    parser = argparse.ArgumentParser(prog="make bench ARGS=…", description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"of {', '.join(MEASUREMENTS)}; default: all"
    )
    parser.add_argument("--full", action="store_true", help="more repetitions, for steadier numbers")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of the table")
    asked = parser.parse_args(arguments)
    unknown = sorted(set(asked.names) - set(MEASUREMENTS))
    if unknown:
        parser.error(f"no measurement called {', '.join(unknown)}; there are {', '.join(MEASUREMENTS)}")
    rows: list[Row] = []
    for name in asked.names or MEASUREMENTS:
        started = time.monotonic()
        if not asked.json:
            print(f"{name} …", end=" ", flush=True)
        rows += MEASUREMENTS[name](asked.full)
        if not asked.json:
            print(f"{time.monotonic() - started:.0f} s", flush=True)
    print(json.dumps([row.as_dict() for row in rows], indent=1) if asked.json else printed(rows))
    return 0 if all(row.met for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
