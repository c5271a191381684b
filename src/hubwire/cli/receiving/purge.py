"""Forget what events said, and what handlers said about them.

By age (`--until 30d`), or everything about one record (`--object 62515:0-1:123`), as a privacy deletion asks
for. Pending events stay unless `--state pending` names them. The keys of the events, which say nothing about
a person, are remembered for a week, so that a repetition is still known for one.
"""

from __future__ import annotations

import argparse

from hubwire.cli.changing import change, some
from hubwire.cli.inboxes import inbox_option, json_option, selecting_options, selection

NAME = "purge"
HELP = "forget the contents of events"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    selecting_options(parser)
    inbox_option(parser)
    json_option(parser)


def run(args: argparse.Namespace) -> int:
    """Forget them."""
    return change(args, "purge", some(selection(args), "--until 30d, or --object PORTAL:TYPE:ID."), "purged")
