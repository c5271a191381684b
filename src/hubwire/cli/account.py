"""The account that a command works on."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING

from hubwire.errors import ConfigError

if TYPE_CHECKING:
    from hubwire import Hub
    from hubwire.auth import TokenSource


def account_options(parser: argparse.ArgumentParser) -> None:
    """Which account, and where it is. Without a profile the environment names it."""
    parser.add_argument(
        "--profile",
        metavar="NAME",
        help="account of hubwire.toml (default: the environment's, else 'default')",
    )
    parser.add_argument(
        "--base-url", metavar="URL", help="where the API is (default: HUBSPOT_BASE_URL, else HubSpot)"
    )


def connected(args: argparse.Namespace) -> Hub:
    """A hub onto the account; a `ConfigError` that says how to name one."""
    from hubwire import Hub

    return Hub(source(args), base_url=args.base_url or None)


def source(args: argparse.Namespace) -> TokenSource:
    """The account's token source."""
    from hubwire.auth.defaults import default_source
    from hubwire.auth.tokens import VARIABLES

    if args.profile:
        from hubwire.auth.credentials import profile_source

        return profile_source(args.profile)
    if not any(os.environ.get(name) for name in (*VARIABLES, "HUBWIRE_PROFILE", "HUBSPOT_REFRESH_TOKEN")):
        from hubwire.auth.credentials import chosen_profile

        if chosen_profile() is None:
            raise ConfigError(
                "no access token: set HUBSPOT_ACCESS_TOKEN to the token of an app or service key of the "
                "account, connect one with hubwire login, or try it on a local account: hubwire emulator"
            )
    return default_source()
