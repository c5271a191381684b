"""How many events were received, refused, handled and given up.

received = pending + retrying + done + dead + unhandled + discarded + purged: nothing is dropped silently.
"""

from __future__ import annotations

import argparse
from dataclasses import asdict

from hubwire.cli.inboxes import inbox_option, json_option, when
from hubwire.cli.say import emit

NAME = "stats"
HELP = "counts of the inbox"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    inbox_option(parser)
    json_option(parser)


def run(args: argparse.Namespace) -> int:
    """Print them."""
    from hubwire.webhooks.operating import Office

    stats = Office(args.inbox).stats()
    gaps = [{"begin": when(each.begin), "end": when(each.end)} for each in stats.gaps]
    told = {**asdict(stats), "oldest": when(stats.oldest), "gaps": gaps}
    if args.json:
        emit(told)
        return 0
    reasons = told.pop("refused_by_reason")
    if reasons:
        told["refused"] = (
            f"{stats.refused} ({', '.join(f'{name} {number}' for name, number in reasons.items())})"
        )
    del told["gaps"]
    for name, value in told.items():
        print(f"{name:12} {'-' if value is None else value}")
    for gap in gaps:
        print(f"journal      not read from {gap['begin']} to {gap['end']}: what happened then may be missing")
    return 0
