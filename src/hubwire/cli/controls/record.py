"""Run any command against HubSpot itself and write down the shapes of what it is answered.

The command is run as with `run`, but what it sends goes on to HubSpot. The file has routes, statuses, names
of fields and types: no values and no tokens. `grade` says where the emulator would have answered otherwise.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from urllib.parse import urlsplit

from hubwire.cli.reaching import command_of, command_options, run_reaching
from hubwire.cli.say import note
from hubwire.errors import ConfigError

NAME = "record"
HELP = "run a command against HubSpot and keep the shapes of the answers"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--output",
        type=Path,
        default=Path("hubspot-shapes.json"),
        metavar="FILE",
        help="file to write (default: hubspot-shapes.json)",
    )
    parser.add_argument(
        "--upstream", metavar="URL", help="where requests go on to (default: the host that each one names)"
    )
    command_options(parser, NAME)


def run(args: argparse.Namespace) -> int:
    """Relay as long as the command runs, then write the file."""
    from hubwire.emulator.reach.recording import Recording
    from hubwire.emulator.reach.relay import relaying

    command_of(args)
    if args.upstream is not None and urlsplit(args.upstream).scheme not in ("http", "https"):
        raise ConfigError(f"--upstream {args.upstream}: give https://HOST.")
    if not args.output.absolute().parent.is_dir():
        raise ConfigError(f"--output {args.output}: there is no directory {args.output.absolute().parent}.")
    recording = Recording()
    try:
        with relaying(args.upstream, recording.add) as backend:
            return run_reaching(args, backend, {"HUBSPOT_BASE_URL": f"http://{backend[0]}:{backend[1]}"})
    finally:
        if recording.entries:
            args.output.write_text(recording.text(), "utf-8")
        note(f"hubwire: {len(recording.entries)} answers recorded in {args.output}.")
