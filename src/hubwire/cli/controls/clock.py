"""Say what time a running emulator believes it is, or turn its clock forward.

Quotas, tokens, retries of webhooks and retention follow its clock. It never goes back, and a state file
keeps how far it was turned.
"""

from __future__ import annotations

import argparse

from hubwire.cli.control import ask, control_options, given, tell
from hubwire.errors import ConfigError

NAME = "clock"
HELP = "read the clock, or turn it forward"
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "advance",
        nargs="?",
        metavar="BY",
        help="how far: 90 (seconds), 90s, 5m, 24h, 3d; nothing: only read it",
    )
    parser.add_argument("--to", metavar="MOMENT", help="turn it to a moment: 2026-12-24T18:00:00Z")
    parser.add_argument("--freeze", action="store_true", help="let it stand still from then on")
    control_options(parser)


def run(args: argparse.Namespace) -> int:
    """Ask and tell."""
    wanted = given(
        advance=None if args.advance is None else seconds(args.advance),
        to=args.to,
        freeze=args.freeze or None,
    )
    now = ask(args, "POST", "clock", body=wanted) if wanted else ask(args, "GET", "clock")
    return tell(args, now, f"{now['now']}{' (frozen)' if now['frozen'] else ''}")


def seconds(text: str) -> float:
    """`5m` as 300."""
    number, unit = (text[:-1], text[-1]) if text[-1:] in UNITS else (text, "s")
    try:
        return float(number) * UNITS[unit]
    except ValueError:
        raise ConfigError(f"{text!r} is no length of time: give 90s, 5m, 24h or 3d.") from None
