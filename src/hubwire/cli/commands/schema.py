"""Keep custom objects, properties, groups, pipelines and labels in a file: plan shows what differs, apply
brings the account to what the file declares, pull writes a file from the account.

Nothing that records hold is lost: a change of type, removing an option that records have or a property with
values are refused, with what to do instead.
"""

from __future__ import annotations

import argparse

from hubwire.cli import schemas
from hubwire.errors import ConfigError

NAME = "schema"
HELP = "an account's schema as code: plan, apply, pull"
COMMANDS = schemas
"""Package of its own commands."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Everything is in the commands."""


def run(args: argparse.Namespace) -> int:
    """Nothing was asked for."""
    del args
    raise ConfigError("hubwire schema does nothing by itself: see hubwire schema --help")
