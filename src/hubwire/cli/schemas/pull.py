"""Write a file from what the account defined itself: custom objects whole; of contacts, companies, deals and
tickets the properties that HubSpot did not define, and pipelines; labels between them. Planned at once, it
changes nothing.

Exit codes: 0 written; 2 it could not start as asked.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from hubwire.cli.account import account_options, connected
from hubwire.cli.say import emit
from hubwire.errors import ConfigError

NAME = "pull"
HELP = "write a file from the account"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--out", metavar="FILE.toml", type=Path, help="where to write (default: standard output)"
    )
    parser.add_argument("--force", action="store_true", help="replace FILE.toml if it exists")
    parser.add_argument(
        "--objects",
        metavar="TYPE,…",
        help="object types to write (default: custom objects, contacts, companies, deals, tickets)",
    )
    parser.add_argument("--json", action="store_true", help="print what was written as one JSON object")
    account_options(parser)


def run(args: argparse.Namespace) -> int:
    """Read the account, write the file."""
    from hubwire.schema import pull, text

    if args.out is not None and args.out.exists() and not args.force:
        raise ConfigError(f"{args.out} exists. Replace it with --force, or name another file.")
    if args.json and args.out is None:
        raise ConfigError("--json tells of a file: name it with --out FILE.toml")
    objects = None if args.objects is None else [each for each in args.objects.split(",") if each.strip()]
    with connected(args) as hub:
        schema = pull(hub, objects)
    document = text(schema)
    if args.out is None:
        sys.stdout.write(document)
        return 0
    try:
        args.out.write_text(document, encoding="utf-8")
    except OSError as problem:
        raise ConfigError(f"{args.out} cannot be written: {problem.strerror or problem}") from None
    counts = {
        "custom": len(schema.custom),
        "standard": len(schema.standard),
        "properties": sum(len(own.properties) for own in schema.custom)
        + sum(len(kind.properties) for kind in schema.standard),
        "labels": len(schema.labels),
    }
    if args.json:
        emit({"file": str(args.out), **counts})
    else:
        print(
            f"{args.out}: {counts['custom']} custom objects, {counts['standard']} standard ones, "
            f"{counts['properties']} properties, {counts['labels']} labels."
        )
    return 0
