"""Receive webhooks and handle them with the handlers of MODULE:APP, until told to stop.

The client secret of the app comes from HUBSPOT_CLIENT_SECRET; several, comma-separated, while you exchange
it. Set `--public-url` to the target URL as it stands in HubSpot when a proxy or tunnel is in between: it is
part of what is signed.
"""

from __future__ import annotations

import argparse
import os
import secrets
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from hubwire.cli.inboxes import application, inbox_option, json_option, shown
from hubwire.cli.numbers import port
from hubwire.cli.receiving.poll import journal_options, polling
from hubwire.cli.say import emit, note
from hubwire.errors import ConfigError

if TYPE_CHECKING:
    from hubwire.webhooks import App
    from hubwire.webhooks.inbox import Inbox
    from hubwire.webhooks.service import Service
    from hubwire.webhooks.worker import Working

NAME = "serve"
VARIABLE = "HUBWIRE_CONSOLE_TOKEN"
HELP = "receive webhooks and handle them"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "app", metavar="MODULE:APP", help="the handlers: a module or file, and the name in it"
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
    parser.add_argument("--port", type=port, default=8000, help="port; 0 takes a free one (default: 8000)")
    parser.add_argument(
        "--path", default="/webhooks/hubspot", help="where HubSpot posts to (default: /webhooks/hubspot)"
    )
    inbox_option(parser)
    parser.add_argument("--public-url", metavar="URL", help="the target URL as it stands in HubSpot")
    parser.add_argument(
        "--trusted-proxy",
        action="append",
        default=[],
        metavar="NETWORK",
        help="believe the X-Forwarded- headers of these, where there is no --public-url (repeatable)",
    )
    working_options(parser)
    parser.add_argument("--journal", action="store_true", help="read HubSpot's webhooks journal as well")
    journal_options(parser)
    parser.add_argument(
        "--console", action="store_true",
        help="show a console at /console, behind the login token of HUBWIRE_CONSOLE_TOKEN or a new one",
    )  # fmt: skip
    parser.add_argument(
        "--console-host", action="append", default=[], metavar="NAME",
        help="a host name under which the console may be reached, besides this machine's own (repeatable)",
    )  # fmt: skip
    json_option(parser, "print one JSON line when ready")


def working_options(parser: argparse.ArgumentParser) -> None:
    """How to handle."""
    parser.add_argument(
        "--workers",
        type=int,
        default=8,
        metavar="N",
        help="handlers that run at a time; 0 only receives (default: 8)",
    )
    parser.add_argument(
        "--retention",
        type=float,
        default=30.0,
        metavar="DAYS",
        help="days after which the contents of handled events are forgotten; 0 keeps them (default: 30)",
    )


def working(args: argparse.Namespace) -> Working:
    """What those options say."""
    from hubwire.webhooks.worker import Working

    if not 0 <= args.workers <= 1000:
        raise ConfigError(f"--workers {args.workers}: give a number from 0 to 1000.")
    if args.retention < 0:
        raise ConfigError(f"--retention {args.retention:g}: give days, 0 or more.")
    return Working(workers=args.workers, retention=args.retention * 86_400 or None)


def run(args: argparse.Namespace) -> int:
    """Serve until told to stop."""
    from hubwire.cli.logs import to_stderr
    from hubwire.webhooks.serve import serve
    from hubwire.webhooks.service import Service, Trust

    if not args.path.startswith("/"):
        raise ConfigError(f"--path {args.path}: it begins with a slash.")
    to_stderr()
    app = application(args.app)
    trust = Trust(public_url=args.public_url, trusted_proxies=tuple(args.trusted_proxy))
    service = Service(
        app, inbox=args.inbox, trust=trust, working=working(args), beside=journal(args, app)
    )  # fmt: skip
    token, around = console(args, service)

    def ready(url: str) -> None:
        page = url.removesuffix(args.path) + "/console/" if token else None
        if args.json:
            emit({"ready": True, "url": url} | ({"console": page} if page else {}))
            return
        what = f"{len(app.handlers)} handlers" if args.workers else "receiving only"
        note(f"Webhooks are received at {url} ({what}) and kept in {shown(args.inbox)}. Ctrl-C ends it.")
        if page and not os.environ.get(VARIABLE):
            note(f"Console: {page}  Login token: {token}")
        elif page:
            note(f"Console: {page}  The login token is that of {VARIABLE}.")

    serve(service, args.host, args.port, args.path, ready, around)
    return 0


def journal(args: argparse.Namespace, app: App) -> Callable[[Inbox], Awaitable[None]] | None:
    """What reads the journal beside the receiver, if it is to be read."""
    if not args.journal:
        return None
    from hubwire.auth.client_credentials import ClientCredentials

    ClientCredentials()  # raises where the app's id or secret is missing

    async def read(inbox: Inbox) -> None:
        async with polling(args, inbox, app) as poller:
            await poller.run(args.every)

    return read


def console(args: argparse.Namespace, service: Service) -> tuple[str | None, Callable[[Any], Any]]:
    """Its login token, and what puts it beside the receiver."""
    if not args.console:
        return None, lambda application: application
    try:
        from hubwire.console import Console
        from hubwire.console.mount import beside
    except ModuleNotFoundError as missing:
        raise ConfigError(f"{missing.name} is not installed: pip install 'hubwire[console]'") from None
    token = os.environ.get(VARIABLE, "").strip() or secrets.token_urlsafe(24)

    def make() -> Console:
        if service.inbox is None:
            raise RuntimeError("the inbox is not open")
        return Console(service.inbox, token, hosts=args.console_host)

    if len(token) < 16:
        raise ConfigError(f"{VARIABLE}: a login token has 16 characters or more.")
    return token, lambda application: beside(application, make)
