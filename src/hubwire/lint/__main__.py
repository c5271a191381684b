"""`python -m hubwire.lint`."""

from __future__ import annotations

import argparse
import sys

from hubwire.lint.command import HELP, add_arguments, run


def main(argv: list[str] | None = None) -> int:
    """Parse the command line and run."""
    parser = argparse.ArgumentParser(prog="hubwire lint", description=HELP)
    add_arguments(parser)
    return run(parser.parse_args(argv))


if __name__ == "__main__":
    sys.exit(main())
