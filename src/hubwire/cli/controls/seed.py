"""Add records to an account of a running emulator.

Contacts belong to the companies in turn, deals to companies and contacts, tickets to contacts. Record
number n is the same in every run. No webhooks tell of it.
"""

from __future__ import annotations

import argparse

from hubwire.cli.control import ask, control_options, given, tell

NAME = "seed"
HELP = "add records"
TYPES = ("contacts", "companies", "deals", "tickets")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("name", nargs="?", choices=("demo",), help="a ready-made account")
    for name in TYPES:
        parser.add_argument(f"--{name}", type=int, metavar="N", help=f"add so many {name}")
    parser.add_argument("--account", type=int, metavar="ID", help="which account (default: the first)")
    control_options(parser)


def run(args: argparse.Namespace) -> int:
    """Ask and tell."""
    numbers = {name: getattr(args, name) for name in TYPES}
    done = ask(args, "POST", "seed", body=given(name=args.name, account=args.account, **numbers))
    added = ", ".join(f"{number:,} {name}" for name, number in done["added"].items())
    what = " and ".join(filter(None, ("the demo's records" if args.name else "", added))) or "nothing"
    return tell(args, done, f"Account {done['portal_id']}: added {what}.")
