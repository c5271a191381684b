"""The account that a command works on."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING

from hubwire.errors import ConfigError

if TYPE_CHECKING:
    from hubwire import Hub

TOKENS = ("HUBSPOT_ACCESS_TOKEN", "HUBSPOT_PRIVATE_APP_TOKEN")


def account_options(parser: argparse.ArgumentParser) -> None:
    """Where the account is. The token comes from the environment."""
    parser.add_argument(
        "--base-url", metavar="URL", help="where the API is (default: HUBSPOT_BASE_URL, else HubSpot)"
    )


def connected(args: argparse.Namespace) -> Hub:
    """A hub onto the account; a `ConfigError` that says how to name one."""
    from hubwire import Hub

    if not any(os.environ.get(name) for name in TOKENS):
        raise ConfigError(
            "no access token: set HUBSPOT_ACCESS_TOKEN to the token of an app or service key of the account, "
            "or try it on a local account: hubwire emulator"
        )
    return Hub(base_url=args.base_url or os.environ.get("HUBSPOT_BASE_URL") or None)
