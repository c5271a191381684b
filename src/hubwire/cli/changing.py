"""What the commands that change events of an inbox share."""

from __future__ import annotations

import argparse

from hubwire.cli.say import emit, note
from hubwire.errors import ConfigError
from hubwire.webhooks.inbox import Selection


def change(args: argparse.Namespace, operation: str, chosen: Selection, past: str) -> int:
    """Does it, and says to how many events."""
    from hubwire.webhooks.operating import Office

    number = Office(args.inbox).change(operation, chosen)
    if args.json:
        emit({past: number})
    else:
        note(f"{number} {'event' if number == 1 else 'events'} {past}.")
        if left := len(set(chosen.ids or ())) - number:
            note(f"{left} of those named cannot be {past} as they are: see `hubwire webhooks show ID`.")
    return 0


def some(chosen: Selection, example: str) -> Selection:
    """Refuses to take everything for meant when nothing was said."""
    if chosen == Selection():
        raise ConfigError(f"say which events: {example}")
    return chosen
