"""Run any command against an emulated account, unchanged, even if it knows only HubSpot's own addresses.

What the command and its children send to *.hubapi.com and *.hubspot.com comes to the emulator, through a
proxy and certificates that live as long as the command. Other hosts are refused, and named, unless --allow
lets them through. The exit code is the command's.

The command finds a token in HUBSPOT_ACCESS_TOKEN, an OAuth app in HUBSPOT_CLIENT_ID and
HUBSPOT_CLIENT_SECRET, and the emulator's own address in HUBSPOT_BASE_URL. They are of the first account, or
of the one that --account names, which is made if it is not there. With --base-url the command is led to an
emulator that runs already, and the account must be there.

Python programs that take their authorities from certifi, whatever the environment says (requests with a
prepared request), need --certifi with their Python: the local authority is added to its file, and taken out
when the command ends; after a crash, at the next start.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from hubwire.cli.control import ask
from hubwire.cli.opening import TIERS, opened
from hubwire.cli.reaching import command_of, command_options, run_reaching
from hubwire.cli.say import note
from hubwire.errors import ConfigError

if TYPE_CHECKING:
    from hubwire.emulator import Emulator
    from hubwire.emulator.identity import Identity

NAME = "run"
HELP = "run a command against an emulated account, unchanged"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    # No defaults of their own: what was said before the word `run` holds.
    unsaid = argparse.SUPPRESS
    parser.add_argument(
        "--state", metavar="FILE", default=unsaid, help="file to keep the account in (default: kept nowhere)"
    )
    parser.add_argument(
        "--seed",
        choices=("demo", "empty"),
        default=unsaid,
        help="what a new account holds (default: empty)",
    )
    parser.add_argument("--tier", choices=TIERS, default=unsaid, help="subscription (default: professional)")
    parser.add_argument(
        "--limits", choices=("on", "off"), default=unsaid, help="enforce the request quotas (default: on)"
    )
    parser.add_argument(
        "--auto-consent",
        action="store_true",
        default=unsaid,
        help="let OAuth apps in without asking",
    )
    parser.add_argument(
        "--account", type=int, metavar="ID", help="whose credentials the command gets (default: the first's)"
    )
    parser.add_argument(
        "--base-url", metavar="URL", help="an emulator that runs already (default: one for this command)"
    )
    command_options(parser, NAME)


def run(args: argparse.Namespace) -> int:
    """Serve the account as long as the command runs."""
    command_of(args)
    if args.base_url is not None:
        return _led_to(args)
    emulator = opened(
        args.state,
        seed=args.seed,
        tier=args.tier,
        limits=args.limits == "on",
        auto_consent=args.auto_consent,
    )
    emulator.account_type = args.account_type
    from hubwire.emulator import serve
    from hubwire.emulator.reach.environment import credentials

    try:
        identity = _account(emulator, args)
        with serve.running(emulator) as base_url:
            told = {**credentials(identity), "HUBSPOT_BASE_URL": base_url}
            return run_reaching(args, _address(base_url), told)
    finally:
        emulator.close()


def _account(emulator: Emulator, args: argparse.Namespace) -> Identity:
    if args.account is None:
        return emulator.identity
    found = emulator.world.accounts.get(args.account)
    if found is None:
        try:
            found = emulator.add_account(tier=args.tier, portal_id=args.account, seed=args.seed)
        except ValueError as problem:
            raise ConfigError(f"--account {args.account}: {problem}.") from None
        note(f"hubwire: account {args.account} was not there and is made.")
    return found.identity


def _led_to(args: argparse.Namespace) -> int:
    """To an emulator that somebody else serves."""
    from hubwire.emulator.identity import Identity
    from hubwire.emulator.reach.environment import credentials

    every = ask(args, "GET", "accounts")["results"]
    found = next((one for one in every if args.account in (None, one["portal_id"])), None)
    if found is None:
        there = ", ".join(str(one["portal_id"]) for one in every)
        raise ConfigError(f"--account {args.account}: it has the accounts {there}.")
    identity = Identity.from_mapping(found)
    return run_reaching(
        args, _address(found["base_url"]), {**credentials(identity), "HUBSPOT_BASE_URL": found["base_url"]}
    )


def _address(base_url: str) -> tuple[str, int]:
    parts = urlsplit(base_url)
    return parts.hostname or "", parts.port or 0
