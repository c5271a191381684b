"""The file that the commands read."""

from __future__ import annotations

import argparse
from pathlib import Path


def file_option(parser: argparse.ArgumentParser) -> None:
    """Where the schema is declared."""
    parser.add_argument(
        "file",
        metavar="FILE",
        type=Path,
        help="a TOML file, or a Python file that makes a hubwire.schema.Schema",
    )
