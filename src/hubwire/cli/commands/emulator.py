"""Run a HubSpot account on this machine, for programs to be tried on.

It answers the real paths with the real limits, errors and headers, and keeps everything in one file if told
to. Of the commands, some run programs against an account of their own; the others talk to an emulator that
runs already.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from hubwire.cli import controls
from hubwire.cli.numbers import port
from hubwire.cli.opening import MEMORY, TIERS, TYPES, opened
from hubwire.cli.say import emit
from hubwire.errors import ConfigError

if TYPE_CHECKING:
    from hubwire.emulator import Emulator

NAME = "emulator"
HELP = "run a local HubSpot account"
COMMANDS = controls
"""Package of its own commands."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
    parser.add_argument("--port", type=port, default=8765, help="port; 0 takes a free one (default: 8765)")
    parser.add_argument(
        "--state",
        default=MEMORY,
        metavar="FILE",
        help="file to keep the account in (default: :memory:, kept nowhere)",
    )
    parser.add_argument(
        "--seed", choices=("demo", "empty"), default="empty", help="what a new account holds (default: empty)"
    )
    parser.add_argument(
        "--tier", choices=TIERS, default="professional", help="subscription (default: professional)"
    )
    parser.add_argument(
        "--limits", choices=("on", "off"), default="on", help="enforce the request quotas (default: on)"
    )
    parser.add_argument(
        "--index-lag",
        type=seconds,
        default=0.0,
        metavar="SECONDS",
        help="how long searches miss what was written (default: 0)",
    )
    parser.add_argument(
        "--account-type", choices=TYPES, default="STANDARD", help="kind of account (default: STANDARD)"
    )
    parser.add_argument("--auto-consent", action="store_true", help="let OAuth apps in without asking")
    parser.add_argument(
        "--json", action="store_true", help="print one JSON line with address and credentials"
    )


def seconds(text: str) -> float:
    """A length of time, for argparse."""
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is no length of time: give seconds, 0 or more")
    return number


def run(args: argparse.Namespace) -> int:
    """Serve until told to stop."""
    emulator = opened(
        args.state,
        seed=args.seed,
        tier=args.tier,
        limits=args.limits == "on",
        auto_consent=args.auto_consent,
        index_lag=args.index_lag,
    )
    emulator.account_type = args.account_type
    from hubwire.emulator import serve

    def ready(base_url: str) -> None:
        if args.json:
            emit(emulator.identity.as_dict(base_url))
        else:
            print(greeting(emulator, base_url, args), flush=True)

    try:
        serve.serve_forever(emulator, args.host, args.port, ready=ready)
    except (OSError, OverflowError) as problem:
        raise ConfigError(
            f"the emulator cannot start: {getattr(problem, 'strerror', None) or problem}"
        ) from None
    finally:
        emulator.close()
    return 0


def greeting(emulator: Emulator, base_url: str, args: argparse.Namespace) -> str:
    """What a person needs to point a program at it."""
    identity = emulator.identity
    token = identity.access_token
    kept = "in memory only" if args.state == MEMORY else f"in {args.state}"
    client = f'accessToken: "{token}", basePath: "{base_url}"'
    return f"""\
HubSpot account {identity.portal_id} ({args.tier}), emulated at {base_url} and kept {kept}. Ctrl-C ends it.

  look at it               {base_url}
  environment              export HUBSPOT_BASE_URL={base_url} HUBSPOT_ACCESS_TOKEN={token}
  push a file              hubwire push FILE.csv --object contacts --key email
  programs that know only  hubwire emulator run -- COMMAND …
  HubSpot's own hosts      (with an account of its own, or --state FILE when this one has ended)

  hubspot-api-client       client = hubspot.Client.create(access_token="{token}", host="{base_url}")
  @hubspot/api-client      const client = new hubspot.Client({{ {client} }})
  hubspot-sdk              client = hubspot_sdk.HubSpot(access_token="{token}", base_url="{base_url}")

  OAuth app                app id {identity.app_id}, client id {identity.client_id}
                           client secret {identity.client_secret}
  developer API key        {identity.developer_api_key}
"""
