"""Make a running emulator as it was when it started.

The first account keeps its credentials and gets the records it was started with; all else is gone.
"""

from __future__ import annotations

import argparse

from hubwire.cli.control import ask, control_options, tell

NAME = "reset"
HELP = "start over with the same credentials"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    control_options(parser)


def run(args: argparse.Namespace) -> int:
    """Ask and tell."""
    done = ask(args, "POST", "reset")
    return tell(args, done, f"Account {done['accounts'][0]['portal_id']} is as it was started.")
