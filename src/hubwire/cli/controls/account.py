"""List the accounts of a running emulator, or add one with records, credentials and quotas of its own.

The apps of the emulator can be connected to every account.
"""

from __future__ import annotations

import argparse

from hubwire.cli.control import ask, control_options, given, tell

NAME = "account"
HELP = "list the accounts, or add one"
TYPES = ("STANDARD", "DEVELOPER_TEST", "SANDBOX", "APP_DEVELOPER")
TIERS = ("free", "starter", "professional", "enterprise")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("do", choices=("list", "add"), help="what to do")
    parser.add_argument("--tier", choices=TIERS, help="subscription of a new account (default: professional)")
    parser.add_argument("--portal-id", type=int, metavar="ID", help="id of a new account (default: any)")
    parser.add_argument("--type", choices=TYPES, help="kind of a new account (default: STANDARD)")
    control_options(parser)


def run(args: argparse.Namespace) -> int:
    """Ask and tell."""
    if args.do == "add":
        made = ask(
            args,
            "POST",
            "accounts",
            body=given(tier=args.tier, portalId=args.portal_id, accountType=args.type),
        )
        return tell(args, made, line(made))
    every = ask(args, "GET", "accounts")
    return tell(args, every, *map(line, every["results"]))


def line(account: dict[str, object]) -> str:
    """An account as a person reads it."""
    return f"{account['portal_id']}  {account['tier']:<12}  {account['access_token']}"
