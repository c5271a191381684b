"""Take the app out of a profile's account, as an admin there could, and forget the tokens. The admins of the
account get an e-mail from HubSpot.
"""

from __future__ import annotations

import argparse

from hubwire.cli.ending import end, ending_options

NAME = "uninstall"
HELP = "take the app out of an account"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    ending_options(parser)


def run(args: argparse.Namespace) -> int:
    """Uninstall."""
    return end(args, "uninstall", "The app is taken out")
