"""Say how well each endpoint is emulated, by API version, and how that is known.

recorded: an answer recorded from HubSpot was asked again and compared. documented: tests that cite their
source, or HubSpot's own clients, got what they expect. assumed: served, and no test has asked for it in this
version. missing: known and not served, so the answer is 501.
"""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING

from hubwire.catalogue.versions import VERSIONS
from hubwire.cli.say import emit

if TYPE_CHECKING:
    from hubwire.emulator.coverage import Row

NAME = "coverage"
HELP = "say how well each endpoint is emulated"
LEVELS = ("recorded", "documented", "assumed", "missing")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--only", choices=LEVELS, help="only what is so in some version")
    parser.add_argument(
        "--json", action="store_true", default=argparse.SUPPRESS, help="print it as one JSON object"
    )


def run(args: argparse.Namespace) -> int:
    """Print the table."""
    from hubwire.emulator.coverage import coverage, totals

    every = coverage()
    shown = [row for row in every if args.only is None or args.only in levels(row)]
    if args.json:
        emit({"totals": totals(every), "endpoints": [asdict(row) for row in shown]})
        return 0
    width = max((len(row.op) for row in shown), default=0)
    for row in shown:
        print(
            f"{row.op:<{width}}  {row.method:<6}  " + "  ".join(f"{each:<10}" for each in told(row)).rstrip()
        )
    print()
    for version, counted in totals(every).items():
        print(f"{version:<8}  " + ", ".join(f"{number} {level}" for level, number in counted.items()))
    return 0


def levels(row: Row) -> set[str]:
    """What it is in any version."""
    return {cell.level for cell in row.cells.values()}


def told(row: Row) -> list[str]:
    """One word for each version; a dash where the endpoint does not exist."""
    return [row.cells[version].level if version in row.cells else "-" for version in VERSIONS]
