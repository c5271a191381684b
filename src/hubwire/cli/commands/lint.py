"""Find what goes wrong in code that talks to HubSpot: credentials, webhooks, limits, pages, loops."""

from __future__ import annotations

import argparse

from hubwire.cli.progress import Later, progress
from hubwire.lint import command

NAME = "lint"
HELP = command.HELP


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    command.add_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Run the checker: 0 clean, 1 findings, 2 could not run."""
    # Other formats are for programs.
    quiet = args.format != "text" and not args.output
    return command.run(args, None if quiet else Later(lambda: progress(quiet=False)))
