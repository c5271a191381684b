"""The consent form, and the page that says why there is none."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from urllib.parse import urlsplit

from hubwire.emulator.pages.layout import frame

DEEDS = {"read": "View", "write": "Create, edit and delete", "read_write": "View and edit"}
PLAIN = {"oauth": "Know which account this is", "tickets": "View and edit tickets"}


def ask(
    nonce: str,
    app: str,
    accounts: Sequence[int],
    redirect_uri: str,
    scopes: tuple[Sequence[str], Sequence[str]],
) -> str:
    """The form. It works without JavaScript and carries `nonce`, the account chosen and the button pressed.

    `scopes` are the required and the optional ones.
    """
    required, optional = scopes
    which = f"account {accounts[0]}" if len(accounts) == 1 else "one of your accounts"
    more = f"<h2>And, where the account has them</h2>{_list(optional)}" if optional else ""
    body = (
        '<div class="card">'
        f"<h1>Connect {escape(app)} to {which}?</h1>"
        '<p class="soft">This is hubwire’s emulator, not HubSpot: no real account is touched.</p>'
        f"<h2>The app will be able to</h2>{_list(required)}{more}"
        f'<p class="soft">You will be sent to <code>{escape(_origin(redirect_uri))}</code>.</p>'
        '<form method="post" action="/oauth/authorize">'
        f'<input type="hidden" name="nonce" value="{escape(nonce)}">'
        f"{_choice(accounts)}"
        '<div class="buttons">'
        '<button class="yes" name="decision" value="allow">Connect app</button>'
        '<button class="no" name="decision" value="deny">Cancel</button>'
        "</div></form></div>"
    )
    return frame(f"Connect {app}", body)


def broken(what: str, hint: str) -> str:
    """Why the app cannot be connected: HubSpot's words, then the emulator's."""
    return frame(
        "Couldn’t complete the connection",
        f'<div class="card"><h1>Couldn’t complete the connection</h1><p>{escape(what)}</p>'
        f'<p class="soft">hubwire emulator: {escape(hint)}</p></div>',
    )


def in_words(scope: str) -> str:
    """`crm.objects.line_items.read` → `View line items`; a scope of no known form stays as it is."""
    parts = scope.split(".")
    deed = DEEDS.get(parts[-1])
    if scope in PLAIN:
        return PLAIN[scope]
    if deed is None or len(parts) < 2:
        return scope
    thing = " ".join(parts[2:-1] or parts[:-1]).replace("_", " ").replace("-", " ")
    kind = f"the definitions of {thing}" if parts[:2] == ["crm", "schemas"] else thing
    return f"{deed} {kind}"


def _choice(accounts: Sequence[int]) -> str:
    if len(accounts) == 1:
        return f'<input type="hidden" name="account" value="{accounts[0]}">'
    items = "".join(
        f'<li><label><input type="radio" name="account" value="{each}"{" checked" if not place else ""}> '
        f"Account {each}</label></li>"
        for place, each in enumerate(accounts)
    )
    return f"<fieldset><legend>Account</legend><ul>{items}</ul></fieldset>"


def _list(scopes: Sequence[str]) -> str:
    items = (f"<li>{escape(in_words(scope))}<code>{escape(scope)}</code></li>" for scope in scopes)
    return f"<ul>{''.join(items)}</ul>"


def _origin(uri: str) -> str:
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}"
