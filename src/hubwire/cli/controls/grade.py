"""Ask the emulator again what `record` wrote down, and say where its answers differ.

Requests are made with values of the emulator's own, in the recorded order, against a new account. Exit code
0: everything that could be asked alike was answered alike; 1: something differs.
"""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path

from hubwire.cli.opening import MEMORY, TIERS, opened
from hubwire.cli.say import emit
from hubwire.errors import ConfigError

NAME = "grade"
HELP = "say where the emulator's answers differ from recorded ones"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="what `record` wrote")
    parser.add_argument(
        "--tier",
        choices=TIERS,
        default="enterprise",
        help="subscription of the account (default: enterprise)",
    )
    parser.add_argument(
        "--json", action="store_true", default=argparse.SUPPRESS, help="print it as one JSON object"
    )


def run(args: argparse.Namespace) -> int:
    """Replay every file in an account of its own."""
    from hubwire.emulator.reach.replay import BadFile, Replay

    told = {}
    for path in args.files:
        try:
            text = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as problem:
            raise ConfigError(f"{path} cannot be read: {problem}") from None
        emulator = opened(MEMORY, seed="demo", tier=args.tier, limits=False)
        try:
            told[str(path)] = list(Replay(emulator, emulator.identity.access_token).grade(text))
        except BadFile as problem:
            raise ConfigError(f"{path}: {problem}.") from None
        finally:
            emulator.close()
    if args.json:
        emit({path: [asdict(one) for one in verdicts] for path, verdicts in told.items()})
    else:
        for path, verdicts in told.items():
            for verdict in verdicts:
                for line in verdict.differences:
                    print(f"{path}: {verdict.what}: {line}")
                if verdict.unasked:
                    print(f"{path}: {verdict.what}: not asked: {verdict.unasked}")
            differing = sum(bool(one.differences) for one in verdicts)
            unasked = sum(bool(one.unasked) for one in verdicts)
            print(f"{path}: {len(verdicts)} answers, {differing} differ, {unasked} could not be asked alike")
    return 1 if any(one.differences for verdicts in told.values() for one in verdicts) else 0
