"""Make calls go wrong, say what is set to, or end it.

`status` answers with a status instead of doing anything; `latency` only delays; `drop-before` closes the
connection with nothing done, `drop-after` with all done; `lost` does all and never answers; `malformed`
does all and answers with half of the JSON.
"""

from __future__ import annotations

import argparse
from typing import Any

from hubwire.cli.control import ask, control_options, given, tell
from hubwire.errors import ConfigError

NAME = "faults"
HELP = "make calls go wrong"
DEEDS = ("status", "latency", "drop-before", "drop-after", "lost", "malformed")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("do", choices=("list", "clear", *DEEDS), help="what to do, or what shall go wrong")
    parser.add_argument("--op", metavar="PATTERN", help="only operations like objects.batch.*")
    parser.add_argument("--method", metavar="METHOD", help="only this method")
    parser.add_argument("--path", metavar="PATTERN", help="only paths like /crm/v3/*")
    parser.add_argument("--status", type=int, metavar="N", help="the status (default: 500)")
    parser.add_argument("--policy", help="the limit a 429 names (default: ten_secondly_rolling)")
    parser.add_argument("--retry-after", type=int, metavar="SECONDS", help="send Retry-After")
    parser.add_argument("--body", metavar="TEXT", help="send this in place of HubSpot's envelope")
    parser.add_argument("--delay", type=float, metavar="SECONDS", help="wait before answering")
    parser.add_argument(
        "--rate", type=float, metavar="SHARE", help="share of the calls, from 0 to 1 (default: 1)"
    )
    parser.add_argument("--skip", type=int, metavar="N", help="let so many calls pass first")
    parser.add_argument("--count", type=int, metavar="N", help="stop after so many")
    parser.add_argument(
        "--seconds", type=float, metavar="N", help="stop after so long, on the emulator's clock"
    )
    parser.add_argument("--id", metavar="N", help="clear only this one")
    control_options(parser)


def run(args: argparse.Namespace) -> int:
    """Ask and tell."""
    if args.do == "list":
        every = ask(args, "GET", "faults")
        return tell(args, every, *map(line, every["results"]))
    if args.do == "clear":
        ask(args, "DELETE", "faults", *([args.id] if args.id else []))
        return tell(args, {}, "Cleared.")
    if args.do == "latency" and not args.delay:
        raise ConfigError("faults latency needs --delay SECONDS.")
    names = [
        "op",
        "method",
        "path",
        "status",
        "policy",
        "retry_after",
        "body",
        "delay",
        "rate",
        "skip",
        "count",
        "seconds",
    ]
    set_ = ask(
        args, "POST", "faults", body=given(do=args.do, **{name: getattr(args, name) for name in names})
    )
    return tell(args, set_, line(set_))


def line(fault: dict[str, Any]) -> str:
    """A fault as a person reads it."""
    usual = {"op": "*", "method": "*", "path": "*", "rate": 1.0, "skip": 0, "delay": 0.0}
    shown = ["op", "method", "path", "delay", "rate", "skip", "count", "seconds", "fired"]
    if fault["do"] == "status":
        shown.insert(0, "status")
    told = [f"{name}={fault[name]}" for name in shown if name in fault and fault[name] != usual.get(name)]
    return f"{fault['id']}  {fault['do']:<12}  {' '.join(told)}"
