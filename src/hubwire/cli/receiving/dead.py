"""Dead letters: events whose handler failed as often as it may, newest first.

`hubwire webhooks show ID` has the traceback, `replay --dead` tries them all again, `discard ID` sets one
aside.
"""

from __future__ import annotations

import argparse

from hubwire.cli.inboxes import inbox_option, json_option, selecting_options, selection
from hubwire.cli.receiving.list import listing, paging_options
from hubwire.webhooks.inbox import DEAD

NAME = "dead"
HELP = "events that were given up"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    inbox_option(parser)
    selecting_options(parser, states=False)
    paging_options(parser)
    json_option(parser, "print one JSON object per line")


def run(args: argparse.Namespace) -> int:
    """Print them."""
    return listing(args, selection(args, states=(DEAD,)))
