"""Print a new key for encrypting tokens, for HUBWIRE_KEY.

To rotate, put it in front of the present one, HUBWIRE_KEY=NEW,OLD, run hubwire auth rotate-key, and take the
old one away when all programs have been started with both.
"""

from __future__ import annotations

import argparse

from hubwire.cli.say import emit

NAME = "new-key"
HELP = "print a new key for HUBWIRE_KEY"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--json", action="store_true", help="print it as a JSON object")


def run(args: argparse.Namespace) -> int:
    """Print it; it is kept nowhere."""
    from hubwire.auth.keys import key_id, new_key

    key = new_key()
    if args.json:
        emit({"key": key, "id": key_id(key)})
    else:
        print(key)
    return 0
