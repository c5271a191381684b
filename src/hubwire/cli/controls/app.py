"""List the apps of a running emulator, or add one.

An OAuth app is let into accounts through the consent page. A private app and a service key get a static token
for one account; a service key has no webhooks and no client id.
"""

from __future__ import annotations

import argparse
from typing import Any

from hubwire.cli.control import ask, control_options, given, tell

NAME = "app"
HELP = "list the apps, or add one"
KINDS = ("oauth", "marketplace", "private-app", "service-key")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("do", choices=("list", "add"), help="what to do")
    parser.add_argument("--name", help="name of a new app, as the consent page shows it")
    parser.add_argument("--kind", choices=KINDS, help="how a new app gets in (default: oauth)")
    parser.add_argument(
        "--scope", action="append", default=[], metavar="SCOPE", help="a scope it may have (default: any)"
    )
    parser.add_argument(
        "--redirect",
        action="append",
        default=[],
        metavar="URL",
        help="a redirect URL beside those on loopback",
    )
    parser.add_argument(
        "--user-lacks",
        action="append",
        default=[],
        metavar="PERMISSION",
        help="a user-level app whose user does not have this permission, as 'Edit Associations'",
    )
    parser.add_argument(
        "--account",
        type=int,
        metavar="ID",
        help="account of a static token (default: the first)",
    )
    control_options(parser)


def run(args: argparse.Namespace) -> int:
    """Ask and tell."""
    if args.do == "add":
        body = given(
            name=args.name,
            kind=args.kind,
            scopes=args.scope,
            redirectUris=args.redirect,
            userLacks=args.user_lacks,
            account=args.account,
        )
        made = ask(args, "POST", "apps", body=body)
        return tell(args, made, *lines(made))
    every = ask(args, "GET", "apps")
    return tell(args, every, *(line for app in every["results"] for line in lines(app)))


def lines(app: dict[str, Any]) -> list[str]:
    """An app as a person reads it."""
    told = [f"{app['app_id']}  {app['kind']:<12}  {app['name']}"]
    if "access_token" in app:
        return [*told, f"    token {app['access_token']} for account {app['portal_id']}"]
    if app["kind"] in ("private-app", "service-key"):
        return told
    return [*told, f"    client id {app['client_id']}, secret {app['client_secret']}"]
