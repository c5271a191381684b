"""Tell whose token is in use, its account, scopes, age and expiry, and how much of the day is spent.

Exit codes: 0 it works; 1 it does not; 2 there is none.
"""

from __future__ import annotations

import argparse

from hubwire.cli.account import account_options
from hubwire.cli.say import emit

NAME = "status"
HELP = "tell whose token is in use and whether it works"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    account_options(parser)
    parser.add_argument("--json", action="store_true", help="print it as one JSON object")


def run(args: argparse.Namespace) -> int:
    """Ask and tell."""
    from hubwire.cli.checkup.account import account
    from hubwire.cli.checkup.finding import lines, verdict
    from hubwire.cli.checkup.patient import Patient

    found = list(account(Patient(args)))
    if args.json:
        emit({"ok": not verdict(found), **{each.topic: {"said": each.said, **each.facts} for each in found}})
    else:
        print("\n".join(lines(found)))
    return verdict(found)
