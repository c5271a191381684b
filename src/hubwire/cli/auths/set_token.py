"""Store a static token: of a private app, a static-auth app, or a service key. It is read from standard
input, or asked for on a terminal, and never shown.

HubSpot does not say how old a token is: --since says when it was made, for the reminder to rotate it after
six months; else it counts from today.
"""

from __future__ import annotations

import argparse
import getpass
import os
import sys
import time
from datetime import UTC, date, datetime

from hubwire.cli.say import emit
from hubwire.errors import ConfigError

NAME = "set-token"
HELP = "store a static token"
KINDS = ("private-app", "service-key", "static-auth")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--profile", metavar="NAME", help="what to call it (default: default)")
    parser.add_argument(
        "--kind", choices=KINDS, default="private-app", help="whose it is (default: private-app)"
    )
    parser.add_argument(
        "--in", dest="kept_in", choices=("store", "keyring"), help="where to keep it (default: store)"
    )
    parser.add_argument("--since", metavar="YYYY-MM-DD", type=day, help="when it was made (default: today)")
    parser.add_argument("--store", metavar="ADDRESS", help="which token store (default: HUBWIRE_STORE)")
    parser.add_argument(
        "--base-url", metavar="URL", help="where the API is (default: HUBSPOT_BASE_URL, else HubSpot)"
    )
    parser.add_argument("--no-check", action="store_true", help="do not ask HubSpot whether it is good")
    parser.add_argument("--json", action="store_true", help="print what was stored as one JSON object")


def day(text: str) -> float:
    """A date as seconds since the epoch, for argparse."""
    try:
        return datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC).timestamp()
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no date such as 2026-05-31") from None


def run(args: argparse.Namespace) -> int:
    """Ask HubSpot, then store."""
    from hubwire.auth.address import api_address
    from hubwire.auth.credentials import keep_static
    from hubwire.auth.grant import NEVER, Tokens
    from hubwire.auth.info import TokenInfo, token_info
    from hubwire.auth.profiles import Profile, checked_name, profiles, write_profile
    from hubwire.auth.tokens import StaticToken

    name = checked_name(args.profile or os.environ.get("HUBWIRE_PROFILE") or "default")
    before = profiles().get(name)
    if before is not None and before.kind != "static":
        raise ConfigError(f"profile {name} is connected with OAuth. Choose another name with --profile")
    before = before or Profile(kind="static")
    kept_in = args.kept_in or before.kept_in
    base_url = args.base_url or before.base_url or os.environ.get("HUBSPOT_BASE_URL")
    now = time.time()
    if args.since is not None and args.since > now:
        raise ConfigError("--since is in the future")
    word = (getpass.getpass("Token: ") if sys.stdin.isatty() else sys.stdin.readline()).strip()
    StaticToken(word)
    info = TokenInfo(True) if args.no_check else token_info(word, api_address(base_url))
    made = Profile(
        kind="static",
        account=info.hub_id,
        store=args.store or before.store,
        kept_in=kept_in,
        base_url=base_url,
    )
    since = now if args.since is None else args.since
    keep_static(name, made, Tokens(word, "", NEVER, info.scopes, info.hub_id, since, args.kind))
    path = write_profile(name, made)
    if args.json:
        told = {"profile": name, "account": info.hub_id, "app_id": info.app_id, "scopes": list(info.scopes)}
        emit({**told, "kind": args.kind, "kept_in": kept_in, "since": since, "profile_file": str(path)})
        return 0
    whose = f" of account {info.hub_id}" if info.hub_id else ""
    print(f"The token{whose} is stored as profile {name} ({path}).")
    return 0
