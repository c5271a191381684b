"""Deliver the webhooks of a running emulator now, and show how it went.

What is due is delivered anyway; --all sends also what waits for a retry.
"""

from __future__ import annotations

import argparse
import time
from typing import Any

from hubwire.cli.control import ask, control_options, tell

NAME = "deliver"
HELP = "deliver webhooks now"
LOOK = 0.05
"""Seconds between looks at what is still on its way."""
BOUND = 30.0


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--all", action="store_true", help="send also what waits for a retry")
    control_options(parser)


def run(args: argparse.Namespace) -> int:
    """Ask, wait until nothing is due, and tell."""
    before = ask(args, "GET", "deliveries")["attempts"]
    ask(args, "POST", "deliver", body={"everything": args.all})
    ends = time.monotonic() + BOUND
    while (now := ask(args, "GET", "deliveries"))["due"] and time.monotonic() < ends:
        time.sleep(LOOK)
    made = now["attempts"] - before
    new = now["results"][-made:] if made else []
    lines = [line(each) for each in new] or ["Nothing was due."]
    waits = [f"{now['pending']} events wait for a retry."] if now["pending"] else []
    return tell(args, {**now, "results": new}, *lines, *waits)


def line(attempt: dict[str, Any]) -> str:
    """An attempt as a person reads it."""
    how = attempt["status"] or attempt["error"]
    return f"{attempt['at']:<24}  {len(attempt['events']):>3} events  {how}  {attempt['url']}"
