"""Run any command against an emulated account, unchanged, even if it knows only HubSpot's own addresses.

What the command and its children send to *.hubapi.com and *.hubspot.com comes to the emulator, through a
proxy and certificates that live as long as the command. Other hosts are refused, and named, unless --allow
lets them through. The exit code is the command's.

The command finds a token in HUBSPOT_ACCESS_TOKEN, an OAuth app in HUBSPOT_CLIENT_ID and
HUBSPOT_CLIENT_SECRET, and the emulator's own address in HUBSPOT_BASE_URL.

Python programs that take their authorities from certifi, whatever the environment says (requests with a
prepared request), need --certifi with their Python: the local authority is added to its file, and taken out
when the command ends; after a crash, at the next start.
"""

from __future__ import annotations

import argparse
from urllib.parse import urlsplit

from hubwire.cli.opening import TIERS, opened
from hubwire.cli.reaching import command_of, command_options, run_reaching

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
    command_options(parser, NAME)


def run(args: argparse.Namespace) -> int:
    """Serve the account as long as the command runs."""
    command_of(args)
    emulator = opened(
        args.state, seed=args.seed, tier=args.tier, limits=args.limits == "on", auto_consent=args.auto_consent
    )
    from hubwire.emulator import serve
    from hubwire.emulator.reach.environment import credentials

    try:
        with serve.running(emulator) as base_url:
            parts = urlsplit(base_url)
            told = {**credentials(emulator.identity), "HUBSPOT_BASE_URL": base_url}
            return run_reaching(args, (parts.hostname or "", parts.port or 0), told)
    finally:
        emulator.close()
