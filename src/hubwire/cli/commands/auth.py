"""Look at stored tokens and keys, and change them: status and list tell, set-token puts in a static token,
rotate-key seals everything with another key, revoke and uninstall end a connection.
"""

from __future__ import annotations

import argparse

from hubwire.cli import auths
from hubwire.errors import ConfigError

NAME = "auth"
HELP = "look after stored tokens and keys"
COMMANDS = auths
"""Package of its own commands."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Everything is in the commands."""


def run(args: argparse.Namespace) -> int:
    """Nothing was asked for."""
    del args
    raise ConfigError("hubwire auth does nothing by itself: see hubwire auth --help")
