"""Set pending, dead or unhandled events aside: nobody handles them any more, unless they are replayed."""

from __future__ import annotations

import argparse

from hubwire.cli.changing import change, some
from hubwire.cli.inboxes import inbox_option, json_option, selecting_options, selection

NAME = "discard"
HELP = "set events aside"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("id", type=int, nargs="*", metavar="ID", help="numbers in the inbox")
    selecting_options(parser)
    inbox_option(parser)
    json_option(parser)


def run(args: argparse.Namespace) -> int:
    """Set them aside."""
    fixed = {"ids": tuple(args.id)} if args.id else {}
    return change(args, "discard", some(selection(args, **fixed), "ID…, or --state dead."), "discarded")
