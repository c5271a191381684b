"""Keep everything as it is now under a name, in the running emulator's memory."""

from __future__ import annotations

import argparse

from hubwire.cli.control import ask, control_options, tell

NAME = "snapshot"
HELP = "keep the state under a name"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("name", nargs="?", default="default", help="name of the snapshot (default: default)")
    parser.add_argument("--list", action="store_true", help="only say which there are")
    control_options(parser)


def run(args: argparse.Namespace) -> int:
    """Ask and tell."""
    if args.list:
        every = ask(args, "GET", "snapshots")
        return tell(args, every, *every["results"])
    return tell(args, ask(args, "PUT", "snapshots", args.name), f"Snapshot {args.name} taken.")
