"""Handle what others receive: `hubwire webhooks serve --workers 0` on the same inbox in PostgreSQL, or what
lies in a file that nobody receives into now.
"""

from __future__ import annotations

import argparse
import asyncio
import signal

from hubwire.cli.inboxes import application, inbox_option, json_option, shown
from hubwire.cli.receiving.serve import working, working_options
from hubwire.cli.say import emit, note
from hubwire.errors import ConfigError, HubwireError

NAME = "work"
HELP = "handle events without receiving any"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "app", metavar="MODULE:APP", help="the handlers: a module or file, and the name in it"
    )
    inbox_option(parser)
    working_options(parser)
    json_option(parser, "print one JSON line when ready")


def run(args: argparse.Namespace) -> int:
    """Handle until told to stop."""
    from hubwire.cli.logs import to_stderr
    from hubwire.webhooks.service import Service

    to_stderr()
    options = working(args)
    if not options.workers:
        raise ConfigError("--workers 0: with nobody to handle there is nothing to do.")
    app = application(args.app)
    service = Service(app, inbox=args.inbox, working=options, receiving=False)

    async def main() -> list[str]:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for name in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(name, stop.set)
        async with service:
            if args.json:
                emit({"ready": True, "inbox": shown(args.inbox)})
            else:
                note(f"{len(app.handlers)} handlers work on {shown(args.inbox)}. Ctrl-C ends it.")
            while not stop.is_set() and not service.live():
                try:
                    await asyncio.wait_for(stop.wait(), 1.0)
                except TimeoutError:
                    continue
            return [] if stop.is_set() else service.live()

    problems = asyncio.run(main())
    if problems:
        raise HubwireError(f"{problems[0]}. The events are in {shown(args.inbox)}; start it again.")
    return 0
