"""Read HubSpot's webhooks journal into the inbox: what was missed, and what cannot be pushed.

HubSpot keeps the journal for three days; what is older is reported as a gap. The place reached stands in the
inbox, so the command can be stopped and run again. The events are handled by `serve`, `work` or the next
start of either. While `serve` has the file of the inbox, use `serve --journal` instead.

HUBSPOT_CLIENT_ID and HUBSPOT_CLIENT_SECRET say which app. Accounts that have removed the app are marked as
disconnected in the token store.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from hubwire.cli.inboxes import application, inbox_option, json_option, when
from hubwire.cli.numbers import seconds
from hubwire.cli.say import emit, note

if TYPE_CHECKING:
    from hubwire.webhooks import App
    from hubwire.webhooks.inbox import Inbox
    from hubwire.webhooks.journal import Poller, Turn

NAME = "poll"
HELP = "read the webhooks journal into the inbox"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "app", metavar="MODULE:APP", nargs="?", help="the handlers, for the form of the events"
    )
    inbox_option(parser)
    parser.add_argument("--once", action="store_true", help="read what there is, and end")
    journal_options(parser)
    json_option(parser, "print one JSON line per reading")


def journal_options(parser: argparse.ArgumentParser) -> None:
    """How to read it."""
    parser.add_argument(
        "--every", type=seconds, default=30.0, metavar="SECONDS", help="between two readings (default: 30)"
    )
    parser.add_argument(
        "--begin", choices=("earliest", "latest"), default="earliest",
        help="where a new inbox begins (default: earliest)",
    )  # fmt: skip
    parser.add_argument("--portal", type=int, metavar="ID", help="only the events of this account")


def run(args: argparse.Namespace) -> int:
    """Read, once or until told to stop."""
    from hubwire.cli.logs import to_stderr
    from hubwire.webhooks.stores import store

    to_stderr()
    app = application(args.app) if args.app else None
    place = store(args.inbox)

    async def main() -> None:
        inbox = place.inbox()
        await inbox.open()
        try:
            async with polling(args, inbox, app) as poller:
                if args.once:
                    tell(args)(await poller.turn())
                else:
                    await poller.run(args.every, tell(args))
        finally:
            await inbox.close()

    asyncio.run(main())
    return 0


class polling:  # used as a function is
    """A reader of the journal, and the hub that it needs."""

    def __init__(self, args: argparse.Namespace, inbox: Inbox, app: App | None) -> None:
        self._args, self._inbox, self._app = args, inbox, app
        self._hub: Any = None

    async def __aenter__(self) -> Poller:
        from hubwire import AsyncHub
        from hubwire.auth.client_credentials import ClientCredentials
        from hubwire.webhooks.journal import Poller

        self._hub = AsyncHub(ClientCredentials())
        return Poller(
            self._hub, self._inbox, clock=time.time, app=self._app, portal_id=self._args.portal,
            begin=self._args.begin, on_uninstall=_disconnect,
        )  # fmt: skip

    async def __aexit__(self, *gone: object) -> None:
        await self._hub.aclose()


def _disconnect(portal_id: int) -> None:
    from hubwire import OAuthApp

    if OAuthApp().uninstalled(portal_id):
        note(f"Account {portal_id} has removed the app: it counts as disconnected now.")


def tell(args: argparse.Namespace) -> Callable[[Turn], None]:
    """What a reading brought, if it brought anything."""

    def told(turn: Turn) -> None:
        gap = [when(turn.gap.begin), when(turn.gap.end)] if turn.gap else None
        if args.json:
            emit({"files": turn.files, "events": turn.events, "new": turn.new, "gap": gap})
        elif turn.files or gap or getattr(args, "once", False):
            note(f"Journal: {turn.files} files, {turn.events} events, {turn.new} of them new.")

    return told
