"""Connect an account with OAuth: opens HubSpot's consent page in the browser, waits on this machine for the
return, and stores the tokens, encrypted.

The client id and secret of the app come from HUBSPOT_CLIENT_ID and HUBSPOT_CLIENT_SECRET, or are asked for.
They and the account make a profile, which other commands take with --profile. The app has to be set up with
the redirect URI http://localhost:3000/oauth-callback, or the one that --redirect-uri names.

Exit codes: 0 connected; 1 the person or HubSpot said no; 2 it could not start as asked.
"""

from __future__ import annotations

import argparse
import getpass
import hmac
import os
import secrets
import sys
import threading
import webbrowser
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from hubwire.cli.say import emit, note
from hubwire.errors import ConfigError

if TYPE_CHECKING:
    from hubwire.auth.consent import Connected
    from hubwire.auth.oauth import OAuthClient
    from hubwire.auth.profiles import Profile

NAME = "login"
BROWSER_SECONDS = 1.0
HELP = "connect an account with OAuth and store its tokens"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--profile", metavar="NAME", help="what to call it (default: default)")
    parser.add_argument(
        "--no-browser",
        action="store_true",
        help="print the address and take the one that the browser ended at",
    )
    parser.add_argument("--client-id", metavar="ID", help="the app (default: HUBSPOT_CLIENT_ID)")
    parser.add_argument(
        "--scope",
        action="append",
        default=[],
        metavar="SCOPE",
        help="a scope to ask for; all the app requires",
    )
    parser.add_argument(
        "--optional-scope", action="append", default=[], metavar="SCOPE", help="a scope that may be missing"
    )
    parser.add_argument("--account", type=int, metavar="ID", help="the account, chosen beforehand")
    parser.add_argument("--redirect-uri", metavar="URL", help="where the browser comes back to")
    parser.add_argument("--store", metavar="ADDRESS", help="where tokens are kept (default: HUBWIRE_STORE)")
    parser.add_argument(
        "--base-url", metavar="URL", help="where the API is (default: HUBSPOT_BASE_URL, else HubSpot)"
    )
    parser.add_argument(
        "--timeout", type=float, default=600.0, metavar="SECONDS", help="for the consent (default: 600)"
    )
    parser.add_argument("--json", action="store_true", help="print what was connected as one JSON object")


def run(args: argparse.Namespace) -> int:
    """Connect one account."""
    from hubwire.auth.consent import connecting, denied
    from hubwire.auth.credentials import app_of, keep_secret
    from hubwire.auth.profiles import checked_name, write_profile

    name = checked_name(args.profile or os.environ.get("HUBWIRE_PROFILE") or "default")
    told = _wished(name, args)
    _ask_for_credentials(told)
    app = app_of(told)
    check_store(app)
    state = secrets.token_urlsafe(24)
    url = app.authorize_url(state, portal_id=args.account)
    given = _pasted(url, state) if args.no_browser else _returned(app, url, state, args.timeout)
    if "code" not in given:
        raise denied(given)
    made = app.perform(connecting(app, given["code"]))
    keep_secret(app.store, app.client_id, app.client_secret)
    path = write_profile(name, _finished(told, app, made))
    return _tell(args, name, str(path), made)


def check_store(app: OAuthClient) -> None:
    """Refuses a store that keeps nothing, and looks for its keys, before anybody consents."""
    from hubwire.auth.stores.memory import MemoryStore
    from hubwire.auth.stores.sealed import SealedStore

    if isinstance(app.store, MemoryStore):
        raise ConfigError(
            "this token store keeps nothing (HUBWIRE_STORE is env: or memory:): name another one with --store"
        )
    if isinstance(app.store, SealedStore):
        app.store.list()
        app.store.keys.refresh()


def _wished(name: str, args: argparse.Namespace) -> Profile:
    """The profile as it is, with what this call says."""
    import msgspec

    from hubwire.auth.profiles import Profile, profiles

    before = profiles().get(name, Profile())
    if before.kind == "static":
        raise ConfigError(f"profile {name} holds a static token. Choose another name with --profile")
    said: dict[str, Any] = {
        "client_id": args.client_id or before.client_id or os.environ.get("HUBSPOT_CLIENT_ID"),
        "redirect_uri": args.redirect_uri or before.redirect_uri,
        "scopes": tuple(args.scope) or before.scopes or ("oauth",),
        "optional_scopes": tuple(args.optional_scope) or before.optional_scopes,
        "store": args.store or before.store,
        "base_url": args.base_url or before.base_url or os.environ.get("HUBSPOT_BASE_URL"),
    }
    return msgspec.structs.replace(before, **said)


def _ask_for_credentials(told: Profile) -> None:
    """Asks a person for the secret when nobody has said it."""
    from hubwire.auth.credentials import client_secret, store_of

    if not told.client_id:
        raise ConfigError(
            "which app? Set HUBSPOT_CLIENT_ID (and HUBSPOT_CLIENT_SECRET), or name it with --client-id. Both "
            "are on the app's Auth page at HubSpot; hubwire emulator prints those of an app to try"
        )
    if client_secret(told.client_id, store_of(told)):
        return
    if not sys.stdin.isatty():
        raise ConfigError("the app's client secret is missing: set HUBSPOT_CLIENT_SECRET")
    os.environ["HUBSPOT_CLIENT_SECRET"] = getpass.getpass("Client secret of the app: ").strip()
    os.environ["HUBSPOT_CLIENT_ID"] = told.client_id


def _returned(app: OAuthClient, url: str, state: str, seconds: float) -> dict[str, str]:
    """What a browser brings to this machine."""
    from hubwire.cli.loopback import Return

    listening = Return(app.redirect_uri)
    try:
        note(f"Open this address to connect an account:\n{url}")
        # Some browsers (those of a terminal, those of BROWSER) do not return before they are closed.
        opening = threading.Thread(target=_open_browser, args=(url,), daemon=True)
        opening.start()
        opening.join(BROWSER_SECONDS)
        return listening.wait(lambda given: _same(given, state), seconds)
    finally:
        listening.close()


def _open_browser(url: str) -> None:
    try:
        opened = webbrowser.open(url)
    except webbrowser.Error:
        opened = False
    if not opened:
        note("No browser could be opened here: open the address yourself, in a browser on this machine.")


def _pasted(url: str, state: str) -> dict[str, str]:
    """What a person pastes."""
    note(f"Open this address in any browser to connect an account:\n{url}")
    note("Then paste the address that the browser ended at (the page itself need not load):")
    line = sys.stdin.readline().strip()
    given = dict(parse_qsl(urlsplit(line).query or line.removeprefix("?")))
    if not given:
        raise ConfigError("that is no address with a code in it. Run the command again, and paste all of it")
    if not _same(given, state):
        raise ConfigError("that address belongs to another login. Run the command again")
    return given


def _same(given: dict[str, str], state: str) -> bool:
    return hmac.compare_digest(given.get("state", "").encode(), state.encode())


def _finished(told: Profile, app: OAuthClient, made: Connected) -> Profile:
    import msgspec

    return msgspec.structs.replace(told, account=made.portal_id, client_id=app.client_id)


def _tell(args: argparse.Namespace, name: str, path: str, made: Connected) -> int:
    asked = f" You chose {args.account}." if args.account not in (None, made.portal_id) else ""
    if args.json:
        emit(
            {
                "profile": name,
                "account": made.portal_id,
                "scopes": list(made.tokens.scopes),
                "missing_scopes": list(made.missing),
                "expires_at": made.tokens.expires_at,
                "profile_file": path,
            }
        )
        return 0
    print(f"Connected account {made.portal_id} as profile {name} ({path}).{asked}")
    print(f"Granted: {', '.join(made.tokens.scopes) or 'HubSpot does not say what'}")
    if made.missing:
        print(f"Asked for and not granted: {', '.join(made.missing)}")
    return 0
