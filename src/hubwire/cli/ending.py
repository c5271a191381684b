"""What ending a connection asks and tells."""

from __future__ import annotations

import argparse
import sys
from typing import Literal

from hubwire.cli.say import emit, note
from hubwire.errors import ConfigError


def ending_options(parser: argparse.ArgumentParser) -> None:
    """Which one, and whether it was thought about."""
    parser.add_argument(
        "--profile", metavar="NAME", help="the account (default: HUBWIRE_PROFILE, else default)"
    )
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--json", action="store_true", help="print what was done as one JSON object")


def end(args: argparse.Namespace, how: Literal["revoke", "uninstall"], done: str) -> int:
    """Asks, ends, tells."""
    from hubwire.auth.credentials import app_of, chosen_profile
    from hubwire.auth.profiles import profile

    name = args.profile or chosen_profile()
    if name is None:
        raise ConfigError("which account? Name its profile with --profile")
    told = profile(name)
    if told.kind == "static" or told.account is None:
        raise ConfigError(
            f"profile {name} is no connected OAuth app. A static token is ended on its page at HubSpot"
        )
    if not args.yes:
        if not sys.stdin.isatty():
            raise ConfigError(f"this ends the connection to account {told.account}: say --yes")
        note(f"This ends the connection to account {told.account}. Type its id to go on:")
        if sys.stdin.readline().strip() != str(told.account):
            raise ConfigError("that is not its id: nothing was done")
    app = app_of(told)
    {"revoke": app.revoke, "uninstall": app.uninstall}[how](told.account)
    if args.json:
        emit({"profile": name, "account": told.account, "done": how})
    else:
        print(f"{done}: account {told.account} (profile {name}).")
    return 0
