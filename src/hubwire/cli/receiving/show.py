"""One event: what came, what became of it, and every error."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from typing import Any

from msgspec import structs

from hubwire.cli.inboxes import as_dict, inbox_option, json_option, shown, when
from hubwire.cli.say import emit
from hubwire.errors import ConfigError
from hubwire.webhooks.inbox import UNHANDLED, Entry

NAME = "show"
HELP = "one event with its errors"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("id", type=int, metavar="ID", help="number in the inbox")
    inbox_option(parser)
    json_option(parser)


def run(args: argparse.Namespace) -> int:
    """Print it."""
    from hubwire.webhooks.operating import Office

    entry = Office(args.inbox).show(args.id)
    if entry is None:
        raise ConfigError(f"there is no event {args.id} in {shown(args.inbox)}: see `hubwire webhooks list`.")
    told = described(entry)
    if args.json:
        emit(told)
        return 0
    failures = told.pop("failures_in_full")
    event = told.pop("event")
    for name, value in told.items():
        print(f"{name:12} {'-' if value is None else value}")
    print("\n" + json.dumps(event, indent=2, ensure_ascii=False))
    for failed in failures:
        by = failed["handler"] or "hubwire"
        print(f"\n{by}, attempt {failed['attempt']}, {failed['at']}:\n{failed['error']}")
    return 0


def described(entry: Entry) -> dict[str, Any]:
    """Everything about it, for JSON."""
    told = as_dict(entry.summary)
    event = _event(entry.raw)
    told.update(
        source=entry.source,
        delivery=entry.delivery,
        generation=entry.generation,
        crashes=entry.crashes,
        handlers=[{**structs.asdict(each), "started": when(each.started)} for each in entry.tried],
        event=event,
        failures_in_full=[{**asdict(each), "at": when(each.at)} for each in entry.failures],
    )
    if entry.summary.state == UNHANDLED and isinstance(event, dict):
        from hubwire.webhooks import events
        from hubwire.webhooks.app import line_for

        told["hint"] = line_for(events.of(event))
    return told


def _event(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        return None
