"""Handle events again: some by number, those of a time range, or all dead ones.

Of a dead letter only the handlers that failed run again. Of an event that was handled all of them do, with
another idempotency key. Works beside a running `serve`.
"""

from __future__ import annotations

import argparse

from hubwire.cli.changing import change, some
from hubwire.cli.inboxes import inbox_option, json_option, selecting_options, selection
from hubwire.webhooks.inbox import DEAD

NAME = "replay"
HELP = "handle events again"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("id", type=int, nargs="*", metavar="ID", help="numbers in the inbox")
    parser.add_argument("--dead", action="store_true", help="all dead letters")
    selecting_options(parser)
    inbox_option(parser)
    json_option(parser)


def run(args: argparse.Namespace) -> int:
    """Make them pending again."""
    fixed: dict[str, object] = {"ids": tuple(args.id)} if args.id else {}
    if args.dead:
        fixed["states"] = (DEAD,)
    chosen = some(selection(args, **fixed), "ID…, --dead, or --since and --until.")
    return change(args, "replay", chosen, "replayed")
