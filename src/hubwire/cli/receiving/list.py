"""Events of the inbox, newest first."""

from __future__ import annotations

import argparse

from hubwire.cli.inboxes import as_dict, inbox_option, json_option, selecting_options, selection, table
from hubwire.cli.say import emit, note
from hubwire.webhooks.inbox import Selection

NAME = "list"
HELP = "events, newest first"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    inbox_option(parser)
    selecting_options(parser)
    paging_options(parser)
    json_option(parser, "print one JSON object per line")


def paging_options(parser: argparse.ArgumentParser) -> None:
    """How many, from where."""
    parser.add_argument("--limit", type=int, default=100, metavar="N", help="at most so many (default: 100)")
    parser.add_argument("--before", type=int, metavar="ID", help="go on where the last page ended")


def run(args: argparse.Namespace) -> int:
    """Print them."""
    return listing(args, selection(args))


def listing(args: argparse.Namespace, chosen: Selection) -> int:
    """The chosen events, in either form."""
    from hubwire.webhooks.operating import Office

    found = Office(args.inbox).list(chosen, before=args.before, most=max(1, args.limit))
    if args.json:
        for one in found:
            emit(as_dict(one))
    elif found:
        print(table(found))
    else:
        note("There are none.")
    if len(found) == args.limit and not args.json:
        note(f"More: --before {found[-1].id}")
    return 0
