"""Show the last requests that a running emulator answered, oldest first."""

from __future__ import annotations

import argparse
from typing import Any

from hubwire.cli.control import ask, control_options, tell

NAME = "requests"
HELP = "show the last requests"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--op", help="only this operation: objects.create")
    parser.add_argument("--status", type=int, metavar="N", help="only those answered so; 0: not answered")
    parser.add_argument("--limit", type=int, metavar="N", default=50, help="so many at most (default: 50)")
    parser.add_argument("--clear", action="store_true", help="empty the log instead")
    control_options(parser)


def run(args: argparse.Namespace) -> int:
    """Ask and tell."""
    if args.clear:
        ask(args, "DELETE", "requests")
        return tell(args, {}, "Cleared.")
    every = ask(args, "GET", "requests")
    kept = [
        one
        for one in every["results"]
        if args.op in (None, one["op"]) and args.status in (None, one["status"])
    ]
    kept = kept[-args.limit :] if args.limit > 0 else kept
    return tell(args, {"results": kept}, *map(line, kept))


def line(seen: dict[str, Any]) -> str:
    """A request as a person reads it."""
    what = f"{seen['method']:<6} {seen['path']}  {seen['op'] or ''}"
    return f"{seen['at']:<24}  {seen['status'] or '-':>3}  {what}"
