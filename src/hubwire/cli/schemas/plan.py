"""Show what apply would do, and change nothing: + is made, ~ changed, - removed, ! refused, and ? is in the
account without being in the file.

Exit codes: 0 nothing is refused; 1 something is, or with --check something differs; 2 it could not start as
asked.
"""

from __future__ import annotations

import argparse

from hubwire.cli.account import account_options, connected
from hubwire.cli.say import emit
from hubwire.cli.schema_file import file_option

NAME = "plan"
HELP = "show what apply would do"
DONE, DIFFERENT = 0, 1


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    file_option(parser)
    parser.add_argument("--check", action="store_true", help="exit 1 when anything differs, for CI")
    parser.add_argument("--json", action="store_true", help="print the plan as one JSON object")
    account_options(parser)


def run(args: argparse.Namespace) -> int:
    """Compare the file with the account."""
    from hubwire.schema import load, plan

    schema = load(args.file)
    with connected(args) as hub:
        found = plan(hub, schema)
    if args.json:
        emit(found.as_dict())
    else:
        print(found)
    return DIFFERENT if found.refused or (args.check and not found.empty) else DONE
