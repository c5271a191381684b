"""Bring a snapshot back: records, definitions, tokens and webhooks as they were.

Quotas begin unused, and the clock does not go back.
"""

from __future__ import annotations

import argparse

from hubwire.cli.control import ask, control_options, tell

NAME = "restore"
HELP = "bring a snapshot back"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("name", nargs="?", default="default", help="name of the snapshot (default: default)")
    control_options(parser)


def run(args: argparse.Namespace) -> int:
    """Ask and tell."""
    done = ask(args, "POST", "snapshots", args.name, "restore")
    return tell(args, done, f"Snapshot {args.name} restored.")
