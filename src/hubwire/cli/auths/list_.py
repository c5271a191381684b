"""List profiles, and the accounts in the token store. Tokens are not opened for it, and not shown."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from typing import Any

from hubwire.cli.say import emit

NAME = "list"
HELP = "list profiles and stored accounts"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--store", metavar="ADDRESS", help="which token store (default: HUBWIRE_STORE)")
    parser.add_argument("--json", action="store_true", help="print the list as one JSON object")


def run(args: argparse.Namespace) -> int:
    """List."""
    import msgspec

    from hubwire.auth.credentials import SECRETS
    from hubwire.auth.profiles import profiles
    from hubwire.auth.stores.opening import open_store

    named = profiles()
    kept = [listed for listed in open_store(args.store).list() if listed.key.app != SECRETS]
    accounts: list[dict[str, Any]] = [
        {
            "app": listed.key.app,
            "account": listed.key.account,
            "expires_at": listed.expires_at,
            "disconnected": listed.disconnected,
            "sealed_with": listed.sealed_with,
        }
        for listed in kept
    ]
    if args.json:
        emit(
            {
                "profiles": {name: msgspec.to_builtins(each) for name, each in named.items()},
                "accounts": accounts,
            }
        )
        return 0
    for name, each in sorted(named.items()):
        print(f"profile {name:<20} {each.kind:<7} account {each.account or '?'}")
    for account in accounts:
        print(f"stored  {account['app']:<38} {account['account']:<12} {_state(account)}")
    if not named and not accounts:
        print("Nothing is stored. Connect an account: hubwire login, or hubwire auth set-token")
    return 0


def _state(account: dict[str, Any]) -> str:
    if account["disconnected"]:
        return f"disconnected ({account['disconnected']})"
    if account["expires_at"] > 200_000_000_000:
        return "static"
    until = datetime.fromtimestamp(account["expires_at"], UTC)
    return f"access token until {until:%Y-%m-%d %H:%M} UTC"
