"""End the grant of a profile's account at HubSpot. The app stays installed there, and an access token that is
out already works until it expires.
"""

from __future__ import annotations

import argparse

from hubwire.cli.ending import end, ending_options

NAME = "revoke"
HELP = "end the grant of an account"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    ending_options(parser)


def run(args: argparse.Namespace) -> int:
    """Revoke."""
    return end(args, "revoke", "The grant is revoked")
