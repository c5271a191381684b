"""Say where an app of a running emulator is told of changes, and of which. What it was told before ends.

Events are written contact.creation, contact.propertyChange:email or object.creation@0-1; contact.* stands for
all of them and for changes of the default properties. The same can be done
through HubSpot's API with the developer API key.
"""

from __future__ import annotations

import argparse

from hubwire.cli.control import ask, control_options, given, tell

NAME = "webhooks"
HELP = "have an app told of changes"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("target", metavar="URL", help="where events are posted to")
    parser.add_argument("events", metavar="EVENT", nargs="+", help="what to tell")
    parser.add_argument("--app", type=int, metavar="ID", help="which app (default: the built-in one)")
    parser.add_argument("--concurrency", type=int, metavar="N", help="most requests at once (default: 10)")
    parser.add_argument("--duplicate-every", type=int, metavar="N", help="send every n-th event twice")
    parser.add_argument("--shuffle", action="store_true", help="send events out of order")
    control_options(parser)


def run(args: argparse.Namespace) -> int:
    """Ask and tell."""
    body = given(
        targetUrl=args.target, events=args.events, appId=args.app, maxConcurrentRequests=args.concurrency
    )
    done = ask(args, "POST", "webhooks", body=body)
    if args.duplicate_every or args.shuffle:
        mess = given(duplicateEvery=args.duplicate_every, shuffle=args.shuffle)
        ask(args, "PUT", "disorder", body=mess)
    return tell(
        args, done, f"App {done['appId']} is told of {', '.join(done['events'])} at {done['targetUrl']}."
    )
