"""Tell subscribers of an event that nothing in the emulated account gives rise to.

Conversations, event.completed and restoring happen in HubSpot's own pages only; here they happen by hand. The
fields are the event's own, as NAME=VALUE: objectId=7 messageId=m1 messageType=MESSAGE.
"""

from __future__ import annotations

import argparse
import json
from typing import Any

from hubwire.cli.control import ask, control_options, given, tell
from hubwire.errors import ConfigError

NAME = "emit"
HELP = "tell subscribers of an event by hand"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("event", metavar="EVENT", help="conversation.newMessage, contact.restore …")
    parser.add_argument("fields", metavar="NAME=VALUE", nargs="*", help="fields of the event")
    parser.add_argument("--account", type=int, metavar="ID", help="whose event it is (default: the first's)")
    control_options(parser)


def run(args: argparse.Namespace) -> int:
    """Ask and tell."""
    fields = dict(field(text) for text in args.fields)
    body = given(event=args.event, fields=fields, account=args.account)
    done = ask(args, "POST", "events", body=body)
    number = done["subscribers"]
    return tell(args, done, f"{done['event']} goes to {number} subscriber{'' if number == 1 else 's'}.")


def field(text: str) -> tuple[str, Any]:
    """`objectId=7` as a name and a number; what is no JSON is text."""
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise ConfigError(f"{text!r} is no field: give NAME=VALUE.")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value
