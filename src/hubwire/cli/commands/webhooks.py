"""Receive HubSpot's webhooks, handle every change once and in order per record, and look after what failed.

The handlers are in a module of yours, `app = App()` with `@app.on(…)`; `serve` receives and handles. The
other commands look into the inbox, where every acknowledged event stays until it was handled and beyond.
"""

from __future__ import annotations

import argparse

from hubwire.cli import receiving
from hubwire.errors import ConfigError

NAME = "webhooks"
HELP = "receive and handle webhooks, and look after the inbox"
COMMANDS = receiving
"""Package of its own commands."""


def configure(parser: argparse.ArgumentParser) -> None:
    """It has none of its own."""


def run(args: argparse.Namespace) -> int:
    """Without a command there is nothing to do."""
    del args
    raise ConfigError(
        "say what to do: `hubwire webhooks serve MODULE:APP`, or see `hubwire webhooks --help`."
    )
